#include "actors/user/entity.hpp"

namespace caravan {

const EntityClass& user_class() { return entity_class<User>(); }

}  // namespace caravan
