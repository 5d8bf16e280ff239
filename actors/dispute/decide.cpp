#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"

namespace caravan {

namespace {

bool is_judge(const Context& context) { return context.caller.may(Permission::disputes); }

bool is_party(const DisputeState& state, const Context& context) {
  return context.caller.kind == Caller::Kind::user && state.is_party(context.caller.user);
}

constexpr std::string_view assigned_timer = "assigned";

/// Why the caller may not decide this dispute; nothing where they may. Nobody decides their own case, nor one that they
/// opened for somebody.
std::optional<DisputeRejection> no_judge(const DisputeState& state, const Context& context) {
  if (is_party(state, context) || context.caller.is_user(state.terms.opener))
    return is_judge(context) ? DisputeRejection::self_not_allowed : DisputeRejection::not_allowed;
  return is_judge(context) ? std::nullopt : std::optional(DisputeRejection::not_found);
}

/// The refusal for a judge whom a party made one, be it through others' hands, or who gave a party permissions, or who
/// became one only after the dispute was opened: whoever may give permissions would have their own case decided by a
/// second account of theirs, or by a friend.
bool is_tied(const DisputeState& state, const Appointment& office) {
  const OpenDispute& terms = state.terms;
  return office.is_tied_to(terms.opener) || office.is_tied_to(terms.customer) || office.is_tied_to(terms.traveler);
}

std::optional<Decision> no_free_judge(const DisputeState& state, const Appointment& judge) {
  if (is_tied(state, judge))
    return reject(DisputeRejection::self_not_allowed,
                  "The judge has the permission from a side of this dispute, or a side has one from the judge.");
  if (judge.since > state.opened_at)
    return reject(DisputeRejection::self_not_allowed,
                  "The dispute is older than the permission to decide it: somebody else decides it.");
  return std::nullopt;
}

Address escrow_of(const OpenDispute& terms) { return {EntityKind::escrow, terms.escrow_id.value}; }
Address delivery_of(const OpenDispute& terms) { return {EntityKind::delivery, terms.delivery_id.value}; }

/// Which parcel it is about: to its two sides also whence it goes where, and who the other one is.
void name_parcel_to(std::map<std::string, std::string>& variables, UserId who, const OpenDispute& terms) {
  if (!terms.parcel_name) return;
  const ParcelName& parcel = *terms.parcel_name;
  if (who == terms.customer)
    name_parcel(variables, parcel, parcel.traveler_name);
  else if (who == terms.traveler)
    name_parcel(variables, parcel, parcel.customer_name);
  else
    name_parcel(variables, {parcel.delivery_number, parcel.item, {}, {}, {}, {}}, {});
}

void tell(Decision& decision, const Context& context, UserId who, const OpenDispute& terms, std::string template_id,
          std::map<std::string, std::string> variables) {
  variables.emplace("disputeId", context.self.id.text());
  variables.emplace("deliveryId", terms.delivery_id.text());
  name_parcel_to(variables, who, terms);
  decision.send(
      inbox_of(who),
      Notify{std::move(template_id), std::move(variables), {}, NotifyPriority::high, terms.delivery_id.value, {}});
}

/// What goes back to the customer, or nothing where the resolution does not allow that amount.
std::optional<Money> refund_of(const DisputeState& state, const ResolveDispute& command) {
  const Money all = state.most();
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
    case DisputeResolution::dismiss:
      return given.amount == 0 ? std::optional(given) : std::nullopt;
  }
  return std::nullopt;
}

/// Freezes the money and tells the delivery. Of a dispute that is opened again it freezes what its first decision left.
void freeze(Decision& decision, const OpenDispute& terms, const Context& context) {
  const DisputeId self{context.self.id};
  decision.send(escrow_of(terms), FreezeEscrow{self});
  decision.send(delivery_of(terms), DisputeOpened{self});
}

/// In the dispute that is there, not in an earlier one.
bool claimed_in(const DisputeState& state, UserId side) {
  return std::ranges::any_of(state.evidence, [&](const DisputeEvidence& evidence) {
    return evidence.by == side && evidence.type == claim_evidence && evidence.at >= state.opened_at;
  });
}

/// It was decided for whoever opened it, and this side has not said a word in it: it may have seen nothing to say until
/// then, as a box is opened in the evening.
bool was_unheard(const DisputeState& state, UserId side) {
  const OpenDispute& terms = state.terms;
  if (terms.by_platform || side == terms.opener || claimed_in(state, side)) return false;
  return state.resolution == (terms.opener == terms.traveler ? DisputeResolution::release : DisputeResolution::refund);
}

/// There is something to contest that no earlier dispute was about. A decision is about what was before it.
bool is_anew(const DisputeState& state, const Context& context, const OpenDispute& command) {
  if (!state.exists() || state.went_on()) return true;
  if (!state.settled) return false;
  return context.caller.is_platform() || was_unheard(state, command.opener) ||
         (state.resolved_at && command.happened_at && *command.happened_at > *state.resolved_at);
}

std::ptrdiff_t turns_since(const std::vector<DisputeTurn>& turns, UserId by, std::optional<Time> since) {
  return std::ranges::count_if(turns,
                               [&](const DisputeTurn& turn) { return turn.by == by && (!since || turn.at > *since); });
}

/// How long a delivery is disputed after its end, by the policy that it was agreed under.
std::chrono::days open_term(const OpenDispute& command) {
  return std::chrono::days{kept_policy(command.policy_version).disputes.open_days};
}

/// Until when a delivery that ended then is disputed. Whoever was suspended meanwhile has some days from their return
/// on.
Time window_end(const DisputeState& state, const OpenDispute& command, Time ended_at) {
  const Time end = std::max(ended_at + open_term(command), state.may_open_until.value_or(Time{}));
  if (!command.away_since || !command.back_at || *command.away_since >= end) return end;
  return std::max(end, *command.back_at + open_after_return);
}

/// Until when one may be opened after this one is withdrawn: as long as there was when it was opened.
Time window_after_withdrawal(const DisputeState& state, Time now) {
  const auto& ended_at = state.terms.ended_at;
  const Duration left =
      ended_at ? window_end(state, state.terms, *ended_at) - state.opened_at : Duration{open_term(state.terms)};
  return now + std::max(left, Duration{open_after_withdrawal});
}

/// The refusal for a side that opened, or withdrew, as often as it may for now.
std::optional<Decision> used_up(const DisputeState& state, const Context& context, const OpenDispute& command) {
  const UserId by = command.opener;
  const std::optional<Time> from = std::max(command.happened_at, command.secured_at);
  if (turns_since(state.opened_by, by, {}) >= max_openings_in_all ||
      turns_since(state.opened_by, by, from) >= max_openings)
    return reject(DisputeRejection::already_resolved,
                  "You opened " + std::to_string(max_openings) +
                      " disputes: another one can follow the pickup or the delivery's end, " +
                      std::to_string(max_openings_in_all) + " in all.");
  const Time lately = context.now - withdrawn_for;
  if (turns_since(state.given_up_by, by, std::max(lately, from.value_or(lately))) < max_withdrawals)
    return std::nullopt;
  const auto last = std::find_if(state.given_up_by.rbegin(), state.given_up_by.rend(),
                                 [&](const DisputeTurn& turn) { return turn.by == by; });
  return reject(DisputeRejection::withdrawn_before, "You withdrew your dispute twice: you may open another from " +
                                                        to_rfc3339(last->at + withdrawn_for) +
                                                        " on, or once the parcel is picked up or the delivery ends.");
}

/// A claim in a dispute that is there: the other side's is heard in it, once.
Decision add_claim(const DisputeState& state, const Context& context, const OpenDispute& claim) {
  const bool has_claim = state.terms.opener == claim.opener || claimed_in(state, claim.opener);
  if (state.is_over()) return context.caller.is_platform() ? Decision{} : reject(DisputeRejection::already_resolved);
  if (has_claim) return context.caller.is_platform() ? Decision{} : reject(DisputeRejection::dispute_open);
  std::string text = claim.reason + ": " + claim.description;
  if (claim.requested_amount) text += " (" + money_text({*claim.requested_amount, claim.amount.currency}) + ")";
  Decision decision;
  decision.emit(DisputeEvidenceAdded{
      {context.new_uuid(), claim.opener, std::string(claim_evidence), std::move(text), {}, context.now}});
  tell(decision, context, state.terms.opener, state.terms, "dispute_opened", {{"reason", claim.reason}});
  return decision;
}

}  // namespace

