#include "actors/account/standing.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/escrow/draft.hpp"

/// Both sides agree to share the money. What was accepted waits a day: somebody else may have accepted in a side's
/// name. Once the parcel has come, or the delivery has ended, it binds both: a judge alone decides otherwise.
namespace caravan {

namespace {

/// When what both sides agree on is paid, for the texts about it.
std::map<std::string, std::string> told_of(const EscrowState& state) {
  if (state.parcel == ParcelWay::to_receiver) return {{"underWay", "true"}};
  if (state.parcel == ParcelWay::back) return {{"comesBack", "true"}};
  return {};
}

void tell_both(EscrowDraft& draft, const std::string& template_id, Money refund,
               const std::map<std::string, std::string>& facts) {
  for (const UserId who : {draft.state().customer, draft.state().traveler}) draft.tell(who, template_id, refund, facts);
}

void pay_agreed(EscrowDraft& draft, const Context& context) {
  const EscrowState before = draft.state();
  const SplitProposal& agreed = *before.split;
  const Money refund = agreed.refund, released = before.held - refund;
  // It may have arrived or ended meanwhile: then nothing else pays the rest.
  const bool is_over = before.parcel == ParcelWay::not_carried || before.release_waits || before.end_waits;
  draft.emit(SplitAgreed{before.delivery_id, agreed.accepted_by, refund.amount, released.amount, refund.currency});
  if (refund.amount > 0) draft.refund_held(context.new_id<RefundId>(), refund, "agreed split");
  if (released.amount > 0 && is_over)
    draft.release_held("agreed split");
  else if (draft.state().rest_agreed)
    draft.send(draft.delivery(), RestAgreed{{released, released - draft.fee_of(released)}});
  if (before.is_bound()) draft.send(draft.delivery(), SharedOutBefore{standing_of(draft.state())});
  tell_both(draft, "split_agreed", refund, is_over ? std::map<std::string, std::string>{} : told_of(before));
}

}  // namespace

Decision decide(const EscrowState& state, const Context& context, const ProposeSplit& command) {
  if (context.caller.kind != Caller::Kind::user || !state.is_party(context.caller.user))
    return reject(EscrowRejection::not_found);
  if (!state.is_held()) return reject(EscrowRejection::not_held);
  if (state.frozen_by) return reject(EscrowRejection::disputed);
  if (state.is_agreed()) return reject(EscrowRejection::already_agreed, "Take back first what you have agreed on.");
  const Money refund{command.refund_amount, state.amount.currency};
  if (!fits(refund, state.held)) return reject(EscrowRejection::invalid_amount);
  EscrowDraft draft(state, context);
  const UserId by = context.caller.user;
  draft.emit(SplitProposed{state.delivery_id, by, refund.amount, refund.currency, command.note.value_or(""),
                           context.now, context.caller.service});
  draft.tell(by == state.customer ? state.traveler : state.customer, "split_proposed", refund, told_of(state));
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const AcceptSplit& command) {
  if (context.caller.kind != Caller::Kind::user || !state.is_party(context.caller.user))
    return reject(EscrowRejection::not_found);
  if (!state.is_held()) return reject(EscrowRejection::not_held);
  if (state.frozen_by) return reject(EscrowRejection::disputed);
  if (!state.split || (!state.is_agreed() && context.now - state.split->at > split_validity))
    return reject(EscrowRejection::no_proposal);
  const bool same_service = context.caller.service && state.split->service == context.caller.service;
  if (state.split->by == context.caller.user || same_service) return reject(EscrowRejection::own_proposal);
  if (state.split->refund.amount != command.refund_amount)
    return reject(EscrowRejection::split_changed, "The proposal is to refund " + money_text(state.split->refund) + ".",
                  "refundAmount");
  if (state.is_agreed()) return {};
  // Finance may have given a part back since the proposal was made.
  if (!fits(state.split->refund, state.held)) return reject(EscrowRejection::invalid_amount);
  const Time pays_at = context.now + split_held(state);
  EscrowDraft draft(state, context);
  draft.emit(SplitAccepted{state.delivery_id, context.caller.user, context.now, pays_at});
  draft.set_timer(split_timer, pays_at);
  tell_both(draft, "split_accepted", state.split->refund, {{"paysAt", to_rfc3339(pays_at)}});
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const TakeSplitBack&) {
  if (context.caller.kind != Caller::Kind::user || !state.is_party(context.caller.user))
    return reject(EscrowRejection::not_found);
  if (!state.split) return reject(EscrowRejection::no_proposal);
  if (!state.is_agreed() && state.split->by != context.caller.user)
    return reject(EscrowRejection::not_allowed, "The other side's proposal is theirs to take back.");
  if (state.is_bound())
    return reject(EscrowRejection::already_agreed,
                  "The delivery has gone on since you agreed: open a dispute instead.");
  EscrowDraft draft(state, context);
  draft.undo_split();
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const DropSplit& command) {
  if (!context.caller.is_platform()) return reject(EscrowRejection::not_allowed);
  EscrowDraft draft(state, context);
  // Whoever shuts a thief out may have proposed or accepted what is agreed. Where the parcel has arrived, or is back,
  // what was agreed on the way goes for it.
  const bool is_end = command.parcel == ParcelWay::not_carried && !command.only_of;
  const bool is_theirs = !command.only_of || (state.split && state.split->by == *command.only_of);
  const bool concerns = state.is_agreed() ? !is_end : is_theirs;
  if (concerns && !state.is_bound())
    draft.undo_split();
  else if (concerns && command.only_of)  // a claim of theirs, where a dispute is open: nobody withdraws it any more
    draft.ask_for_decision(*command.only_of, "an account was secured",
                           "Somebody else may have agreed to share the money, and the delivery has gone on since.");
  if (command.parcel && *command.parcel != draft.state().parcel && draft.state().is_held()) {
    ParcelUnderWay event{*command.parcel, {}, is_end && state.is_agreed()};
    // Whoever carries must not learn at the end only that the card behind the reservation pays nothing.
    if (event.parcel != ParcelWay::not_carried && !state.captured)
      event.tasks.push_back(draft.task(PaymentOperation::capture, draft.state().held + state.cover_held()));
    const bool is_taken = event.parcel == ParcelWay::to_receiver;
    draft.emit(std::move(event));
    if (is_taken) draft.begin_cover();
  }
  return draft.finish();
}

Decision split_is_due(const EscrowState& state) {
  Decision decision;
  if (state.is_agreed() && !state.frozen_by) decision.send(account_address(state.customer), AskStanding{});
  return decision;
}

Decision decide(const EscrowState& state, const Context& context, const SideStanding& command) {
  if (!context.caller.is_platform()) return reject(EscrowRejection::not_allowed);
  if (!state.is_agreed() || state.frozen_by || !state.is_party(command.side)) return {};
  EscrowDraft draft(state, context);
  if (context.now < *state.split->pays_at) {  // the clock of another node is behind
    draft.set_timer(split_timer, *state.split->pays_at);
    return draft.finish();
  }
  const Time at = objects_until(command, split_held(state), context.now);
  const bool pays = !command.is_away && !command.is_closed && fits(state.split->refund, state.held);
  const bool is_customer = command.side == state.customer;
  if (command.is_closed && state.is_bound())
    draft.ask_for_decision(is_customer ? state.traveler : state.customer, "a side has left",
                           std::string(is_customer ? "The customer" : "The traveler") +
                               " has closed their account before what both sides agreed on was paid, and objects to "
                               "nothing any more.");
  else if (!pays && state.is_bound())
    draft.ask_for_decision(state.traveler, "a side is suspended",
                           "What both sides agreed on was held for a day, in which a side that is suspended or banned "
                           "could not object.");
  else if (!pays)
    draft.undo_split();
  else if (at > context.now)
    draft.set_timer(split_timer, at);
  else if (is_customer)
    draft.send(account_address(state.traveler), AskStanding{});
  else
    pay_agreed(draft, context);
  return draft.finish();
}

}  // namespace caravan
