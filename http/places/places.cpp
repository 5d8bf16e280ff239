#include "http/places/places.hpp"

#include "http/places/gazetteer.hpp"

namespace caravan {

Places embedded_places() {
  return {std::make_unique<Gazetteer>(), std::make_unique<EmbeddedRoutes>(), std::make_unique<NoForecast>(),
          std::make_unique<PriceEngine>()};
}

}  // namespace caravan
