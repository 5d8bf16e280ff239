#include "runtime/seen_keys.hpp"

#include <algorithm>
#include <vector>

namespace caravan {

namespace {
constexpr int looks_a_life = 16;  // a look goes over all keys of the entity
}  // namespace

std::uint64_t SeenKeys::find(std::uint64_t key, Time now, Duration life) const {
  const auto found = seen_.find(key);
  if (found == seen_.end()) return 0;
  const Seen& seen = found->second;
  const bool is_dated = seen.at != Time{};
  return seen.lasts || !is_dated || seen.at + life > now ? seen.sequence : 0;
}

void SeenKeys::add(std::uint64_t key, Seen seen, Duration life) {
  if (seen.at >= next_look_) forget_ended(seen.at, life);
  if (passing_ >= most) forget_oldest();
  restore(key, seen);
}

void SeenKeys::restore(std::uint64_t key, Seen seen) {
  if (!seen.lasts) ++passing_;
  seen_[key] = seen;
}

void SeenKeys::forget_ended(Time now, Duration life) {
  next_look_ = now + life / looks_a_life;
  for (auto& [key, seen] : seen_)
    if (seen.at == Time{}) seen.at = now;
  std::erase_if(seen_, [&](const auto& item) { return !item.second.lasts && item.second.at + life <= now; });
  passing_ =
      static_cast<std::size_t>(std::ranges::count_if(seen_, [](const auto& item) { return !item.second.lasts; }));
}

void SeenKeys::forget_oldest() {
  std::vector<std::uint64_t> sequences;
  for (const auto& [key, seen] : seen_)
    if (!seen.lasts) sequences.push_back(seen.sequence);
  // A quarter at once: the next such look is far.
  const auto quarter = sequences.begin() + static_cast<std::ptrdiff_t>(sequences.size() / 4);
  std::ranges::nth_element(sequences, quarter);
  const std::uint64_t oldest_kept = *quarter;
  std::erase_if(seen_, [&](const auto& item) { return !item.second.lasts && item.second.sequence < oldest_kept; });
  passing_ =
      static_cast<std::size_t>(std::ranges::count_if(seen_, [](const auto& item) { return !item.second.lasts; }));
}

}  // namespace caravan
