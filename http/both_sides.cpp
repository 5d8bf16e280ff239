#include "http/both_sides.hpp"

#include <algorithm>
#include <set>

#include "actors/delivery/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/dispute/resources.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/escrow/resources.hpp"
#include "actors/request/commands.hpp"
#include "actors/request/resources.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/trip/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/problem/problem.hpp"

namespace caravan::http {

namespace {

/// As the platform sees it; nothing where it is not there. Whoever cannot be asked now is not taken for nobody's.
template <class T>
std::optional<T> seen(Door& door, Address thing, AnyRecord query) {
  if (!exists(door, thing)) return std::nullopt;
  return find_answer<T>(door, thing, std::move(query));
}

std::vector<UserId> sides_of_request(Door& door, Address request) {
  std::vector<UserId> out;
  if (const auto shown = seen<RequestResource>(door, request, ViewRequest{})) out.push_back(shown->customer_id);
  if (const auto offers = seen<OfferList>(door, request, ViewOffers{}))
    for (const OfferResource& offer : offers->items) out.push_back(offer.traveler_id);
  return out;
}

/// Its deliveries end with it, so the customers of those are sides as well.
std::vector<UserId> sides_of_trip(Door& door, Address trip) {
  std::vector<UserId> out;
  if (const auto shown = seen<TripResource>(door, trip, ViewTrip{})) out.push_back(shown->traveler_id);
  std::set<DeliveryId> deliveries;
  if (const auto room = seen<TripCapacityResource>(door, trip, ViewCapacity{}))
    for (const LegCapacity& leg : room->legs)
      for (const RoomHolder& holder : leg.holders) deliveries.insert(holder.delivery_id);
  for (const DeliveryId id : deliveries)
    if (const auto shown = seen<DeliveryResource>(door, {EntityKind::delivery, id.value}, ViewDelivery{}))
      out.push_back(shown->customer_id);
  return out;
}

}  // namespace

std::vector<UserId> sides_of(Door& door, Address thing) {
  switch (thing.kind) {
    case EntityKind::dispute:
      if (const auto shown = seen<DisputeResource>(door, thing, ViewDispute{}))
        return {shown->opener, shown->customer, shown->traveler};
      return sides_of(door, {EntityKind::delivery, thing.id});  // whose dispute has its id
    case EntityKind::delivery:
      if (const auto shown = seen<DeliveryResource>(door, thing, ViewDelivery{}))
        return {shown->customer_id, shown->traveler_id};
      return {};
    case EntityKind::escrow:
      if (const auto shown = seen<EscrowResource>(door, thing, ViewEscrow{})) return {shown->customer, shown->traveler};
      return {};
    case EntityKind::request:
      return sides_of_request(door, thing);
    case EntityKind::trip:
      return sides_of_trip(door, thing);
    case EntityKind::tracker:
      return sides_of(door, {EntityKind::delivery, thing.id});  // whose tracker has its id
    case EntityKind::wallet:
    case EntityKind::user:
      return {UserId{thing.id}};
    default:
      return {};
  }
}

Appointment office_for(Door& door, const Caller& whose, PermissionName permission, Address thing) {
  if (whose.kind != Caller::Kind::user) return {};
  const auto sides = sides_of(door, thing);
  return sides.empty() ? Appointment{} : find_appointment(door, whose, permission, sides);
}

void require_one_side(Door& door, const Identity& service, Address thing, const AnyRecord& command) {
  std::vector<UserId> makers = service.makers;
  std::erase_if(makers, [&](UserId maker) { return service.caller.is_user(maker); });
  if (makers.empty()) return;
  // What a service does by itself for everybody, such as the release of what was delivered, takes no side.
  const bool takes_side = command.get_if<RefundPayment>() || command.get_if<CancelDelivery>() ||
                          command.get_if<IssueCode>() || command.get_if<ChangeStatus>() ||
                          command.get_if<GeofenceHit>() || command.get_if<AddGeofence>() ||
                          command.get_if<EditGeofence>() || command.get_if<DeleteGeofence>();
  if (!service.caller.is_acting() && !(service.caller.is_service() && takes_side)) return;
  std::vector<UserId> sides = sides_of(door, thing);
  if (service.caller.is_acting()) std::erase(sides, service.caller.user);  // in whose name it is, and for whom
  const auto is_side = [&](UserId user) { return std::ranges::find(sides, user) != sides.end(); };
  const auto is_maker = [&](UserId user) { return std::ranges::find(makers, user) != makers.end(); };
  if (std::ranges::any_of(makers, is_side))
    throw Problem{"self_not_allowed", "Who made this service, or its key, is a side of it."};
  if (sides.empty()) return;
  const Problem tied{"self_not_allowed",
                     "Who made this service, or its key, has permissions from a side of it, or gave it some."};
  for (const UserId maker : makers)
    if (std::ranges::any_of(hands_of(door, maker, all_permissions), is_side)) throw tied;
  for (const UserId side : std::set(sides.begin(), sides.end()))
    if (std::ranges::any_of(hands_of(door, side, all_permissions, true), is_maker)) throw tied;
}

}  // namespace caravan::http
