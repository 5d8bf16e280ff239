#include "actors/audit/entity.hpp"

namespace caravan {

const EntityClass& audit_class() { return entity_class<Audit>(); }

}  // namespace caravan
