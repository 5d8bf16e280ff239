#include <algorithm>
#include <span>

#include "actors/dispute/entity.hpp"
#include "actors/files/commands.hpp"

namespace caravan {

namespace {

bool takes_part(const DisputeState& state, const Caller& caller) {
  return (caller.kind == Caller::Kind::user && state.is_party(caller.user)) || caller.may(Permission::disputes);
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) (out += out.empty() ? "" : ", ") += word;
  return out;
}

template <class Said>
bool said_too_much(const std::vector<Said>& all, UserId Said::*who, UserId by, std::ptrdiff_t most) {
  return std::ranges::count(all, by, who) >= most;
}

}  // namespace

Decision decide(const DisputeState& state, const Context& context, const AddEvidence& command) {
  if (!takes_part(state, context.caller)) return reject(DisputeRejection::not_found);
  if (state.is_over()) return reject(DisputeRejection::already_resolved);
  const std::string type = command.type.value_or("text");
  if (std::ranges::find(given_evidence, type) == given_evidence.end())
    return reject(DisputeRejection::reserved_kind, "must be one of " + joined(given_evidence), "type");
  if (said_too_much(state.evidence, &DisputeEvidence::by, context.caller.user, max_dispute_evidence))
    return reject(DisputeRejection::limit_reached);
  const DisputeEvidence evidence{context.new_uuid(),  context.caller.user, type,
                                 command.description, command.upload,      context.now};
  Decision decision;
  decision.emit(DisputeEvidenceAdded{evidence});
  if (command.upload) decision.send(files_of(context.caller.user), KeepUpload{*command.upload});
  return decision.answer(evidence);
}

/// Nobody is told by this program; the operator's may tell, by the template dispute_message.
Decision decide(const DisputeState& state, const Context& context, const WriteDisputeMessage& command) {
  if (!takes_part(state, context.caller)) return reject(DisputeRejection::not_found);
  if (state.is_over()) return reject(DisputeRejection::already_resolved);
  if (said_too_much(state.messages, &DisputeMessage::sender, context.caller.user, max_dispute_messages))
    return reject(DisputeRejection::limit_reached);
  const DisputeMessage message{context.new_uuid(), context.caller.user, command.text, context.now};
  return Decision{}.emit(DisputeMessageWritten{message}).answer(message);
}

}  // namespace caravan
