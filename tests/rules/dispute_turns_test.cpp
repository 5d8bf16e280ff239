#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "tests/rules/dispute_given.hpp"

/// How often each side may contest something, what bars it, and who decides.
namespace dispute_turns_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::dispute_given;

TEST_CASE("dispute: each side's openings are its own, and what happens gives new ones") {
  const auto ends = [](GivenDispute& dispute) {
    REQUIRE(dispute.as(judge).when(ResolveDispute{DisputeResolution::dismiss, {}, "no"}) == "dispute.resolved");
    REQUIRE(dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)}) == "dispute.settled");
  };
  GivenDispute dispute(self);
  const auto opens = [&](const OpenDispute& claim) {
    const std::string opened = dispute.as(user(claim.opener)).when(claim);
    if (opened == "dispute.opened") ends(dispute);
    return opened;
  };
  for (int i = 0; i < max_openings; ++i) CHECK(opens(counterclaim()) == "dispute.opened");
  CHECK(opens(counterclaim()) == "! already_resolved");
  for (int i = 0; i < max_openings; ++i) CHECK(opens(complaint()) == "dispute.opened");
  CHECK(opens(complaint()) == "! already_resolved");
  CHECK(dispute.as(timer()).when(complaint()) == "dispute.opened");  // the platform asks whenever it has to
  ends(dispute);
  OpenDispute after = complaint();
  after.happened_at = dispute.now += std::chrono::hours{1};
  dispute.now += std::chrono::hours{1};
  for (int i = 0; i < max_openings; ++i) CHECK(opens(after) == "dispute.opened");
  CHECK(opens(after) == "! already_resolved");
  after.happened_at = dispute.now += std::chrono::hours{1};
  dispute.now += std::chrono::hours{1};
  for (int i = 2 * max_openings; i < max_openings_in_all; ++i) CHECK(opens(after) == "dispute.opened");
  CHECK(opens(after) == "! already_resolved");
}

TEST_CASE("dispute: what was not opened by whoever is signed in costs that side nothing") {
  Caller by_key = user(ana);
  by_key.api_key = test_id<UserId>(9).value;  // of an earlier build, which let keys open one
  GivenDispute dispute(self);
  for (int i = 0; i < max_openings_in_all; ++i) {
    REQUIRE(dispute.as(by_key).when(complaint()) == "dispute.opened");
    REQUIRE(dispute.as(user(ana)).when(WithdrawDispute{}) == "dispute.withdrawn");
    dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  }
  CHECK(dispute.state.opened_by.empty());
  CHECK(dispute.state.given_up_by.empty());
  CHECK(dispute.as(user(ana)).when(complaint()) == "dispute.opened");
  // Nor is it a turn of hers that the platform withdraws it as she leaves.
  CHECK(dispute.as(entity({EntityKind::delivery, parcel.value})).when(WithdrawDispute{ana}) == "dispute.withdrawn");
  CHECK(dispute.state.given_up_by.empty());
}

TEST_CASE("dispute: whoever may be a thief withdraws nothing, and what a thief used up does not count") {
  GivenDispute dispute = opened();
  CHECK(dispute.as(user(ana)).when(WithdrawDispute{{}, true}) == "! not_allowed");
  const auto withdraws = [&] {
    REQUIRE(dispute.as(user(ana)).when(WithdrawDispute{}) == "dispute.withdrawn");
    dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  };
  withdraws();
  for (int i = 1; i < max_openings; ++i) {
    dispute.now += withdrawn_for;
    REQUIRE(dispute.as(user(ana)).when(complaint()) == "dispute.opened");
    withdraws();
  }
  OpenDispute own = complaint();
  CHECK(dispute.as(user(ana)).when(own) == "! already_resolved");
  own.secured_at = test_start - std::chrono::seconds{1};
  CHECK(GivenDispute(dispute).as(user(ana)).when(own) == "! already_resolved");  // they are her own
  own.secured_at = dispute.now;
  CHECK(GivenDispute(dispute).as(user(ana)).when(own) == "dispute.opened");
}

