#include "actors/pricing/rules.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/matching_facts.hpp"
#include "tests/rules/request_given.hpp"

namespace request_offers_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

TEST_CASE("request: an offer answers with itself, tells the customer, and ends after two days") {
  auto request = posted();
  CHECK(request.as(user(ben)).when(submit(offer_id, ben)) == "offer.submitted");
  const auto* shown = request.last.reply.get_if<OfferResource>();
  REQUIRE(shown);
  CHECK(shown->amount == 3'500);
  CHECK(shown->status == OfferStatus::pending);
  CHECK(shown->expires_at == test_start + hours{48});
  CHECK(request.sent<Notify>()->template_id == "offer_received");
  CHECK(request.sent<Notify>()->variables.at("amount") == "35.00 USD");
}

TEST_CASE("request: an offer is judged by its facts") {
  const auto refused = [](auto change) {
    auto request = posted();
    SubmitOffer command = submit(offer_id, ben);
    change(command);
    return request.as(user(ben)).when(command);
  };
  CHECK(refused([](SubmitOffer& c) { c.trip_owner = {}; }) == "! not_found");
  CHECK(refused([](SubmitOffer& c) { c.trip_owner = cem; }) == "! not_owner");
  CHECK(refused([](SubmitOffer& c) { c.blocked = true; }) == "! blocked");
  CHECK(refused([](SubmitOffer& c) { c.trip_open = false; }) == "! trip_not_open");
  CHECK(refused([](SubmitOffer& c) { c.free_room.weight = {2'499}; }) == "! capacity_exceeded");
  CHECK(refused([](SubmitOffer& c) { c.free_room.volume = {2'999}; }) == "! capacity_exceeded");
  CHECK(refused([](SubmitOffer& c) { c.free_room.items = 0; }) == "! capacity_exceeded");
  CHECK(refused([](SubmitOffer& c) { c.price = Price{600'100}; }) == "! invalid_amount");
  CHECK(refused([](SubmitOffer& c) { c.price = Price{350'001}; }) == "! invalid_amount");
  CHECK(refused([](SubmitOffer& c) { c.price = Price{600'000}; }) == "offer.submitted");
  auto request = posted();
  CHECK(request.as(user(ann)).when(submit(offer_id, ann)) == "! own_request");
}

TEST_CASE("request: an item of great value needs a verified traveler") {
  Given<Request> request(self);
  PostRequest command = post();
  command.item.value = Price{10'000'100};
  request.as(user(ann)).when(command);
  SubmitOffer offer = submit(offer_id, ben);
  CHECK(request.as(user(ben)).when(offer) == "! verification_required");
  offer.is_verified = true;
  CHECK(request.when(offer) == "offer.submitted");
}

TEST_CASE("request: one open offer of a traveler, five in all, and a hundred for a request") {
  auto request = offered();
  CHECK(request.as(user(ben)).when(submit(other_offer, ben)) == "! already_offered");
  SubmitOffer on_another_trip = submit(other_offer, ben);
  on_another_trip.trip_id = test_id<TripId>(21);
  CHECK(request.when(on_another_trip) == "! already_offered");
  request.when(WithdrawOffer{offer_id});
  for (std::uint8_t i = 100; i < 104; ++i) {
    CHECK(request.when(submit(test_id<OfferId>(i), ben)) == "offer.submitted");
    CHECK(request.when(WithdrawOffer{test_id<OfferId>(i)}) == "offer.withdrawn");
  }
  CHECK(request.when(submit(test_id<OfferId>(104), ben)) == "! too_many");
  // That is no wall for another traveler, however many names the first one has.
  CHECK(request.as(user(cem)).when(submit(test_id<OfferId>(105), cem)) == "offer.submitted");
  for (std::uint8_t i = 106; request.state.offers.size() < max_offers; ++i) {
    const UserId traveler = test_id<UserId>(i);
    CHECK(request.as(user(traveler)).when(submit(test_id<OfferId>(i), traveler)) == "offer.submitted");
  }
  // Ben's five are closed, and give way; they count for him as before.
  for (std::uint8_t i = 90; i < 95; ++i) {
    const UserId traveler = test_id<UserId>(i);
    CHECK(request.as(user(traveler)).when(submit(test_id<OfferId>(i), traveler)) == "offer.forgotten, offer.submitted");
  }
  const UserId last = test_id<UserId>(99);
  CHECK(request.as(user(last)).when(submit(test_id<OfferId>(99), last)) == "! too_many");
  request.as(user(cem)).when(WithdrawOffer{test_id<OfferId>(105)});
  CHECK(request.as(user(ben)).when(submit(test_id<OfferId>(98), ben)) == "! too_many");
  CHECK(request.as(user(last)).when(submit(test_id<OfferId>(99), last)) == "offer.forgotten, offer.submitted");
}

TEST_CASE("request: what the customer ended by other terms is not among a traveler's five") {
  auto request = posted();
  for (std::uint8_t i = 100; i < 110; ++i) {
    CHECK(request.as(user(ben)).when(submit(test_id<OfferId>(i), ben)) == "offer.submitted");
    const EditRequest edit{.title = "Camera " + std::to_string(i)};
    CHECK(request.as(user(ann)).when(edit) == "request.updated, offer.expired");
  }
}

TEST_CASE("request: an offer nobody answers expires by its own timer") {
  auto request = offered();
  const std::string name = request.last.timers.at(0).name;
  CHECK(request.as(timer()).when(TimerFired{name}) == "(nothing)");
  request.at(test_start + hours{48});
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "! offer_not_open");
  CHECK(request.as(timer()).when(TimerFired{name}) == "offer.expired");
  CHECK(request.state.find(offer_id)->close_reason == "time");
}

TEST_CASE("request: either side names another price, and the other side accepts it") {
  auto request = offered();
  CHECK(request.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, "30?"}) == "offer.countered");
  CHECK(request.state.find(offer_id)->status == OfferStatus::countered);
  CHECK(request.last.effects.at(0).to == inbox_of(ben));
  CHECK(request.when(accept(offer_id)) == "! invalid_state");
  CHECK(request.as(user(ben)).when(CounterOffer{offer_id, Price{320'000}, {}}) == "offer.countered");
  CHECK(request.state.find(offer_id)->status == OfferStatus::pending);
  CHECK(request.when(accept(offer_id)) == "! not_owner");
  CHECK(request.when(CounterOffer{offer_id, Price{600'100}, {}}) == "! invalid_amount");
  auto by_customer = request;
  CHECK(by_customer.as(user(ann)).when(accept(offer_id)) == "offer.acceptance_started");
  CHECK(by_customer.sent<BeginAcceptance>()->price.amount == 3'200);
  CHECK_FALSE(by_customer.sent<BeginAcceptance>()->by_traveler);

  request.as(user(ann)).when(CounterOffer{offer_id, Price{310'000}, {}});
  CHECK(request.as(user(ben)).when(accept(offer_id)) == "offer.acceptance_started");
  CHECK(request.sent<BeginAcceptance>()->price.amount == 3'100);
  CHECK(request.sent<BeginAcceptance>()->by_traveler);
  CHECK(fail(request, offer_id, "payment_declined") == "offer.acceptance_failed");
  CHECK(request.state.find(offer_id)->status == OfferStatus::countered);
}

TEST_CASE("request: who accepts a price has seen it, and nobody makes their own worse unseen") {
  auto request = offered();
  CHECK(request.as(user(ben)).when(CounterOffer{offer_id, Price{360'000}, {}}) == "! invalid_state");
  CHECK(request.when(CounterOffer{offer_id, Price{340'000}, {}}) == "offer.countered");
  AcceptOffer read_before = accept(offer_id);
  read_before.amount = 3'500;
  CHECK(request.as(user(ann)).when(read_before) == "! offer_changed");
  CHECK(request.when(CounterOffer{offer_id, Price{300'000}, {}}) == "offer.countered");
  CHECK(request.when(CounterOffer{offer_id, Price{290'000}, {}}) == "! invalid_state");
  CHECK(request.when(CounterOffer{offer_id, Price{310'000}, {}}) == "offer.countered");
  CHECK(request.as(user(ben)).when(CounterOffer{offer_id, Price{360'000}, {}}) == "offer.countered");
  AcceptOffer of_now = accept(offer_id);
  of_now.amount = 3'600;
  CHECK(request.as(user(ann)).when(of_now) == "offer.acceptance_started");
  CHECK(request.when(of_now) == "(nothing)");
}

TEST_CASE("request: a counter-offer lives two days from then, and there are at most ten of each side") {
  auto request = offered();
  request.at(test_start + hours{24}).as(user(ann));
  for (int i = 0; i < max_counters; ++i)
    CHECK(request.when(CounterOffer{offer_id, Price{300'000}, {}}) == "offer.countered");
  CHECK(request.state.find(offer_id)->expires_at == test_start + hours{72});
  CHECK(request.when(CounterOffer{offer_id, Price{300'000}, {}}) == "! too_many");
  // The other side has its own.
  request.as(user(ben));
  for (int i = 0; i < max_counters; ++i)
    CHECK(request.when(CounterOffer{offer_id, Price{350'000}, {}}) == "offer.countered");
  CHECK(request.when(CounterOffer{offer_id, Price{350'000}, {}}) == "! too_many");
}

TEST_CASE("request: a high price needs two verified sides, whoever names it, in any currency") {
  const auto offered_at = [](std::string_view currency, std::int64_t major, bool traveler, bool customer) {
    Given<Request> request(self);
    PostRequest command = post();
    command.currency = *Currency::parse(currency);
    command.max_price = highest_price(command.currency);
    request.as(user(ann)).when(command);
    SubmitOffer offer = submit(offer_id, ben);
    offer.price = Price{major * 10'000};
    offer.is_verified = traveler;
    offer.customer_verified = customer;
    request.as(user(ben)).when(offer);
    return request;
  };
  CHECK(outcome(offered_at("USD", 1'000, false, false).last) == "offer.submitted");
  for (const bool traveler : {false, true}) {
    const auto refused = offered_at("USD", 1'001, traveler, !traveler);
    CHECK(outcome(refused.last) == "! verification_required");
    CHECK(refused.last.rejection->field == "price");
  }
  CHECK(outcome(offered_at("USD", 1'001, true, true).last) == "offer.submitted");
  CHECK(outcome(offered_at("JPY", 157'000, false, false).last) == "offer.submitted");
  CHECK(outcome(offered_at("JPY", 157'001, false, false).last) == "! verification_required");
  CHECK(outcome(offered_at("KWD", 310, false, false).last) == "! verification_required");
  for (const char* unknown : {"KYD", "IRR", "XPF", "HTG"}) {
    CHECK(outcome(offered_at(unknown, 1, false, false).last) == "! verification_required");
    CHECK(outcome(offered_at(unknown, 1, true, true).last) == "offer.submitted");
    CHECK(needs_verified_traveler({.value = Price{1}}, *Currency::parse(unknown)));
  }
  auto request = offered_at("USD", 900, true, false);
  CHECK(request.as(user(ann)).when(CounterOffer{offer_id, Price{10'010'000}, {}}) == "! verification_required");
  CHECK(request.when(CounterOffer{offer_id, Price{9'500'000}, {}}) == "offer.countered");
  auto verified = offered_at("USD", 900, true, true);
  CHECK(verified.as(user(ann)).when(CounterOffer{offer_id, Price{10'010'000}, {}}) == "offer.countered");
}

TEST_CASE("request: an offer whose trip is another one by now ends with the acceptance that finds it out") {
  auto request = posted();
  SubmitOffer of_plan = submit(offer_id, ben);
  of_plan.trip_plan = 77;
  request.as(user(ben)).when(of_plan);
  request.as(user(ann)).when(accept(offer_id));
  CHECK(request.sent<BeginAcceptance>()->trip_plan == 77);
  CHECK(fail(request, offer_id, "offer_changed") == "offer.acceptance_failed, offer.expired");
  CHECK(request.sent<Notify>()->template_id == "acceptance_failed");
  CHECK(request.last.effects.at(0).to == inbox_of(ann));
  CHECK(request.state.status == RequestStatus::open);
  CHECK(request.state.find(offer_id)->close_reason == "trip_changed");
  CHECK(request.last.timers.at(0).due == std::nullopt);
  const auto progress = *request.as(user(ann)).ask(ViewAcceptance{offer_id}).resource.get_if<AcceptanceProgress>();
  CHECK(progress.failure_code == "offer_changed");
  CHECK(request.when(accept(offer_id)) == "! offer_not_open");
}

TEST_CASE("request: accepting hands everything to a new delivery, once") {
  auto request = offered();
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "offer.acceptance_started");
  const auto* begin = request.sent<BeginAcceptance>();
  REQUIRE(begin);
  CHECK(begin->request_id.value == self.id);
  CHECK(begin->trip_id == trip_id);
  CHECK(begin->customer == ann);
  CHECK(begin->traveler == ben);
  CHECK(begin->price.amount == 3'500);
  CHECK(begin->pickup.contact_name == "Ann");
  CHECK(begin->payment_token == "tok_ok");
  CHECK(request.when(accept(offer_id)) == "(nothing)");
  CHECK(request.last.effects.empty());
  CHECK(complete(request, offer_id) == "offer.accepted");
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "(nothing)");
  CHECK(request.last.effects.empty());
  const auto shown = *request.ask(ViewOffer{offer_id}).resource.get_if<OfferResource>();
  CHECK(shown.status == OfferStatus::accepted);
  CHECK(shown.delivery_number == "DEL-000001");
}

TEST_CASE("request: the first accepted offer wins, the others close") {
  auto request = offered();
  request.as(user(cem)).when(submit(other_offer, cem));
  request.as(user(ann)).when(accept(offer_id));
  CHECK(request.when(accept(other_offer)) == "! offer_not_open");
  CHECK(complete(request, offer_id) == "offer.accepted, offer.rejected");
  CHECK(request.state.find(other_offer)->close_reason == "another_offer_accepted");
  CHECK(request.as(user(ann)).when(accept(other_offer)) == "! offer_not_open");
}

TEST_CASE("request: a failed acceptance leaves everything as it was, and another may succeed") {
  auto request = offered();
  request.as(user(cem)).when(submit(other_offer, cem));
  request.as(user(ann)).when(accept(offer_id));
  const DeliveryId attempt = *request.state.find(offer_id)->attempt;
  auto progress = *request.ask(ViewAcceptance{offer_id}).resource.get_if<AcceptanceProgress>();
  CHECK(progress.running);
  CHECK(progress.offer.saga);
  CHECK(fail(request, offer_id, "payment_declined") == "offer.acceptance_failed");
  CHECK(request.state.status == RequestStatus::open);
  CHECK(request.last.timers.at(0).due == test_start + hours{48});
  progress = *request.as(user(ann)).ask(ViewAcceptance{offer_id}).resource.get_if<AcceptanceProgress>();
  CHECK_FALSE(progress.running);
  CHECK(progress.failure_code == "payment_declined");
  const auto seen_by_traveler =
      *request.as(user(ben)).ask(ViewAcceptance{offer_id}).resource.get_if<AcceptanceProgress>();
  CHECK_FALSE(seen_by_traveler.running);
  CHECK_FALSE(seen_by_traveler.failure_code);
  CHECK_FALSE(seen_by_traveler.failure_detail);
  request.as(user(ann));
  CHECK(progress.delivery_id == attempt);
  CHECK(progress.offer.status == OfferStatus::pending);

  CHECK(request.when(accept(other_offer)) == "offer.acceptance_started");
  // The first attempt's answer comes once more.
  request.as(entity({EntityKind::delivery, attempt.value}));
  CHECK(request.when(AcceptanceFailed{other_offer, "payment_declined", ""}) == "(nothing)");
  CHECK(request.when(AcceptanceFailed{offer_id, "payment_declined", ""}) == "(nothing)");
  CHECK(complete(request, other_offer) == "offer.accepted, offer.rejected");
}

TEST_CASE("request: time that ran out during an acceptance counts when it fails") {
  Given<Request> request(self);
  PostRequest command = post();
  command.deliver_by = test_start + hours{1};
  request.as(user(ann)).when(command);
  request.as(user(ben)).when(submit(offer_id, ben));
  request.as(user(ann)).when(accept(offer_id));
  request.at(test_start + hours{1}).as(timer());
  CHECK(request.when(TimerFired{std::string(expiry_timer)}) == "(nothing)");
  CHECK(fail(request, offer_id, "payment_failed") == "offer.acceptance_failed, request.expired, offer.expired");
}

TEST_CASE("request: an offer's time runs out while another one is being accepted") {
  auto request = offered();
  const std::string name = request.last.timers.at(0).name;
  request.as(user(cem)).when(submit(other_offer, cem));
  request.as(user(ann)).when(accept(other_offer));
  request.at(test_start + hours{48}).as(timer());
  CHECK(request.when(TimerFired{name}) == "offer.expired");
  CHECK(fail(request, other_offer, "payment_failed") == "offer.acceptance_failed");
  CHECK(request.state.find(offer_id)->status == OfferStatus::expired);
}

TEST_CASE("request: accepting needs a means of payment, and two who have not blocked each other") {
  auto request = offered();
  AcceptOffer command = accept(offer_id);
  command.payment_token.clear();
  CHECK(request.as(user(ann)).when(command) == "! missing_payment_method");
  command = accept(offer_id);
  command.blocked = true;
  CHECK(request.when(command) == "! blocked");
}

TEST_CASE("request: offers are shown to their two sides alone") {
  auto request = offered();
  request.as(user(cem)).when(submit(other_offer, cem));
  const auto offers = [&](UserId who) {
    const Answer answer = request.as(user(who)).ask(ViewOffers{});
    const auto* list = answer.resource.get_if<OfferList>();
    return list ? list->items.size() : 999;
  };
  CHECK(offers(ann) == 2);
  CHECK(offers(ben) == 1);
  CHECK(offers(test_id<UserId>(8)) == 999);
  CHECK(request.as(user(ben)).ask(ViewOffer{other_offer}).rejection->code == "not_found");
  CHECK_FALSE(request.as(user(cem)).ask(ViewOffer{other_offer}).rejection);
}

TEST_CASE("request: an acceptance asks once more whether the other side is there and both are still verified") {
  const auto dear = [](auto change) {
    Given<Request> request(self);
    PostRequest command = post();
    command.max_price = Price{20'000'000};
    command.item.value = Price{20'000'000};
    request.as(user(ann)).when(command);
    SubmitOffer offer = submit(offer_id, ben);
    offer.price = Price{15'000'000};
    offer.is_verified = offer.customer_verified = true;
    REQUIRE(request.as(user(ben)).when(offer) == "offer.submitted");
    AcceptOffer accepted = accept(offer_id);
    accepted.is_verified = accepted.customer_verified = true;
    change(accepted);
    return request.as(user(ann)).when(accepted);
  };
  CHECK(dear([](AcceptOffer&) {}) == "offer.acceptance_started");
  CHECK(dear([](AcceptOffer& c) { c.is_verified = false; }) == "! verification_required");
  CHECK(dear([](AcceptOffer& c) { c.customer_verified = false; }) == "! verification_required");
  CHECK(dear([](AcceptOffer& c) { c.other_inactive = true; }) == "! offer_not_open");
  auto request = offered();
  AcceptOffer to_nobody = accept(offer_id);
  to_nobody.other_inactive = true;
  CHECK(request.as(user(ann)).when(to_nobody) == "! offer_not_open");
  request.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}});
  CHECK(request.as(user(ben)).when(to_nobody) == "! offer_not_open");
  CHECK(request.as(user(ben)).when(accept(offer_id)) == "offer.acceptance_started");
  auto of_nobody = posted();
  SubmitOffer offer = submit(offer_id, ben);
  offer.other_inactive = true;
  CHECK(of_nobody.as(user(ben)).when(offer) == "! request_not_open");
}

TEST_CASE("request: a trip that comes by less than half an hour after pickupFrom is offered by nobody") {
  const auto offer_by = [](Duration after, std::optional<Time> from) {
    auto request = posted();
    request.state.details.pickup_from = from;
    SubmitOffer command = submit(offer_id, ben);
    const Time passes = test_start + hours{40} + after;
    command.passing = Passing{0, 0, passes, passes + hours{5}};
    const std::string outcome = request.as(user(ben)).when(command);
    if (request.last.rejection) {
      CHECK(request.last.rejection->field == "tripId");
      CHECK(request.last.rejection->detail.find("pickupFrom") != std::string::npos);
    }
    return outcome;
  };
  const Time from = test_start + hours{40};
  CHECK(offer_by(std::chrono::minutes{30}, from) == "offer.submitted");
  CHECK(offer_by(std::chrono::minutes{29}, from) == "! pickup_too_early");
  CHECK(offer_by(std::chrono::minutes{10}, from) == "! pickup_too_early");
  CHECK(offer_by(-hours{20}, from) == "! pickup_too_early");
  CHECK(offer_by(-hours{20}, std::nullopt) == "offer.submitted");
}

TEST_CASE("request: an offer's trip passes both places in their order, and its plan is shown with what is late of it") {
  const auto offer_by = [](Passing passing) {
    auto request = posted();
    SubmitOffer command = submit(offer_id, ben);
    command.passing = passing;
    const std::string outcome = request.as(user(ben)).when(command);
    const auto* shown = request.last.reply.get_if<OfferResource>();
    return std::pair{outcome, shown ? *shown : OfferResource{}};
  };
  const Time pickup = test_start + hours{10};
  CHECK(offer_by({farthest_beside_meters + 1, 0, pickup, pickup}).first == "! off_the_way");
  CHECK(offer_by({0, farthest_back_meters + 1, pickup, pickup}).first == "! off_the_way");
  const auto in_time = offer_by({farthest_beside_meters, farthest_back_meters, pickup, pickup + hours{5}});
  CHECK(in_time.first == "offer.submitted");
  CHECK(in_time.second.planned_pickup == pickup);
  CHECK(in_time.second.planned_arrival == pickup + hours{5});
  CHECK_FALSE(in_time.second.late);
  // What it showed is what both agree to.
  auto agreed = posted();
  SubmitOffer shown = submit(offer_id, ben);
  shown.passing = {0, 0, pickup, pickup + hours{5}};
  agreed.as(user(ben)).when(shown);
  agreed.as(user(ann)).when(accept(offer_id));
  REQUIRE(agreed.sent<BeginAcceptance>());
  CHECK(agreed.sent<BeginAcceptance>()->planned_pickup == pickup);
  CHECK(agreed.sent<BeginAcceptance>()->planned_arrival == pickup + hours{5});
  const auto in_a_year = offer_by({0, 0, pickup + hours{24 * 300}, pickup + hours{24 * 300 + 5}});
  CHECK(in_a_year.first == "offer.submitted");  // whoever accepts it sees that
  CHECK(in_a_year.second.late);
}

TEST_CASE("request: what somebody may have offered in a traveler's name is dropped by the platform alone") {
  auto request = offered();
  request.as(user(cem)).when(submit(other_offer, cem));
  CHECK(request.as(user(ben)).when(DropOffers{ben}) == "! not_allowed");
  CHECK(request.as(entity({})).when(DropOffers{ben}) == "offer.expired");
  CHECK(request.state.find(offer_id)->close_reason == "secured");
  CHECK(request.state.find(other_offer)->is_open());
  CHECK(request.as(entity({})).when(DropOffers{ben}) == "(nothing)");
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "! offer_not_open");
}

TEST_CASE(
    "request: prices that the customer named are dropped by the platform alone, and the traveler may offer again") {
  auto request = offered();
  request.as(user(cem)).when(submit(other_offer, cem));
  request.as(user(ann)).when(CounterOffer{offer_id, Price{590'000}, {}});
  CHECK(request.as(user(ann)).when(DropCounters{}) == "! not_allowed");
  CHECK(request.as(entity({})).when(DropCounters{}) == "offer.expired");
  CHECK(request.sent<Notify>()->template_id == "offer_expired");
  CHECK(request.as(user(ben)).when(accept(offer_id)) == "! offer_not_open");
  CHECK(request.state.find(other_offer)->is_open());  // the traveler's own price
  CHECK(request.as(entity({})).when(DropCounters{}) == "(nothing)");
  CHECK(request.as(user(ben)).when(submit(test_id<OfferId>(33), ben)) == "offer.submitted");
}

TEST_CASE("request: a price from before the customer shut a thief out is accepted by nobody") {
  const auto accepts = [](Time named, Time secured) {
    auto request = offered();
    request.at(named).as(user(ann)).when(CounterOffer{offer_id, Price{590'000}, {}});
    AcceptOffer command = accept(offer_id);
    command.customer_secured_at = secured;
    return request.at(named + std::chrono::minutes{1}).as(user(ben)).when(command);
  };
  const Time now = offered().now;
  CHECK(accepts(now, now + std::chrono::seconds{1}) == "! offer_not_open");
  CHECK(accepts(now + std::chrono::seconds{9}, now) == "! offer_not_open");  // a call that was let in before
  CHECK(accepts(now + std::chrono::seconds{10}, now) == "offer.acceptance_started");
}

}  // namespace request_offers_test
