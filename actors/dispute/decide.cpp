#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"

namespace caravan {

namespace {

bool is_judge(const Context& context) { return context.caller.may(Permission::disputes); }

bool is_party(const DisputeState& state, const Context& context) {
  return context.caller.kind == Caller::Kind::user && state.is_party(context.caller.user);
}

/// Why the caller may not decide this dispute; nothing where they may. Nobody decides their own case.
std::optional<DisputeRejection> no_judge(const DisputeState& state, const Context& context) {
  if (is_party(state, context))
    return is_judge(context) ? DisputeRejection::self_not_allowed : DisputeRejection::not_allowed;
  return is_judge(context) ? std::nullopt : std::optional(DisputeRejection::not_found);
}

Address escrow_of(const OpenDispute& terms) { return {EntityKind::escrow, terms.escrow_id.value}; }
Address delivery_of(const OpenDispute& terms) { return {EntityKind::delivery, terms.delivery_id.value}; }

void tell(Decision& decision, const Context& context, UserId who, DeliveryId delivery, std::string template_id,
          std::map<std::string, std::string> variables) {
  variables.emplace("disputeId", context.self.id.text());
  variables.emplace("deliveryId", delivery.text());
  decision.send(inbox_of(who),
                Notify{std::move(template_id), std::move(variables), {}, NotifyPriority::high, delivery.value, {}});
}

/// What goes back to the customer, or nothing where the resolution does not allow that amount.
std::optional<Money> refund_of(const DisputeState& state, const ResolveDispute& command) {
  const Money all = state.terms.amount;
  const Money given{command.refund_amount.value_or(0), all.currency};
  switch (command.resolution) {
    case DisputeResolution::release:
      if (given.amount != 0) return std::nullopt;
      return given;
    case DisputeResolution::refund:
      if (!command.refund_amount) return all;
      if (given.amount < 1 || given.amount > all.amount) return std::nullopt;
      return given;
    case DisputeResolution::split:
      if (given.amount < 1 || given.amount >= all.amount) return std::nullopt;
      return given;
  }
  return std::nullopt;
}

}  // namespace

std::string dispute_claim_text(DeliveryId delivery) { return "dispute:" + delivery.text(); }

Decision decide(const DisputeState& state, const Context& context, const OpenDispute& command) {
  if (state.exists())
    return state.terms.delivery_id == command.delivery_id ? Decision{} : reject(DisputeRejection::already_exists);
  const bool party = context.caller.kind == Caller::Kind::user && context.caller.user == command.opener &&
                     (command.opener == command.customer || command.opener == command.traveler);
  if (!party && !is_judge(context) && !context.caller.is_service()) return reject(DisputeRejection::not_allowed);
  if (command.requested_amount && *command.requested_amount > command.amount.amount)
    return reject(DisputeRejection::invalid_amount);
  const DisputeId self{context.self.id};
  Decision decision;
  decision.emit(DisputeWasOpened{command.delivery_id, command.opener, command.reason, command, context.now});
  decision.send(escrow_of(command), FreezeEscrow{self});
  decision.send(delivery_of(command), DisputeOpened{self});
  decision.send(claim_address(context.crypto, dispute_claim_text(command.delivery_id)), ConfirmClaim{context.self.id});
  for (const UserId side : {command.customer, command.traveler})
    tell(decision, context, side, command.delivery_id, "dispute_opened", {{"reason", command.reason}});
  return decision;
}

Decision decide(const DisputeState& state, const Context& context, const AssignDispute& command) {
  if (const auto why = no_judge(state, context)) return reject(*why);
  if (state.is_party(command.assignee))
    return reject(DisputeRejection::self_not_allowed, "A party decides no dispute of its own.", "assigneeId");
  if (state.status == DisputeStatus::resolved) return reject(DisputeRejection::already_resolved);
  if (state.assignee == command.assignee) return {};
  Decision decision;
  decision.emit(DisputeWasAssigned{command.assignee, context.caller.user, context.now});
  tell(decision, context, command.assignee, state.terms.delivery_id, "dispute_assigned",
       {{"reason", state.terms.reason}});
  return decision;
}

Decision decide(const DisputeState& state, const Context& context, const AddEvidence& command) {
  if (!is_party(state, context) && !is_judge(context)) return reject(DisputeRejection::not_found);
  if (state.status == DisputeStatus::resolved) return reject(DisputeRejection::already_resolved);
  if (state.evidence.size() >= max_dispute_evidence) return reject(DisputeRejection::limit_reached);
  const DisputeEvidence evidence{context.new_uuid(),  context.caller.user, command.type.value_or("text"),
                                 command.description, command.upload,      context.now};
  return Decision{}.emit(DisputeEvidenceAdded{evidence}).answer(evidence);
}

Decision decide(const DisputeState& state, const Context& context, const WriteDisputeMessage& command) {
  if (!is_party(state, context) && !is_judge(context)) return reject(DisputeRejection::not_found);
  if (state.status == DisputeStatus::resolved) return reject(DisputeRejection::already_resolved);
  if (state.messages.size() >= max_dispute_messages) return reject(DisputeRejection::limit_reached);
  const DisputeMessage message{context.new_uuid(), context.caller.user, command.text, context.now};
  return Decision{}.emit(DisputeMessageWritten{message}).answer(message);
}

Decision decide(const DisputeState& state, const Context& context, const ResolveDispute& command) {
  if (const auto why = no_judge(state, context)) return reject(*why);
  if (state.status == DisputeStatus::resolved) return reject(DisputeRejection::already_resolved);
  const std::optional<Money> refund = refund_of(state, command);
  if (!refund)
    return reject(DisputeRejection::invalid_amount,
                  "of " + money_text(state.terms.amount) + "; a release refunds nothing, a split a part");
  const RefundId refund_id = context.new_id<RefundId>();
  DisputeWasResolved event{
      state.terms.delivery_id, command.resolution, refund->amount, refund->currency, {}, command.note,
      context.caller.user,     context.now};
  if (refund->amount > 0) event.refund_id = refund_id;
  Decision decision;
  decision.emit(std::move(event));
  decision.send(escrow_of(state.terms), SettleDispute{DisputeId{context.self.id}, refund_id, *refund});
  const std::string resolution(enum_labels(DisputeResolution{})[static_cast<std::size_t>(command.resolution)]);
  for (const UserId side : {state.terms.customer, state.terms.traveler})
    tell(decision, context, side, state.terms.delivery_id, "dispute_resolved",
         {{"resolution", resolution}, {"refund", money_text(*refund)}, {"note", command.note}});
  return decision;
}

Decision decide(const DisputeState& state, const Context& context, const EscrowSettled& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(DisputeRejection::not_allowed);
  if (state.status != DisputeStatus::resolved || state.settled) return {};
  const std::string resolution(enum_labels(DisputeResolution{})[static_cast<std::size_t>(*state.resolution)]);
  // The claim is given back only now, so another dispute cannot be opened earlier. The money would still be frozen for
  // this dispute then, and the escrow would answer the other one that there is nothing to share out.
  return Decision{}
      .emit(DisputeWasSettled{command})
      .send(delivery_of(state.terms), DisputeSettled{DisputeId{context.self.id}, resolution})
      .send(claim_address(context.crypto, dispute_claim_text(state.terms.delivery_id)), ReleaseClaim{context.self.id});
}

}  // namespace caravan
