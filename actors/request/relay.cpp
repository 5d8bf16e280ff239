#include "actors/request/relay.hpp"

#include <algorithm>
#include <tuple>

namespace caravan {

RelayLeg* Relay::find(OfferId id) {
  const auto found = std::ranges::find(legs, id, &RelayLeg::offer_id);
  return found == legs.end() ? nullptr : &*found;
}

const RelayLeg* Relay::find(OfferId id) const {
  const auto found = std::ranges::find(legs, id, &RelayLeg::offer_id);
  return found == legs.end() ? nullptr : &*found;
}

const RelayLeg* Relay::holder() const {
  const RelayLeg* last = nullptr;
  for (const RelayLeg& leg : legs)
    if (leg.state == LegState::carried) last = &leg;
  return last;
}

bool Relay::breaking() const {
  return std::ranges::any_of(
      legs, [](const RelayLeg& leg) { return leg.state == LegState::undone || leg.state == LegState::returning; });
}

bool Relay::is_cut() const {
  const RelayLeg* held = holder();
  const auto after = held ? legs.begin() + (held - legs.data()) + 1 : legs.end();
  return std::any_of(after, legs.end(), [](const RelayLeg& leg) { return leg.state == LegState::undone; });
}

bool is_at(const MeetingPoint& point, const Stop& stop) {
  return distance_meters(point.place().at(), area_center(stop.at())) <= area_radius_meters;
}

namespace {

/// Two people who meet need a point. One that was guessed from its address is kilometers wide.
bool is_guess(const MeetingPoint& point) { return point.uncertainty_meters != 0 || point.off_address_meters; }

}  // namespace

std::optional<Decision> refuse_part(const RequestState& state, const SubmitOffer& command) {
  for (const auto& [point, field] : {std::pair{&command.from, "from"}, std::pair{&command.to, "to"}})
    if (*point && !(*point)->place().located())
      return reject(RequestRejection::address_not_found, std::string("No place was found for ") + field + ".", field);
  const RequestDetails& details = state.details;
  if (command.from && is_at(*command.from, details.dropoff))
    return reject(RequestRejection::same_place, "The delivery is there: no way begins at its end.", "from");
  if (command.to && is_at(*command.to, details.pickup))
    return reject(RequestRejection::same_place, "The pickup is there: no way ends at its beginning.", "to");
  for (const auto& [point, own, field] :
       {std::tuple{&command.from, &details.pickup, "from"}, std::tuple{&command.to, &details.dropoff, "to"}})
    if (*point && !is_at(**point, *own) && is_guess(**point))
      return reject(RequestRejection::address_not_found,
                    "Two travelers meet at a point: give lat and lng, at the address.", field);
  const bool has_both = command.from && command.to;
  if (has_both && distance_meters(command.from->place().at(), command.to->place().at()) < same_meeting_meters)
    return reject(RequestRejection::same_place, "It is where the leg begins.", "to");
  return std::nullopt;
}

namespace {

Decision broken(std::size_t leg, std::string why) {
  return reject(RequestRejection::broken_chain, std::move(why), "offerIds[" + std::to_string(leg) + "]");
}

/// Why the two cannot meet when they would; nothing where they can. Nobody keeps a parcel for long whom nobody meets.
std::optional<Decision> meets_badly(const RequestState& state, const Offer& before, const Offer& next,
                                    std::size_t leg) {
  if (!before.planned_arrival || !next.planned_pickup) return broken(leg, "Its trip's times are not known.");
  const std::string times = "It sets out about " + to_rfc3339(*next.planned_pickup) + "; ";
  const std::string arrives = times + "the leg before arrives about " + to_rfc3339(*before.planned_arrival) + ", and ";
  if (*next.planned_pickup < *before.planned_arrival + transfer_margin)
    return broken(leg, arrives + "the travelers need " + std::to_string(transfer_margin.count()) + " minutes between.");
  if (*next.planned_pickup > *before.planned_arrival + longest_meeting_wait)
    return broken(
        leg, arrives + "a meeting is at most " + std::to_string(longest_meeting_wait.count()) + " hours after that.");
  const Time deadline = deadline_of(state.details, state.created_at);
  if (*next.planned_pickup > deadline)
    return broken(leg, times + "a meeting is never after the request's deadline, " + to_rfc3339(deadline) + ".");
  return std::nullopt;
}

/// Why the second of two legs does not go on where and when the first one ends; nothing where it does.
std::optional<Decision> breaks_off(const RequestState& state, const Offer& before, const Offer& next, std::size_t leg) {
  if (!before.to) return broken(leg - 1, "It goes to the delivery: only the last leg does.");
  if (!next.from) return broken(leg, "It begins at the pickup: only the first leg does.");
  const double apart = distance_meters(before.to->place().at(), next.from->place().at());
  if (apart > same_meeting_meters)
    return broken(leg, "It begins " + std::to_string(static_cast<std::int64_t>(apart)) +
                           " m from where the leg before ends; at most " +
                           std::to_string(static_cast<std::int64_t>(same_meeting_meters)) + " m are taken.");
  return meets_badly(state, before, next, leg);
}

/// Nobody meets themselves, and one trip is one leg.
std::optional<Decision> is_twice(const RequestState& state, const std::vector<const Offer*>& offers, std::size_t leg) {
  const auto same = [&](const Offer& other) {
    return other.trip_id == offers[leg]->trip_id || other.traveler_id == offers[leg]->traveler_id;
  };
  for (std::size_t before = 0; before < leg; ++before)
    if (same(*offers[before])) return broken(leg, "Each leg has a trip and a traveler of its own.");
  const Offer* held = held_offer(state);
  if (leg == 0 && held && same(*held)) return broken(leg, "Its traveler has the parcel already.");
  return std::nullopt;
}

}  // namespace

std::optional<Decision> broken_chain(const RequestState& state, const std::vector<const Offer*>& offers) {
  const std::size_t fewest = state.is_held() ? 1 : 2;
  if (offers.size() < fewest || offers.size() > max_relay_legs)
    return reject(RequestRejection::broken_chain,
                  "A relay takes " + std::to_string(fewest) + " to " + std::to_string(max_relay_legs) + " offers.",
                  "offerIds");
  if (offers.front()->from) return broken(0, "The first leg begins at the pickup.");
  if (offers.back()->to) return broken(offers.size() - 1, "The last leg goes to the delivery.");
  Money sum{0, state.details.max_price.currency};
  for (std::size_t leg = 0; leg < offers.size(); ++leg) {
    if (auto refusal = is_twice(state, offers, leg)) return refusal;
    const Offer* held = leg == 0 ? held_offer(state) : nullptr;
    if (leg > 0)
      if (auto refusal = breaks_off(state, *offers[leg - 1], *offers[leg], leg)) return refusal;
    if (held)
      if (auto refusal = meets_badly(state, *held, *offers[leg], leg)) return refusal;
    sum = sum + offers[leg]->price;
  }
  if (sum.amount > state.details.max_price.amount)
    return reject(RequestRejection::invalid_amount,
                  "Together the legs cost " + money_text(sum) + ", which is above the request's maxPrice.", "offerIds");
  return std::nullopt;
}

const Offer* held_offer(const RequestState& state) {
  const RelayLeg* holder = state.relay ? state.relay->holder() : nullptr;
  return holder ? state.find(holder->offer_id) : nullptr;
}

Time sought_until(const RequestState& state, Time expires_at) {
  const Offer* held = held_offer(state);
  return held && held->planned_arrival ? std::min<Time>(expires_at, *held->planned_arrival + longest_meeting_wait)
                                       : expires_at;
}

Stop meeting_place(const RequestState& state, const MeetingPoint& point) {
  Stop stop;
  stop.address = point.address;
  stop.lat = point.lat;
  stop.lng = point.lng;
  stop.contact_name = state.details.pickup.contact_name;
  stop.contact_phone = state.details.pickup.contact_phone;
  stop.uncertainty_meters = point.uncertainty_meters;
  stop.area = point.area;
  stop.off_address_meters = point.off_address_meters;
  return stop;
}

const RelayLeg* leg_of(const RequestState& state, OfferId offer, const Caller& caller) {
  const RelayLeg* leg = state.relay ? state.relay->find(offer) : nullptr;
  return leg && caller.kind == Caller::Kind::entity && caller.entity.id == leg->delivery_id.value ? leg : nullptr;
}

}  // namespace caravan
