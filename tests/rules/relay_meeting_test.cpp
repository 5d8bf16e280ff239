#include "actors/user/commands.hpp"
#include "tests/rules/relay_life.hpp"

/// What the legs of a relay and its request tell each other about a meeting, and who may do what there.
namespace relay_meeting_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::relay;

TEST_CASE("relay meeting: its code is made by its giver, neither by a service nor as the customer's password changes") {
  Life life;
  auto second = life.as_given(other_offer);
  const auto active = [&](Handover type) {
    const auto found = std::ranges::find_if(
        second.state.codes, [&](const QrCode& each) { return each.type == type && each.status == QrStatus::active; });
    REQUIRE(found != second.state.codes.end());
    return found->qr_code_id;
  };
  const QrCodeId met = active(Handover::pickup), received = active(Handover::delivery);
  CHECK(second.as(service()).when(IssueCode{.type = Handover::pickup}) == "! forbidden");
  CHECK(second.when(IssueCode{.type = Handover::delivery}) == "qr.revoked, qr.generated");
  const QrCodeId issued = active(Handover::delivery);
  CHECK(issued != received);
  CHECK(second.as(entity({EntityKind::account, ann.value})).when(RenewCodes{ann}) == "qr.revoked, qr.generated");
  CHECK(active(Handover::pickup) == met);
  CHECK(active(Handover::delivery) != issued);
}

}  // namespace relay_meeting_test
