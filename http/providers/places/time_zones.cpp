#include "http/providers/places/time_zones.hpp"

#include <date/tz.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "http/providers/places/gazetteer_files.hpp"
#include "http/providers/places/table_lines.hpp"

namespace caravan {

namespace {

struct Zones {
  std::string_view tree;
  std::vector<std::string_view> names;
};

const Zones& zones() {
  static const Zones all = [] {
    Zones out;
    each_line<1>(time_zone_file(), [&](const auto& line) {
      if (out.tree.empty())
        out.tree = line[0];
      else
        out.names.push_back(line[0]);
    });
    return out;
  }();
  return all;
}

/// Which quarter of a cell, or cell of the grid, a coordinate lies in, and where in it.
struct Step {
  double at;
  int cell() const { return static_cast<int>(at); }
  Step inner() const { return {std::fmod(2 * (at - cell()), 2)}; }
};

}  // namespace

/// A grid of 48 by 24 cells, each a zone or a quadtree of them, as the npm package tz-lookup packs it: two characters a
/// cell are a zone, counted from the end, or how far away the cell's four quarters stand.
std::string_view time_zone_at(Coordinates place) {
  constexpr int base = 56, most = base * base, offset = 35 * base + 35, grid_bytes = 2 * 48 * 24;
  if (place.lat >= 90) return "Etc/GMT";
  const Zones& all = zones();
  const int count = static_cast<int>(all.names.size());
  const auto read = [&](int at) {
    const auto byte = [&](int i) {
      return static_cast<int>(static_cast<unsigned char>(all.tree.at(static_cast<std::size_t>(i))));
    };
    return base * byte(at) + byte(at + 1) - offset;
  };
  // A little less than a whole turn, so that the last meridian lies in the last cell.
  Step x{48 * (180 + place.lng) / 360.00000000000006}, y{24 * (90 - place.lat) / 180.00000000000003};
  int found = read(96 * y.cell() + 2 * x.cell());
  for (int node = -1; found + count < most;) {
    node += found + 1;
    x = x.inner();
    y = y.inner();
    found = read(8 * node + 4 * y.cell() + 2 * x.cell() + grid_bytes);
  }
  return all.names.at(static_cast<std::size_t>(found + count - most));
}

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

std::optional<std::string> local_text(Time at, std::string_view name) {
  const date::time_zone* zone = find_zone(name);
  if (!zone) return std::nullopt;
  const auto moment = date::floor<std::chrono::seconds>(date::sys_time<Duration>{at.time_since_epoch()});
  return date::format("%FT%T%Ez", date::make_zoned(zone, moment));
}

Time local_midnight(Time day, std::string_view name) {
  const date::time_zone* zone = find_zone(name);
  if (!zone) return day;
  const date::local_time<Duration> midnight{day.time_since_epoch()};
  return Time{zone->to_sys(midnight, date::choose::earliest).time_since_epoch()};
}

}  // namespace caravan
