#include "actors/tracker/entity.hpp"

namespace caravan {

const EntityClass& tracker_class() { return entity_class<Tracker>(); }

}  // namespace caravan
