#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/simulation/choice.hpp"
#include "tests/simulation/scene.hpp"

// What people do about the money and each other, and what the office decides.
namespace caravan::simulation {

namespace {

/// As the edge does it: the delivery's own dispute, with what the delivery says. Where there is one it is a claim in
/// it, or refused.
bool open_dispute(World& world, const Person& who) {
  const auto delivery =
      any<Delivery>(world, [&](const DeliveryState& state) { return state.is_party(who.id) && state.is_created(); });
  if (!delivery) return false;
  Scene{world, delivery.id, *delivery.state}.open_dispute(who.caller());
  return true;
}

Chosen<Escrow> own_escrow(World& world, const Person& who) {
  return any<Escrow>(world, [&](const EscrowState& state) {
    return state.is_party(who.id) && state.is_held() && !world.is_spoken_for(state.delivery_id.value);
  });
}

bool propose_split(World& world, const Person& who) {
  const auto escrow = own_escrow(world, who);
  if (!escrow) return false;
  world.write(escrow.address(), ProposeSplit{world.chance.between(0, escrow->held.amount), {}}, who.caller());
  return true;
}

bool accept_split(World& world, const Person& who) {
  const auto escrow = own_escrow(world, who);
  if (!escrow || !escrow->split) return false;
  // Now and then they read another proposal than the one that stands.
  const std::int64_t read = world.chance.percent(90) ? escrow->split->refund.amount : 0;
  world.write(escrow.address(), AcceptSplit{read}, who.caller());
  return true;
}

bool request_payout(World& world, const Person& who) {
  const Address wallet{EntityKind::wallet, who.id.value};
  const WalletState* state = world.chronicle.state<Wallet>(who.id.value);
  if (!state || state->available_in({}).amount == 0) return false;
  world.write(wallet, RequestPayout{world.chance.id<PayoutId>(world.now()), {}, {}, {}}, who.caller());
  return true;
}

bool remove_payout_account(World& world, const Person& who) {
  const WalletState* wallet = world.chronicle.state<Wallet>(who.id.value);
  if (!wallet || wallet->accounts.empty()) return false;
  const PayoutAccount& account = world.chance.one_of(wallet->accounts);
  world.write({EntityKind::wallet, who.id.value}, RemovePayoutAccount{account.account_id}, who.caller());
  return true;
}

bool review(World& world, const Person& who) {
  const auto delivery = any<Delivery>(world, [&](const DeliveryState& state) {
    return state.is_party(who.id) && state.status == DeliveryStatus::delivered;
  });
  if (!delivery) return false;
  const UserId other = delivery->terms.customer == who.id ? delivery->terms.traveler : delivery->terms.customer;
  world.write(user_address(other),
              SubmitReview{DeliveryId{delivery.id}, static_cast<int>(world.chance.between(1, 5)), {}}, who.caller());
  return true;
}

bool resolve_dispute(World& world, const Person&) {
  const auto dispute = any<Dispute>(world, [](const DisputeState& state) { return !state.is_over(); });
  if (!dispute) return false;
  const std::int64_t all = dispute->terms.amount.amount;
  ResolveDispute decision{DisputeResolution::release, {}, "decided"};
  if (world.chance.percent(33)) decision.resolution = DisputeResolution::refund;
  if (world.chance.percent(33)) {
    decision.resolution = DisputeResolution::split;
    decision.refund_amount = world.chance.between(1, all - 1);
  }
  world.write(dispute.address(), decision, world.people.office());
  return true;
}

bool reopen_dispute(World& world, const Person&) {
  const auto dispute = any<Dispute>(world, [](const DisputeState& state) { return state.settled.has_value(); });
  if (!dispute || dispute->reopened_at) return false;
  world.write(dispute.address(), ReopenDispute{"new facts"}, world.people.colleague());
  return true;
}

bool refund_payment(World& world, const Person&) {
  const auto escrow = any<Escrow>(world, [&](const EscrowState& state) {
    return (state.is_held() || state.is_released()) && !world.is_spoken_for(state.delivery_id.value);
  });
  if (!escrow) return false;
  RefundPayment refund{world.chance.id<RefundId>(world.now()), {}, "goodwill"};
  if (world.chance.percent(70)) refund.amount = world.chance.between(1, escrow->amount.amount);
  world.write(escrow.address(), refund, world.people.office());
  return true;
}

/// Somebody complains after the traveler was paid.
bool refund_after_payout(World& world, const Person&) {
  const auto escrow = any<Escrow>(world, [&](const EscrowState& state) {
    const WalletState* wallet = world.chronicle.state<Wallet>(state.traveler.value);
    return state.to_traveler.amount > 0 && wallet && std::ranges::any_of(wallet->payouts, [&](const Payout& payout) {
             return payout.delivery_id == state.delivery_id && payout.status == PayoutStatus::paid;
           });
  });
  if (!escrow) return false;
  RefundPayment refund{world.chance.id<RefundId>(world.now()), {}, "complaint"};
  if (world.chance.percent(50)) refund.amount = world.chance.between(1, escrow->at_stake().amount);
  world.write(escrow.address(), refund, world.people.office());
  return true;
}

bool delete_account(World& world, const Person& who) {
  if (!world.chance.percent(5)) return false;
  world.write({EntityKind::account, who.id.value}, DeleteAccount{"moved away"}, who.caller());
  return true;
}

}  // namespace

bool add_payout_account(World& world, const Person& who) {
  world.write({EntityKind::wallet, who.id.value},
              AddPayoutAccount{world.chance.id<PayoutAccountId>(world.now()), "bank", "acct", {}, {}}, who.caller());
  return true;
}

std::span<const Intent> money_intents() {
  static constexpr Intent intents[] = {{9, open_dispute},  {35, resolve_dispute},    {10, propose_split},
                                       {10, accept_split}, {10, request_payout},     {3, add_payout_account},
                                       {20, review},       {6, refund_after_payout}, {1, remove_payout_account}};
  return intents;
}

std::span<const Intent> office_intents() {
  static constexpr Intent intents[] = {
      {20, refund_payment}, {25, resolve_dispute}, {15, delete_account}, {8, reopen_dispute}};
  return intents;
}

}  // namespace caravan::simulation
