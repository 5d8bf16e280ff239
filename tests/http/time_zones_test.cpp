#include <doctest/doctest.h>

#include "http/local_times.hpp"
#include "http/providers/places/time_zones.hpp"
#include "storage/read_models/trips.hpp"

namespace time_zones_test {

using namespace caravan;

TEST_CASE("time zones: of towns, of the sea, at the date line and the poles") {
  CHECK(time_zone_at({40.7128, -74.006}) == "America/New_York");
  CHECK(time_zone_at({39.7392, -104.9903}) == "America/Denver");
  CHECK(time_zone_at({52.52, 13.405}) == "Europe/Berlin");
  CHECK(time_zone_at({28.6139, 77.209}) == "Asia/Kolkata");
  CHECK(time_zone_at({-33.8688, 151.2093}) == "Australia/Sydney");
  CHECK(time_zone_at({30, -45}) == "Etc/GMT+3");
  for (const double lng : {-180.0, 180.0}) CHECK_FALSE(time_zone_at({-16.8, lng}).empty());
  CHECK(time_zone_at({90, 0}) == "Etc/GMT");
  CHECK(time_zone_at({-90, 0}) == "Antarctica/McMurdo");
}

TEST_CASE("time zones: what clocks show, and when a day begins, also where the clocks change") {
  const auto at = [](std::string_view text) { return *parse_rfc3339(text); };
  CHECK(local_text(at("2027-02-02T02:00:00.500Z"), "America/New_York") == "2027-02-01T21:00:00-05:00");
  CHECK(local_text(at("2027-07-01T00:00:00Z"), "Asia/Kolkata") == "2027-07-01T05:30:00+05:30");
  CHECK(local_midnight(at("2027-02-01T00:00:00Z"), "America/New_York") == at("2027-02-01T05:00:00Z"));
  CHECK(local_midnight(at("2027-07-01T00:00:00Z"), "America/New_York") == at("2027-07-01T04:00:00Z"));
  // In Havana the clocks go from 0:00 to 1:00 in spring, and show 0:00 twice in autumn.
  CHECK(local_midnight(at("2027-03-14T00:00:00Z"), "America/Havana") == at("2027-03-14T05:00:00Z"));
  CHECK(local_midnight(at("2027-11-07T00:00:00Z"), "America/Havana") == at("2027-11-07T04:00:00Z"));
}

TEST_CASE("time zones: a trip shows the clocks of its two ends, also where a search found it") {
  TripHit hit;
  hit.origin = {"New York", 40.7128, -74.006};
  hit.destination = {"Denver", 39.7392, -104.9903};
  hit.departure_time = *parse_rfc3339("2027-02-01T12:00:00Z");
  hit.arrival_time = *parse_rfc3339("2027-02-02T12:00:00Z");
  hit.distance_from_origin = 7;
  const TripResource trip = hit;
  const auto check = [](const TripResource* shown) {
    REQUIRE(shown);
    CHECK(shown->timezone_origin == "America/New_York");
    CHECK(shown->timezone_destination == "America/Denver");
    CHECK(shown->departure_local == "2027-02-01T07:00:00-05:00");
    CHECK(shown->arrival_local == "2027-02-02T05:00:00-07:00");
  };
  const AnyRecord of_trip = http::with_local_times(AnyRecord(trip)), of_hit = http::with_local_times(AnyRecord(hit));
  check(of_trip.get_if<TripResource>());
  check(of_hit.get_if<TripHit>());
  CHECK(of_hit.get_if<TripHit>()->distance_from_origin == 7);
}

}  // namespace time_zones_test