Decision decide(const DisputeState& state, const Context& context, const OpenDispute& command) {
  if (state.exists() && state.terms.delivery_id != command.delivery_id) return reject(DisputeRejection::already_exists);
  const bool party = context.caller.kind == Caller::Kind::user && context.caller.user == command.opener &&
                     (command.opener == command.customer || command.opener == command.traveler);
  if (!party && !is_judge(context) && !context.caller.is_service() && !context.caller.is_platform())
    return reject(DisputeRejection::not_allowed);
  if (!party && context.caller.is_stale_office(Permission::disputes))
    return reject(DisputeRejection::step_up_required, std::string(show_once_more));
  const Money most = command.opener == command.traveler ? command.due.value_or(command.amount) : command.amount;
  if (command.requested_amount && *command.requested_amount > most.amount)
    return reject(DisputeRejection::invalid_amount);
  if (!is_anew(state, context, command)) return add_claim(state, context, command);
  if (party)
    if (auto refusal = used_up(state, context, command)) return *std::move(refusal);
  if (command.decided_before && !state.exists()) return reject(DisputeRejection::already_resolved);
  // What the platform asks is asked at the end, and may arrive weeks later where a node was away.
  if (!context.caller.is_platform() && command.ended_at && context.now >= window_end(state, command, *command.ended_at))
    return reject(
        DisputeRejection::dispute_window_closed,
        "Disputes are opened until " + std::to_string(open_term(command).count()) + " days after the delivery ended.");
  OpenDispute terms = command;
  terms.by_platform = context.caller.is_platform();
  Decision decision;
  const bool counts = party && !context.caller.api_key && !context.caller.service;
  decision.emit(DisputeWasOpened{command.delivery_id, command.opener, command.reason, terms, context.now, counts});
  freeze(decision, command, context);
  for (const UserId side : {command.customer, command.traveler})
    tell(decision, context, side, command, "dispute_opened", {{"reason", command.reason}});
  return decision;
}