TEST_CASE("dispute: the time that one was open does not count for the next one") {
  OpenDispute claim = complaint();
  claim.ended_at = test_start;
  GivenDispute dispute(self);
  const auto withdraws = [&] {
    REQUIRE(dispute.as(user(ana)).when(WithdrawDispute{}) == "dispute.withdrawn");
    dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  };
  const auto opens = [&](Time at) {
    GivenDispute later = dispute;
    later.now = at;
    return later.as(user(ana)).when(claim);
  };
  using std::chrono::days, std::chrono::seconds;
  dispute.now = test_start + days{4};  // ten days are left
  REQUIRE(dispute.as(user(ana)).when(claim) == "dispute.opened");
  dispute.now = test_start + days{20};
  withdraws();
  CHECK(opens(test_start + days{30} - seconds{1}) == "dispute.opened");
  CHECK(opens(test_start + days{30}) == "! dispute_window_closed");
  // A moment before the end there are two days at least: nobody is told to wait until it is too late.
  dispute.now = test_start + days{30} - seconds{1};
  REQUIRE(dispute.as(user(ana)).when(claim) == "dispute.opened");
  withdraws();
  CHECK(opens(dispute.now + open_after_withdrawal - seconds{1}) == "dispute.opened");
  CHECK(opens(dispute.now + open_after_withdrawal) == "! dispute_window_closed");
  CHECK(open_after_withdrawal > withdrawn_for);
}

TEST_CASE("dispute: whoever was suspended before the time was over has a week from their return on") {
  using std::chrono::days, std::chrono::seconds;
  const auto opens = [](Time away_since, Time back_at, Time at) {
    OpenDispute claim = complaint();
    claim.ended_at = test_start;
    claim.away_since = away_since;
    claim.back_at = back_at;
    GivenDispute dispute(self);
    dispute.now = at;
    return dispute.as(user(ana)).when(claim);
  };
  const Time back = test_start + days{14};
  CHECK(opens(test_start, back, back + open_after_return - seconds{1}) == "dispute.opened");
  CHECK(opens(test_start, back, back + open_after_return) == "! dispute_window_closed");
  CHECK(opens(test_start, test_start + days{1}, back - seconds{1}) == "dispute.opened");
  CHECK(opens(test_start, test_start + days{1}, back) == "! dispute_window_closed");
  // One that begins later opens nothing anew.
  CHECK(opens(back, back + days{1}, back + days{1}) == "! dispute_window_closed");
}

TEST_CASE("dispute: a decision bars what was before it, and nothing later") {
  const auto decided = [](bool rest_waits) {
    GivenDispute dispute = resolved();
    dispute.as(escrow).when(EscrowSettled{{}, usd(1000), usd(rest_waits ? 0 : 2500), rest_waits});
    CHECK(dispute.sent<DisputeSettled>()->rest_waits == rest_waits);
    return dispute;
  };
  OpenDispute empty_box = complaint();
  CHECK(decided(false).as(user(ana)).when(empty_box) == "! already_resolved");
  CHECK(decided(true).as(user(ana)).when(empty_box) == "dispute.opened");  // the delivery goes on
  empty_box.decided_before = true;                                         // as the delivery says
  empty_box.happened_at = test_start;
  CHECK(decided(false).as(user(ana)).when(empty_box) == "! already_resolved");
  empty_box.happened_at = empty_box.ended_at = test_start + std::chrono::hours{1};
  GivenDispute later = decided(false);
  later.now += std::chrono::hours{2};
  CHECK(later.as(user(ana)).when(empty_box) == "dispute.opened");
  CHECK(later.state.refund_id == std::nullopt);
  // The platform asks about the parcel though the money was shared out.
  const Caller delivery = entity({EntityKind::delivery, parcel.value});
  CHECK(decided(false).as(delivery).when(complaint()) == "dispute.opened");
  CHECK(resolved().as(delivery).when(complaint()) == "(nothing)");
  // Its question may arrive when the time for disputes is over: a node was away.
  OpenDispute late = complaint();
  late.ended_at = test_start;
  GivenDispute asked(self);
  asked.now += std::chrono::days{policy.disputes.open_days};
  CHECK(asked.as(user(ana)).when(late) == "! dispute_window_closed");
  CHECK(asked.as(delivery).when(late) == "dispute.opened");
  asked.as(judge).when(split(1000));
  CHECK(asked.sent<SettleDispute>()->is_over);
}

