#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/user/entity.hpp"
#include "http/access/authenticator.hpp"
#include "tests/http/market_given.hpp"
#include "tests/storage/story.hpp"

namespace offers_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;
using namespace caravan::testkit::market;

TEST_CASE("offers: judged by the trip's free room, the two people, and the request's state") {
  Market market;
  make_offer(market);
  const std::string path = "/delivery-requests/" + market.request.id.text() + "/offers";
  const auto submit = [&](UserId who, const std::string& trip, const std::string& price) {
    return market.post(who, path, R"({"tripId":")" + trip + R"(","price":)" + price + "}");
  };
  CHECK(field_of(market.body, "status") == "pending");
  CHECK(market.body.find(R"("amount":3500)") != std::string::npos);
  const std::string own_trip = field_of(market.body, "tripId");
  CHECK(submit(ben, own_trip, "30.00") == "409 already_offered");
  CHECK(submit(cem, own_trip, "30.00") == "403 not_owner");
  CHECK(submit(cem, test_id<TripId>(99).text(), "30.00") == "404 not_found");
  CHECK(submit(ann, own_trip, "30.00") == "422 own_request");
  market.post(cem, "/trips", with(trip_json, R"("weight":5)", R"("weight":2)"));
  CHECK(submit(cem, field_of(market.body, "tripId"), "30.00") == "409 capacity_exceeded");
  market.post(cem, "/trips", trip_json);
  const std::string trip = field_of(market.body, "tripId");
  CHECK(submit(cem, trip, "60.01") == "422 invalid_amount");
  UserState& buyer = market.edge.door.state<User>(ann.value);
  buyer.created = true;
  buyer.blocked.push_back(cem);
  CHECK(submit(cem, trip, "30.00") == "403 blocked");
}

TEST_CASE("offers: read, countered, rejected and withdrawn by their two sides alone") {
  Market market;
  make_offer(market);
  const std::string path = "/offers/" + market.offer.text();
  CHECK(market.get(ann, path) == "200");
  CHECK(market.get(ben, path) == "200");
  CHECK(market.get(cem, path) == "404 not_found");
  CHECK(market.get(ann, "/offers/" + test_id<OfferId>(99).text()) == "404 not_found");
  CHECK(market.get(ann, path + "/saga") == "404 not_found");
  CHECK(market.post(ann, path + "/counter", R"({"price":30.00})") == "200");
  CHECK(field_of(market.body, "status") == "countered");
  // Strangers are told nothing, whatever they try; a side is told that it is the other's to do.
  for (const char* step : {"/counter", "/accept", "/withdraw", "/reject"})
    CHECK(market.post(cem, path + step, step == std::string("/counter") ? R"({"price":30.00})" : "{}") ==
          "404 not_found");
  CHECK(market.post(ann, path + "/withdraw", "") == "403 not_owner");
  CHECK(market.post(ben, path + "/reject", "{}") == "403 not_owner");
  CHECK(market.post(ann, path + "/reject", R"({"reason":"too late"})") == "200");
  CHECK(field_of(market.body, "closeReason") == "too late");
  CHECK(market.post(ben, path + "/withdraw", "") == "409 offer_not_open");
}

TEST_CASE("offers: whoever is no side reads its words with `private` alone, and each look is in the log") {
  Market market;
  make_offer(market);
  market.edge.door.state<caravan::Request>(market.request.id).offers.front().message = "Call me";
  const auto looks = [&] {
    return std::ranges::count_if(market.edge.door.asked,
                                 [](const Ask& ask) { return ask.command.get_if<RecordLook>() != nullptr; });
  };
  const auto read = [&](const std::string& path, Permission permission) {
    const auto who = market.edge.as(test_id<UserId>(77), "both", static_cast<std::uint32_t>(permission));
    CHECK(market.outcome(market.client.Get("/api/v1" + path, who)) == "200");
    return market.body.find("Call me") != std::string::npos;
  };
  for (const std::string& path :
       {"/offers/" + market.offer.text(), "/delivery-requests/" + market.request.id.text() + "/offers"}) {
    CAPTURE(path);
    const auto before = looks();
    CHECK(market.get(ann, path) == "200");
    CHECK(market.body.find("Call me") != std::string::npos);
    CHECK_FALSE(read(path, Permission::read));
    CHECK(looks() == before);
    CHECK(read(path, Permission::private_data));
    CHECK(looks() == before + 1);
  }
}

