#pragma once

#include <string>
#include <vector>

namespace caravan::bench {

/// What a search for one flight asks.
struct FlightWanted {
  std::string from, to;  // "Las%20Vegas%2C%20NV", as it stands in a query
  std::string day;       // "2030-01-31"
};

/// Writes `times` timetables into one file to import: each has the sample's flights at other times of their days, so
/// that no two are the same.
void write_timetables(const std::string& sample, const std::string& into, int times);

/// The sample's flights as they are searched for, where its first day is imported as `first_day`.
std::vector<FlightWanted> flights_wanted(const std::string& sample, const std::string& first_day);

}  // namespace caravan::bench
