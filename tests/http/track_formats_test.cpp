#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "http/json/write.hpp"
#include "http/routes/location/track_formats.hpp"
#include "tests/testkit/entity.hpp"

namespace track_formats_test {

using namespace caravan;
using namespace caravan::http;
using nlohmann::json;
using std::chrono::seconds;
using testkit::test_start;

namespace {

TrackPoint point(double lat, double lng, int second) {
  TrackPoint out;
  out.location = {lat, lng};
  out.timestamp = test_start + seconds{second};
  return out;
}

json drawn(const std::vector<TrackPoint>& track) {
  return json::parse(to_json(as_geojson(testkit::test_id<DeliveryId>(1), track, {})));
}

std::size_t count(const std::string& text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("track formats: a line over the date line is cut there, and does not go round the world") {
  const json track = drawn({point(-16, 179.9, 0), point(-18, -179.9, 100)});
  CHECK(track["geometry"]["type"] == "MultiLineString");
  CHECK(track["geometry"]["coordinates"] ==
        json::parse("[[[179.9,-16.0],[180.0,-17.0]],[[-180.0,-17.0],[-179.9,-18.0]]]"));
  CHECK(track["properties"]["times"][0][1] == "2027-01-15T10:00:50Z");
  CHECK(track["properties"]["times"][1].size() == 2);
}

TEST_CASE("track formats: where points are missing for long the track has stretches") {
  const std::vector<TrackPoint> track{point(50, 10, 0), point(50.1, 10, 300), point(50.5, 10, 601),
                                      point(51, 10, 2'000), point(51.1, 10, 2'010)};
  const json lines = drawn(track)["geometry"];
  CHECK(lines["type"] == "MultiLineString");
  REQUIRE(lines["coordinates"].size() == 3);
  for (const json& line : lines["coordinates"]) CHECK(line.size() == 2);  // a single position is told twice
  const std::string gpx = as_gpx(track);
  CHECK(count(gpx, "<trkseg>") == 3);
  CHECK(count(gpx, "</trkseg>") == 3);
  CHECK(count(gpx, "<trkpt") == 5);
  CHECK(drawn({track[0], track[1]})["geometry"]["type"] == "LineString");
  CHECK(drawn({track[0]})["geometry"]["type"] == "MultiPoint");
  CHECK(count(as_gpx({}), "<trkseg>") == 1);
}

}  // namespace track_formats_test
