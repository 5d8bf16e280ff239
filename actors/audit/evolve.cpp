#include "actors/audit/entity.hpp"

namespace caravan {

void evolve(AuditState& state, const PrivateThingSeen&) { ++state.looks; }

void evolve(AuditState&, const OperatorOrdered&) {}

}  // namespace caravan
