#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/providers/places/regions.hpp"

namespace caravan {

/// One way to read an address: which words name the city, and what bounds it.
struct AddressReading {
  std::string city;          // folded
  std::string_view country;  // alpha-2; empty: any
  std::string_view admin1;   // GeoNames' code; empty: any
  double trust = 1;          // in (0, 1]: less where words had to be passed over, below is_trusted
};

/// Readings of at least this trust explain every word of the address but its street.
inline constexpr double is_trusted = 0.95;

/// What an address says, as far as it can be told from its form alone.
struct ReadAddress {
  std::vector<std::string> postal_codes;  // five digits each, the last written first; for the USA
  bool postal_code_leads = false;         // stands before the city, as in "80331 München"
  std::vector<AddressReading> readings;   // likeliest first; at most 40
};

/// Splits an address at its commas, from the right: country, region, city; what comes before the city (street, number)
/// is passed over. "Berlin, DE" is read as in Delaware and as in Germany. `country` bounds all readings, if not empty.
ReadAddress read_address(const Regions& regions, std::string_view address, std::string_view country);

}  // namespace caravan
