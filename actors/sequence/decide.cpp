#include "actors/sequence/entity.hpp"

namespace caravan {

Decision decide(const SequenceState& state, const Context& context, const TakeNumber&) {
  if (context.caller.kind != Caller::Kind::entity) return reject(SequenceRejection::not_an_entity);
  const std::int64_t number = state.last + 1;
  return Decision{}.emit(NumberTaken{number}).send(context.caller.entity, AssignNumber{number});
}

}  // namespace caravan
