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

}  // namespace dispute_cover_test
