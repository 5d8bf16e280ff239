#include "tests/bench/flights.hpp"

#include <zlib.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

#include "actors/values/time.hpp"

namespace caravan::bench {

namespace {

constexpr std::chrono::minutes between_timetables{37};
constexpr std::size_t departure = 0, origin_city = 2, destination_city = 6;  // columns

using Cells = std::vector<std::string>;

Cells split(const std::string& line) {
  Cells cells(1);
  for (const char c : line) {
    if (c == '\t')
      cells.emplace_back();
    else if (c != '\n')
      cells.back() += c;
  }
  return cells;
}

/// Reads the sample; gives its head to `take` first.
void each_line(const std::string& sample, const std::function<void(const Cells&)>& take) {
  gzFile file = gzopen(sample.c_str(), "rb");
  if (!file) throw std::runtime_error("cannot read " + sample);
  char line[1'024];
  while (gzgets(file, line, sizeof line)) take(split(line));
  gzclose(file);
}

Time departure_of(const Cells& cells) { return parse_rfc3339(cells.at(departure)).value(); }

std::string encoded(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == ' ' ? "%20" : c == ',' ? "%2C" : std::string(1, c);
  return out;
}

}  // namespace

void write_timetables(const std::string& sample, const std::string& into, int times) {
  std::ofstream out(into);
  bool is_head = true;
  each_line(sample, [&](Cells cells) {
    const int copies = is_head ? 1 : times;
    for (int n = 0; n < copies; ++n) {
      if (n > 0) cells[departure] = to_rfc3339(departure_of(cells) + between_timetables);
      for (std::size_t i = 0; i < cells.size(); ++i) out << (i > 0 ? "\t" : "") << cells[i];
      out << '\n';
    }
    is_head = false;
  });
  if (!out.flush()) throw std::runtime_error("cannot write " + into);
}

std::vector<FlightWanted> flights_wanted(const std::string& sample, const std::string& first_day) {
  std::vector<FlightWanted> wanted;
  std::optional<Duration> shift;
  bool is_head = true;
  each_line(sample, [&](const Cells& cells) {
    if (!std::exchange(is_head, false)) {
      const Time departs = departure_of(cells);
      if (!shift) shift = *parse_rfc3339(first_day + "T00:00:00Z") - std::chrono::floor<std::chrono::days>(departs);
      wanted.push_back({encoded(cells.at(origin_city)), encoded(cells.at(destination_city)),
                        to_rfc3339(departs + *shift).substr(0, first_day.size())});
    }
  });
  return wanted;
}

}  // namespace caravan::bench
