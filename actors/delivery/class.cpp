#include "actors/delivery/entity.hpp"

namespace caravan {

const EntityClass& delivery_class() { return entity_class<Delivery>(); }

}  // namespace caravan
