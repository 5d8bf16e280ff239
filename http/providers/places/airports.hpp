#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/values/coordinates.hpp"

namespace caravan {

/// An airport that people travel from. Texts point into the list's own storage.
struct Airport {
  std::string_view iata;
  std::string_view name;
  std::string_view town;
  std::string_view country;  // ISO 3166 alpha-2
  std::string_view admin1;   // GeoNames' code; may be empty
  std::int32_t lat = 0;      // ten-thousandths of a degree
  std::int32_t lng = 0;
  bool is_large = false;

  Coordinates at() const { return {lat / 10'000.0, lng / 10'000.0}; }
};

/// Airports by their codes and names. Immutable once made.
class Airports {
 public:
  /// Of the file airports.tsv.gz. Throws std::runtime_error on a bad line.
  explicit Airports(std::string text);
  Airports(const Airports&) = delete;
  Airports& operator=(const Airports&) = delete;

  /// By three letters, or ICAO's four, however they are written; nullptr where there is none.
  const Airport* coded(std::string_view code) const;
  /// Those of that folded name, which has no word for airport in it.
  std::vector<const Airport*> named(std::string_view folded) const;
  /// Those within so many metres, large ones first, then by distance.
  std::vector<const Airport*> around(Coordinates point, double meters) const;
  /// Those of that code, or whose name begins like that, large ones first; of three bytes or more.
  std::vector<const Airport*> beginning(std::string_view folded) const;

 private:
  std::string text_;
  std::vector<Airport> airports_;
  std::unordered_map<std::string, std::uint32_t> codes_;  // folded
  std::multimap<std::string_view, std::uint32_t> names_;
};

}  // namespace caravan
