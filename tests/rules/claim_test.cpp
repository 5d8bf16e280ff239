#include "actors/claim/entity.hpp"
#include "tests/testkit/entity.hpp"

namespace claim_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const Uuid ann = test_id<UserId>(1).value, bob = test_id<UserId>(2).value;
const Address text{EntityKind::claim, test_id<UserId>(9).value};

}  // namespace

TEST_CASE("claim: the first taker holds the text, and the second is told who does") {
  Given<Claim> claim(text);
  CHECK(claim.when(TakeClaim{ann, "a", {}}) == "claim.taken");
  CHECK(claim.when(TakeClaim{bob, "b", {}}) == "(nothing)");
  CHECK(claim.last.reply.get_if<ClaimHolder>()->owner == ann);
}

TEST_CASE("claim: an unconfirmed one falls free when its time is up, a confirmed one does not") {
  Given<Claim> claim(text);
  claim.when(TakeClaim{ann, "", test_start + std::chrono::minutes{10}});
  CHECK(claim.last.timers.at(0).due == test_start + std::chrono::minutes{10});
  CHECK(claim.when(TimerFired{"unconfirmed"}) == "claim.released");
  claim.when(TakeClaim{bob, "", test_start + std::chrono::minutes{10}});
  CHECK(claim.when(ConfirmClaim{bob}) == "claim.confirmed");
  CHECK(claim.when(TimerFired{"unconfirmed"}) == "(nothing)");
}

TEST_CASE("claim: one that lapses is free from then on, without anybody having to say so") {
  const Time end = test_start + std::chrono::days{30};
  Given<Claim> claim(text);
  CHECK(claim.when(TakeClaim{ann, "a", {}, end}) == "claim.taken");
  CHECK(claim.last.timers.empty());
  claim.at(end - std::chrono::milliseconds{1});
  CHECK(claim.when(TakeClaim{bob, "b", {}, end}) == "(nothing)");
  CHECK(claim.ask(ViewClaim{}).resource.get_if<ClaimHolder>()->owner == ann);
  claim.at(end);
  CHECK(claim.ask(ViewClaim{}).rejection->code == "not_found");
  CHECK(claim.when(TakeClaim{bob, "b", {}, end + std::chrono::days{30}}) == "claim.taken");
  CHECK(claim.last.reply.get_if<ClaimHolder>()->owner == bob);
  CHECK(claim.ask(ViewClaim{}).resource.get_if<ClaimHolder>()->fingerprint == "b");
}

TEST_CASE("claim: every state against every command") {
  check_table<Claim>({{"free", {}}, {"unconfirmed", {ann, "", false}}, {"confirmed", {ann, "", true}}},
                     {{"by ann", AnyRecord(TakeClaim{ann, "", {}}), user({ann})},
                      {"by bob", AnyRecord(TakeClaim{bob, "", {}}), user({bob})},
                      {"by ann", AnyRecord(ConfirmClaim{ann}), user({ann})},
                      {"by bob", AnyRecord(ConfirmClaim{bob}), user({bob})},
                      {"by ann", AnyRecord(ReleaseClaim{ann}), user({ann})},
                      {"by bob", AnyRecord(ReleaseClaim{bob}), user({bob})},
                      {"", AnyRecord(TimerFired{"unconfirmed"}), timer()}},
                     text);
}

}  // namespace claim_test