TEST_CASE("offers: accepting asks for a means of payment, then starts one saga") {
  Market market;
  make_offer(market);
  const std::string path = "/offers/" + market.offer.text() + "/accept";
  CHECK(market.post(ben, path, "{}") == "403 not_owner");
  CHECK(market.post(cem, path, "{}") == "404 not_found");
  CHECK(market.post(ann, path, "{}") == "422 missing_payment_method");
  add_method(market);
  CHECK(market.post(ann, path, R"({"paymentMethodId":")" + test_id<PaymentMethodId>(6).text() + R"("})") ==
        "422 missing_payment_method");
  CHECK(market.post(ann, path, R"({"paymentToken":"tok_ok"})") == "400 validation_failed");
  // The saga does not run here: nobody delivers to the new delivery.
  CHECK(market.post(ann, path, "") == "202");
  CHECK(field_of(market.body, "saga") == "/api/v1/offers/" + market.offer.text() + "/saga");
  const std::size_t sent = market.edge.door.sent.size();
  CHECK(market.post(ann, path, "") == "202");
  CHECK(market.edge.door.sent.size() == sent);
}

TEST_CASE("offers: much is spent after a step-up alone, and by a key that may move money and answer offers") {
  Market market;
  make_offer(market);
  add_method(market);
  Offer& offer = market.edge.door.state<caravan::Request>(market.request.id).offers.front();
  const std::string path = "/offers/" + market.offer.text();
  offer.price.amount = 25'001;
  market.edge.door.state<caravan::Request>(market.request.id).details.max_price.amount = 90'000;
  market.edge.stepped_up = false;
  CHECK(market.post(ann, path + "/accept", "{}") == "403 step_up_required");
  CHECK(market.body.find("/auth/step-up") != std::string::npos);
  CHECK(market.post(ann, path + "/counter", R"({"price":260.00})") == "403 step_up_required");
  market.edge.stepped_up = true;
  CHECK(market.post(ann, path + "/counter", R"({"price":250.50})") == "200");

  const Route* accept = nullptr;
  const auto rows = Market::rows();
  for (const Route& row : rows)
    if (row.path == "/offers/:offerId/accept") accept = &row;
  REQUIRE(accept);
  Identity key;
  key.caller.kind = Caller::Kind::user;
  key.caller.user = ann;
  for (const Scope one : {Scope::offers_write, Scope::payments_move}) {
    key.scopes = bit(one);
    CHECK_THROWS_AS(Authenticator::authorize(*accept, key, test_start), Problem);
  }
  key.scopes = bit(Scope::offers_write) | bit(Scope::payments_move);
  CHECK_NOTHROW(Authenticator::authorize(*accept, key, test_start));
}

TEST_CASE("offers: an acceptance that ended is told as it ended") {
  Market market;
  make_offer(market);
  add_method(market);
  const std::string path = "/offers/" + market.offer.text() + "/accept";
  CHECK(market.post(ann, path, "") == "202");
  RequestState& state = market.edge.door.state<caravan::Request>(market.request.id);
  Offer& offer = *state.find(market.offer);
  offer.status = OfferStatus::accepted;
  state.status = RequestStatus::accepted;
  offer.acceptance = Acceptance{*offer.attempt, "DEL-000001", {}, {}, {}, {}};
  CHECK(market.post(ann, path, "") == "200");
  CHECK(field_of(market.body, "deliveryNumber") == "DEL-000001");
  CHECK(field_of(market.body, "status") == "accepted");
}

TEST_CASE("offers: whose account is suspended or banned is no side of a new deal, whoever accepts") {
  Market market;
  make_offer(market);
  add_method(market);
  const std::string path = "/offers/" + market.offer.text();
  auto& traveler = market.edge.door.state<Account>(ben.value);
  auto& customer = market.edge.door.state<Account>(ann.value);
  traveler.registered = customer.registered = true;
  traveler.status = customer.status = UserStatus::active;
  for (const UserStatus status : {UserStatus::suspended, UserStatus::banned}) {
    traveler.status = status;
    CHECK(market.post(ann, path + "/accept", "") == "409 offer_not_open");
    traveler.status = UserStatus::active;
    customer.status = status;
    CHECK(market.post(ann, path + "/counter", R"({"price":30.00})") == "200");
    CHECK(market.post(ben, path + "/accept", "") == "409 offer_not_open");
    market.post(cem, "/trips", trip_json);
    CHECK(market.post(cem, "/delivery-requests/" + market.request.id.text() + "/offers",
                      R"({"tripId":")" + field_of(market.body, "tripId") + R"(","price":35.00})") ==
          "409 request_not_open");
    customer.status = UserStatus::active;
    CHECK(market.post(ben, path + "/counter", R"({"price":31.00})") == "200");
  }
  CHECK(market.post(ann, path + "/accept", "") == "202");
}

