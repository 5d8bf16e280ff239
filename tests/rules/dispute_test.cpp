#include <algorithm>

#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "tests/rules/dispute_given.hpp"

namespace dispute_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::dispute_given;

namespace {

/// Whose inboxes a decision tells of what.
std::vector<std::string> told(const Decision& decision) {
  std::vector<std::string> out;
  for (const Effect& effect : decision.effects)
    if (const auto* notice = effect.command.get_if<Notify>())
      out.push_back(effect.to.id.text() + ' ' + notice->template_id);
  return out;
}

}  // namespace

TEST_CASE("dispute: opening one freezes the money and tells both sides") {
  GivenDispute dispute(self);
  CHECK(dispute.as(user(ana)).when(complaint()) == "dispute.opened");
  CHECK(effects(dispute.last) ==
        std::vector<std::string>{"escrow freeze_escrow", "delivery dispute_opened", "inbox notify", "inbox notify"});
  GivenDispute greedy(self);
  CHECK(greedy.as(user(ana)).when(complaint(3501)) == "! invalid_amount");
  CHECK(greedy.as(user(eve)).when(complaint()) == "! not_allowed");
}

TEST_CASE("dispute: its sides hear which parcel it is about, and with whom; who decides hears no places or names") {
  OpenDispute claim = complaint();
  claim.parcel_name =
      ParcelName{"DEL-000123", "A lens", "1 Main St, Boston, MA", "2 Elm St, Hartford, CT", "Ana", "Ben"};
  GivenDispute dispute(self);
  dispute.as(user(ana)).when(claim);
  const auto heard = [&](UserId who) {
    const Notify* notice = dispute.told(who);
    return notice ? notice->variables : std::map<std::string, std::string>{};
  };
  for (const auto& [who, other] : {std::pair{ana, "Ben"}, std::pair{ben, "Ana"}}) {
    const auto variables = heard(who);
    REQUIRE(variables.contains("other"));
    CHECK(variables.at("other") == other);
    CHECK(variables.at("deliveryNumber") == "DEL-000123");
    CHECK(variables.at("pickup") == "1 Main St, Boston, MA");
    CHECK(variables.at("delivery") == "2 Elm St, Hartford, CT");
  }
  dispute.as(judge).when(split(1000));
  dispute.as(escrow).when(EscrowSettled{{}, usd(1000), usd(2500)});
  REQUIRE(dispute.as(colleague).when(ReopenDispute{"new photos"}) == "dispute.reopened");
  const auto judges = heard(dora);
  REQUIRE(judges.contains("item"));
  CHECK(judges.at("item") == "A lens");
  for (const char* hidden : {"pickup", "delivery", "other"}) CHECK_FALSE(judges.contains(hidden));
}

TEST_CASE("dispute: the other side's claim is heard in it, once; a decided one is opened again by a judge alone") {
  const OpenDispute other = counterclaim();
  GivenDispute dispute = opened();
  CHECK(dispute.as(user(ana)).when(complaint()) == "! dispute_open");
  CHECK(dispute.as(user(ben)).when(other) == "dispute.evidence_added");
  CHECK(dispute.state.evidence.front().type == "claim");
  CHECK(dispute.state.evidence.front().by == ben);
  CHECK(dispute.when(other) == "! dispute_open");
  CHECK(dispute.as(judge).when(ReopenDispute{"not yet"}) == "! invalid_state");
  dispute.when(split(1000));
  dispute.as(escrow).when(EscrowSettled{{}, usd(1000), usd(2500)});
  for (const OpenDispute& claim : {complaint(), other}) {
    CHECK(dispute.as(user(claim.opener)).when(claim) == "! already_resolved");
    CHECK(dispute.when(ReopenDispute{"unfair"}) == "! not_allowed");
  }
  CHECK(dispute.as(judge).when(ReopenDispute{"new photos"}) == "! self_not_allowed");
  CHECK(dispute.as(colleague).when(ReopenDispute{"new photos"}) == "dispute.reopened");
  CHECK(effects(dispute.last) == std::vector<std::string>{"escrow freeze_escrow", "delivery dispute_opened",
                                                          "inbox notify", "inbox notify",
                                                          "inbox notify"});  // who decided it hears of it too
  CHECK(dispute.state.status == DisputeStatus::open);
  CHECK(dispute.as(escrow).when(MoneyFrozen{usd(2500)}) == "dispute.money_frozen");
  const ResolveDispute whole{DisputeResolution::refund, {}, "so be it"};
  CHECK(dispute.as(colleague).when(whole) == "! self_not_allowed");  // two people overturn a decision, not one
  CHECK(dispute.as(judge).when(whole) == "dispute.resolved");
  CHECK(dispute.sent<SettleDispute>()->refund == usd(2500));
  dispute.as(escrow).when(EscrowSettled{{}, usd(2500), usd(0)});
  dispute.now += reopened_within;
  CHECK(dispute.as(colleague).when(ReopenDispute{"a year later"}) == "! dispute_window_closed");
}

