#include "actors/request/entity.hpp"

namespace caravan {

const EntityClass& request_class() { return entity_class<Request>(); }

}  // namespace caravan
