#include "actors/cover/entity.hpp"

namespace caravan {

const EntityClass& cover_class() { return entity_class<Cover>(); }

}  // namespace caravan
