#include "actors/account/entity.hpp"

namespace caravan {

const EntityClass& account_class() { return entity_class<Account>(); }

}  // namespace caravan
