#include "actors/claim/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "tests/testkit/entity.hpp"

namespace dispute_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2), eve = test_id<UserId>(3), dora = test_id<UserId>(4);
const DeliveryId parcel = test_id<DeliveryId>(5);
const EscrowId escrow_id = test_id<EscrowId>(6);
const Address self{EntityKind::dispute, test_id<DisputeId>(7).value};
const Caller escrow = entity({EntityKind::escrow, escrow_id.value});
const Caller judge = admin(dora, Permission::disputes);

Money usd(std::int64_t cents) { return {cents, *Currency::parse("USD")}; }
OpenDispute complaint(std::optional<std::int64_t> requested = {}) {
  return {parcel, "damaged", "The lens is broken", requested, escrow_id, ana, ben, ana, usd(3500)};
}
ResolveDispute split(std::optional<std::int64_t> refund) { return {DisputeResolution::split, refund, "half"}; }

using GivenDispute = Given<Dispute>;
GivenDispute opened() {
  GivenDispute dispute(self);
  dispute.as(user(ana)).when(complaint());
  return dispute;
}
GivenDispute resolved() {
  GivenDispute dispute = opened();
  dispute.as(judge).when(split(1000));
  return dispute;
}

}  // namespace

TEST_CASE("dispute: opening one freezes the money and tells both sides") {
  GivenDispute dispute(self);
  CHECK(dispute.as(user(ana)).when(complaint()) == "dispute.opened");
  CHECK(effects(dispute.last) == std::vector<std::string>{"escrow freeze_escrow", "delivery dispute_opened",
                                                          "claim confirm_claim", "inbox notify", "inbox notify"});
  GivenDispute greedy(self);
  CHECK(greedy.as(user(ana)).when(complaint(3501)) == "! invalid_amount");
  CHECK(greedy.as(user(eve)).when(complaint()) == "! not_allowed");
}

TEST_CASE("dispute: nobody decides their own case, nor is charged with it") {
  GivenDispute dispute = opened();
  for (const UserId side : {ana, ben}) {
    dispute.as(admin(side, Permission::disputes));
    CHECK(dispute.when(AssignDispute{side}) == "! self_not_allowed");
    CHECK(dispute.when(ResolveDispute{DisputeResolution::refund, {}, "mine"}) == "! self_not_allowed");
    CHECK(dispute.as(judge).when(AssignDispute{side}) == "! self_not_allowed");
  }
  CHECK(dispute.as(user(ana)).when(split(1000)) == "! not_allowed");
  CHECK(dispute.as(judge).when(AssignDispute{dora}) == "dispute.assigned");
}

TEST_CASE("dispute: evidence and messages come from the parties and the judge") {
  GivenDispute dispute = opened();
  CHECK(dispute.as(user(ben)).when(AddEvidence{{}, "It was whole", {}}) == "dispute.evidence_added");
  CHECK(dispute.state.evidence.front().type == "text");
  CHECK(dispute.as(judge).when(WriteDisputeMessage{"Please send photos"}) == "dispute.message_written");
  CHECK(dispute.as(user(eve)).when(WriteDisputeMessage{"Hello"}) == "! not_found");
  CHECK(dispute.as(user(eve)).ask(ViewDispute{}).rejection->code == "not_found");
  CHECK(dispute.as(user(ben)).ask(ViewDispute{}).resource.get_if<DisputeResource>()->messages.size() == 1);
}

TEST_CASE("dispute: the amount must fit the resolution") {
  CHECK(opened().as(judge).when(split({})) == "! invalid_amount");
  CHECK(opened().as(judge).when(split(3500)) == "! invalid_amount");
  CHECK(opened().as(judge).when(ResolveDispute{DisputeResolution::refund, 3501, ""}) == "! invalid_amount");
  CHECK(opened().as(judge).when(ResolveDispute{DisputeResolution::refund, 0, ""}) == "! invalid_amount");
  CHECK(opened().as(judge).when(ResolveDispute{DisputeResolution::release, 1, ""}) == "! invalid_amount");
  GivenDispute whole = opened();
  CHECK(whole.as(judge).when(ResolveDispute{DisputeResolution::refund, {}, ""}) == "dispute.resolved");
  CHECK(whole.sent<SettleDispute>()->refund == usd(3500));
  GivenDispute none = opened();
  CHECK(none.as(judge).when(ResolveDispute{DisputeResolution::release, {}, ""}) == "dispute.resolved");
  CHECK_FALSE(none.state.refund_id);
}

TEST_CASE("dispute: it is decided once, and the delivery hears when the money is shared out") {
  GivenDispute dispute = opened();
  CHECK(dispute.as(judge).when(split(1000)) == "dispute.resolved");
  CHECK(effects(dispute.last) == std::vector<std::string>{"escrow settle_dispute", "inbox notify", "inbox notify"});
  const RefundId refund = *dispute.state.refund_id;
  CHECK(dispute.when(split(1000)) == "! already_resolved");
  CHECK(dispute.as(escrow).when(EscrowSettled{refund, usd(700), usd(2800)}) == "dispute.settled");
  // Not before: until then the money is frozen by this dispute, and would not hear of the next.
  CHECK(effects(dispute.last) == std::vector<std::string>{"delivery dispute_settled", "claim release_claim"});
  CHECK(dispute.sent<DisputeSettled>()->resolution == "split");
  CHECK(dispute.as(user(ana)).ask(ViewDispute{}).resource.get_if<DisputeResource>()->refunded_amount == 700);
}

TEST_CASE("dispute: every state against every command") {
  GivenDispute assigned = opened();
  assigned.as(judge).when(AssignDispute{dora});
  GivenDispute settled = resolved();
  settled.as(escrow).when(EscrowSettled{{}, usd(0), usd(3500)});
  check_table<Dispute>({{"none", {}},
                        {"open", opened().state},
                        {"assigned", assigned.state},
                        {"resolved", resolved().state},
                        {"settled", settled.state}},
                       {{"by customer", AnyRecord(complaint()), user(ana)},
                        {"by stranger", AnyRecord(complaint()), user(eve)},
                        {"by judge", AnyRecord(AssignDispute{dora}), judge},
                        {"by customer", AnyRecord(AssignDispute{dora}), user(ana)},
                        {"by stranger", AnyRecord(AssignDispute{dora}), user(eve)},
                        {"by traveler", AnyRecord(AddEvidence{{}, "whole", {}}), user(ben)},
                        {"by stranger", AnyRecord(AddEvidence{{}, "whole", {}}), user(eve)},
                        {"by traveler", AnyRecord(WriteDisputeMessage{"hello"}), user(ben)},
                        {"by stranger", AnyRecord(WriteDisputeMessage{"hello"}), user(eve)},
                        {"by judge", AnyRecord(split(1000)), judge},
                        {"too much by judge", AnyRecord(split(4000)), judge},
                        {"by customer", AnyRecord(split(1000)), user(ana)},
                        {"by stranger", AnyRecord(split(1000)), user(eve)},
                        {"by escrow", AnyRecord(EscrowSettled{{}, usd(0), usd(3500)}), escrow},
                        {"by customer", AnyRecord(EscrowSettled{{}, usd(0), usd(3500)}), user(ana)}},
                       self);
}

}  // namespace dispute_test
