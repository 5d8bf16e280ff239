#include "actors/account/standing.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/trip/entity.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// What a session does that showed no password or code lately: whoever found a phone or stole a token.
namespace step_up_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId boss = test_id<UserId>(90);

Caller stale(Caller caller) {
  caller.stepped_up = false;
  return caller;
}
Caller by_key(UserId whose) {
  Caller caller = stale(user(whose));
  caller.api_key = test_id<OfferId>(91).value;
  return caller;
}
Caller on_behalf(UserId whose) {
  Caller caller = stale(user(whose));
  caller.service = test_id<OfferId>(92).value;
  return caller;
}

/// Ann's request, on which both sides are verified, with Ben's offer of that many dollars.
Given<Request> offered_for(std::int64_t dollars) {
  Given<Request> request(request::self);
  PostRequest command = request::post();
  command.max_price = Price{20'000'000};
  request.as(user(request::ann)).when(command);
  SubmitOffer offer = request::submit(request::offer_id, request::ben);
  offer.price = Price{dollars * 10'000};
  offer.is_verified = offer.customer_verified = true;
  REQUIRE(request.as(user(request::ben)).when(offer) == "offer.submitted");
  return request;
}

}  // namespace

TEST_CASE("step-up: a week's session accepts what an ordinary parcel costs, and no more") {
  using namespace request;
  CHECK(offered_for(40).as(stale(user(ann))).when(accept(offer_id)) == "offer.acceptance_started");
  CHECK(offered_for(250).as(stale(user(ann))).when(accept(offer_id)) == "offer.acceptance_started");
  CHECK(offered_for(251).as(stale(user(ann))).when(accept(offer_id)) == "! step_up_required");
  CHECK(offered_for(251).as(user(ann)).when(accept(offer_id)) == "offer.acceptance_started");
  // What these may do was said by whoever made them, with a step-up.
  CHECK(offered_for(251).as(by_key(ann)).when(accept(offer_id)) == "offer.acceptance_started");
  CHECK(offered_for(251).as(on_behalf(ann)).when(accept(offer_id)) == "offer.acceptance_started");
}

TEST_CASE("step-up: where a parcel is fetched and brought, and whom to call there, is moved by whoever is there now") {
  using namespace request;
  Stop moved = post().pickup;
  moved.lat = *moved.lat + 0.2;
  Stop other_phone = post().dropoff;
  other_phone.contact_phone = "+12125550199";
  Stop other_words = post().pickup;
  other_words.instructions = "Round the corner, at the kiosk";
  for (const EditRequest& edit :
       {EditRequest{.pickup = moved}, EditRequest{.dropoff = other_phone}, EditRequest{.pickup = other_words}}) {
    auto request = posted();
    CHECK(request.as(by_key(ann)).when(edit) == "! forbidden");
    CHECK(request.as(on_behalf(ann)).when(edit) == "! forbidden");
    CHECK(request.as(stale(user(ann))).when(edit) == "! step_up_required");
    CHECK(request.as(user(ann)).when(edit) == "request.updated");
  }
  auto request = posted();
  Stop same = post().pickup;
  same.area = "as it is found anew";
  CHECK(request.as(by_key(ann)).when(EditRequest{.title = "Books", .pickup = same}) == "request.updated");
  CHECK(request.as(on_behalf(ann)).when(EditRequest{.title = "Toys", .pickup = same}) == "request.updated");
}

TEST_CASE("step-up: a price that the customer names is spent by the traveler's yes") {
  using namespace request;
  auto request = offered_for(400);
  CHECK(request.as(stale(user(ann))).when(CounterOffer{offer_id, Price{3'000'000}, {}}) == "! step_up_required");
  CHECK(request.when(CounterOffer{offer_id, Price{2'000'000}, {}}) == "offer.countered");
  CHECK(request.as(stale(user(ben))).when(CounterOffer{offer_id, Price{3'500'000}, {}}) == "offer.countered");
  CHECK(request.as(user(ann)).when(CounterOffer{offer_id, Price{3'000'000}, {}}) == "offer.countered");
  CHECK(request.as(stale(user(ben))).when(accept(offer_id)) == "offer.acceptance_started");
}

