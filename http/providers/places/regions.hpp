#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace caravan {

/// A state or province: "US", "NY" and "NY", or "CA", GeoNames' "08" and "ON".
struct Region {
  std::string_view country;
  std::string_view admin1;        // GeoNames' code
  std::string_view abbreviation;  // as people write it
  std::string_view name;          // its first name
};

/// The names of countries and regions as people write them. Immutable once made.
class Regions {
 public:
  /// Of the files countries.tsv and regions.tsv, which must outlive it. Throws std::runtime_error on a bad line.
  Regions(std::string_view countries, std::string_view regions);

  /// The country's alpha-2 code by its folded name or code; empty where there is none.
  std::string_view country(std::string_view folded) const;
  /// The regions of that folded name or abbreviation, of any country.
  std::vector<const Region*> named(std::string_view folded) const;
  /// What people write for a region; GeoNames' code where it is letters; else nothing.
  std::string_view abbreviation(std::string_view country, std::string_view admin1) const;
  std::string_view country_name(std::string_view code) const;

 private:
  std::map<std::string, std::string_view, std::less<>> countries_;  // folded name → code
  std::map<std::string_view, std::string_view> country_names_;      // code → first name
  std::multimap<std::string, std::size_t, std::less<>> names_;      // folded name → region
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> codes_;
  std::vector<Region> regions_;
};

}  // namespace caravan
