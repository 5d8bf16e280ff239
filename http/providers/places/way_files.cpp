#include "http/providers/places/way_files.hpp"

#include "http/embedded.hpp"

CARAVAN_EMBED(caravan_land, CARAVAN_WAYS "/land.txt.gz");
CARAVAN_EMBED(caravan_way_graph, CARAVAN_WAYS "/graph.tsv.gz");
CARAVAN_EMBED(caravan_way_countries, CARAVAN_WAYS "/countries.tsv");

namespace caravan {

WayFiles way_files() {
  constexpr std::size_t most_unpacked = 16 << 20;
  return {gunzip(CARAVAN_EMBEDDED(caravan_land), most_unpacked),
          gunzip(CARAVAN_EMBEDDED(caravan_way_graph), most_unpacked),
          std::string(CARAVAN_EMBEDDED(caravan_way_countries))};
}

}  // namespace caravan
