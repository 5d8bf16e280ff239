#include <algorithm>

#include "actors/request/entity.hpp"
#include "actors/request/relay.hpp"
#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"
#include "tests/simulation/choice.hpp"

// Trips, requests, offers: few places and little room, so that everybody wants the same last kilo.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_trips = 6, most_requests = 14;
constexpr int has_cover = 15;  // percent, of deals

Stop stop_at(const Place& place) { return {place.address, place.lat, place.lng, "Ann", "+12125550100", {}, 0}; }

TripRoute route_over(std::size_t stops) {
  TripRoute route{.distance_meters = 100'000, .duration_seconds = 3'600, .provider = "simulation"};
  for (std::size_t i = 0; i <= stops; ++i) route.legs.push_back({100'000, 3'600});
  return route;
}

PublishTrip trip_between(World& world, std::size_t from, std::size_t to, const TripCapacity& capacity) {
  PublishTrip trip;
  trip.title = "A trip";
  trip.origin = places()[from];
  trip.destination = places()[to];
  for (std::size_t i = from + 1; i < to; ++i) trip.stops.push_back(places()[i]);
  trip.departure_time = world.now() + world.chance.between(1, 72) * 1h;
  trip.capacity = capacity;
  trip.route = route_over(trip.stops.size());
  return trip;
}

bool publish_trip(World& world, const Person& who) {
  Chance& chance = world.chance;
  if (world.chronicle.all(EntityKind::trip).size() >= most_trips) return false;
  const std::size_t from = chance.below(3), to = from + 1 + chance.below(3 - from);
  const TripCapacity capacity{
      {chance.between(1, 3) * 1'000}, {20'000}, static_cast<std::int32_t>(chance.between(1, 3))};
  const auto id = chance.id<TripId>(world.now());
  world.history.call_next(id.value, "trip");
  world.write({EntityKind::trip, id.value}, trip_between(world, from, to, capacity), who.caller());
  return true;
}

template <class Command>
bool with_own_trip(World& world, const Person& who, TripStatus status, Command command) {
  const auto trip =
      any<Trip>(world, [&](const TripState& state) { return state.traveler_id == who.id && state.status == status; });
  if (trip) world.write(trip.address(), command, who.caller());
  return static_cast<bool>(trip);
}

bool start_trip(World& world, const Person& who) {
  return with_own_trip(world, who, TripStatus::upcoming, StartTrip{});
}
bool complete_trip(World& world, const Person& who) {
  return with_own_trip(world, who, TripStatus::under_way, CompleteTrip{});
}
bool cancel_trip(World& world, const Person& who) {
  const TripStatus status = world.chance.percent(70) ? TripStatus::upcoming : TripStatus::under_way;
  return with_own_trip(world, who, status, CancelTrip{"other plans"});
}
bool edit_trip(World& world, const Person& who) {
  EditTrip edit;
  edit.capacity = {
      {world.chance.between(1, 3) * 1'000}, {20'000}, static_cast<std::int32_t>(world.chance.between(1, 3))};
  return with_own_trip(world, who, TripStatus::upcoming, edit);
}

