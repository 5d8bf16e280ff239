#pragma once

#include "actors/audit/events.hpp"
#include "actors/audit/orders.hpp"
#include "actors/audit/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Audit {
  static constexpr EntityKind kind = EntityKind::audit;
  using State = AuditState;
  using Rejection = AuditRejection;
  using Creates = List<RecordLook, RecordOrder>;
  using Commands = List<RecordLook, RecordOrder>;
  using Events = List<PrivateThingSeen, OperatorOrdered>;
  using Queries = List<>;
};

}  // namespace caravan
