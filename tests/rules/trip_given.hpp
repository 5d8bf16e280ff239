#pragma once

#include <string>

#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"
#include "tests/testkit/entity.hpp"

/// A trip of Ben's to begin a test with.
namespace caravan::testkit::trips {

using std::chrono::hours;
using std::chrono::minutes;

inline const UserId ben = test_id<UserId>(1), ann = test_id<UserId>(2);
inline const Address self{EntityKind::trip, test_id<TripId>(9).value};
inline const DeliveryId first = test_id<DeliveryId>(11), second = test_id<DeliveryId>(12),
                        third = test_id<DeliveryId>(13);

inline const Place new_york{"New York, NY", 40.7128, -74.006}, hartford{"Hartford, CT", 41.7658, -72.6734},
    worcester{"Worcester, MA", 42.2626, -71.8023}, boston{"Boston, MA", 42.3601, -71.0589};

inline Caller from(DeliveryId id) { return entity({EntityKind::delivery, id.value}); }

/// New York, Hartford, Boston with 5 kg.
inline PublishTrip trip_command() {
  PublishTrip command;
  command.title = "By car";
  command.origin = new_york;
  command.stops = {hartford};
  command.destination = boston;
  command.departure_time = test_start + hours{48};
  command.capacity = {{5'000}, {10'000}, 3};
  command.min_price = Price{200'000};
  command.route = {350'000, 14'400, "embedded", "abc", {{190'000, 7'200}, {160'000, 7'200}}};
  return command;
}

inline Given<Trip> published() {
  Given<Trip> trip(self);
  trip.as(user(ben)).when(trip_command());
  return trip;
}

inline ReserveCapacity reserve(DeliveryId id, const Place& pickup, const Place& dropoff, std::int64_t grams) {
  return {id, pickup.at(), dropoff.at(), {{grams}, {1'000}, 1}, test_start + minutes{15}};
}

inline std::string legs(const Given<Trip>& trip) {
  std::string text;
  for (const Load& load : available_by_leg(trip.state))
    text += (text.empty() ? "" : " ") + decimal_text(load.weight.units, 3) + "/" + std::to_string(load.items);
  return text;
}

}  // namespace caravan::testkit::trips
