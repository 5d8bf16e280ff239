#pragma once

#include "actors/dispute/commands.hpp"
#include "actors/escrow/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Escrows at the stages of their life, for the rules' tests.
namespace caravan::testkit::escrows {

inline const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2), eve = test_id<UserId>(3),
                    finn = test_id<UserId>(4);
inline const DeliveryId parcel = test_id<DeliveryId>(5);
inline const IntentId intent = test_id<IntentId>(6);
inline const DisputeId quarrel = test_id<DisputeId>(7);
inline const RefundId back = test_id<RefundId>(8);
inline const Address self{EntityKind::escrow, test_id<EscrowId>(9).value};
inline const Caller delivery = entity({EntityKind::delivery, parcel.value});
inline const Caller dispute = entity({EntityKind::dispute, quarrel.value});
inline const Caller wallet = entity({EntityKind::wallet, ben.value});

inline Money usd(std::int64_t cents) { return {cents, *Currency::parse("USD")}; }

inline CreateEscrow terms(std::string token = "tok_ok", std::int64_t amount = 3500) {
  return {parcel, intent, ana, ben, usd(amount), platform_fee(usd(amount)), std::move(token), {}, "sandbox"};
}

using GivenEscrow = Given<Escrow>;

/// What the provider says to the first task.
inline PaymentAnswer says(const EscrowState& state, PaymentOutcome outcome, std::string code = {}) {
  if (state.tasks.empty()) return {PaymentOperation::authorize, {}, outcome, std::move(code), {}, {}};
  return {state.tasks.front().operation, state.tasks.front().operation_id, outcome, std::move(code), "busy", "ref"};
}
inline std::string answer_with(GivenEscrow& escrow, PaymentOutcome outcome, std::string code = {}) {
  return escrow.as(provider()).when(says(escrow.state, outcome, std::move(code)));
}

inline GivenEscrow asked(std::optional<std::int32_t> policy_version = {}) {
  GivenEscrow escrow(self);
  CreateEscrow command = terms();
  command.policy_version = policy_version;
  escrow.as(delivery).when(command);
  return escrow;
}
inline GivenEscrow held() {
  GivenEscrow escrow = asked();
  answer_with(escrow, PaymentOutcome::done);
  return escrow;
}
inline GivenEscrow released() {
  GivenEscrow escrow = held();
  escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
  return escrow;
}
/// That side accepts what the other one proposed, and a day goes by in which both could take it back; what came of it.
inline std::string agreed_by(GivenEscrow& escrow, UserId side, std::int64_t refund) {
  const std::string came = escrow.as(user(side)).when(AcceptSplit{refund});
  if (came != "payment.split_accepted") return came;
  escrow.at(*escrow.state.split->pays_at).as(timer()).when(TimerFired{"split_agreed"});
  escrow.as(entity(account_address(ana))).when(SideStanding{ana});
  return escrow.as(entity(account_address(ben))).when(SideStanding{ben});
}

inline GivenEscrow frozen() {
  GivenEscrow escrow = held();
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  return escrow;
}

}  // namespace caravan::testkit::escrows