namespace {

/// Nobody gets a colleague's case by suspending them for a moment, nor hands it to whoever did.
std::optional<Decision> not_left_yet(const Context& context, const AssignDispute& command) {
  const Appointment& end = command.departure;
  if (!end.by.is_nil() && (context.caller.is_user(end.by) || command.assignee == end.by))
    return reject(DisputeRejection::self_not_allowed,
                  "Somebody else takes it than who suspended its administrator, or took the permission.", "assigneeId");
  const Time from = end.since + left_for;
  if (context.now < from)
    return reject(DisputeRejection::not_allowed,
                  "Its administrator may come back: it is taken over from " + to_rfc3339(from) + " on.", "assigneeId");
  return std::nullopt;
}

}  // namespace

Decision decide(const DisputeState& state, const Context& context, const AssignDispute& command) {
  if (const auto why = no_judge(state, context)) return reject(*why);
  if (state.is_party(command.assignee))
    return reject(DisputeRejection::self_not_allowed, "A party decides no dispute of its own.", "assigneeId");
  if (state.is_over()) return reject(DisputeRejection::already_resolved);
  if (state.assignee == command.assignee) return {};
  const bool by_assignee = state.assignee && context.caller.is_user(*state.assignee);
  if (state.assignee && !by_assignee && !command.assignee_left)
    return reject(DisputeRejection::not_allowed, "Another administrator has it, and hands it over.", "assigneeId");
  if (state.assignee && !by_assignee)
    if (auto refusal = not_left_yet(context, command)) return *std::move(refusal);
  if (auto refusal = no_free_judge(state, command.judge)) return *refusal;
  if (is_tied(state, command.assigner))
    return reject(DisputeRejection::self_not_allowed,
                  "Whoever has the permission from a side of this dispute, or gave one to a side, chooses no judge.");
  Decision decision;
  decision.emit(DisputeWasAssigned{command.assignee, context.caller.user, context.now});
  decision.set_timer(std::string(assigned_timer),
                     context.now + std::chrono::days{kept_policy(state.terms.policy_version).disputes.assigned_days});
  tell(decision, context, command.assignee, state.terms, "dispute_assigned", {{"reason", state.terms.reason}});
  // Also of what was done in their own name: it may have been somebody else.
  if (state.assignee)
    tell(decision, context, *state.assignee, state.terms, "dispute_taken_over",
         {{"reason", state.terms.reason}, {by_assignee ? "handedOn" : "left", "true"}});
  return decision;
}

/// Nobody keeps a case, and the money in it, by doing nothing.
Decision decide(const DisputeState& state, const Context& context, const TimerFired& command) {
  if (command.name != assigned_timer || state.is_over() || !state.assignee) return {};
  Decision decision;
  decision.emit(DisputeAssignmentLapsed{*state.assignee, context.now});
  tell(decision, context, *state.assignee, state.terms, "dispute_taken_over",
       {{"reason", state.terms.reason}, {"lapsed", "true"}});
  return decision;
}

