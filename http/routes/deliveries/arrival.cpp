#include <algorithm>

#include "actors/audit/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/tracker/resources.hpp"
#include "actors/trip/commands.hpp"
#include "actors/trip/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/providers/places/no_route.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/deliveries/arrival.hpp"
#include "http/routes/deliveries/deliveries.hpp"

namespace caravan::http {

namespace {

enum class ArrivalBasis : std::uint8_t { schedule, position, scan };
constexpr auto enum_labels(ArrivalBasis) { return std::to_array<std::string_view>({"schedule", "position", "scan"}); }

/// When a parcel is expected where it changes hands last, and why.
struct ExpectedArrival {
  static constexpr std::string_view record_name = "ExpectedArrival";
  DeliveryId delivery_id;
  DeliveryStatus status = DeliveryStatus::accepted;
  Time expected_at;
  ArrivalBasis basis = ArrivalBasis::schedule;
  std::string reason;               // for people
  std::optional<bool> late;         // later than the delivery's deliverBy, where it has one
  std::optional<Time> position_at;  // the rest where a position says it
  std::optional<std::int64_t> distance_meters;
  std::optional<std::int64_t> duration_seconds;
  std::optional<std::string> provider;
  static constexpr auto fields() {
    return std::array{field<&ExpectedArrival::delivery_id>(1, "deliveryId"),
                      field<&ExpectedArrival::status>(2, "status"),
                      field<&ExpectedArrival::expected_at>(3, "expectedAt"),
                      field<&ExpectedArrival::basis>(4, "basis"),
                      field<&ExpectedArrival::reason>(5, "reason"),
                      field<&ExpectedArrival::late>(6, "late"),
                      field<&ExpectedArrival::position_at>(7, "positionAt"),
                      field<&ExpectedArrival::distance_meters>(8, "distanceMeters"),
                      field<&ExpectedArrival::duration_seconds>(9, "durationSeconds"),
                      field<&ExpectedArrival::provider>(10, "provider")};
  }
};

bool is_under_way(DeliveryStatus status) {
  return status == DeliveryStatus::picked_up || status == DeliveryStatus::in_transit ||
         status == DeliveryStatus::returning;
}

/// How far the traveler is from a known place tells where they are: that is for the two sides, and for whoever may see
/// the track.
bool sees_position(const Caller& by, const DeliveryResource& delivery) {
  return by.is_user(delivery.customer_id) || by.is_user(delivery.traveler_id) || by.may(Permission::private_data);
}

/// From where the traveler was last seen, where that tells more than the plan does.
void expect_from_position(Call& call, const DeliveryResource& delivery, const TripResource& trip,
                          ExpectedArrival& out) {
  const Reply reply =
      call.try_query_as(edge_caller(), {EntityKind::tracker, delivery.delivery_id.value}, ViewPosition{});
  const auto* seen = reply.resource.get_if<PositionResource>();
  if (!seen || !seen->location || !seen->timestamp) return;
  const DeliveryStop& stop = delivery.status == DeliveryStatus::returning ? delivery.pickup : delivery.delivery;
  if (!stop.lat || !stop.lng) return;
  ParcelOnTheWay parcel;
  parcel.mode = trip.transport_mode;
  parcel.departs = std::min(trip.departure_time, trip.started_at.value_or(trip.departure_time));
  parcel.arrives = trip.arrival_time;
  parcel.planned = delivery.planned_arrival.value_or(trip.arrival_time);
  parcel.goes_back = delivery.status == DeliveryStatus::returning;
  parcel.seen_at = *seen->timestamp;
  parcel.seen = *seen->location;
  parcel.door = {*stop.lat, *stop.lng};
  const auto by_position = arrival_by_position(*needed(call.services().places).routes, parcel, call.door().now());
  out.reason = "The planned arrival; the last position agrees with it.";
  if (!by_position) return;
  out.basis = ArrivalBasis::position;
  out.reason = "From the traveler's last position, by the usual way.";
  out.position_at = seen->timestamp;
  out.distance_meters = by_position->way.distance_meters;
  out.duration_seconds = by_position->way.duration_seconds;
  out.provider = by_position->way.provider;
  // An old position gives a time that has passed, but the parcel is not there for all that: it is expected now at the
  // earliest.
  out.expected_at = std::max(by_position->at, call.door().now());
}

/// Of what was not handed over yet.
void expect_before_the_end(Call& call, const DeliveryResource& delivery, bool by_position, ExpectedArrival& out) {
  const Reply shown = call.try_query_as(edge_caller(), {EntityKind::trip, delivery.trip_id.value}, ViewTrip{});
  const auto* trip = shown.resource.get_if<TripResource>();
  if (!trip) throw Problem{"unavailable"};
  out.expected_at = std::max(delivery.planned_arrival.value_or(trip->arrival_time), call.door().now());
  out.reason = "The planned arrival; no position is known of the parcel.";
  if (is_under_way(delivery.status) && by_position) expect_from_position(call, delivery, *trip, out);
}

Response expected_arrival(Call& call) {
  const Reply reply = call.ask_query({EntityKind::delivery, call.path_uuid("deliveryId")}, ViewDelivery{});
  const auto& delivery = call.resource<DeliveryResource>(reply);
  if (delivery.status == DeliveryStatus::cancelled || delivery.status == DeliveryStatus::returned)
    throw Problem{"delivery_closed", "This parcel is not on its way."};
  ExpectedArrival out;
  out.delivery_id = delivery.delivery_id;
  out.status = delivery.status;
  if (delivery.delivery_completed_at) {
    out.expected_at = *delivery.delivery_completed_at;
    out.basis = ArrivalBasis::scan;
    out.reason = "It was handed over.";
  } else {
    expect_before_the_end(call, delivery, sees_position(call.caller(), delivery), out);
    if (out.basis == ArrivalBasis::position)
      call.record_look(PrivateThing::track, {EntityKind::tracker, delivery.delivery_id.value},
                       {delivery.customer_id, delivery.traveler_id});
  }
  if (delivery.deliver_by) out.late = out.expected_at > *delivery.deliver_by;
  return call.answer(AnyRecord(std::move(out)));
}

/// By a way that is under way already; nothing where no way is known from there: on a ferry, for one.
std::optional<ArrivalByPosition> onward(const RoutePlanner& routes, const ParcelOnTheWay& parcel, TransportMode mode) {
  try {
    RouteEstimate way = routes.route({parcel.seen, parcel.door}, mode);
    way.duration_seconds -= std::min(start_seconds(way, mode), way.duration_seconds);
    return ArrivalByPosition{parcel.seen_at + std::chrono::seconds{way.duration_seconds}, std::move(way)};
  } catch (const NoRoute&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<ArrivalByPosition> arrival_by_position(const RoutePlanner& routes, const ParcelOnTheWay& parcel,
                                                     Time now) {
  constexpr double near_meters = 20'000;       // of the door: nobody flies there, or sits in a train for much longer
  constexpr double last_leg_meters = 100'000;  // of a terminal
  constexpr std::chrono::minutes leeway{30};
  const bool scheduled = keeps_to_stops(parcel.mode);
  const double off = distance_meters(parcel.seen, parcel.door);
  const bool is_driven = scheduled && (off <= near_meters || (now >= parcel.arrives && off <= last_leg_meters));
  if (parcel.goes_back)  // there is no plan of that way
    return onward(routes, parcel, scheduled && off <= last_leg_meters ? TransportMode::car : parcel.mode);
  if (now < parcel.departs) return std::nullopt;
  std::optional<ArrivalByPosition> found = onward(routes, parcel, is_driven ? TransportMode::car : parcel.mode);
  if (!found) return std::nullopt;
  const bool holds = scheduled && !is_driven && now < parcel.arrives && found->at <= parcel.planned + leeway;
  return holds ? std::nullopt : std::move(found);
}

Time expected_time(Call& call, const DeliveryResource& delivery) {
  ExpectedArrival out;
  expect_before_the_end(call, delivery, true, out);
  return out.expected_at;
}

std::vector<Route> arrival_routes(Services&) {
  return {get("/deliveries/:deliveryId/eta", user, "Expected arrival and why")
              .answers<ExpectedArrival>()
              .handle(expected_arrival)};
}

}  // namespace caravan::http
