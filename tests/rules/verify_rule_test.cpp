#include "actors/user/verify_rule.hpp"

#include "actors/user/queries.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/rules/user_given.hpp"

/// From how many deliveries on an operator asks people to prove who they are.
namespace verify_rule_test {

using namespace caravan;
using namespace caravan::testkit;
using std::chrono::days;

namespace {

Standing standing(std::int64_t all, std::int64_t recent, VerificationLevel level) {
  Standing out;
  out.deliveries = all;
  out.recent_deliveries = recent;
  out.verification_level = level;
  return out;
}

}  // namespace

TEST_CASE("verify rule: nothing is asked unless the operator sets a number, and then of those below the level alone") {
  using enum VerificationLevel;
  CHECK_FALSE(VerifyRule{}.lacking(standing(900, 400, none)));
  const VerifyRule recent{5, 0, identity}, all{0, 20, phone};
  CHECK_FALSE(recent.lacking(standing(100, 4, email)));
  CHECK(recent.lacking(standing(5, 5, phone)) == identity);
  CHECK_FALSE(recent.lacking(standing(5, 5, identity)));
  CHECK_FALSE(all.lacking(standing(19, 19, none)));
  CHECK(all.lacking(standing(20, 0, email)) == phone);
  CHECK_FALSE(all.lacking(standing(20, 0, phone)));
}

TEST_CASE("verify rule: a person's standing counts what came to a good end, in all and in the last 30 days") {
  namespace given = testkit::users;
  auto person = given::created();
  const auto ends = [&](std::uint8_t id, bool well) {
    const DeliveryId parcel = test_id<DeliveryId>(id);
    person.as(entity({EntityKind::delivery, parcel.value}))
        .when(RecordDelivery{parcel, given::bob, DeliveryRole::traveler, well, person.now});
  };
  const auto counted = [&] { return *person.as(provider()).ask(ViewStanding{given::bob}).resource.get_if<Standing>(); };
  ends(60, true);
  person.now += days{20};
  ends(61, true);
  ends(62, false);
  CHECK(counted().deliveries == 2);
  CHECK(counted().recent_deliveries == 2);
  ends(63, true);
  CHECK(counted().recent_deliveries == 3);
  const DeliveryId lost = test_id<DeliveryId>(63);
  person.as(entity({EntityKind::delivery, lost.value})).when(RecordFailure{lost, person.now});
  CHECK(counted().deliveries == 2);
  CHECK(counted().recent_deliveries == 2);
  person.now += days{10};
  CHECK(counted().deliveries == 2);
  CHECK(counted().recent_deliveries == 1);
}

TEST_CASE("verify rule: the traveler is asked at the offer, and both sides at the acceptance") {
  namespace given = testkit::request;
  auto request = given::posted();
  SubmitOffer offer = given::submit(given::offer_id, given::ben);
  offer.traveler_lacks = VerificationLevel::identity;
  CHECK(request.as(user(given::ben)).when(offer) == "! verification_required");
  CHECK(request.last.rejection->detail.find("POST /users/me/verification") != std::string::npos);
  offer.traveler_lacks.reset();
  CHECK(request.when(offer) == "offer.submitted");
  AcceptOffer accept = given::accept(given::offer_id);
  accept.traveler_lacks = VerificationLevel::phone;
  CHECK(request.as(user(given::ann)).when(accept) == "! verification_required");
  CHECK(request.last.rejection->detail.find("The traveler") == 0);
  accept.traveler_lacks.reset();
  accept.customer_lacks = VerificationLevel::phone;
  CHECK(request.when(accept) == "! verification_required");
  CHECK(request.last.rejection->detail.find("The customer") == 0);
  CHECK(request.last.rejection->detail.find("POST /auth/phone/send-code") != std::string::npos);
  accept.customer_lacks.reset();
  CHECK(request.when(accept) == "offer.acceptance_started");
}

}  // namespace verify_rule_test