namespace {

/// Why the customer's cover does not pay that; nothing where it does. It pays for an item that the customer showed to
/// be lost or damaged. While the parcel may still arrive, or come back, that says that it is lost: then nobody is paid
/// for carrying it either.
std::optional<Decision> no_cover(const DisputeState& state, const ResolveDispute& command, Money refund) {
  const Money most = state.cover.value_or(Money{0, state.terms.amount.currency});
  if (*command.cover_amount < 1 || *command.cover_amount > most.amount)
    return reject(DisputeRejection::invalid_amount, "The customer's cover pays at most " + money_text(most) + ".",
                  "coverAmount");
  if (command.resolution != DisputeResolution::refund && command.resolution != DisputeResolution::split)
    return reject(DisputeRejection::decision_needed, "A cover pays beside a refund or a split.", "resolution");
  const bool is_under_way = command.undelivered || command.returning;
  if (is_under_way && command.resolution != DisputeResolution::refund)
    return reject(DisputeRejection::decision_needed, "The parcel is under way: what is lost is refunded.",
                  "resolution");
  if (is_under_way && refund != state.most())
    return reject(DisputeRejection::decision_needed, "The parcel is under way: what is lost is refunded whole.",
                  "refundAmount");
  const bool is_shown = std::ranges::any_of(state.evidence, [&](const DisputeEvidence& each) {
    return each.by == state.terms.customer && each.type != claim_evidence && each.at >= state.opened_at;
  });
  if (is_shown) return std::nullopt;
  return reject(DisputeRejection::cover_unproven,
                "A cover pays by evidence that the customer gave in the dispute, and there is none.", "coverAmount");
}

std::optional<Money> cover_of(const DisputeState& state, const ResolveDispute& command) {
  if (!command.cover_amount) return std::nullopt;
  return Money{*command.cover_amount, state.terms.amount.currency};
}

}  // namespace

Decision decide(const DisputeState& state, const Context& context, const ResolveDispute& command) {
  if (const auto why = no_judge(state, context)) return reject(*why);
  if (state.is_over()) return reject(DisputeRejection::already_resolved);
  // Whoever has the case was free to take it: it does not go away by taking their permission and giving it anew.
  const bool has_it = state.assignee && context.caller.is_user(*state.assignee);
  if (!has_it)
    if (auto refusal = no_free_judge(state, command.judge)) return *std::move(refusal);
  if (state.assignee && !has_it)
    return reject(DisputeRejection::not_allowed, "The dispute is assigned to another administrator.");
  if (state.reopened_by && context.caller.is_user(*state.reopened_by))
    return reject(DisputeRejection::self_not_allowed, "Somebody else decides what you opened again.");
  const std::optional<Money> refund = refund_of(state, command);
  if (!refund)
    return reject(DisputeRejection::invalid_amount,
                  "of " + money_text(state.most()) + "; a release refunds nothing, a split a part");
  if (command.resolution == DisputeResolution::release && command.undelivered)
    return reject(DisputeRejection::decision_needed,
                  "Nothing is delivered yet, and nobody is paid before: dismiss it, and the delivery goes on.",
                  "resolution");
  const bool dismissed = command.resolution == DisputeResolution::dismiss;
  if (dismissed && state.terms.by_platform && state.terms.ended_at)
    return reject(DisputeRejection::decision_needed,
                  "The delivery is over, and its fee waits: refund, release or split.", "resolution");
  if (command.cover_amount)
    if (auto refusal = no_cover(state, command, *refund)) return *std::move(refusal);
  const RefundId refund_id = context.new_id<RefundId>();
  DisputeWasResolved event{
      state.terms.delivery_id, command.resolution, refund->amount, refund->currency,    {}, command.note,
      context.caller.user,     context.now,        true,           command.cover_amount};
  if (refund->amount > 0) event.refund_id = refund_id;
  Decision decision;
  decision.emit(std::move(event));
  if (dismissed)
    decision.send(escrow_of(state.terms), UnfreezeEscrow{DisputeId{context.self.id}});
  else
    decision.send(escrow_of(state.terms), SettleDispute{DisputeId{context.self.id}, refund_id, *refund,
                                                        state.terms.ended_at.has_value(), cover_of(state, command)});
  return decision;
}

Decision decide(const DisputeState& state, const Context& context, const MoneyFrozen& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(DisputeRejection::not_allowed);
  if (state.is_over() || (state.at_stake == command.at_stake && state.cover == command.cover)) return {};
  return Decision{}.emit(DisputeMoneyFrozen{command.at_stake, command.cover});
}

