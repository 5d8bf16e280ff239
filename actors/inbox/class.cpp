#include "actors/inbox/entity.hpp"

namespace caravan {

const EntityClass& inbox_class() { return entity_class<Inbox>(); }

}  // namespace caravan
