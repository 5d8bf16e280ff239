#include "actors/escrow/entity.hpp"

namespace caravan {

const EntityClass& escrow_class() { return entity_class<Escrow>(); }

}  // namespace caravan
