#include "http/local_times.hpp"

#include "actors/delivery/resources.hpp"
#include "actors/trip/resources.hpp"
#include "http/providers/places/time_zones.hpp"
#include "storage/read_models/trips.hpp"

namespace caravan::http {

namespace {

std::optional<std::string> zone_of(std::optional<double> lat, std::optional<double> lng) {
  if (!lat || !lng) return std::nullopt;
  return std::string(time_zone_at({*lat, *lng}));
}

std::optional<std::string> local(std::optional<Time> at, const std::optional<std::string>& zone) {
  if (!at || !zone) return std::nullopt;
  return local_text(*at, *zone);
}

/// A trip, or the hit of a search, which is another type of record.
template <class Trip>
AnyRecord trip_with_clocks(Trip trip) {
  trip.timezone_origin = zone_of(trip.origin.lat, trip.origin.lng);
  trip.timezone_destination = zone_of(trip.destination.lat, trip.destination.lng);
  trip.departure_local = local(trip.departure_time, trip.timezone_origin);
  trip.arrival_local = local(trip.arrival_time, trip.timezone_destination);
  return AnyRecord(std::move(trip));
}

}  // namespace

AnyRecord with_local_times(AnyRecord record) {
  if (const auto* shown = record.get_if<TripResource>()) return trip_with_clocks(*shown);
  if (const auto* hit = record.get_if<TripHit>()) return trip_with_clocks(*hit);
  if (const auto* shown = record.get_if<DeliveryResource>()) {
    DeliveryResource delivery = *shown;
    delivery.timezone_pickup = zone_of(delivery.pickup.lat, delivery.pickup.lng);
    delivery.timezone_delivery = zone_of(delivery.delivery.lat, delivery.delivery.lng);
    delivery.planned_pickup_local = local(delivery.planned_pickup, delivery.timezone_pickup);
    delivery.planned_arrival_local = local(delivery.planned_arrival, delivery.timezone_delivery);
    return AnyRecord(std::move(delivery));
  }
  return record;
}

}  // namespace caravan::http