TEST_CASE("dispute: whoever has not said a word in it contests what was decided for the other side") {
  const auto decided = [](OpenDispute claim, DisputeResolution resolution, bool answered = false) {
    GivenDispute dispute(self);
    const UserId other = claim.opener == ana ? ben : ana;
    dispute.as(user(claim.opener)).when(claim);
    if (answered) dispute.as(user(other)).when(other == ana ? complaint() : counterclaim());
    dispute.as(judge).when(ResolveDispute{resolution, {}, "all was scanned"});
    dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(3500)});
    return dispute;
  };
  GivenDispute unheard = decided(counterclaim(), DisputeResolution::release);
  CHECK(unheard.as(user(ben)).when(counterclaim()) == "! already_resolved");
  CHECK(unheard.as(user(ana)).when(complaint()) == "dispute.opened");  // the box was opened in the evening
  CHECK(decided(complaint(), DisputeResolution::refund).as(user(ben)).when(counterclaim()) == "dispute.opened");
  // Decided against its opener, or after the other side's word.
  CHECK(decided(counterclaim(), DisputeResolution::refund).as(user(ana)).when(complaint()) == "! already_resolved");
  CHECK(decided(counterclaim(), DisputeResolution::release, true).as(user(ana)).when(complaint()) ==
        "! already_resolved");
}

TEST_CASE("dispute: with nothing at stake a judge says who was right; a traveler claims no more than the rules give") {
  GivenDispute dispute = opened();
  dispute.as(escrow).when(MoneyFrozen{usd(0)});
  CHECK(dispute.as(judge).when(ResolveDispute{DisputeResolution::refund, 1, "x"}) == "! invalid_amount");
  CHECK(dispute.when(ResolveDispute{DisputeResolution::refund, {}, "he took it at the door"}) == "dispute.resolved");
  CHECK(dispute.sent<SettleDispute>()->refund == usd(0));
  OpenDispute claim = counterclaim();
  claim.due = usd(350);
  claim.requested_amount = 351;
  CHECK(GivenDispute(self).as(user(ben)).when(claim) == "! invalid_amount");
  claim.requested_amount = 350;
  CHECK(GivenDispute(self).as(user(ben)).when(claim) == "dispute.opened");
  OpenDispute whole = complaint(3500);
  whole.due = usd(350);
  CHECK(GivenDispute(self).as(user(ana)).when(whole) == "dispute.opened");
}

TEST_CASE("dispute: the judge who has it hears that it was withdrawn") {
  GivenDispute dispute = opened();
  dispute.as(judge).when(AssignDispute{dora});
  dispute.as(user(ana)).when(WithdrawDispute{});
  dispute.as(escrow).when(EscrowSettled{{}, usd(0), usd(0)});
  CHECK(effects(dispute.last) ==
        std::vector<std::string>{"delivery dispute_settled", "inbox notify", "inbox notify", "inbox notify"});
  CHECK(dispute.last.effects.back().to == inbox_of(dora));
}

TEST_CASE("dispute: nobody gets a case by suspending for a moment whoever has it") {
  GivenDispute dispute = opened();
  dispute.as(judge).when(AssignDispute{eve});
  AssignDispute to_dora{dora, true};
  to_dora.departure = {dora, dispute.now};
  CHECK(dispute.as(judge).when(to_dora) == "! self_not_allowed");
  CHECK(dispute.as(colleague).when(to_dora) == "! self_not_allowed");  // nor by a friend
  AssignDispute to_colleague{colleague.user, true};
  to_colleague.departure = {dora, dispute.now};
  CHECK(dispute.as(colleague).when(to_colleague) == "! not_allowed");
  dispute.now += left_for;
  CHECK(dispute.as(judge).when(to_colleague) == "! self_not_allowed");
  CHECK(dispute.as(colleague).when(to_colleague) == "dispute.assigned");
}

}  // namespace dispute_turns_test
