#include <doctest/doctest.h>

#include "http/providers/places/time_zones.hpp"

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

}  // namespace time_zones_test
