#include "actors/audit/entity.hpp"

namespace caravan {

Decision decide(const AuditState&, const Context& context, const RecordLook& command) {
  const Caller& by = context.caller;
  const bool is_own = by.kind == Caller::Kind::user ? by.user.value == context.self.id : by.service == context.self.id;
  if (!is_own) return reject(AuditRejection::not_allowed);
  return Decision{}.emit(PrivateThingSeen{command.what, command.entity});
}

}  // namespace caravan
