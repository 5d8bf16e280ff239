#include <algorithm>
#include <cmath>

#include "actors/delivery/commands.hpp"
#include "actors/delivery/delay.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/commands.hpp"
#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"
#include "actors/trip/means.hpp"

namespace caravan {

namespace {

/// The first place that no geocoder found, by the name of its field; empty where all are located.
std::string missing_place(const std::vector<Place>& places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i].located()) continue;
    if (i == 0) return "origin";
    return i + 1 == places.size() ? "destination" : "stops[" + std::to_string(i - 1) + "]";
  }
  return {};
}

/// Are all places the same point? A trip within a town can look so, as a geocoder may know a town as one point only;
/// such places need coordinates of their own.
bool leads_nowhere(const std::vector<Place>& places) {
  constexpr double nearer_is_same = 25;  // metres
  return std::ranges::all_of(
      places, [&](const Place& place) { return distance_meters(places.front().at(), place.at()) < nearer_is_same; });
}

/// A trip that arrives too late to be true; nothing where it is all right.
std::optional<Decision> endless(const TripDetails& details) {
  const auto longest = longest_trip(details.transport_mode);
  if (details.arrival_time - details.departure_time <= longest) return std::nullopt;
  return reject(TripRejection::arrival_too_late,
                "By this means of transport a trip arrives within " + std::to_string(longest.count()) +
                    " days of its departure; publish a longer one in parts.",
                "arrivalTime");
}

/// A trip that arrives before its way can be made. Its stops are due in proportion to the way, so none of them is
/// earlier than it can be where the arrival is not.
std::optional<Decision> impossible(const TripDetails& details) {
  const auto way = static_cast<double>(details.route.duration_seconds);
  const auto least = std::chrono::seconds{std::llround(way * means_of(details.transport_mode).least_time)};
  if (details.arrival_time - details.departure_time >= least) return std::nullopt;
  return reject(TripRejection::arrival_too_early,
                "By this means of transport nobody arrives before " + to_rfc3339(details.departure_time + least) + ".",
                "arrivalTime");
}

