#include "actors/dispute/entity.hpp"

namespace caravan {

const EntityClass& dispute_class() { return entity_class<Dispute>(); }

}  // namespace caravan