Decision decide(const DisputeState& state, const Context& context, const ReopenDispute& command) {
  if (const auto why = no_judge(state, context)) return reject(*why);
  if (state.status != DisputeStatus::resolved || !state.settled)
    return reject(DisputeRejection::not_decided, "Only a decided dispute is opened again.");
  if (auto refusal = no_free_judge(state, command.judge)) return *refusal;
  if (state.resolved_by && context.caller.is_user(*state.resolved_by))
    return reject(DisputeRejection::self_not_allowed, "Another administrator opens again what you decided.");
  if (state.resolved_at && context.now >= *state.resolved_at + reopened_within)
    return reject(DisputeRejection::dispute_window_closed,
                  "A decision is opened again within " + std::to_string(reopened_within.count()) + " days.");
  Decision decision;
  decision.emit(DisputeReopened{context.caller.user, command.reason, context.now, true});
  freeze(decision, state.terms, context);
  for (const UserId side : {state.terms.customer, state.terms.traveler})
    tell(decision, context, side, state.terms, "dispute_opened", {{"reason", command.reason}});
  // Nor does it happen behind the back of who decided it, or has to decide it now.
  for (const auto& judge : {state.resolved_by, state.assignee != state.resolved_by ? state.assignee : std::nullopt})
    if (judge && !context.caller.is_user(*judge))
      tell(decision, context, *judge, state.terms, "dispute_opened", {{"reason", command.reason}});
  return decision;
}

namespace {

/// Why `by` cannot withdraw it; nothing where they can. `left`: they have left the delivery.
std::optional<Decision> cannot_withdraw(const DisputeState& state, UserId by, bool left) {
  if (!state.exists() || state.is_over()) return reject(DisputeRejection::already_resolved);
  if (state.terms.opener != by || (state.terms.by_platform && !left))
    return reject(DisputeRejection::not_allowed, "Only the side that opened it withdraws it.");
  const UserId other = by == state.terms.customer ? state.terms.traveler : state.terms.customer;
  if (claimed_in(state, other))
    return reject(DisputeRejection::other_claim, "The other side's claim is in it as well.");
  return std::nullopt;
}

}  // namespace

Decision decide(const DisputeState& state, const Context& context, const WithdrawDispute& command) {
  const bool left = context.caller.is_platform() && command.leaver;
  if (!left && !is_party(state, context))
    return reject(is_judge(context) ? DisputeRejection::not_allowed : DisputeRejection::not_found);
  const UserId by = left ? *command.leaver : context.caller.user;
  if (auto refusal = cannot_withdraw(state, by, left)) return left ? Decision{} : *std::move(refusal);
  if (command.by_young_client)
    return reject(DisputeRejection::not_allowed,
                  "Your account has known this device or network for less than a week, and the money would go on at "
                  "once: withdraw it from one that you used before.");
  Decision decision;
  // Only what the side opened itself, and withdraws itself, is a turn of its own.
  DisputeWithdrawn event{by, context.now, !left && state.counts};
  if (!left) event.may_open_until = window_after_withdrawal(state, context.now);
  decision.emit(std::move(event));
  decision.send(escrow_of(state.terms), UnfreezeEscrow{DisputeId{context.self.id}, true});
  return decision;
}

Decision decide(const DisputeState& state, const Context& context, const EscrowSettled& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(DisputeRejection::not_allowed);
  if (!state.is_over() || state.settled) return {};
  const bool is_withdrawn = state.status == DisputeStatus::withdrawn;
  const std::string resolution(is_withdrawn ? dispute_withdrawn : to_text(*state.resolution));
  Decision decision;
  decision.emit(DisputeWasSettled{command});
  decision.send(delivery_of(state.terms), DisputeSettled{DisputeId{context.self.id}, resolution, command.refunded,
                                                         command.rest_waits, state.at_stake});
  // Told only now, with what the escrow says that it came to.
  for (const UserId side : {state.terms.customer, state.terms.traveler})
    if (is_withdrawn)
      tell(decision, context, side, state.terms, "dispute_withdrawn", {});
    else
      tell(decision, context, side, state.terms, "dispute_resolved",
           {{"resolution", resolution},
            {"refund", money_text(command.refunded)},
            {"note", state.note},
            {"goesOn", command.rest_waits ? "true" : ""}});
  if (is_withdrawn && state.assignee) tell(decision, context, *state.assignee, state.terms, "dispute_withdrawn", {});
  return decision;
}

}  // namespace caravan
