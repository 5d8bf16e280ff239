#include "actors/trip/entity.hpp"

namespace caravan {

const EntityClass& trip_class() { return entity_class<Trip>(); }

}  // namespace caravan
