#include "http/routes/trips/trips.hpp"

#include <algorithm>

#include "actors/audit/commands.hpp"
#include "actors/delivery/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/both_sides.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/deliveries/history.hpp"
#include "http/routes/trips/trip_facts.hpp"

namespace caravan::http {

namespace {

constexpr EntityKind trip = EntityKind::trip;

/// The trip in the path, for its traveler alone.
Address own_trip(Call& call) {
  const Address address{trip, call.path_uuid("tripId")};
  const Reply reply = call.ask_query(address, ViewTrip{});
  const Caller& caller = call.caller();
  if (!caller.is_user(call.resource<TripResource>(reply).traveler_id) && !caller.is_admin() && !caller.is_service())
    throw Problem{"not_owner"};
  return address;
}

/// Does this trip show where exactly it goes to somebody who is not its traveler, or to a service on behalf of them?
bool is_look_at_trip(const Caller& by, const AnyRecord& answer) {
  const auto* shown = answer.get_if<TripResource>();
  return shown && (by.is_user(shown->traveler_id) ? by.is_acting() : by.may(Permission::private_data));
}

/// A part of the trip in the path, with exact places for those who may see them.
template <class View>
Response part_of_trip(Call& call) {
  const Address address{trip, call.path_uuid("tripId")};
  const Reply reply = call.ask_query(address, View{});
  if (call.looks_in()) {
    const Reply whole = call.try_query_as(edge_caller(), address, ViewTrip{});
    if (is_look_at_trip(call.caller(), whole.resource)) call.record_look(PrivateThing::places, address);
  }
  return call.answer(reply);
}

Response trip_history(Call& call) { return history_page(call, own_trip(call)); }

/// The deliveries that have room on the trip, newest first.
std::vector<DeliveryId> carried_by(Call& call) {
  const Reply reply = call.ask_query(own_trip(call), ViewCapacity{});
  std::vector<DeliveryId> ids;
  for (const LegCapacity& leg : call.resource<TripCapacityResource>(reply).legs)
    for (const RoomHolder& holder : leg.holders) ids.push_back(holder.delivery_id);
  std::ranges::sort(ids, std::ranges::greater{});
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// One page of them.
Response carried(Call& call) {
  const auto& page = call.query<PageQuery>();
  const auto limit = static_cast<std::size_t>(page.limit.value_or(default_page_limit));
  const auto after = page.cursor ? Uuid::parse(*page.cursor) : std::nullopt;
  if (page.cursor && !after)
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", "not a cursor of this list"}}};
  std::vector<DeliveryId> ids = carried_by(call);
  if (after) std::erase_if(ids, [&](DeliveryId id) { return !(id.value < *after); });
  std::vector<DeliveryResource> items;
  for (std::size_t i = 0; i < std::min(limit, ids.size()); ++i) {
    const Reply delivery = call.try_query({EntityKind::delivery, ids[i].value}, ViewDelivery{});
    if (const auto* found = delivery.resource.get_if<DeliveryResource>())
      items.emplace_back(*found).version = static_cast<std::int64_t>(delivery.version);
  }
  if (std::ranges::any_of(
          items, [&](const DeliveryResource& item) { return is_look_at_contacts(call.caller(), AnyRecord(item)); }))
    call.record_look(PrivateThing::contacts, own_trip(call));
  std::optional<std::string> next;
  if (ids.size() > limit) next = ids[limit - 1].text();
  return call.list(items, next);
}

/// What ties an administrator to the traveler whose trip they end, and to the customers whose deliveries end with it.
void add_office(Call& call, CancelTrip& command) {
  if (!call.caller().may(Permission::deliveries)) return;
  const auto sides = sides_of(call.door(), {trip, call.path_uuid("tripId")});
  if (sides.empty() || call.caller().is_user(sides.front())) return;
  command.office = find_appointment(call.door(), call.caller(), PermissionName::deliveries, sides);
  // The trip itself knows its traveler alone.
  if (std::any_of(sides.begin() + 1, sides.end(), [&](UserId side) { return command.office.is_tied_to(side); }))
    throw Problem{"forbidden", "You have the permission from a customer of its deliveries, or one has it from you."};
}

}  // namespace

std::vector<Route> trip_routes(Services&) {
  return {
      post("/trips", traveler, "Publish a trip: geocodes, routes, weather, capacity per leg")
          .command<PublishTrip>(created(trip), add_facts)
          .names_places()
          .then<ViewTrip>()
          .answers<TripResource>(201),
      get("/trips/:tripId", user, "One trip")
          .view<ViewTrip>(by_path(trip))
          .shows_private(PrivateThing::places, is_look_at_trip)
          .answers<TripResource>(),
      patch(
          "/trips/:tripId", user,
          "Edit while no capacity is reserved on what changes; later times alone are told to the deliveries as a delay")
          .command<EditTrip>(by_path(trip), add_facts)
          .names_places()
          .then<ViewTrip>()
          .shows_private(PrivateThing::places, is_look_at_trip)
          .answers<TripResource>(),
      post("/trips/:tripId/cancel", user, "Cancel; frees or refunds every delivery on it")
          .may_ask_step_up("an administrator who is no party, and whoever cancels a trip that deliveries count on")
          .command<CancelTrip>(by_path(trip), add_office)
          .then<ViewTrip>()
          .shows_private(PrivateThing::places, is_look_at_trip)
          .answers<TripResource>(),
      post("/trips/:tripId/start", user, "Under way")
          .command<StartTrip>(by_path(trip))
          .then<ViewTrip>()
          .shows_private(PrivateThing::places, is_look_at_trip)
          .answers<TripResource>(),
      post("/trips/:tripId/complete", user, "Done")
          .may_ask_step_up("whoever completes a trip that deliveries count on")
          .command<CompleteTrip>(by_path(trip))
          .then<ViewTrip>()
          .shows_private(PrivateThing::places, is_look_at_trip)
          .answers<TripResource>(),
      get("/trips/:tripId/capacity", user, "Weight, volume and items left, per leg, with who holds what")
          .view<ViewCapacity>(by_path(trip))
          .answers<TripCapacityResource>()
          .handle(part_of_trip<ViewCapacity>),
      get("/trips/:tripId/route", user, "Legs, distance, duration, polyline, provider that answered")
          .view<ViewRoute>(by_path(trip))
          .answers<TripRouteResource>()
          .handle(part_of_trip<ViewRoute>),
      get("/trips/:tripId/weather", user, "Weather along the route")
          .view<ViewWeather>(by_path(trip))
          .answers<TripWeatherResource>()
          .handle(part_of_trip<ViewWeather>),
      get("/trips/:tripId/deliveries", user, "Deliveries carried")
          .query<PageQuery>()
          .lists_own<DeliveryResource>()
          .handle(carried),
      get("/trips/:tripId/history", user, "Events, oldest first")
          .query<PageQuery>()
          .lists_own<HistoryItem>()
          .handle(trip_history),
  };
}

}  // namespace caravan::http