TEST_CASE("step-up: what is much is the same worth in each currency") {
  const auto money = [](std::string_view code, std::int64_t minor) { return Money{minor, *Currency::parse(code)}; };
  CHECK_FALSE(spends_much(money("USD", 25'000)));
  CHECK(spends_much(money("USD", 25'001)));
  CHECK_FALSE(spends_much(money("JPY", 39'250)));
  CHECK(spends_much(money("JPY", 39'251)));
  CHECK(spends_much(money("KWD", 100'000)));  // 100 dinars, of three decimals
  CHECK_FALSE(spends_much(money("KWD", 70'000)));
}

TEST_CASE("step-up: an administrator who acts for others is asked, a party is not") {
  using namespace delivery_stages;
  const Caller office = admin(boss, Permission::deliveries);
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(stale(office)).when(CancelDelivery{"x"}) == "! step_up_required");
  CHECK(accepted().as(office).when(CancelDelivery{"x"}) != "! step_up_required");
  CHECK(accepted().as(stale(user(carrier))).when(CancelDelivery{"x"}) != "! step_up_required");
  Caller own = admin(sender, Permission::deliveries);
  CHECK(accepted().as(stale(own)).when(CancelDelivery{"x"}) != "! step_up_required");
  CHECK(accepted().as(service()).when(CancelDelivery{"x"}) != "! step_up_required");

  CHECK(request::offered().as(stale(office)).when(CancelRequest{"x"}) == "! step_up_required");
  CHECK(request::offered().as(office).when(CancelRequest{"x"}) != "! step_up_required");
  CHECK(request::offered().as(stale(user(request::ann))).when(CancelRequest{"x"}) != "! step_up_required");

  Given<Trip> trip({EntityKind::trip, test_id<TripId>(9).value});
  trip.state.traveler_id = test_id<UserId>(93);
  CHECK(trip.as(stale(office)).when(CancelTrip{"x"}) == "! step_up_required");
  CHECK(trip.as(stale(user(trip.state.traveler_id))).when(CancelTrip{"x"}) == "trip.cancelled");

  OpenDispute complaint;
  complaint.opener = boss;
  complaint.customer = test_id<UserId>(94);
  complaint.traveler = test_id<UserId>(95);
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(7).value});
  CHECK(dispute.as(stale(admin(boss, Permission::disputes))).when(complaint) == "! step_up_required");
  complaint.opener = complaint.customer;
  CHECK(dispute.as(stale(user(complaint.customer))).when(complaint) == "dispute.opened");
}

TEST_CASE("step-up: a trip with deliveries is cancelled by whoever signed in a moment ago, and by no key") {
  const UserId carrier = test_id<UserId>(93), other = test_id<UserId>(96);
  const auto trip = [&](std::size_t deliveries) {
    Given<Trip> given({EntityKind::trip, test_id<TripId>(9).value});
    given.state.traveler_id = carrier;
    given.state.reservations.resize(deliveries);
    return given;
  };
  CHECK(trip(0).as(by_key(carrier)).when(CancelTrip{"x"}) == "trip.cancelled");
  for (const TripStatus status : {TripStatus::upcoming, TripStatus::under_way}) {
    Given<Trip> kept = trip(1);
    kept.state.status = status;
    CHECK(kept.as(by_key(carrier)).when(CancelTrip{"x"}) == "! forbidden");
    CHECK(kept.as(stale(user(carrier))).when(CancelTrip{"x"}) == "! step_up_required");
    CHECK(kept.as(stale(user(other))).when(CancelTrip{"x"}) == "! not_owner");
    CHECK(kept.state.status == status);
    CHECK(kept.as(user(carrier)).when(CancelTrip{"x"}) == "trip.cancelled");
    CHECK(kept.as(by_key(carrier)).when(CancelTrip{"x"}) == "! trip_not_open");
  }
  // A service that may act for users was made with a step-up, and the platform ends what an account leaves behind.
  CHECK(trip(1).as(on_behalf(carrier)).when(CancelTrip{"x"}) == "trip.cancelled");
  CHECK(trip(1).as(entity({EntityKind::account, carrier.value})).when(CancelTrip{"x"}) == "trip.cancelled");
  CHECK(trip(1).as(admin(boss, Permission::deliveries)).when(CancelTrip{"x"}) == "trip.cancelled");
}

TEST_CASE("step-up: whoever confirms what no scan proves signed in a moment ago") {
  using namespace delivery_stages;
  CHECK(returning().as(stale(user(sender))).when(ConfirmReceipt{}) == "! step_up_required");
  CHECK(returning().as(user(sender)).when(ConfirmReceipt{}) != "! step_up_required");
  Given<Delivery> reported = in_transit();
  reported.as(service()).when(ChangeStatus{DeliveryStatus::delivered,
                                           code_for(reported, Handover::delivery).qr_code_id,
                                           carrier,
                                           {},
                                           MeasuredPlace{dropoff_place.lat, dropoff_place.lng, 10.0},
                                           {},
                                           {}});
  REQUIRE(reported.state.handover_held_until());
  CHECK(reported.as(stale(user(sender))).when(ConfirmReceipt{}) == "! step_up_required");
  // Whose key reported it confirms it in nobody's name.
  CHECK(reported.as(by_key(sender)).when(ConfirmReceipt{}) == "! forbidden");
  CHECK(reported.as(on_behalf(sender)).when(ConfirmReceipt{}) == "! forbidden");
  CHECK_FALSE(reported.sent<ReleaseEscrow>());
  CHECK(reported.as(user(sender)).when(ConfirmReceipt{}) == "delivery.confirmed");
  CHECK(reported.sent<ReleaseEscrow>());
  // What was scanned at its place is paid already, and their word pays nobody.
  CHECK(delivered().as(stale(user(sender))).when(ConfirmReceipt{}) == "delivery.confirmed");
  CHECK(delivered().as(on_behalf(sender)).when(ConfirmReceipt{}) == "delivery.confirmed");
}

TEST_CASE("step-up: whoever owns a request hears of places that were changed, and once more with a new password") {
  using namespace request;
  Stop moved = post().dropoff;
  moved.lat = *moved.lat + 0.2;
  auto request = posted();
  const Caller edge = entity(account_address(ann));
  request.as(edge).when(DropCounters{});
  CHECK_FALSE(request.sent<Notify>());
  request.as(user(ann)).when(EditRequest{.title = "Books"});
  CHECK_FALSE(request.sent<Notify>());
  request.when(EditRequest{.dropoff = moved});
  REQUIRE(request.sent<Notify>());
  CHECK(request.sent<Notify>()->template_id == "request_places_changed");
  CHECK_FALSE(request.sent<Notify>()->variables.contains("secured"));
  request.as(edge).when(DropCounters{});
  REQUIRE(request.sent<Notify>());
  CHECK(request.sent<Notify>()->variables.contains("secured"));
  CHECK(request.last.events.empty());
  request.now += std::chrono::days{7};
  request.when(DropCounters{});
  CHECK_FALSE(request.sent<Notify>());
}

TEST_CASE("step-up: nobody who has closed their account becomes a side of a deal") {
  using namespace delivery_stages;
  for (const UserId side : {sender, carrier}) {
    Given<Delivery> delivery(parcel);
    delivery.as(entity({EntityKind::request, test_id<RequestId>(20).value})).when(terms());
    CHECK(delivery.receivers<AskStanding>() == std::vector{account_address(sender), account_address(carrier)});
    Given<Delivery> open = delivery;
    open.as(entity(account_address(side))).when(SideStanding{side});
    CHECK(open.state.status == DeliveryStatus::accepting);
    SideStanding gone{side};
    gone.is_closed = true;
    delivery.as(entity(account_address(side))).when(gone);
    CHECK(delivery.state.saga == SagaState::compensated);
    CHECK(delivery.sent<CancelIntent>());
  }
}

}  // namespace step_up_test