/// More than the means of transport carries; nothing where it is all right.
std::optional<Decision> overloaded(const TripDetails& details) {
  const Means& means = means_of(details.transport_mode);
  const auto most = [](const std::string& what, const std::string& field) {
    return reject(TripRejection::capacity_too_large, "By this means of transport a trip carries at most " + what + ".",
                  field);
  };
  if (details.capacity.weight.units > means.most_weight.units)
    return most(std::to_string(means.most_weight.units / 1'000) + " kg", "capacity.weight");
  if (details.capacity.volume.units > means.most_volume.units)
    return most(std::to_string(means.most_volume.units / 1'000) + " litres", "capacity.volume");
  return std::nullopt;
}

/// What is wrong with details, new or edited; nothing where all is well. What was there before the edit stays as it is:
/// a trip that is late may still be edited.
std::optional<Decision> flaw(const TripDetails& details, Time now, const TripDetails* before) {
  if (const std::string field = missing_place(details.places); !field.empty())
    return reject(TripRejection::address_not_found, "No place was found for " + field + ".", field);
  if (details.min_price && !(before && details.min_price == before->min_price))
    if (const auto why = above_highest("minPrice", to_price(*details.min_price), details.currency))
      return reject(TripRejection::invalid_amount, *why, "minPrice");
  if (leads_nowhere(details.places))
    return reject(TripRejection::same_place,
                  "The trip ends where it begins; for a trip within a town give both places with lat and lng.",
                  "destination");
  if (details.departure_time <= now && !(before && details.departure_time == before->departure_time))
    return reject(TripRejection::departure_in_past);
  if (details.arrival_time <= details.departure_time) return reject(TripRejection::arrival_before_departure);
  if (details.arrival_time <= now && !(before && details.arrival_time == before->arrival_time))
    return reject(TripRejection::arrival_too_early,
                  "A new arrivalTime lies in the future: after " + to_rfc3339(now) + ".", "arrivalTime");
  const bool same_load = before && before->capacity == details.capacity;
  if (!same_load || details.transport_mode != before->transport_mode)
    if (auto refusal = overloaded(details)) return refusal;
  if (before && before->plan() == details.plan()) return std::nullopt;
  if (auto refusal = impossible(details)) return refusal;
  return endless(details);
}

/// The customers whom it was offered to hear that it takes nobody's parcel any more, and its traveler is reminded of no
/// parcel on its way.
void end_offers(Decision& decision, const TripState& state, const Context& context) {
  for (const RequestId id : state.offered_for)
    decision.send({EntityKind::request, id.value}, TripClosed{TripId{context.self.id}});
  decision.send(inbox_of(state.traveler_id), ForgetMatches{{}, TripId{context.self.id}, {}});
}

Decision bad_price() {
  return reject(TripRejection::invalid_amount, "minPrice has more digits than its currency.", "minPrice");
}

/// What `command` makes of the details; nothing where a price does not suit the currency.
std::optional<TripDetails> edited(const TripDetails& before, const EditTrip& command) {
  TripDetails details = before;
  if (command.title) details.title = *command.title;
  if (command.stops) {
    details.places = {before.places.front()};
    details.places.insert(details.places.end(), command.stops->begin(), command.stops->end());
    details.places.push_back(before.places.back());
  }
  if (command.origin) details.places.front() = *command.origin;
  if (command.destination) details.places.back() = *command.destination;
  if (command.transport_mode) details.transport_mode = *command.transport_mode;
  if (command.capacity) details.capacity = command.capacity->load();
  if (command.min_price) {
    details.min_price = to_money(*command.min_price, details.currency);
    if (!details.min_price) return std::nullopt;
  }
  if (command.route) details.route = *command.route;
  if (command.weather) details.weather = *command.weather;
  if (command.departure_time) details.departure_time = *command.departure_time;
  const bool other_way = details.places != before.places || details.transport_mode != before.transport_mode;
  details.arrival_time =
      edited_arrival(command, {before.departure_time, before.arrival_time}, other_way, details.route);
  return details;
}

/// For its traveler alone. Customers hear of their deliveries: a trip with parcels keeps its times, and one that is
/// cancelled or completed tells each delivery.
Notify about_trip(std::string_view template_id, const TripState& state, const Context& context) {
  return {.template_id = std::string(template_id),
          .variables = {{"tripTitle", state.details.title}, {"tripId", context.self.id.text()}},
          .subject = context.self.id};
}

std::optional<Decision> unless_owner(const TripState& state, const Context& context) {
  if (context.caller.is_user(state.traveler_id)) return std::nullopt;
  return reject(TripRejection::not_owner);
}

/// Why this caller may not leave the deliveries that count on the trip; nothing where it may. The trip does not know
/// which of the parcels are carried: those go back, and their price is given up, as by a return that is started.
std::optional<Decision> keeps_deliveries(const TripState& state, const Caller& caller) {
  if (state.reservations.empty()) return std::nullopt;
  if (caller.api_key)
    return reject(TripRejection::forbidden,
                  "Deliveries count on this trip: whoever signed in ends it, not an API key.");
  if (caller.is_stale_session()) return reject(TripRejection::step_up_required, std::string(show_once_more));
  return std::nullopt;
}

}  // namespace

Decision decide(const TripState& state, const Context& context, const PublishTrip& command) {
  if (state.exists()) return reject(TripRejection::already_exists);
  if (context.caller.kind != Caller::Kind::user) return reject(TripRejection::not_allowed);
  TripDetails details;
  details.title = command.title;
  details.places = {command.origin};
  details.places.insert(details.places.end(), command.stops.begin(), command.stops.end());
  details.places.push_back(command.destination);
  details.departure_time = command.departure_time;
  details.arrival_time = command.arrival_time.value_or(estimated_arrival(command.departure_time, command.route));
  details.transport_mode = command.transport_mode;
  details.capacity = command.capacity.load();
  details.currency = command.currency.value_or(Currency{});
  details.route = command.route;
  details.weather = command.weather;
  if (command.min_price) {
    details.min_price = to_money(*command.min_price, details.currency);
    if (!details.min_price) return bad_price();
  }
  if (auto refusal = flaw(details, context.now, nullptr)) return *refusal;
  const Time over_at = details.arrival_time + over_after;
  return Decision{}
      .emit(TripCreated{context.caller.user, std::move(details), context.now})
      .set_timer(std::string(over_timer), over_at);
}

namespace {

/// Nothing but when it arrives.
bool tells_arrival_alone(const EditTrip& command) {
  return command.arrival_time && !command.title && !command.origin && !command.destination && !command.stops &&
         !command.departure_time && !command.transport_mode && !command.capacity && !command.min_price &&
         !command.route;
}

bool has_other_times(const TripDetails& one, const TripDetails& other) {
  return one.departure_time != other.departure_time || one.arrival_time != other.arrival_time ||
         one.transport_mode != other.transport_mode;
}

/// The same trip, later, and at no place earlier.
bool is_delay(const TripDetails& before, const TripDetails& after) {
  if (after.places != before.places || after.transport_mode != before.transport_mode) return false;
  for (std::size_t place = 0; place < after.places.size(); ++place)
    if (due_at(after, place) < due_at(before, place)) return false;
  return after.departure_time >= before.departure_time && after.arrival_time >= before.arrival_time;
}

/// Why these times may not be told while deliveries count on the trip; nothing where they may. The trip belongs to no
/// deal, and carries those of several versions: it goes by the newest policy. What a delay means for a deal, the deal's
/// own says.
std::optional<Decision> cannot_delay(const TripState& state, const TripDetails& after, const ToldDelays& delays) {
  if (!is_delay(state.details, after))
    return reject(TripRejection::capacity_in_use,
                  "A delivery has room on this trip: its means of transport stays, and its times may only become "
                  "later, with its places as they are.");
  if (!std::ranges::all_of(state.reservations, &Reservation::confirmed))
    return reject(TripRejection::capacity_in_use,
                  "A customer is just accepting an offer on this trip: tell the delay in a minute.");
  if (delays.count > policy.delays.most_told)
    return reject(TripRejection::too_many_delays, "Of one trip at most " + std::to_string(policy.delays.most_told) +
                                                      " delays may be told. Who cannot keep to it cancels it.");
  constexpr std::chrono::seconds longest{policy.delays.longest_seconds};
  if (after.departure_time - delays.first_departure <= longest && after.arrival_time - delays.first_arrival <= longest)
    return std::nullopt;
  return reject(TripRejection::too_many_delays, "A trip is delayed by " +
                                                    std::to_string(policy.delays.longest_seconds / 3'600) +
                                                    " hours at most: what is later still is another trip.");
}

/// Each delivery hears by how much its own places are due later.
void tell_delay(Decision& decision, const TripState& state, const TripDetails& after) {
  const auto later = [&](std::int32_t place) {
    const auto at = static_cast<std::size_t>(place);
    return std::chrono::ceil<std::chrono::seconds>(due_at(after, at) - due_at(state.details, at)).count();
  };
  for (const Reservation& held : state.reservations)
    decision.send({EntityKind::delivery, held.delivery_id.value},
                  TripDelayed{later(held.from_place), later(held.to_place)});
}

}  // namespace

Decision decide(const TripState& state, const Context& context, const EditTrip& command) {
  if (auto refusal = unless_owner(state, context)) return *refusal;
  const bool may_edit =
      state.status == TripStatus::upcoming || (state.status == TripStatus::under_way && tells_arrival_alone(command));
  if (!may_edit) return reject(TripRejection::trip_not_open);
  auto details = edited(state.details, command);
  if (!details) return bad_price();
  if (auto refusal = flaw(*details, context.now, &state.details)) return *refusal;

  const TripDetails& before = state.details;
  const bool other_times = has_other_times(before, *details), tells_delay = other_times && !state.reservations.empty();
  TripUpdated event{state.traveler_id, *details, {}, {}, other_times ? std::nullopt : state.delays};
  if (tells_delay && context.caller.api_key)
    return reject(TripRejection::forbidden,
                  "Deliveries count on this trip: whoever signed in tells its delay, not an API key.");
  if (tells_delay) {
    event.delays = state.delays.value_or(ToldDelays{0, before.departure_time, before.arrival_time});
    ++event.delays->count;
    if (auto refusal = cannot_delay(state, *details, *event.delays)) return *refusal;
  }
  TripState after = state;
  after.details = *details;
  for (Reservation& reservation : after.reservations) {
    const LegSpan held{reservation.from_place, reservation.to_place};
    const auto span = moved_span(before.places, details->places, held);
    if (!span) return reject(TripRejection::capacity_in_use, "A parcel counts on a place that would change.");
    reservation.from_place = span->from;
    reservation.to_place = span->to;
    if (span->from != held.from) event.moved.push_back({reservation.delivery_id, span->from, span->to});
  }
  event.available = available_by_leg(after);
  const auto in_use = [](const Load& left) { return !left.holds(Load{}); };
  if (std::ranges::any_of(event.available, in_use))
    return reject(TripRejection::capacity_in_use, "More is reserved than would be left.");
  Decision decision;
  decision.emit(std::move(event));
  decision.set_timer(std::string(over_timer), details->arrival_time + over_after);
  if (tells_delay) tell_delay(decision, state, *details);
  return decision.send(inbox_of(state.traveler_id), about_trip("trip_updated", after, context));
}

Decision decide(const TripState& state, const Context& context, const CancelTrip& command) {
  if (!context.caller.is_user(state.traveler_id) && !context.caller.is_platform() &&
      !context.caller.may(Permission::deliveries))
    return reject(TripRejection::not_owner);
  if (!context.caller.is_user(state.traveler_id) && context.caller.is_stale_office(Permission::deliveries))
    return reject(TripRejection::step_up_required, std::string(show_once_more));
  // What an administrator ends costs the traveler nothing.
  if (!context.caller.is_user(state.traveler_id) && command.office.is_tied_to(state.traveler_id))
    return reject(TripRejection::forbidden, "You have the permission from its traveler, or they have one from you.");
  if (state.is_over()) return reject(TripRejection::trip_not_open);
  if (auto refusal = keeps_deliveries(state, context.caller)) return *refusal;
  Decision decision;
  decision.emit(TripCancelled{state.traveler_id, command.reason.value_or(""), context.now});
  decision.clear_timer(std::string(over_timer));
  std::optional<UserId> by;
  if (context.caller.kind == Caller::Kind::user) by = context.caller.user;
  for (const Reservation& reservation : state.reservations) {
    decision.send({EntityKind::delivery, reservation.delivery_id.value}, CancelDelivery{"trip_cancelled", by});
    decision.clear_timer(reservation_timer(reservation.delivery_id));
  }
  end_offers(decision, state, context);
  Notify notice = about_trip("trip_cancelled", state, context);
  if (by) notice.variables["reason"] = command.reason.value_or("");  // the platform's are codes, not for people
  return decision.send(inbox_of(state.traveler_id), std::move(notice));
}

Decision decide(const TripState& state, const Context& context, const StartTrip&) {
  if (auto refusal = unless_owner(state, context)) return *refusal;
  if (state.status != TripStatus::upcoming) return reject(TripRejection::trip_not_open);
  Decision decision;
  decision.emit(TripStarted{state.traveler_id, context.now});
  // An earlier build set none: a trip of its days would be under way for ever. Nor is a late start over at once.
  decision.set_timer(std::string(over_timer), std::max(state.details.arrival_time, context.now) + over_after);
  end_offers(decision, state, context);
  return decision.send(inbox_of(state.traveler_id), about_trip("trip_updated", state, context));
}

Decision completed(const TripState& state, const Context& context, std::optional<UserId> by) {
  Decision decision;
  decision.emit(TripCompleted{state.traveler_id, context.now});
  for (const Reservation& reservation : state.reservations)
    decision.send({EntityKind::delivery, reservation.delivery_id.value},
                  CancelDelivery{std::string(trip_completed), by});
  end_offers(decision, state, context);  // an earlier build let them stand when the trip set out
  return decision;
}

Decision decide(const TripState& state, const Context& context, const CompleteTrip&) {
  if (auto refusal = unless_owner(state, context)) return *refusal;
  if (state.status != TripStatus::under_way) return reject(TripRejection::invalid_state, "The trip is not under way.");
  if (auto refusal = keeps_deliveries(state, context.caller)) return *refusal;  // those that wait still end with it
  return completed(state, context, state.traveler_id).clear_timer(std::string(over_timer));
}

Decision decide(const TripState& state, const Context& context, const NoteOffer& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(TripRejection::not_allowed);
  if (state.status != TripStatus::upcoming)
    return Decision{}.send({EntityKind::request, command.request_id.value}, TripClosed{TripId{context.self.id}});
  if (std::ranges::find(state.offered_for, command.request_id) != state.offered_for.end()) return {};
  return Decision{}.emit(OfferNoted{command.request_id});
}

}  // namespace caravan
