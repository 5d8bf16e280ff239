#pragma once

#include <string_view>

#include "actors/values/coordinates.hpp"

/// Between which places goods are declared to customs. The table is in customs.cpp.
namespace caravan {

/// The town nearest to a place, as a gazetteer names it.
struct CustomsPlace {
  std::string_view country;  // ISO 3166-1 alpha-2; empty: not known
  std::string_view region;   // in short, where its country writes it so: "NIR"
  std::string_view town;
  Coordinates at;
};

/// True where the two lie in no customs territory together. Nobody knows of a place without a country: then false.
bool is_customs_border(const CustomsPlace& one, const CustomsPlace& other);

}  // namespace caravan