TEST_CASE("dispute: the side that opened it withdraws it alone, twice, and as long as the other claims nothing") {
  const OpenDispute other = counterclaim();
  GivenDispute dispute = opened();
  CHECK(dispute.as(user(ben)).when(WithdrawDispute{}) == "! not_allowed");
  CHECK(dispute.as(user(ana)).when(WithdrawDispute{ben}) == "dispute.withdrawn");
  CHECK(dispute.sent<UnfreezeEscrow>()->dispute_id.value == self.id);
  CHECK(dispute.when(WithdrawDispute{}) == "! already_resolved");
  CHECK(dispute.as(user(ben)).when(other) == "! already_resolved");  // the money is not free yet
  CHECK(dispute.as(judge).when(split(1000)) == "! already_resolved");
  CHECK(dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)}) == "dispute.settled");
  CHECK(dispute.sent<DisputeSettled>()->resolution == dispute_withdrawn);
  GivenDispute again = dispute;
  // What she was promised did not come.
  CHECK(again.as(user(ana)).when(complaint()) == "dispute.opened");
  CHECK(again.when(WithdrawDispute{ben}) == "dispute.withdrawn");
  again.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  CHECK(again.as(user(ana)).when(complaint()) == "! already_resolved");
  CHECK(GivenDispute(again).as(user(ben)).when(other) == "dispute.opened");
  // Only for what was before: the parcel is picked up, or ends, and there is something new to contest.
  OpenDispute later = complaint();
  later.happened_at = again.now + std::chrono::seconds{1};
  CHECK(GivenDispute(again).as(user(ana)).when(later) == "dispute.opened");
  again.now += withdrawn_for;
  CHECK(again.as(user(ana)).when(complaint()) == "dispute.opened");
  CHECK(dispute.as(user(ben)).when(other) == "dispute.opened");
  CHECK(dispute.as(user(ana)).when(complaint()) == "dispute.evidence_added");
  CHECK(dispute.as(user(ben)).when(WithdrawDispute{}) == "! invalid_state");
  CHECK(dispute.as(judge).when(split(1000)) == "dispute.resolved");
}

TEST_CASE("dispute: nobody is paid for what is not delivered") {
  GivenDispute dispute = opened();
  ResolveDispute release{DisputeResolution::release, {}, "be patient, he is on the way"};
  release.undelivered = true;
  CHECK(dispute.as(judge).when(release) == "! invalid_state");
  release.undelivered = false;
  CHECK(dispute.when(release) == "dispute.resolved");
}

