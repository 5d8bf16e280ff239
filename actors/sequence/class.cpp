#include "actors/sequence/entity.hpp"

namespace caravan {

const EntityClass& sequence_class() { return entity_class<Sequence>(); }

}  // namespace caravan