TEST_CASE("offers: a verification that was taken back is missing at the acceptance") {
  Market market;
  const std::string watch = with(request_json, R"("value":300.00)", R"("value":5000.00)");
  UserState& seller = market.edge.door.state<User>(ben.value);
  seller.created = true;
  seller.level = VerificationLevel::identity;
  add_method(market);
  REQUIRE(market.post(ben, "/trips", trip_json) == "201");
  const std::string trip = field_of(market.body, "tripId");
  REQUIRE(market.post(ann, "/delivery-requests", watch) == "201");
  market.request = {EntityKind::request, *Uuid::parse(field_of(market.body, "requestId"))};
  REQUIRE(market.post(ben, "/delivery-requests/" + market.request.id.text() + "/offers",
                      R"({"tripId":")" + trip + R"(","price":35.00})") == "201");
  market.offer.value = *Uuid::parse(field_of(market.body, "offerId"));
  const std::string path = "/offers/" + market.offer.text() + "/accept";
  seller.level = VerificationLevel::email;
  CHECK(market.post(ann, path, "") == "403 verification_required");
  seller.level = VerificationLevel::identity;
  CHECK(market.post(ann, path, "") == "202");
}

TEST_CASE("offers: a trip that comes by when the parcel may hardly be fetched yet is refused, and says why") {
  Market market;
  REQUIRE(market.post(ben, "/trips", trip_json) == "201");
  const std::string trip = field_of(market.body, "tripId");
  const auto offer_from = [&](const std::string& pickup_from) {
    REQUIRE(market.post(ann, "/delivery-requests",
                        with(request_json, R"("urgency")", R"("pickupFrom":")" + pickup_from + R"(","urgency")")) ==
            "201");
    return market.post(ben, "/delivery-requests/" + field_of(market.body, "requestId") + "/offers",
                       R"({"tripId":")" + trip + R"(","price":35.00})");
  };
  CHECK(offer_from("2027-02-01T09:50:00Z") == "422 pickup_too_early");  // it departs at ten
  CHECK(market.body.find("pickupFrom, 2027-02-01T09:50:00") != std::string::npos);
  CHECK(market.body.find(R"("field":"tripId")") != std::string::npos);
  CHECK(offer_from("2027-02-04T10:00:00Z") == "422 pickup_too_early");
  CHECK(offer_from("2027-02-01T09:00:00Z") == "201");
}

TEST_CASE("offers: a trip the other way carries nothing; one that is late does, and says so") {
  Market market;
  make_offer(market);
  CHECK(market.body.find(R"("plannedPickup":"2027-02-01T10:0)") != std::string::npos);
  CHECK(market.body.find(R"("late":)") != std::string::npos);
  const std::string path = "/delivery-requests/" + market.request.id.text() + "/offers";
  std::string back = with(trip_json, R"("origin":{"address":"New York, NY"})", R"("origin":{"address":"Boston, MA"})");
  back = with(back, R"("destination":{"address":"Boston, MA"})", R"("destination":{"address":"New York, NY"})");
  REQUIRE(market.post(cem, "/trips", back) == "201");
  CHECK(market.post(cem, path, R"({"tripId":")" + field_of(market.body, "tripId") + R"(","price":35.00})") ==
        "422 off_the_way");
  REQUIRE(market.post(cem, "/trips", with(trip_json, "2027-02-01T", "2027-07-01T")) == "201");
  CHECK(market.post(cem, path, R"({"tripId":")" + field_of(market.body, "tripId") + R"(","price":35.00})") == "201");
  CHECK(field_of(market.body, "late") == "true");
}

TEST_CASE("offers: whoever owes an earlier payment accepts none and names no price, until it is borne for them") {
  Market market;
  make_offer(market);
  Story story;
  market.edge.services.read_models = &story.models;
  const DeliveryId earlier = test_id<DeliveryId>(71);
  const Money price{3'500, *Currency::parse("USD")};
  Given<Escrow> escrow({EntityKind::escrow, test_id<EscrowId>(70).value});
  const auto tell = [&](const Caller& who, const auto& command) {
    escrow.as(who).when(command);
    for (const AnyRecord& event : escrow.last.events) story.tell(escrow.self, event);
  };
  const auto provider_says = [&](PaymentOutcome outcome) {
    const ProviderTask task = escrow.state.tasks.front();
    tell(provider(), PaymentAnswer{task.operation, task.operation_id, outcome, "", "", ""});
  };
  const Caller delivery = entity({EntityKind::delivery, earlier.value});
  tell(delivery,
       CreateEscrow{earlier, test_id<IntentId>(72), ann, cem, price, {350, price.currency}, "tok", {}, "test"});
  provider_says(PaymentOutcome::done);
  tell(delivery, ReleaseEscrow{"delivered", {}});
  provider_says(PaymentOutcome::declined);

  const std::string path = "/offers/" + market.offer.text();
  CHECK(market.post(ann, path + "/accept", "{}") == "409 payment_owed");
  CHECK(market.body.find(earlier.text()) != std::string::npos);
  CHECK(market.post(ann, path + "/counter", R"({"price":30.00})") == "409 payment_owed");
  CHECK(market.post(ben, path + "/counter", R"({"price":34.00})") == "200");
  tell(admin(test_id<UserId>(9), Permission::finance), WriteOffEscrow{"borne", {}});
  CHECK(market.post(ann, path + "/counter", R"({"price":30.00})") == "200");
}

}  // namespace offers_test