TEST_CASE("dispute: a judge may say that there is nothing to share out yet, and the delivery goes on") {
  const ResolveDispute dismissal{DisputeResolution::dismiss, {}, "it is a day late, no more"};
  GivenDispute dispute = opened();
  CHECK(dispute.as(judge).when(ResolveDispute{DisputeResolution::dismiss, 100, "x"}) == "! invalid_amount");
  CHECK(dispute.when(dismissal) == "dispute.resolved");
  CHECK(dispute.sent<UnfreezeEscrow>());
  CHECK_FALSE(dispute.sent<SettleDispute>());
  CHECK(dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)}) == "dispute.settled");
  CHECK(goes_on(dispute.sent<DisputeSettled>()->resolution));
  CHECK(dispute.as(user(ana)).when(complaint()) == "dispute.opened");  // what comes later may be disputed anew
  GivenDispute fee(self);
  OpenDispute ended = complaint();
  ended.reason = "return overdue";
  ended.ended_at = test_start;
  fee.as(timer()).when(ended);
  CHECK(fee.as(judge).when(dismissal) == "! invalid_state");
}

TEST_CASE("dispute: what the platform opened in somebody's name is not theirs to withdraw; leaving ends one's own") {
  GivenDispute overdue(self);
  OpenDispute late = complaint();
  late.reason = "overdue";
  overdue.as(timer()).when(late);
  CHECK(overdue.as(user(ana)).when(WithdrawDispute{}) == "! not_allowed");
  const Caller delivery = entity({EntityKind::delivery, parcel.value});
  CHECK(overdue.as(delivery).when(WithdrawDispute{ben}) == "(nothing)");
  CHECK(overdue.when(WithdrawDispute{ana}) == "dispute.withdrawn");
}

TEST_CASE("dispute: whoever does nothing about a case loses it, and nobody is charged who could not decide it") {
  GivenDispute dispute = opened();
  AssignDispute to_eve{eve};
  to_eve.judge = {ben, test_start};
  CHECK(dispute.as(judge).when(to_eve) == "! self_not_allowed");  // Ben, a side of it, gave Eve the permission
  AssignDispute by_friend{eve};
  by_friend.assigner = {ben, test_start};
  CHECK(dispute.when(by_friend) == "! self_not_allowed");  // nor does anybody tied to him choose the judge
  dispute.when(AssignDispute{eve});
  REQUIRE(dispute.last.timers.size() == 1);
  CHECK(dispute.last.timers.front().due == dispute.now + std::chrono::days{policy.disputes.assigned_days});
  CHECK(dispute.as(timer()).when(TimerFired{"other"}) == "(nothing)");
  GivenDispute decided = dispute;
  CHECK(dispute.when(TimerFired{"assigned"}) == "dispute.assignment_lapsed");
  CHECK(told(dispute.last) == std::vector<std::string>{eve.value.text() + " dispute_taken_over"});
  CHECK(dispute.when(TimerFired{"assigned"}) == "(nothing)");
  CHECK(dispute.as(judge).when(split(1000)) == "dispute.resolved");
  decided.as(admin(eve, Permission::disputes)).when(split(1000));
  CHECK(decided.as(timer()).when(TimerFired{"assigned"}) == "(nothing)");
}

