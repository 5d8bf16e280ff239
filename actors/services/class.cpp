#include "actors/services/entity.hpp"

namespace caravan {

const EntityClass& services_class() { return entity_class<Services>(); }

}  // namespace caravan
