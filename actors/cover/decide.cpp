#include "actors/cover/entity.hpp"
#include "actors/escrow/commands.hpp"

namespace caravan {

namespace {

bool is_escrow(const Caller& caller) {
  return caller.kind == Caller::Kind::entity && caller.entity.kind == EntityKind::escrow;
}

void meet(Decision& decision, const CoverClaim& claim) {
  decision.emit(CoverClaimMet{claim});
  decision.send({EntityKind::escrow, claim.escrow_id.value}, CoverAnswered{true});
}

/// Those that waited longest, as far as `balance` goes: a dear one holds up what came later.
void meet_what_waits(Decision& decision, const CoverState& state, Money balance) {
  for (const CoverClaim& claim : state.waiting) {
    if (claim.amount.currency != balance.currency) continue;
    if (claim.amount.amount > balance.amount) return;
    balance = balance - claim.amount;
    meet(decision, claim);
  }
}

}  // namespace

Decision decide(const CoverState& state, const Context& context, const PayIntoCover& command) {
  if (!is_escrow(context.caller)) return reject(CoverRejection::not_allowed);
  if (command.fee.amount <= 0) return {};
  Decision decision;
  decision.emit(CoverFeeCame{EscrowId{context.caller.entity.id}, command.fee});
  meet_what_waits(decision, state, state.balance_in(command.fee.currency) + command.fee);
  return decision;
}

Decision decide(const CoverState& state, const Context& context, const PayOutOfCover& command) {
  if (!is_escrow(context.caller)) return reject(CoverRejection::not_allowed);
  if (command.amount.amount <= 0) return {};
  const CoverClaim claim{EscrowId{context.caller.entity.id}, command.amount, context.now, command.customer};
  const Currency currency = command.amount.currency;
  Decision decision;
  if (state.balance_in(currency).amount >= command.amount.amount && !state.any_waits_in(currency)) {
    meet(decision, claim);
  } else {
    decision.emit(CoverClaimWaits{claim});
    decision.send(context.caller.entity, CoverAnswered{false});
  }
  return decision;
}

Decision decide(const CoverState& state, const Context& context, const DropCoverClaim&) {
  if (!is_escrow(context.caller)) return reject(CoverRejection::not_allowed);
  const EscrowId escrow{context.caller.entity.id};
  const auto claim = std::ranges::find(state.waiting, escrow, &CoverClaim::escrow_id);
  if (claim == state.waiting.end()) return {};
  Decision decision;
  decision.emit(CoverClaimDropped{*claim});
  decision.send(context.caller.entity, CoverAnswered{false, true});
  CoverState after = state;
  after.drop_claim_of(escrow);
  meet_what_waits(decision, after, state.balance_in(claim->amount.currency));  // what it held up
  return decision;
}

Decision decide(const CoverState& state, const Context& context, const AddToCover& command) {
  const Caller& by = context.caller;
  if (by.kind != Caller::Kind::user || by.is_acting() || !by.may(Permission::finance))
    return reject(CoverRejection::not_allowed);
  const Money amount{command.amount, command.currency};
  for (const CoverClaim& claim : claims_served(state.waiting, state.balance_in(command.currency) + amount))
    if (by.is_user(claim.customer) || command.office.is_tied_to(claim.customer))
      return reject(CoverRejection::self_not_allowed,
                    "A claim waits for it of yours, or of somebody from whom you have the permission, or who has one "
                    "from you: somebody else adds to it.");
  if (amount.amount <= 0) return reject(CoverRejection::invalid_amount, "must be positive", "amount");
  CoverAdded event{amount, command.reason, by.user, context.now, {}};
  debit(event.postings, LedgerAccount::platform_revenue, amount);
  credit(event.postings, LedgerAccount::cover, amount);
  Decision decision;
  decision.emit(std::move(event));
  meet_what_waits(decision, state, state.balance_in(command.currency) + amount);
  return decision;
}

}  // namespace caravan