PostRequest request_between(World& world, std::size_t from, std::size_t to) {
  Chance& chance = world.chance;
  PostRequest post;
  post.title = "A parcel";
  post.pickup = stop_at(places()[from]);
  post.dropoff = stop_at(places()[to]);
  post.item = {"a book", "books", {chance.between(1, 2) * 700}, {1'000}, 1, {100'000}, {}};
  post.max_price = {chance.between(20, 60) * 10'000};
  if (chance.percent(40))
    post.deliver_by = world.now() + chance.between(1, 96) * 1h;
  else if (chance.percent(30))
    post.pickup_from = world.now() + chance.between(1, 24) * 1h;
  // Some gave an address alone, and a geocoder guessed where that is.
  if (chance.percent(30)) post.pickup.uncertainty_meters = 5'000;
  if (chance.percent(25)) post.dropoff.uncertainty_meters = 5'000;
  return post;
}

bool post_request(World& world, const Person& who) {
  Chance& chance = world.chance;
  if (world.chronicle.all(EntityKind::request).size() >= most_requests) return false;
  const std::size_t from = chance.below(3), to = from + 1 + chance.below(3 - from);
  PostRequest post = request_between(world, from, to);
  // Some are too heavy for any trip: nobody takes them, and they stay open until they lapse.
  if (chance.percent(15)) post.item.weight = {5'000};
  if (chance.percent(10)) post.cover = true;
  const auto id = chance.id<RequestId>(world.now());
  world.history.call_next(id.value, "request");
  world.write({EntityKind::request, id.value}, post, who.caller());
  return true;
}

bool cancel_request(World& world, const Person& who) {
  const auto request = any<Request>(world, [&](const RequestState& state) {
    return state.customer_id == who.id && state.status <= RequestStatus::accepting;
  });
  if (request) world.write(request.address(), CancelRequest{"not needed"}, who.caller());
  return static_cast<bool>(request);
}

bool edit_request(World& world, const Person& who) {
  const auto request = any<Request>(world, [&](const RequestState& state) { return state.customer_id == who.id; });
  if (!request) return false;
  EditRequest edit;
  edit.max_price = Price{world.chance.between(20, 60) * 10'000};
  world.write(request.address(), edit, who.caller());
  return true;
}

/// A trip of theirs that is to come, and an open request; nothing where there is none.
std::pair<Chosen<Trip>, Chosen<Request>> trip_and_request(World& world, const Person& who) {
  const auto trip = any<Trip>(world, [&](const TripState& state) {
    return state.traveler_id == who.id && state.status == TripStatus::upcoming;
  });
  return {trip, any<Request>(world, [](const RequestState& state) { return state.status == RequestStatus::open; })};
}

SubmitOffer offer_on(World& world, const Person& who, const Chosen<Trip>& trip, std::int64_t price) {
  SubmitOffer offer;
  offer.trip_id = TripId{trip.id};
  offer.price = {price};
  offer.offer_id = world.chance.id<OfferId>(world.now());
  offer.trip_owner = who.id;
  offer.trip_open = true;
  offer.is_verified = true;
  return offer;
}

bool submit_offer(World& world, const Person& who) {
  Chance& chance = world.chance;
  const auto [trip, request] = trip_and_request(world, who);
  if (!trip || !request) return false;
  // As the edge does it: what it read of the trip goes along with the offer, and may be out of date when that arrives.
  const RequestDetails& details = request->details;
  const LegSpan span = nearest_span(trip->details.places, details.pickup.at(), details.dropoff.at());
  SubmitOffer offer = offer_on(world, who, trip, chance.between(10, 50) * 10'000);
  offer.free_room = available_on(available_by_leg(*trip.state), span);
  offer.trip_plan = trip->details.plan();
  if (chance.percent(50)) {
    const Time leaves_at = leaves(trip->details, span);
    offer.passing = Passing{0, 0, leaves_at, leaves_at + chance.between(1, 5) * 1h};
  }
  world.history.call_next(offer.offer_id.value, "offer");
  world.write(request.address(), offer, who.caller());
  return true;
}

/// An offer that the person is a side of, and its request.
struct KnownOffer {
  Chosen<Request> request;
  const Offer* offer = nullptr;
};

template <class Fits>
KnownOffer any_offer(World& world, Fits fits) {
  std::vector<KnownOffer> all;
  world.chronicle.each<Request>([&](const Uuid& id, const RequestState& state) {
    for (const Offer& offer : state.offers)
      if (fits(state, offer)) all.push_back({{id, &state}, &offer});
  });
  return all.empty() ? KnownOffer{} : world.chance.one_of(all);
}

/// Accepts whatever is there for it, again and again: offers race on one request, requests race for one trip.
bool accept_offer(World& world, const Person& who) {
  const KnownOffer found = any_offer(world, [&](const RequestState& state, const Offer& offer) {
    const bool their_turn =
        offer.proposed_by == OfferSide::traveler ? state.customer_id == who.id : offer.traveler_id == who.id;
    return their_turn && (offer.is_open() || world.chance.percent(10));
  });
  if (!found.offer) return false;
  const Person* payer = world.people.find(found.request->customer_id);
  AcceptOffer accept;
  accept.offer_id = found.offer->offer_id;
  accept.payment_token = payer ? payer->card : "tok_ok";
  accept.provider = "bank";
  accept.is_verified = true;
  world.write(found.request.address(), accept, who.caller());
  return true;
}

MeetingPoint meeting_at(const Place& place) { return {place.address, place.lat, place.lng, 0, {}, {}}; }

/// For the way to a place between the request's two, or from there on.
bool offer_part(World& world, const Person& who) {
  Chance& chance = world.chance;
  const auto [trip, request] = trip_and_request(world, who);
  if (!trip || !request) return false;
  const MeetingPoint meeting = meeting_at(places()[1 + chance.below(2)]);
  SubmitOffer offer = offer_on(world, who, trip, chance.between(5, 20) * 10'000);
  offer.free_room = trip->details.capacity;
  const bool is_first = chance.percent(50);
  (is_first ? offer.to : offer.from) = meeting;
  const Time sets_out = trip->details.departure_time + (is_first ? 0h : 12h);
  offer.passing = Passing{0, 0, sets_out, sets_out + 2h};
  world.history.call_next(offer.offer_id.value, "offer");
  world.write(request.address(), offer, who.caller());
  return true;
}

/// Open offers of a request that may make up the whole way: two that share a place, or one where a traveler has the
/// parcel.
std::vector<OfferId> whole_way(const RequestState& state) {
  for (const Offer& first : state.offers) {
    if (!first.is_open() || first.proposed_by != OfferSide::traveler || first.from) continue;
    if (state.is_held() && !first.to) return {first.offer_id};
    for (const Offer& next : state.offers)
      if (first.to && next.from && !next.to && next.is_open() &&
          distance_meters(first.to->place().at(), next.from->place().at()) <= same_meeting_meters)
        return {first.offer_id, next.offer_id};
  }
  return {};
}

AcceptRelay relay_of(std::vector<OfferId> offers, const Person& payer) {
  AcceptRelay accept;
  for (const OfferId& offer : offers) {
    AcceptOffer facts;
    facts.offer_id = offer;
    facts.payment_token = payer.card;
    facts.provider = "bank";
    facts.is_verified = facts.customer_verified = true;
    accept.facts.push_back(std::move(facts));
  }
  accept.offer_ids = std::move(offers);
  return accept;
}

bool accept_relay(World& world, const Person& who) {
  const auto request = any<Request>(world, [&](const RequestState& state) {
    return state.customer_id == who.id && state.status == RequestStatus::open && !whole_way(state).empty();
  });
  if (!request) return false;
  world.write(request.address(), relay_of(whole_way(*request.state), who), who.caller());
  return true;
}

template <class Command>
bool answer_offer(World& world, const Person& who, Command command) {
  const KnownOffer found = any_offer(world, [&](const RequestState& state, const Offer& offer) {
    return offer.status <= OfferStatus::accepting && (state.customer_id == who.id || offer.traveler_id == who.id);
  });
  if (!found.offer) return false;
  command.offer_id = found.offer->offer_id;
  world.write(found.request.address(), command, who.caller());
  return true;
}

bool counter_offer(World& world, const Person& who) {
  return answer_offer(world, who, CounterOffer{{}, {world.chance.between(5, 50) * 10'000}, "what about this?"});
}
bool reject_offer(World& world, const Person& who) { return answer_offer(world, who, RejectOffer{}); }
bool withdraw_offer(World& world, const Person& who) { return answer_offer(world, who, WithdrawOffer{}); }

}  // namespace

void make_deal(World& world, const Person& customer, const Person& traveler) {
  Chance& chance = world.chance;
  const std::size_t from = chance.below(3), to = from + 1 + chance.below(3 - from);
  const Load room{{5'000}, {20'000}, 5};
  SubmitOffer offer;
  offer.trip_id = chance.id<TripId>(world.now());
  offer.price = {chance.between(10, 20) * 10'000};  // no more than anybody asks for at most
  offer.offer_id = chance.id<OfferId>(world.now());
  offer.trip_owner = traveler.id;
  offer.trip_open = true;
  offer.free_room = room;
  offer.is_verified = true;
  AcceptOffer accept;
  accept.offer_id = offer.offer_id;
  accept.payment_token = "tok_ok";
  accept.provider = "bank";
  accept.is_verified = true;
  const Address trip{EntityKind::trip, offer.trip_id.value};
  const Address request{EntityKind::request, chance.id<RequestId>(world.now()).value};
  const Caller buyer = customer.caller(), carrier = traveler.caller();
  world.history.call_next(trip.id, "trip");
  world.history.call_next(request.id, "request");
  world.history.call_next(offer.offer_id.value, "offer");
  const auto take = [&world, request, accept, buyer](const Reply&) { world.write(request, accept, buyer); };
  const auto bid = [&world, request, offer, carrier, take](const Reply&) {
    world.write(request, offer, carrier, take);
  };
  PostRequest ask = request_between(world, from, to);
  if (chance.percent(has_cover)) ask.cover = true;
  const auto post = [&world, request, ask, buyer, bid](const Reply&) { world.write(request, ask, buyer, bid); };
  world.write(trip, trip_between(world, from, to, {room.weight, room.volume, room.items}), carrier, post);
}

namespace {

/// A part of a way, with a trip of its own.
struct Part {
  PublishTrip trip;
  SubmitOffer offer;
  Caller traveler;
};

constexpr Load room_of_part{{5'000}, {20'000}, 5};

Part part_of_way(World& world, const Person& traveler, PublishTrip trip, Time sets_out) {
  Chance& chance = world.chance;
  trip.departure_time = sets_out;
  SubmitOffer offer;
  offer.trip_id = chance.id<TripId>(world.now());
  offer.price = {chance.between(5, 10) * 10'000};
  offer.offer_id = chance.id<OfferId>(world.now());
  offer.trip_owner = traveler.id;
  offer.trip_open = true;
  offer.free_room = room_of_part;
  offer.is_verified = offer.customer_verified = true;
  offer.passing = Passing{0, 0, sets_out, sets_out + chance.between(60, 120) * 1min};
  world.history.call_next(offer.trip_id.value, "trip");
  world.history.call_next(offer.offer_id.value, "offer");
  return {std::move(trip), std::move(offer), traveler.caller()};
}

/// Publishes its trip, and offers; then comes what follows.
void offer_it(World& world, const Address& request, const Part& part, Clients::Then then) {
  const auto bid = [&world, request, part, then](const Reply&) {
    world.write(request, part.offer, part.traveler, then);
  };
  world.write({EntityKind::trip, part.offer.trip_id.value}, part.trip, part.traveler, bid);
}

constexpr TripCapacity capacity_of_part{room_of_part.weight, room_of_part.volume, room_of_part.items};

}  // namespace

void make_relay(World& world, const Person& customer, const Person& first, const Person& second) {
  Chance& chance = world.chance;
  const std::size_t from = chance.below(2), to = from + 2 + chance.below(2 - from);
  const std::size_t meeting = from + 1 + chance.below(to - from - 1);
  PostRequest ask = request_between(world, from, to);
  ask.pickup_from.reset();
  ask.deliver_by.reset();
  const Time sets_out = world.now() + chance.between(4, 24) * 1h;
  Part begin = part_of_way(world, first, trip_between(world, from, meeting, capacity_of_part), sets_out);
  begin.offer.to = meeting_at(places()[meeting]);
  const Time goes_on = begin.offer.passing->delivered + chance.between(40, 300) * 1min;
  Part rest = part_of_way(world, second, trip_between(world, meeting, to, capacity_of_part), goes_on);
  rest.offer.from = begin.offer.to;
  const Address request{EntityKind::request, chance.id<RequestId>(world.now()).value};
  world.history.call_next(request.id, "request");
  const Caller buyer = customer.caller();
  const AcceptRelay accept = relay_of({begin.offer.offer_id, rest.offer.offer_id}, {customer.id, {}, "tok_ok"});
  const auto take = [&world, request, accept, buyer](const Reply&) { world.write(request, accept, buyer); };
  const auto offer_rest = [&world, request, rest, take](const Reply&) { offer_it(world, request, rest, take); };
  const auto offer_begin = [&world, request, begin, offer_rest](const Reply&) {
    offer_it(world, request, begin, offer_rest);
  };
  world.write(request, ask, buyer, offer_begin);
}

void take_rest(World& world, RequestId id, const Person& customer, const Person& traveler) {
  const RequestState* state = world.chronicle.state<Request>(id.value);
  const RelayLeg* holder = state && state->relay ? state->relay->holder() : nullptr;
  const Offer* held = holder ? state->find(holder->offer_id) : nullptr;
  if (!held || !held->planned_arrival) return;
  const Time sets_out = std::max(world.now() + 2h, *held->planned_arrival + 1h);
  PublishTrip trip = trip_between(world, 0, 1, capacity_of_part);
  trip.origin = {state->details.pickup.address, state->details.pickup.lat, state->details.pickup.lng};
  trip.destination = {state->details.dropoff.address, state->details.dropoff.lat, state->details.dropoff.lng};
  const Part part = part_of_way(world, traveler, std::move(trip), sets_out);
  const Address request{EntityKind::request, id.value};
  const AcceptRelay accept = relay_of({part.offer.offer_id}, {customer.id, {}, "tok_ok"});
  offer_it(world, request, part,
           [&world, request, accept, buyer = customer.caller()](const Reply&) { world.write(request, accept, buyer); });
}

std::span<const Intent> customer_intents() {
  static constexpr Intent intents[] = {{30, post_request},  {45, accept_offer}, {8, counter_offer}, {3, reject_offer},
                                       {2, cancel_request}, {4, edit_request},  {6, accept_relay}};
  return intents;
}

std::span<const Intent> traveler_intents() {
  static constexpr Intent intents[] = {{25, publish_trip},  {50, submit_offer}, {10, accept_offer}, {8, counter_offer},
                                       {3, withdraw_offer}, {4, edit_trip},     {1, cancel_trip},   {1, start_trip},
                                       {1, complete_trip},  {5, offer_part}};
  return intents;
}

}  // namespace caravan::simulation
