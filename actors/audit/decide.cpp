#include "actors/audit/entity.hpp"

namespace caravan {

namespace {

bool is_own(const Context& context) {
  const Caller& by = context.caller;
  return by.kind == Caller::Kind::user ? by.user.value == context.self.id : by.service == context.self.id;
}

}  // namespace

Decision decide(const AuditState&, const Context& context, const RecordLook& command) {
  if (!is_own(context)) return reject(AuditRejection::not_allowed);
  return Decision{}.emit(PrivateThingSeen{command.what, command.entity, command.filter, command.path});
}

Decision decide(const AuditState&, const Context& context, const RecordOrder& command) {
  if (!is_own(context) || !context.caller.may(Permission::ops)) return reject(AuditRejection::not_allowed);
  return Decision{}.emit(OperatorOrdered{command.order, command.subject});
}

}  // namespace caravan
