#include "actors/tracker/known_times.hpp"

#include <algorithm>

namespace caravan {

namespace {

void append(KnownTimes& known, Time at) {
  auto step = static_cast<std::uint64_t>((at - known.last).count());  // the first counts from the epoch
  for (; step >= 0x80; step >>= 7) known.steps.value += static_cast<char>(step | 0x80);
  known.steps.value += static_cast<char>(step);
  known.last = at;
  ++known.count;
}

}  // namespace

std::vector<Time> all_times(const KnownTimes& known) {
  std::vector<Time> out;
  out.reserve(static_cast<std::size_t>(known.count));
  Time at;
  std::uint64_t step = 0;
  int shift = 0;
  for (const char each : known.steps.value) {
    const auto byte = static_cast<std::uint8_t>(each);
    step |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    shift += 7;
    if (byte & 0x80) continue;
    at += Duration{static_cast<std::int64_t>(step)};
    out.push_back(at);
    step = 0;
    shift = 0;
  }
  return out;
}

void add_times(KnownTimes& known, const std::vector<Time>& times) {
  if (times.empty()) return;
  const bool is_behind = known.count > 0 && times.front() <= known.last;
  const auto all = known.count + static_cast<std::int64_t>(times.size());
  if (!is_behind && all <= max_known_times) {
    for (const Time at : times) append(known, at);
    return;
  }
  std::vector<Time> merged = all_times(known);
  const auto middle = static_cast<std::ptrdiff_t>(merged.size());
  merged.insert(merged.end(), times.begin(), times.end());
  std::inplace_merge(merged.begin(), merged.begin() + middle, merged.end());
  std::size_t first = 0;
  if (all > max_known_times) {
    first = merged.size() / 2;
    known.forgotten_until = merged[first - 1];
  }
  known = {{}, {}, 0, known.forgotten_until};
  for (std::size_t i = first; i < merged.size(); ++i) append(known, merged[i]);
}

}  // namespace caravan