TEST_CASE("dispute: nobody decides or reopens their own case, and an assignment binds") {
  GivenDispute dispute = opened();
  const Caller party_judge = admin(ana, Permission::disputes);
  CHECK(dispute.as(party_judge).when(split(1000)) == "! self_not_allowed");
  dispute.as(judge).when(AssignDispute{eve});
  CHECK(dispute.when(split(1000)) == "! not_allowed");
  CHECK(dispute.when(AssignDispute{dora}) == "! not_allowed");
  CHECK(dispute.when(AssignDispute{colleague.user}) == "! not_allowed");  // nor through a third
  GivenDispute left = dispute;
  CHECK(left.when(AssignDispute{dora, true}) == "dispute.assigned");
  CHECK(told(left.last) ==
        std::vector<std::string>{dora.value.text() + " dispute_assigned", eve.value.text() + " dispute_taken_over"});
  CHECK(dispute.as(admin(eve, Permission::disputes)).when(AssignDispute{dora}) == "dispute.assigned");
  CHECK(told(dispute.last) ==  // also of what was done in her name
        std::vector<std::string>{dora.value.text() + " dispute_assigned", eve.value.text() + " dispute_taken_over"});
  CHECK(dispute.as(judge).when(split(1000)) == "dispute.resolved");
  dispute.as(escrow).when(EscrowSettled{{}, usd(1000), usd(2500)});
  CHECK(dispute.as(party_judge).when(ReopenDispute{"unfair"}) == "! self_not_allowed");
  dispute.as(colleague).when(ReopenDispute{"new photos"});
  CHECK(std::ranges::count(told(dispute.last), dora.value.text() + " dispute_opened") == 1);
  CHECK(dispute.as(judge).when(split(1000)) == "dispute.resolved");  // who is charged with it decides again
  OpenDispute for_somebody = complaint();
  for_somebody.opener = dora;
  GivenDispute by_office(self);
  by_office.as(judge).when(for_somebody);
  CHECK(by_office.when(split(1000)) == "! self_not_allowed");
}

TEST_CASE("dispute: it is opened until 14 days after the delivery ended") {
  OpenDispute claim = complaint();
  claim.ended_at = test_start - std::chrono::days{14};
  CHECK(GivenDispute(self).as(user(ana)).when(claim) == "! dispute_window_closed");
  *claim.ended_at += std::chrono::seconds{1};
  CHECK(GivenDispute(self).as(user(ana)).when(claim) == "dispute.opened");
  claim.decided_before = true;
  CHECK(GivenDispute(self).as(user(ana)).when(claim) == "! already_resolved");
}

TEST_CASE("dispute: bounds and texts come from what the escrow says") {
  GivenDispute dispute = opened();
  CHECK(dispute.as(escrow).when(MoneyFrozen{usd(2500)}) == "dispute.money_frozen");
  CHECK(dispute.when(MoneyFrozen{usd(2500)}) == "(nothing)");
  CHECK(dispute.as(judge).when(ResolveDispute{DisputeResolution::refund, 3000, "x"}) == "! invalid_amount");
  CHECK(dispute.last.rejection->detail.find("25.00 USD") != std::string::npos);
  CHECK(dispute.when(split(2500)) == "! invalid_amount");
  CHECK(dispute.when(ResolveDispute{DisputeResolution::refund, {}, "x"}) == "dispute.resolved");
  CHECK_FALSE(dispute.sent<Notify>());
  CHECK(dispute.as(user(ana)).ask(ViewDispute{}).resource.get_if<DisputeResource>()->refund_amount == 2500);
  dispute.as(escrow).when(EscrowSettled{{}, usd(2400), usd(100)});
  int told = 0;
  for (const Effect& effect : dispute.last.effects)
    if (const auto* mail = effect.command.get_if<Notify>()) {
      ++told;
      CHECK(mail->variables.at("refund") == "24.00 USD");
    }
  CHECK(told == 2);
}

