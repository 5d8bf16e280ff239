#pragma once

#include "actors/trip/entity.hpp"
#include "tests/testkit/entity.hpp"

/// Trips as they are posted, for the tests of the read models that find them.
namespace caravan::testkit::trips {

inline constexpr Coordinates new_york{40.7128, -74.006}, boston{42.3601, -71.0589}, chicago{41.8781, -87.6298};

inline Address trip(std::uint8_t number) { return {EntityKind::trip, test_id<TripId>(number).value}; }

/// Five hours, with room for three items of 5 kg and 10 l, from 20.00 USD on.
inline TripDetails details(Coordinates from, Coordinates to, Time departure, TransportMode mode = TransportMode::car) {
  TripDetails out;
  out.title = "trip";
  out.places = {{"from", from.lat, from.lng}, {"to", to.lat, to.lng}};
  out.departure_time = departure;
  out.arrival_time = departure + std::chrono::hours{5};
  out.transport_mode = mode;
  out.capacity = {{5'000}, {10'000}, 3};
  out.currency = *Currency::parse("USD");
  out.min_price = Money{2'000, out.currency};
  out.route.legs = {{300'000, 18'000}};
  return out;
}

}  // namespace caravan::testkit::trips
