#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "tests/testkit/entity.hpp"

/// A dispute between Ana, the customer, and Ben, as tests/rules begins with it.
namespace caravan::dispute_given {

using namespace testkit;

inline const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2), eve = test_id<UserId>(3),
                    dora = test_id<UserId>(4);
inline const DeliveryId parcel = test_id<DeliveryId>(5);
inline const EscrowId escrow_id = test_id<EscrowId>(6);
inline const Address self{EntityKind::dispute, test_id<DisputeId>(7).value};
inline const Caller escrow = entity({EntityKind::escrow, escrow_id.value});
inline const Caller judge = admin(dora, Permission::disputes);
inline const Caller colleague = admin(test_id<UserId>(8), Permission::disputes);

inline Money usd(std::int64_t cents) { return {cents, *Currency::parse("USD")}; }
inline OpenDispute complaint(std::optional<std::int64_t> requested = {}) {
  return {parcel, "damaged", "The lens is broken", requested, escrow_id, ana, ben, ana, usd(3500)};
}
/// Ben's.
inline OpenDispute counterclaim() {
  OpenDispute claim = complaint();
  claim.opener = ben;
  claim.reason = "unpaid";
  return claim;
}
inline ResolveDispute split(std::optional<std::int64_t> refund) { return {DisputeResolution::split, refund, "half"}; }

using GivenDispute = Given<Dispute>;
inline GivenDispute opened() {
  GivenDispute dispute(self);
  dispute.as(user(ana)).when(complaint());
  return dispute;
}
inline GivenDispute resolved() {
  GivenDispute dispute = opened();
  dispute.as(judge).when(split(1000));
  return dispute;
}

}  // namespace caravan::dispute_given
