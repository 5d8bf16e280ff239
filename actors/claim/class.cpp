#include "actors/claim/entity.hpp"

namespace caravan {

const EntityClass& claim_class() { return entity_class<Claim>(); }

}  // namespace caravan