TEST_CASE("dispute: nobody keeps the other side's word out by saying much") {
  GivenDispute dispute = opened();
  dispute.as(user(ana));
  while (dispute.when(AddEvidence{{}, "look", {}}) != "! limit_reached") REQUIRE(dispute.state.evidence.size() <= 50);
  while (dispute.when(WriteDisputeMessage{"again"}) != "! limit_reached") REQUIRE(dispute.state.messages.size() <= 200);
  CHECK(dispute.as(user(ben)).when(AddEvidence{{}, "It was whole", {}}) == "dispute.evidence_added");
  CHECK(dispute.when(WriteDisputeMessage{"It was whole"}) == "dispute.message_written");
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

TEST_CASE("dispute: nobody says in the platform's words what the platform did not say") {
  GivenDispute dispute = opened();
  for (const char* kind : {"claim", "measured_wait", "custody", "Claim", ""})
    for (const Caller& who : {user(ben), judge})
      CHECK(dispute.as(who).when(AddEvidence{kind, "platform: measured wait 3 h", {}}) == "! validation_failed");
  for (const std::string_view kind : given_evidence)
    CHECK(dispute.as(user(ben)).when(AddEvidence{std::string(kind), "look", {}}) == "dispute.evidence_added");
  // What they called their evidence keeps nobody's claim out.
  CHECK(dispute.when(counterclaim()) == "dispute.evidence_added");
  CHECK(dispute.state.evidence.back().type == claim_evidence);
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
  CHECK(effects(dispute.last) == std::vector<std::string>{"escrow settle_dispute"});
  const RefundId refund = *dispute.state.refund_id;
  CHECK(dispute.when(split(1000)) == "! already_resolved");
  CHECK(dispute.as(escrow).when(EscrowSettled{refund, usd(700), usd(2800)}) == "dispute.settled");
  CHECK(effects(dispute.last) == std::vector<std::string>{"delivery dispute_settled", "inbox notify", "inbox notify"});
  CHECK(dispute.sent<DisputeSettled>()->resolution == "split");
  CHECK(dispute.as(user(ana)).ask(ViewDispute{}).resource.get_if<DisputeResource>()->refunded_amount == 700);
}

TEST_CASE("dispute: every state against every command") {
  GivenDispute assigned = opened();
  assigned.as(judge).when(AssignDispute{dora});
  GivenDispute settled = resolved();
  settled.as(escrow).when(EscrowSettled{{}, usd(0), usd(3500)});
  GivenDispute both_claim = opened();
  both_claim.as(user(ben)).when(counterclaim());
  GivenDispute withdrawn = opened();
  withdrawn.as(user(ana)).when(WithdrawDispute{});
  GivenDispute went_on = withdrawn, dismissed = opened();
  went_on.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  dismissed.as(judge).when(ResolveDispute{DisputeResolution::dismiss, {}, "not yet"});
  dismissed.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  const Caller delivery = entity({EntityKind::delivery, parcel.value});
  check_table<Dispute>({{"none", {}},
                        {"open", opened().state},
                        {"assigned", assigned.state},
                        {"resolved", resolved().state},
                        {"settled", settled.state},
                        {"both claim", both_claim.state},
                        {"withdrawn", withdrawn.state},
                        {"withdrawn and settled", went_on.state},
                        {"dismissed and settled", dismissed.state}},
                       {{"by customer", AnyRecord(complaint()), user(ana)},
                        {"by traveler", AnyRecord(counterclaim()), user(ben)},
                        {"by delivery", AnyRecord(complaint()), delivery},
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
                        {"by customer", AnyRecord(EscrowSettled{{}, usd(0), usd(3500)}), user(ana)},
                        {"by escrow", AnyRecord(MoneyFrozen{usd(3000)}), escrow},
                        {"by customer", AnyRecord(MoneyFrozen{usd(3000)}), user(ana)},
                        {"by who decided", AnyRecord(ReopenDispute{"new facts"}), judge},
                        {"by another judge", AnyRecord(ReopenDispute{"new facts"}), colleague},
                        {"by customer", AnyRecord(ReopenDispute{"new facts"}), user(ana)},
                        {"assigned", AnyRecord(TimerFired{"assigned"}), timer()},
                        {"by customer", AnyRecord(WithdrawDispute{}), user(ana)},
                        {"by traveler", AnyRecord(WithdrawDispute{}), user(ben)},
                        {"by judge", AnyRecord(WithdrawDispute{}), judge},
                        {"by stranger", AnyRecord(WithdrawDispute{}), user(eve)},
                        {"for the customer by delivery", AnyRecord(WithdrawDispute{ana}), delivery},
                        {"for the traveler by delivery", AnyRecord(WithdrawDispute{ben}), delivery}},
                       self);
}

}  // namespace dispute_test
