#include "tests/rules/dispute_given.hpp"

/// What a judge has a cover pay.
namespace dispute_cover_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::dispute_given;

TEST_CASE("dispute: a cover pays by the customer's evidence, up to its limit, beside a refund or a split") {
  auto opened_case = opened();
  const auto decide = [&](GivenDispute from, DisputeResolution how, std::int64_t cover, bool undelivered = false) {
    ResolveDispute command{how, {}, "the lens is broken"};
    if (how == DisputeResolution::split) command.refund_amount = 1'000;
    command.cover_amount = cover;
    command.undelivered = undelivered;
    return from.as(judge).when(command);
  };
  CHECK(decide(opened_case, DisputeResolution::refund, 1'000) == "! invalid_amount");  // there is none
  opened_case.as(escrow).when(MoneyFrozen{usd(3'500), usd(30'000)});
  CHECK(opened_case.when(MoneyFrozen{usd(3'500), usd(30'000)}) == "(nothing)");
  CHECK(decide(opened_case, DisputeResolution::refund, 30'000) == "! invalid_state");  // nothing was shown
  opened_case.as(user(ben)).when(AddEvidence{"photo", "It was whole", {}});
  CHECK(decide(opened_case, DisputeResolution::refund, 30'000) == "! invalid_state");
  opened_case.as(user(ana)).when(AddEvidence{"photo", "Broken glass", {}});
  CHECK(decide(opened_case, DisputeResolution::refund, 30'001) == "! invalid_amount");
  CHECK(decide(opened_case, DisputeResolution::release, 30'000) == "! invalid_state");
  CHECK(decide(opened_case, DisputeResolution::dismiss, 30'000) == "! invalid_state");
  CHECK(decide(opened_case, DisputeResolution::split, 30'000, true) == "! invalid_state");
  CHECK(decide(opened_case, DisputeResolution::split, 30'000) == "dispute.resolved");
  CHECK(opened_case.as(user(ana)).when(ResolveDispute{DisputeResolution::refund, {}, "mine"}) == "! not_allowed");
  ResolveDispute command{DisputeResolution::refund, {}, "lost"};
  command.cover_amount = 30'000;
  CHECK(opened_case.as(judge).when(command) == "dispute.resolved");
  CHECK(opened_case.sent<SettleDispute>()->cover == usd(30'000));
  CHECK(opened_case.state.cover_amount == 30'000);
}

TEST_CASE("dispute: what a cover may pay, and pays, is not the traveler's to see") {
  auto from = opened();
  from.as(escrow).when(MoneyFrozen{usd(3'500), usd(30'000)});
  from.as(user(ana)).when(AddEvidence{"photo", "Broken glass", {}});
  ResolveDispute command{DisputeResolution::refund, {}, "lost"};
  command.cover_amount = 30'000;
  REQUIRE(from.as(judge).when(command) == "dispute.resolved");
  for (const Caller& who : {user(ana), judge, user(ben)}) {
    const auto shown = *from.as(who).ask(ViewDispute{}).resource.get_if<DisputeResource>();
    const bool is_traveler = who.is_user(ben);
    CHECK(shown.cover_limit.has_value() != is_traveler);
    CHECK(shown.cover_amount.has_value() != is_traveler);
  }
}

TEST_CASE("dispute: while the parcel may still arrive or come back a cover pays only beside the whole refund") {
  auto shown = opened();
  shown.as(escrow).when(MoneyFrozen{usd(3'500), usd(30'000)});
  shown.as(user(ana)).when(AddEvidence{"statement", "He says that it was stolen", {}});
  const auto decide = [&](const char* where, DisputeResolution how, std::optional<std::int64_t> refund) {
    GivenDispute from = shown;
    ResolveDispute command{how, refund, "stolen on the way"};
    command.cover_amount = 30'000;
    command.undelivered = where == std::string_view("out");
    command.returning = where == std::string_view("back");
    const std::string came = from.as(judge).when(command);
    return came + (from.last.rejection ? " " + from.last.rejection->field : "");
  };
  for (const char* where : {"out", "back"}) {
    CAPTURE(where);
    CHECK(decide(where, DisputeResolution::split, 1'000) == "! invalid_state resolution");
    CHECK(decide(where, DisputeResolution::refund, 1'000) == "! invalid_state refundAmount");
    CHECK(decide(where, DisputeResolution::refund, 3'499) == "! invalid_state refundAmount");
    CHECK(decide(where, DisputeResolution::refund, 3'500) == "dispute.resolved");
    CHECK(decide(where, DisputeResolution::refund, {}) == "dispute.resolved");
  }
  CHECK(decide("there", DisputeResolution::refund, 1'000) == "dispute.resolved");
  CHECK(decide("there", DisputeResolution::split, 1'000) == "dispute.resolved");
}

}  // namespace dispute_cover_test
