#include <algorithm>

#include "actors/inbox/catalog.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/request/closing.hpp"
#include "tests/rules/request_given.hpp"

namespace request_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

TEST_CASE("request: posting answers with what matching and pricing found, and sets its end") {
  Given<Request> request(self);
  PostRequest command = post();
  command.matches = {{trip_id, ben, 0.9, 100, {"on the way"}}};
  command.matched_by = "rules";
  CHECK(request.as(user(ann)).when(command) == "request.created");
  const auto* shown = request.last.reply.get_if<RequestResource>();
  REQUIRE(shown);
  CHECK(shown->matches.size() == 1);
  CHECK(shown->max_price == Price{600'000});
  CHECK(shown->expires_at == test_start + std::chrono::days{21});
  CHECK(request.last.timers.at(0).due == shown->expires_at);
}

TEST_CASE("request: each traveler on whose way it lies hears of it once") {
  Given<Request> request(self);
  PostRequest command = post();
  command.matches = {{trip_id, ben, 0.9, 100, {"on the way"}},
                     {test_id<TripId>(21), ben, 0.8, 100, {"on the way"}},
                     {test_id<TripId>(22), cem, 0.7, 100, {"on the way"}}};
  request.as(user(ann)).when(command);
  CHECK(effects(request.last) == std::vector<std::string>{"inbox notify", "inbox notify"});
  CHECK(request.last.effects[0].to == inbox_of(ben));
  CHECK(request.last.effects[1].to == inbox_of(cem));
  CHECK(request.sent<Notify>()->template_id == "trip_match");
  CHECK(request.sent<Notify>()->subject == trip_id.value);
  for (const auto& variable : request.sent<Notify>()->variables)
    CHECK_MESSAGE(variable.second.find("+1") == std::string::npos, variable.first);
}

TEST_CASE("request: whoever heard of it is reminded of it no more once nobody can offer") {
  Given<Request> request(self);
  PostRequest command = post();
  command.matches.resize(2);
  command.matches[0].traveler_id = ben;
  command.matches[0].pickup_around = test_start + hours{20};
  command.matches[1].traveler_id = cem;
  request.as(user(ann)).when(command);
  const auto useless_from = [&](std::size_t place) {
    const auto& variables = request.last.effects.at(place).command.get_if<Notify>()->variables;
    return variables.contains("uselessFrom") ? variables.at("uselessFrom") : "";
  };
  CHECK(useless_from(0) == to_rfc3339(test_start + hours{20}));
  CHECK(useless_from(1).empty());
  CHECK(request.state.told == std::vector{ben, cem});
  const auto forgotten = [](const Given<Request>& ended) {
    std::vector<Address> out;
    for (const Effect& effect : ended.last.effects)
      if (const auto* forget = effect.command.get_if<ForgetMatches>()) {
        CHECK(forget->request_id == RequestId{self.id});
        out.push_back(effect.to);
      }
    return out;
  };
  const std::vector<Address> both{inbox_of(ben), inbox_of(cem)};
  auto cancelled = request;
  cancelled.when(CancelRequest{"sold"});
  CHECK(forgotten(cancelled) == both);
  auto expired = request;
  expired.as(timer()).at(expired.state.expires_at).when(TimerFired{std::string(expiry_timer)});
  CHECK(forgotten(expired) == both);
  request.as(user(ben)).when(submit(offer_id, ben));
  request.as(user(ann)).when(accept(offer_id));
  CHECK(forgotten(request).empty());  // it may yet fail
  complete(request, offer_id);
  CHECK(forgotten(request) == both);
}

TEST_CASE("request: an offer names its traveler") {
  auto request = posted();
  SubmitOffer by_ben = submit(offer_id, ben);
  by_ben.traveler_name = "Ben";
  request.as(user(ben)).when(by_ben);
  CHECK(request.sent<Notify>()->variables.at("other") == "Ben");
}

TEST_CASE("request: the delivery knows both sides by their first names") {
  auto request = offered();
  AcceptOffer command = accept(offer_id);
  command.customer_name = "Ann";
  command.traveler_name = "Ben";
  request.as(user(ann)).when(command);
  REQUIRE(request.sent<BeginAcceptance>());
  CHECK(request.sent<BeginAcceptance>()->customer_name == "Ann");
  CHECK(request.sent<BeginAcceptance>()->traveler_name == "Ben");
}

TEST_CASE("request: an urgency whose time is over since the posting wants a deadline") {
  Given<Request> request(self);
  request.as(user(ann)).when(post());
  request.at(test_start + hours{30});
  CHECK(request.when(EditRequest{.urgency = Urgency::same_day}) == "! invalid_window");
  CHECK(request.last.rejection->field == "urgency");
  CHECK(request.when(EditRequest{.urgency = Urgency::express}) == "request.updated");
  CHECK(request.state.expires_at == test_start + hours{72});
  CHECK(request.when(EditRequest{.urgency = Urgency::same_day, .deliver_by = test_start + hours{40}}) ==
        "request.updated");
  CHECK(request.state.expires_at == test_start + hours{40});
}

TEST_CASE("request: a deadline later than what the urgency is paid for is warned of while the request is open") {
  const auto warned = [](Urgency urgency, std::optional<hours> due, std::optional<hours> from = {}) {
    Given<Request> request(self);
    PostRequest command = post();
    command.urgency = urgency;
    if (due) command.deliver_by = test_start + *due;
    if (from) command.pickup_from = test_start + *from;
    request.as(user(ann)).when(command);
    const std::vector<RequestWarning> found = request.last.reply.get_if<RequestResource>()->warnings;
    return found.empty() ? "" : found.front().code + ' ' + found.front().about;
  };
  CHECK(warned(Urgency::same_day, hours{30}) == "invalid_window deliverBy");
  CHECK(warned(Urgency::same_day, hours{24}).empty());
  CHECK(warned(Urgency::same_day, hours{30}, hours{6}).empty());
  CHECK(warned(Urgency::same_day, {}).empty());
  CHECK(warned(Urgency::express, hours{73}) == "invalid_window deliverBy");
  CHECK(warned(Urgency::standard, hours{24 * 25}).empty());
}

TEST_CASE("request: one with a delivery time looks for travelers until then") {
  Given<Request> request(self);
  PostRequest command = post();
  command.deliver_by = test_start + hours{72};
  request.as(user(ann)).when(command);
  CHECK(request.state.expires_at == test_start + hours{72});
}

TEST_CASE("request: posting is refused for what cannot be") {
  const auto refused = [](auto change) {
    Given<Request> request(self);
    PostRequest command = post();
    change(command);
    return request.as(user(ann)).when(command);
  };
  CHECK(refused([](PostRequest& c) { c.pickup.lat.reset(); }) == "! address_not_found");
  CHECK(refused([](PostRequest& c) { c.dropoff.lng.reset(); }) == "! address_not_found");
  CHECK(refused([](PostRequest& c) { c.deliver_by = test_start; }) == "! invalid_window");
  CHECK(refused([](PostRequest& c) {
          c.deliver_by = test_start + hours{2};
          c.pickup_from = test_start + hours{2};
        }) == "! invalid_window");
  CHECK(refused([](PostRequest& c) { c.max_price = Price{10'001}; }) == "! invalid_amount");
  CHECK(refused([](PostRequest& c) { c.item.value = Price{1}; }) == "! invalid_amount");
  CHECK(refused([](PostRequest& c) {
          c.max_price = Price{5'000};
          c.currency = *Currency::parse("JPY");
        }) == "! invalid_amount");
}

TEST_CASE("request: contacts are for the customer; the traveler has them with the delivery, as long as it lasts") {
  auto request = offered();
  const auto phone = [&](UserId who) {
    return request.as(user(who)).ask(ViewRequest{}).resource.get_if<RequestResource>()->pickup.contact_phone;
  };
  CHECK(phone(ann) == "+12125550100");
  CHECK_FALSE(phone(ben));
  request.as(user(ann)).when(accept(offer_id));
  CHECK_FALSE(phone(ben));
  complete(request, offer_id);
  CHECK(phone(ann) == "+12125550100");
  CHECK_FALSE(phone(ben));
  CHECK_FALSE(phone(cem));
}

TEST_CASE("request: the exact places are the customer's; all others see the area, and nothing more later") {
  Given<Request> request(self);
  PostRequest command = post();
  command.pickup.address = "350 5th Ave, New York, NY 10118";
  command.pickup.area = "New York, NY";
  request.as(user(ann)).when(command);
  request.as(user(ben)).when(submit(offer_id, ben));
  request.as(user(cem)).when(submit(other_offer, cem));
  const auto seen = [&](UserId who) {
    return *request.as(user(who)).ask(ViewRequest{}).resource.get_if<RequestResource>();
  };
  const UserId stranger = test_id<UserId>(8);
  const auto sees_area = [&](UserId who) {
    const RequestResource shown = seen(who);
    const Coordinates middle = area_center(command.pickup.at());
    return shown.pickup.address == "New York, NY" && shown.pickup.lat == middle.lat && shown.pickup.lng == middle.lng &&
           !shown.pickup.instructions && !shown.delivery_id && !shown.accepted_offer_id;
  };
  for (const UserId who : {stranger, ben, cem}) CHECK(sees_area(who));
  CHECK(seen(ann).pickup.address == command.pickup.address);
  CHECK(seen(ann).pickup.lat == command.pickup.lat);
  request.as(user(ann)).when(accept(offer_id));
  for (const UserId who : {stranger, ben, cem}) CHECK(sees_area(who));
  complete(request, offer_id);
  CHECK(seen(ben).pickup.address == "New York, NY");
  CHECK(seen(ben).pickup.lat == area_center(command.pickup.at()).lat);
  CHECK(seen(ben).delivery_id);  // which shows where it is
  for (const UserId who : {stranger, cem}) CHECK(sees_area(who));
}

TEST_CASE("request: a place of which no area is known is shown as the middle of its cell alone") {
  auto request = posted();
  const Answer answer = request.as(user(ben)).ask(ViewRequest{});
  const auto& pickup = answer.resource.get_if<RequestResource>()->pickup;
  CHECK(pickup.address == "near 40.71, -74.01");
  CHECK(pickup.uncertainty_meters == area_radius_meters);
}

TEST_CASE("request: an expired one closes its offers and takes no more") {
  auto request = offered();
  request.at(request.state.expires_at);
  CHECK(request.as(user(cem)).when(submit(other_offer, cem)) == "! request_not_open");
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "! offer_not_open");
  CHECK(request.as(timer()).when(TimerFired{std::string(expiry_timer)}) == "request.expired, offer.expired");
  CHECK(request.when(TimerFired{std::string(expiry_timer)}) == "(nothing)");
}

TEST_CASE("request: an edit expires the offers made for other terms") {
  auto request = offered();
  request.as(user(ann));
  auto renamed = request;
  CHECK(renamed.when(EditRequest{.title = "A piano"}) == "request.updated, offer.expired");
  CHECK(request.when(EditRequest{.title = post().title}) == "request.updated");
  for (const bool at_pickup : {true, false}) {
    auto other_way = request;
    Stop stop = at_pickup ? post().pickup : post().dropoff;
    stop.instructions = "5th floor, no lift";
    const EditRequest edit = at_pickup ? EditRequest{.pickup = stop} : EditRequest{.dropoff = stop};
    CHECK(other_way.when(edit) == "request.updated, offer.expired");
  }
  Stop pickup = post().pickup;
  pickup.contact_name = "A neighbour";
  pickup.contact_phone = "+12125550199";
  CHECK(request.when(EditRequest{.pickup = pickup}) == "request.updated");
  CHECK(request.when(EditRequest{.max_price = Price{350'000}}) == "request.updated");
  auto cheaper = request;
  CHECK(cheaper.when(EditRequest{.max_price = Price{340'000}}) == "request.updated, offer.expired");
  Item item = post().item;
  item.weight = {3'000};
  CHECK(request.when(EditRequest{.item = item}) == "request.updated, offer.expired");
  CHECK(request.state.find(offer_id)->close_reason == "terms_changed");
  REQUIRE(request.sent<Notify>());
  CHECK(request.sent<Notify>()->template_id == "request_changed");
  CHECK(request.last.effects.back().to == inbox_of(ben));
  item.weight = {4'000};
  CHECK(request.when(EditRequest{.item = item}) == "request.updated");
  CHECK_FALSE(request.sent<Notify>());  // told once: nothing of Ben's is open any more
  CHECK(request.as(user(ben)).when(EditRequest{.title = "mine"}) == "! not_owner");
}

TEST_CASE("request: what a key changes or cancels its owner is mailed at once") {
  Caller by_key = user(ann);
  by_key.api_key = test_id<UserId>(50).value;
  auto request = posted();
  request.as(by_key).when(EditRequest{.pickup_from = test_start + hours{3}});
  REQUIRE(request.sent<Notify>());
  CHECK(request.sent<Notify>()->template_id == "request_changed_by_key");
  CHECK(request.sent<Notify>()->variables.contains("changed"));
  CHECK(template_rule("request_changed_by_key").mandatory);
  auto own = posted();
  own.when(EditRequest{.title = "A piano"});
  CHECK_FALSE(own.sent<Notify>());
  request.when(CancelRequest{});
  const auto is_told = [](const Effect& effect) {
    const auto* notice = effect.command.get_if<Notify>();
    return notice && notice->template_id == "request_changed_by_key" && notice->variables.contains("cancelled");
  };
  CHECK(std::ranges::any_of(request.last.effects, is_told));
}

TEST_CASE("request: it keeps the pictures that it is posted with, and those that are added, up to ten") {
  Given<Request> request(self);
  PostRequest command = post();
  command.item.photos = {"one", "two"};
  request.as(user(ann)).when(command);
  CHECK(effects(request.last) == std::vector<std::string>{"files keep_upload", "files keep_upload"});
  CHECK(request.state.details.item.photos == command.item.photos);
  CHECK(request.when(AddRequestPhoto{"one"}) == "(nothing)");
  for (int i = 2; i < 10; ++i) CHECK(request.when(AddRequestPhoto{std::to_string(i)}) == "request.photo_added");
  CHECK(request.when(AddRequestPhoto{"eleventh"}) == "! too_many");
  CHECK(request.as(user(ben)).when(AddRequestPhoto{"mine"}) == "! not_owner");
  // An edit of the item leaves them.
  Item item = command.item;
  item.photos.clear();
  request.as(user(ann)).when(EditRequest{.item = item});
  CHECK(request.state.details.item.photos.size() == 10);
}

TEST_CASE("request: prices and values are at most so much in their own currency, and the field is named") {
  const auto refused = [](std::string_view currency, Price max_price, Price value, std::optional<Price> customs) {
    PostRequest command = post();
    command.currency = *Currency::parse(currency);
    command.max_price = max_price;
    command.item.value = value;
    if (customs) command.item.declaration = Declaration{"A camera", customs, {}};
    Given<Request> request(self);
    request.as(user(ann)).when(command);
    return request.last.rejection ? request.last.rejection->field : "";
  };
  const Price dong{259'000'000'000'000}, dollars{10'000'000'000};
  CHECK(refused("VND", dong, dong, dong).empty());
  CHECK(refused("VND", Price{dong.units + 10'000}, dong, {}) == "maxPrice");
  CHECK(refused("VND", dong, Price{dong.units + 10'000}, {}) == "item.value");
  CHECK(refused("VND", dong, dong, Price{dong.units + 10'000}) == "item.declaration.customsValue");
  CHECK(refused("USD", dollars, dollars, {}).empty());
  CHECK(refused("USD", dong, dollars, {}) == "maxPrice");
  CHECK(refused("KWD", dollars, {}, {}) == "maxPrice");
}

TEST_CASE("request: a guessed place asks for a pin, and a pin where the guess lies keeps the offers") {
  Given<Request> request(self);
  PostRequest command = post();
  command.pickup.uncertainty_meters = 5'000;
  request.as(user(ann)).when(command);
  CHECK(request.last.reply.get_if<RequestResource>()->pickup.needs_pin);
  CHECK_FALSE(request.last.reply.get_if<RequestResource>()->dropoff.needs_pin);
  request.as(user(ben)).when(submit(offer_id, ben));
  Stop pinned = command.pickup;
  pinned.lat = *pinned.lat + 0.008;  // 890 m
  pinned.uncertainty_meters = 0;
  CHECK(request.as(user(ann)).when(EditRequest{.pickup = pinned}) == "request.updated");
  CHECK(request.state.details.pickup.is_pinned());
  // A pin is exact: moving it is another place, and so is one outside of the guess.
  Stop moved = pinned;
  moved.lat = *moved.lat + 0.008;
  CHECK(request.when(EditRequest{.pickup = moved}) == "request.updated, offer.expired");
}

TEST_CASE("request: a new delivery time moves its end") {
  auto request = posted();
  request.as(user(ann)).when(EditRequest{.deliver_by = test_start + hours{24}});
  CHECK(request.last.timers.at(0).due == test_start + hours{24});
  CHECK(request.state.expires_at == test_start + hours{24});
}

TEST_CASE("request: cancelling rejects the open offers and tells their travelers") {
  auto request = offered();
  CHECK(request.as(user(ann)).when(CancelRequest{"no"}) == "request.cancelled, offer.rejected");
  CHECK(request.sent<Notify>()->variables.at("reason") == "no");
  CHECK(effects(request.last) == std::vector<std::string>{"inbox notify", "inbox notify"});
  CHECK(request.when(accept(offer_id)) == "! offer_not_open");
}

TEST_CASE("request: the platform's cancelling waits for a running acceptance") {
  auto request = offered();
  request.as(user(ann)).when(accept(offer_id));
  CHECK(request.when(CancelRequest{}) == "! request_not_open");
  request.as(entity({EntityKind::account, ann.value}));
  CHECK(request.when(CancelRequest{"user_deleted"}) == "request.cancel_deferred");
  CHECK(request.when(CancelRequest{"user_deleted"}) == "(nothing)");
  auto failed = request;
  CHECK(fail(failed, offer_id, "payment_declined") == "offer.acceptance_failed, request.cancelled, offer.rejected");
  CHECK(complete(request, offer_id) == "offer.accepted");
  CHECK(request.sent<CancelDelivery>()->reason == "user_deleted");
}

TEST_CASE("request: every state against every command") {
  auto countered = offered();
  countered.as(user(ann)).when(CounterOffer{offer_id, Price{300'000}, {}});
  auto accepting = offered();
  accepting.as(user(ann)).when(accept(offer_id));
  auto accepted = accepting;
  complete(accepted, offer_id);
  auto cancelled = offered();
  cancelled.as(user(ann)).when(CancelRequest{"no"});
  auto expired = offered();
  expired.at(expired.state.expires_at).as(timer()).when(TimerFired{std::string(expiry_timer)});
  auto rejected = offered();
  rejected.as(user(ann)).when(RejectOffer{offer_id, {}});
  const Caller saga = entity({EntityKind::delivery, accepting.state.find(offer_id)->attempt->value});
  check_table<Request>(
      {{"none", {}},
       {"open", posted().state},
       {"offered", offered().state},
       {"countered", countered.state},
       {"accepting", accepting.state},
       {"accepted", accepted.state},
       {"cancelled", cancelled.state},
       {"expired", expired.state},
       {"rejected", rejected.state}},
      {{"by ann", AnyRecord(post()), user(ann)},
       {"title by ann", AnyRecord(EditRequest{.title = "x"}), user(ann)},
       {"title by ben", AnyRecord(EditRequest{.title = "x"}), user(ben)},
       {"urgency by ann", AnyRecord(EditRequest{.urgency = Urgency::express}), user(ann)},
       {"by ann", AnyRecord(AddRequestPhoto{"a photo"}), user(ann)},
       {"by ben", AnyRecord(AddRequestPhoto{"a photo"}), user(ben)},
       {"by ann", AnyRecord(CancelRequest{}), user(ann)},
       {"by ben", AnyRecord(CancelRequest{}), user(ben)},
       {"by the account", AnyRecord(CancelRequest{"user_deleted"}), entity({EntityKind::account, ann.value})},
       {"by cem", AnyRecord(submit(other_offer, cem)), user(cem)},
       {"by ben again", AnyRecord(submit(other_offer, ben)), user(ben)},
       {"by ann", AnyRecord(submit(other_offer, ann)), user(ann)},
       {"by ann", AnyRecord(accept(offer_id)), user(ann)},
       {"by ben", AnyRecord(accept(offer_id)), user(ben)},
       {"by cem", AnyRecord(accept(offer_id)), user(cem)},
       {"by ann", AnyRecord(RejectOffer{offer_id, {}}), user(ann)},
       {"by ben", AnyRecord(RejectOffer{offer_id, {}}), user(ben)},
       {"by ann", AnyRecord(WithdrawOffer{offer_id}), user(ann)},
       {"by ben", AnyRecord(WithdrawOffer{offer_id}), user(ben)},
       {"by ann", AnyRecord(CounterOffer{offer_id, Price{300'000}, {}}), user(ann)},
       {"by ben", AnyRecord(CounterOffer{offer_id, Price{300'000}, {}}), user(ben)},
       {"by cem", AnyRecord(CounterOffer{offer_id, Price{300'000}, {}}), user(cem)},
       {"by the saga", AnyRecord(AcceptanceCompleted{.offer_id = offer_id}), saga},
       {"by ann", AnyRecord(AcceptanceCompleted{.offer_id = offer_id}), user(ann)},
       {"by the saga", AnyRecord(AcceptanceFailed{offer_id, "payment_declined", ""}), saga},
       {"by ann", AnyRecord(AcceptanceFailed{offer_id, "payment_declined", ""}), user(ann)},
       {"by the edge", AnyRecord(DropCounters{}), entity({})},
       {"by ann", AnyRecord(DropCounters{}), user(ann)},
       {"by the edge", AnyRecord(DropOffers{ben}), entity({})},
       {"by ben", AnyRecord(DropOffers{ben}), user(ben)},
       {"of the request, early", AnyRecord(TimerFired{std::string(expiry_timer)}), timer()},
       {"of the offer, early", AnyRecord(TimerFired{offer_timer(offer_id)}), timer()},
       {"by the trip", AnyRecord(TripClosed{trip_id}), entity({EntityKind::trip, trip_id.value})},
       {"by the delivery", AnyRecord(ReopenRequest{offer_id}), saga},
       {"by ann", AnyRecord(ReopenRequest{offer_id}), user(ann)},
       {"by ann", AnyRecord(AcceptRelay{{offer_id}, {}, {accept(offer_id)}}), user(ann)},
       {"by ben", AnyRecord(AcceptRelay{{offer_id}, {}, {accept(offer_id)}}), user(ben)},
       {"by the saga", AnyRecord(LegReady{offer_id}), saga},
       {"by ann", AnyRecord(LegReady{offer_id}), user(ann)},
       {"by the saga", AnyRecord(LegMoved{offer_id, LegState::undone}), saga},
       {"by ann", AnyRecord(LegMoved{offer_id, LegState::undone}), user(ann)},
       {"by ann", AnyRecord(InviteTraveler{.trip_id = trip_id, .facts = submit({}, cem)}), user(ann)},
       {"by ben", AnyRecord(InviteTraveler{.trip_id = trip_id, .facts = submit({}, cem)}), user(ben)},
       {"by ann", AnyRecord(DeclineInvitation{}), user(ann)},
       {"by ben", AnyRecord(DeclineInvitation{}), user(ben)},
       {"by a user actor", AnyRecord(RefuseInvitation{}), entity(user_address(ben))},
       {"by ben", AnyRecord(RefuseInvitation{}), user(ben)}},
      self);
}

}  // namespace request_test
