#include "http/providers/places/gazetteer_files.hpp"

#include "http/embedded.hpp"

CARAVAN_EMBED(caravan_places, CARAVAN_GAZETTEER "/places.tsv.gz");
CARAVAN_EMBED(caravan_names, CARAVAN_GAZETTEER "/names.tsv.gz");
CARAVAN_EMBED(caravan_postal_codes, CARAVAN_GAZETTEER "/postal_codes.tsv.gz");
CARAVAN_EMBED(caravan_countries, CARAVAN_GAZETTEER "/countries.tsv.gz");
CARAVAN_EMBED(caravan_regions, CARAVAN_GAZETTEER "/regions.tsv.gz");
CARAVAN_EMBED(caravan_airports, CARAVAN_GAZETTEER "/airports.tsv.gz");
CARAVAN_EMBED(caravan_german_names, CARAVAN_GAZETTEER "/names_de.tsv.gz");
CARAVAN_EMBED(caravan_time_zones, CARAVAN_GAZETTEER "/time_zones.tsv");

namespace caravan {

std::string_view time_zone_file() { return CARAVAN_EMBEDDED(caravan_time_zones); }

GazetteerFiles gazetteer_files() {
  constexpr std::size_t most_unpacked = 64 << 20;
  return {gunzip(CARAVAN_EMBEDDED(caravan_places), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_names), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_postal_codes), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_countries), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_regions), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_airports), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_german_names), most_unpacked)};
}

}  // namespace caravan
