#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/entity/draft.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"

namespace caravan {

/// A decision of an escrow in the making.
class EscrowDraft : public Draft<EscrowState> {
 public:
  EscrowDraft(const EscrowState& before, const Context& context) : Draft(before, context), asked_(first_task(before)) {}

  /// Puts a notification into someone's inbox, with the delivery, `amount` and what else is given as variables.
  void tell(UserId who, std::string template_id, Money amount, std::map<std::string, std::string> variables = {});

  /// Ends a proposal to share: it is about what was held when it was made.
  void drop_split();
  /// Ends a proposal, or what was agreed and does not bind yet: both are told of that.
  void undo_split();
  /// The platform opens a dispute about what was agreed, in the name of `claimant`.
  void ask_for_decision(UserId claimant, std::string reason, std::string description);
  /// What the delivery's end comes to.
  void share_out(const RefundEscrow& end);
  /// Gives `amount` of what is held to the customer; the delivery and the customer are told.
  /// `fee_waits`: what remains is the traveler's fee.
  void refund_held(RefundId refund_id, Money amount, std::string reason, bool fee_waits = false);
  /// Gives all that is still held to traveler and platform; `traveler_amount` absent: all but the platform's fee,
  /// of which there is none on a fee that the traveler earned by waiting.
  void release_held(std::string reason, std::optional<QrCodeId> qr_code_id = {},
                    std::optional<Money> traveler_amount = {});
  /// The platform's part of what is released.
  Money fee_of(Money released) const;
  /// The provider never took the money: the wallet keeps what is released of it, and the traveler is told.
  void withhold_payout();
  /// Asks the wallet for the traveler's share of a refund after the release.
  void take_back(RefundId refund_id, Money refund, std::string reason, std::optional<DisputeId> dispute_id);
  /// Ends the freeze: pending payouts go on, and the dispute hears what its decision came to.
  /// `rest_waits`: what is still held stays so until the parcel's way is over. `held_until`: nothing that both sides
  /// agreed on, and no payout that waits, is paid before; as it was where absent.
  void unfreeze(DisputeId dispute_id, std::optional<RefundId> refund_id, Money refunded, Money released,
                bool rest_waits = false, std::optional<Time> held_until = {});

  /// The wallet pays what it kept back of this delivery, but nothing before a withdrawn dispute's time for objections.
  void unfreeze_payout();

  /// A task with a fresh identity at the provider.
  ProviderTask task(PaymentOperation operation, Money amount, RefundId refund_id = {}) const;
  /// Asks the provider for the first task. The runtime repeats it until it is answered or its term is over.
  void ask_provider();
  /// Lets go of what the authorisation may have reserved. Nobody knows whether it has, so that is done once more when
  /// it is too late for it to be carried out.
  ProviderTask undo_of(const ProviderTask& authorisation);
  /// The parcel is in the traveler's hands: the cover that its customer took holds from now on.
  void begin_cover();
  /// The fee goes back whole, where one is held, or was not taken by the provider.
  void return_cover();
  /// The same for a cover whose parcel was not picked up.
  void return_held_cover();
  /// Asks the pool for what a judge has the cover pay.
  void claim_cover(DisputeId dispute_id, Money amount);
  /// A dispute is opened again: what its first decision claimed, and the pool has not paid, waits for the next one.
  void drop_claim();

  /// Returns the fee of a cover whose parcel nobody will carry any more, asks for the next task where another is now
  /// the first, and gives the decision.
  Decision finish();

  void set_timer(std::string_view name, Time at) { decision_.set_timer(std::string(name), at); }
  void clear_timer(std::string_view name) { decision_.clear_timer(std::string(name)); }

  /// Tells the dispute that froze the money how much of it there is to decide about.
  void tell_at_stake();

  Address delivery() const { return {EntityKind::delivery, state_.delivery_id.value}; }
  Address wallet() const { return {EntityKind::wallet, state_.traveler.value}; }

 private:
  static std::optional<Uuid> first_task(const EscrowState& state) {
    if (state.tasks.empty()) return std::nullopt;
    return state.tasks.front().operation_id;
  }

  std::optional<Uuid> asked_;  // the task that the provider was asked for last
};

/// What became of the money so far.
inline FundsStanding standing_of(const EscrowState& state) { return {state.held, state.refunded, state.to_traveler}; }

inline bool fits(Money amount, Money most) {
  return amount.currency == most.currency && amount.amount >= 0 && amount.amount <= most.amount;
}
/// Both sides have had the time to take back what they agreed on.
Decision split_is_due(const EscrowState& state);

/// A delivery, a dispute or a wallet asks, not a person; or a service for one of them.
inline bool is_another_entity(const Caller& caller) {
  return caller.kind == Caller::Kind::entity || caller.is_service();
}

inline constexpr std::string_view provider_timer = "provider";  // of earlier builds, which asked again when it fired
inline constexpr std::string_view late_reservation_timer = "late_reservation";
inline constexpr std::string_view hold_timer = "hold_expiring";
inline constexpr std::string_view split_timer = "split_agreed";
/// How long a split that was accepted waits, by the policy that the two sides agreed under.
inline Duration split_held(const EscrowState& state) {
  return std::chrono::seconds{kept_policy(state.policy_version).disputes.split_held_seconds};
}

}  // namespace caravan
