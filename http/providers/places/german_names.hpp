#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/providers/places/airports.hpp"
#include "http/providers/places/gazetteer_index.hpp"
#include "http/providers/places/geocoder.hpp"
#include "http/providers/places/regions.hpp"

namespace caravan {

/// What German calls otherwise than English: places, regions and countries. Immutable once made.
class GermanNames {
 public:
  /// Of the file names_de.tsv.gz, for an index of `places` lines. Throws std::runtime_error on a bad line.
  GermanNames(std::string text, std::size_t places);
  GermanNames(const GermanNames&) = delete;
  GermanNames& operator=(const GermanNames&) = delete;

  /// Of the place in that line of places.tsv.gz; empty where German has no name of its own. So are the others.
  std::string_view place(std::uint32_t line) const;
  std::string_view region(std::string_view country, std::string_view admin1) const;
  std::string_view country(std::string_view code) const;

 private:
  struct Named {
    std::uint32_t line;
    std::string_view name;
  };
  std::string text_;
  std::vector<Named> places_;                               // by line
  std::map<std::string_view, std::string_view> elsewhere_;  // "DE" and "DE.02" → name
};

/// The tables that a found place came from.
struct PlaceTables {
  const Regions& regions;
  const Airports& airports;
  const GazetteerIndex& index;
  const GermanNames& german;
};

/// A place that was found in these tables, in German: "Wien, Österreich".
FoundPlace in_german(const PlaceTables& tables, FoundPlace place);

}  // namespace caravan
