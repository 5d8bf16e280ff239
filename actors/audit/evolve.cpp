#include "actors/audit/entity.hpp"

namespace caravan {

void evolve(AuditState& state, const PrivateThingSeen&) { ++state.looks; }

}  // namespace caravan
