#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caravan {

/// A state or province: "US", "NY" and "NY", or "CA", GeoNames' "08" and "ON".
struct Region {
  std::string_view country;
  std::string_view admin1;        // GeoNames' code
  std::string_view abbreviation;  // letters of ISO 3166-2; may be empty
  std::string_view name;          // in English
  bool is_abbreviated = false;    // people write the abbreviation in addresses
};

/// The names of countries and regions as people write them, in many languages. Immutable once made.
class Regions {
 public:
  /// Of the files countries.tsv.gz and regions.tsv.gz. Throws std::runtime_error on a bad line.
  Regions(std::string countries, std::string regions);
  Regions(const Regions&) = delete;
  Regions& operator=(const Regions&) = delete;

  /// The country's alpha-2 code by its folded name or code; empty where there is none.
  std::string_view country(std::string_view folded) const;
  /// The regions of that folded name or abbreviation, of any country.
  std::vector<const Region*> named(std::string_view folded) const;
  /// What people write for a region; GeoNames' code where it is letters; else nothing.
  std::string_view abbreviation(std::string_view country, std::string_view admin1) const;
  /// Its name in English; empty where it is not known.
  std::string_view region_name(std::string_view country, std::string_view admin1) const;
  std::string_view country_name(std::string_view code) const;

 private:
  const Region* find(std::string_view country, std::string_view admin1) const;

  std::string country_text_, region_text_;
  std::unordered_map<std::string_view, std::string_view> countries_;  // folded name → code
  std::map<std::string_view, std::string_view> country_names_;        // code → name
  std::unordered_multimap<std::string_view, std::uint32_t> names_;    // folded name → region
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> codes_;
  std::vector<Region> regions_;
  std::deque<std::string> folded_;  // abbreviations and codes, as folded; they stay where they are as more come
};

}  // namespace caravan
