#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/alerts.hpp"
#include "tests/storage/story.hpp"

namespace alerts_read_model_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("security alerts: refused scans and locked codes, newest first, by what and who") {
  const Address delivery{EntityKind::delivery, test_id<DeliveryId>(1).value};
  const UserId bob = test_id<UserId>(2), cat = test_id<UserId>(3);
  Story story;
  QrValidationFailed failed;
  failed.scanned_by = bob;
  failed.failure_reason = ScanOutcome::qr_expired;
  QrLocked locked;
  locked.user_id = cat;
  story.tell(delivery, failed);
  story.tell(delivery, locked);

  const auto all = security_alerts(story.models, {}, {.limit = 1, .cursor = {}});
  REQUIRE(all.items.size() == 1);
  CHECK(all.items[0].type == "security.violation");
  CHECK(all.items[0].severity == "high");
  CHECK(all.items[0].entity_type == "delivery");
  CHECK(all.items[0].entity_id == delivery.id);
  const auto rest = security_alerts(story.models, {}, {.limit = 1, .cursor = all.next_cursor.value()});
  REQUIRE(rest.items.size() == 1);
  CHECK(rest.items[0].detail == "qr_expired");
  CHECK(rest.items[0].user_id == bob);
  CHECK_FALSE(rest.next_cursor);
  CHECK(security_alerts(story.models, {.type = {}, .severity = {}, .user = cat}, {}).items.size() == 1);
  CHECK(security_alerts(story.models, {.type = {}, .severity = "medium", .user = {}}, {}).items.size() == 1);

  UserReported reported;
  reported.report.reason = "rude";
  story.tell({EntityKind::user, bob.value}, reported);
  const auto reports = security_alerts(story.models, {.type = "user.reported", .severity = {}, .user = bob}, {});
  REQUIRE(reports.items.size() == 1);
  CHECK(reports.items[0].detail == "rude");

  SecurityAlert reused;
  reused.kind = "refresh_token_reused";
  story.tell({EntityKind::account, cat.value}, reused);
  const auto of_cat = security_alerts(story.models, {.type = "security.alert", .severity = {}, .user = cat}, {});
  REQUIRE(of_cat.items.size() == 1);
  CHECK(of_cat.items[0].detail == "refresh_token_reused");
}

TEST_CASE("security alerts: talk of paying or talking elsewhere is counted by who wrote it, and plain talk is not") {
  const UserId ben = test_id<UserId>(2), ann = test_id<UserId>(3);
  const Address request{EntityKind::request, test_id<RequestId>(4).value};
  const Address delivery{EntityKind::delivery, test_id<DeliveryId>(1).value};
  Story story;
  OfferSubmitted offer;
  offer.traveler_id = ben;
  story.tell(request, offer);
  offer.message = "I come by at noon";
  story.tell(request, offer);
  offer.message = "Pay me by PayPal, ben@example.net";
  story.tell(request, offer);
  story.tell(delivery, DeliveryMessagePosted{{test_id<OfferId>(1).value, ann, "Call me: +1 212 555 0199", test_start}});
  ReviewSubmitted review;
  review.author_id = ann;
  review.comment = "He wanted bitcoin";
  story.tell({EntityKind::user, ben.value}, review);
  const auto of = [&](UserId user) {
    return security_alerts(story.models, {.type = {}, .severity = "low", .user = user}, {}).items;
  };
  REQUIRE(of(ben).size() == 1);
  CHECK(of(ben)[0].detail == "off_platform: payment contact");
  REQUIRE(of(ann).size() == 2);
  CHECK(of(ann)[0].detail == "off_platform: payment");
  CHECK(of(ann)[1].detail == "off_platform: contact");
  story.tell({EntityKind::user, ben.value}, ReviewAnswered{review.review_id, "By Venmo it was cheaper", test_start});
  story.tell({EntityKind::user, ben.value}, ReviewAnswered{review.review_id, "Thank you", test_start});
  REQUIRE(of(ben).size() == 2);
  CHECK(of(ben)[0].type == "review.answered");
  CHECK(of(ben)[0].detail == "off_platform: payment");
}

TEST_CASE("security alerts: so is it in what is posted, once of each kind however often it is edited") {
  const UserId ben = test_id<UserId>(2), ann = test_id<UserId>(3);
  const Address request{EntityKind::request, test_id<RequestId>(4).value};
  const Address trip{EntityKind::trip, test_id<TripId>(5).value};
  Story story;
  const auto of = [&](UserId who) {
    return security_alerts(story.models, {.type = {}, .severity = "low", .user = who}, {}).items;
  };
  RequestCreated posted;
  posted.customer_id = ann;
  posted.details.title = "A camera";
  story.tell(request, posted);
  CHECK(of(ann).empty());
  RequestUpdated edited;
  edited.customer_id = ann;
  edited.details.title = "A camera, pay by Venmo";
  for (int i = 0; i < 2; ++i) story.tell(request, edited);
  REQUIRE(of(ann).size() == 1);
  CHECK(of(ann)[0].type == "request.updated");
  CHECK(of(ann)[0].detail == "off_platform: payment");
  TripCreated published;
  published.traveler_id = ben;
  published.details.title = "By car, ben@example.net";
  published.details.places.resize(2);
  story.tell(trip, published);
  REQUIRE(of(ben).size() == 1);
  CHECK(of(ben)[0].detail == "off_platform: contact");
}

TEST_CASE("security alerts: so is it in why an offer is rejected, and in where a parcel would be handed on") {
  const UserId ben = test_id<UserId>(2), ann = test_id<UserId>(3);
  const Address request{EntityKind::request, test_id<RequestId>(4).value};
  Story story;
  OfferSubmitted offer;
  offer.traveler_id = ben;
  offer.to = MeetingPoint{"New Haven, call 0151 2345678", 41.3, -72.9};
  story.tell(request, offer);
  OfferRejected rejected;
  rejected.traveler_id = ben;
  rejected.reason = "another_offer_accepted";
  story.caller = user(ann);
  story.tell(request, rejected);
  rejected.reason = "By Venmo it is cheaper";
  story.tell(request, rejected);
  const auto of = [&](UserId who) {
    return security_alerts(story.models, {.type = {}, .severity = "low", .user = who}, {}).items;
  };
  REQUIRE(of(ben).size() == 1);
  CHECK(of(ben)[0].detail == "off_platform: contact");
  REQUIRE(of(ann).size() == 1);
  CHECK(of(ann)[0].type == "offer.rejected");
  CHECK(of(ann)[0].detail == "off_platform: payment");
}

}  // namespace alerts_read_model_test
