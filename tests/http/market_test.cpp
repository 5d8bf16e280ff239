#include "http/providers/places/no_route.hpp"
#include "tests/http/market_given.hpp"

namespace market_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;
using namespace caravan::testkit::market;

namespace {

/// Has one name in German.
struct GermanCities : TwoCities {
  FoundPlace told_in(Language language, FoundPlace place) const override {
    if (language == Language::german && place.address.starts_with("New York")) place.understood_as = "Neu York";
    return place;
  }
};

}  // namespace

TEST_CASE("market: what an address was understood as is said in the caller's language, and their text is kept") {
  Market market;
  market.places.geocoder = std::make_unique<GermanCities>();
  for (const auto& [path, json] : {std::pair{"/trips", trip_json}, std::pair{"/delivery-requests", request_json}})
    for (const auto& [wanted, expected] : {std::pair{"de", true}, std::pair{"en, de;q=0.5", false}}) {
      httplib::Headers headers = market.edge.as(path[1] == 't' ? ben : ann, "both");
      headers.emplace("Accept-Language", wanted);
      const auto answer = market.client.Post(std::string("/api/v1") + path, headers, json, "application/json");
      REQUIRE(answer);
      CHECK_MESSAGE(answer->status == 201, answer->body);
      CHECK((answer->body.find(R"("understoodAs":"Neu York")") != std::string::npos) == expected);
      CHECK(answer->body.find(R"("address":"New York, NY")") != std::string::npos);
    }
}

TEST_CASE("requests: an address alone asks for a pin, and a point alone sets it") {
  Market market;
  REQUIRE(market.post(ann, "/delivery-requests", request_json) == "201");
  CHECK(market.body.find(R"("needsPin":true)") != std::string::npos);
  const std::string path = "/delivery-requests/" + field_of(market.body, "requestId");
  CHECK(market.patch(ann, path, R"({"pickup":{"lat":40.72}})") == "400 validation_failed");
  CHECK(market.patch(ben, path, R"({"pickup":{"lat":40.72,"lng":-74.01}})") == "403 not_owner");
  CHECK(market.patch(ann, path, R"({"pickup":{"lat":40.72,"lng":-74.01},"delivery":{"lat":42.36,"lng":-71.06}})") ==
        "200");
  CHECK(market.body.find(R"("lat":40.72,"lng":-74.01,"contactName":"Ann","contactPhone":"+12125550100")") !=
        std::string::npos);
  CHECK(market.body.find(R"("needsPin":true)") == std::string::npos);
  // What does not speak of the place leaves the pin; another address is a guess again.
  CHECK(market.patch(ann, path, R"({"pickup":{"address":"New York, NY","contactName":"A neighbour"}})") == "200");
  CHECK(market.body.find(R"("lat":40.72)") != std::string::npos);
  CHECK(market.patch(ann, path, R"({"pickup":{"address":"Boston, MA"}})") == "200");
  CHECK(market.body.find(R"("needsPin":true)") != std::string::npos);
  CHECK(market.patch(ann, path, R"({"pickup":{"address":"Nowhere"}})") == "422 address_not_found");
}

TEST_CASE("trips: published with places, route and capacity, and shown to anybody signed in") {
  Market market;
  CHECK(market.post(ben, "/trips", trip_json, "customer") == "403 wrong_user_type");
  CHECK(market.post(ben, "/trips", trip_json) == "201");
  CHECK(field_of(market.body, "status") == "upcoming");
  CHECK(market.body.find(R"("lat":40.7128)") != std::string::npos);
  CHECK(market.body.find(R"("available":{"weight":5,"volume":10,"items":3})") != std::string::npos);
  const std::string path = "/trips/" + field_of(market.body, "tripId");
  for (const char* view : {"", "/capacity", "/route", "/weather"}) CHECK(market.get(ann, path + view) == "200");
  CHECK(market.client.Get("/api/v1" + path)->status == 401);
  CHECK(market.get(ann, "/trips/" + test_id<TripId>(99).text()) == "404 not_found");
  for (const char* view : {"/history", "/deliveries"}) {
    CHECK(market.get(ann, path + view) == "403 not_owner");
    CHECK(market.get(ben, path + view) == "200");
  }
}

TEST_CASE("requests, trips: what tells a way around the platform is marked, warned of, and masked for others") {
  Market market;
  const std::string way = "write to tom@example.net";
  const auto shows = [&](std::string_view text) { return market.body.find(text) != std::string::npos; };
  REQUIRE(market.post(ann, "/delivery-requests",
                      with(request_json, R"("description":"Camera")", R"("description":"Camera, )" + way + '"')) ==
          "201");
  CHECK(shows(way));
  CHECK(shows(R"("code":"off_platform","field":"item.description")"));
  CHECK(shows(R"("flags":["contact"])"));
  const std::string request = "/delivery-requests/" + field_of(market.body, "requestId");
  CHECK(market.get(ann, request) == "200");
  CHECK(shows(way));
  CHECK(market.get(ben, request) == "200");
  CHECK_FALSE(shows(way));
  CHECK(shows("Camera, write to ••••"));
  CHECK(shows(R"("flags":["contact"])"));
  REQUIRE(market.post(ben, "/trips", with(trip_json, "By car", "By car, " + way)) == "201");
  CHECK(shows(way));
  CHECK(shows(R"("flags":["contact"])"));
  const std::string trip = "/trips/" + field_of(market.body, "tripId");
  CHECK(market.get(ann, trip) == "200");
  CHECK_FALSE(shows(way));
  CHECK(shows("By car, write to ••••"));
}

TEST_CASE("trips: what cannot be is refused by name") {
  Market market;
  CHECK(market.post(ben, "/trips", with(trip_json, "Boston, MA", "Nowhere")) == "422 address_not_found");
  CHECK(market.body.find(R"("field":"destination.address")") != std::string::npos);
  CHECK(market.post(ben, "/trips",
                    with(trip_json, R"({"address":"Boston, MA"})",
                         R"({"address":"London","lat":51.5074,"lng":-0.1278})")) == "422 no_route");
  CHECK(market.body.find(R"("field":"destination")") != std::string::npos);
  CHECK(market.post(ben, "/trips", with(trip_json, "2027-02-01", "2026-02-01")) == "422 departure_in_past");
  CHECK(market.post(ben, "/trips",
                    with(trip_json, R"("transportMode")", R"("arrivalTime":"2027-02-01T10:01:00Z","transportMode")")) ==
        "422 arrival_too_early");
  CHECK(market.body.find(R"("field":"arrivalTime")") != std::string::npos);
  CHECK(
      market.post(ben, "/trips", with(with(trip_json, R"("car")", R"("walk")"), R"("weight":5)", R"("weight":1000)")) ==
      "422 capacity_too_large");
  CHECK(market.post(ben, "/trips", with(trip_json, "20.00", "20.001")) == "422 invalid_amount");
  CHECK(market.body.find(R"("errors":[{"field":"minPrice","code":"invalid_amount")") != std::string::npos);
  CHECK(market.post(ben, "/trips", with(trip_json, "Boston, MA", "New York, NY")) == "422 same_place");
  CHECK(market.body.find(R"("field":"destination")") != std::string::npos);
  CHECK(market.post(ben, "/trips", with(trip_json, "By car", R"(By\ncar)")) == "400 validation_failed");
  CHECK(market.body.find(R"("field":"title","code":"invalid_value","detail":"must be one line")") != std::string::npos);
  CHECK(market.post(ben, "/trips", with(trip_json, R"("weight":5)", R"("weight":0)")) == "400 validation_failed");
  CHECK(market.body.find("capacity.weight") != std::string::npos);
  CHECK(market.post(ben, "/trips", with(trip_json, R"("minPrice")", R"("route":{},"minPrice")")) ==
        "400 validation_failed");
}

TEST_CASE("trips: edited, started, completed and cancelled by their owner alone") {
  Market market;
  market.post(ben, "/trips", trip_json);
  const std::string path = "/trips/" + field_of(market.body, "tripId");
  CHECK(market.patch(ann, path, R"({"title":"x"})") == "403 not_owner");
  CHECK(market.patch(ben, path, R"({"title":"Renamed"})") == "200");
  CHECK(field_of(market.body, "title") == "Renamed");
  CHECK(market.patch(ben, path, R"({"stops":[{"address":"New York, 2nd"}]})") == "200");
  CHECK(market.body.find("New York, 2nd") != std::string::npos);
  CHECK(market.patch(ben, path, R"({"destination":{"address":"Nowhere"}})") == "422 address_not_found");
  for (const char* step : {"/start", "/complete", "/cancel"})
    CHECK(market.post(ann, path + step, "{}") == "403 not_owner");
  CHECK(market.post(ben, path + "/complete", "") == "409 invalid_state");
  CHECK(market.post(ben, path + "/start", "") == "200");
  CHECK(market.patch(ben, path, R"({"title":"x"})") == "409 trip_not_open");
  CHECK(market.post(ben, path + "/complete", "{}") == "200");
  CHECK(market.post(ben, path + "/cancel", "{}") == "409 trip_not_open");
}

TEST_CASE("trips: other times alone need no planner, and keep the way that was planned") {
  struct NoPlanner : RoutePlanner {
    RouteEstimate route(const std::vector<Coordinates>&, TransportMode) const override { throw NoRoute(0, 1); }
    LegMatrix matrix(const std::vector<Coordinates>&, const std::vector<Coordinates>&, TransportMode) const override {
      throw NoRoute(0, 0);
    }
    std::string_view provider() const override { return "none"; }
  };
  Market market;
  REQUIRE(market.post(ben, "/trips", trip_json) == "201");
  const std::string path = "/trips/" + field_of(market.body, "tripId"), way = field_of(market.body, "polyline"),
                    meters = field_of(market.body, "distanceMeters");
  REQUIRE_FALSE(way.empty());
  market.places.routes = std::make_unique<NoPlanner>();
  CHECK(market.patch(ben, path, R"({"departureTime":"2027-02-01T12:00:00Z"})") == "200");
  CHECK(field_of(market.body, "departureTime") == "2027-02-01T12:00:00Z");
  CHECK(field_of(market.body, "polyline") == way);
  CHECK(field_of(market.body, "distanceMeters") == meters);
  CHECK(market.patch(ben, path, R"({"arrivalTime":"2027-02-01T18:00:00Z"})") == "200");
  CHECK(market.patch(ann, path, R"({"departureTime":"2027-02-01T13:00:00Z"})") == "403 not_owner");
  CHECK(market.patch(ben, path, R"({"transportMode":"train"})") == "422 no_route");
}

TEST_CASE("requests: posted with a price, read without contacts, edited and cancelled by their owner alone") {
  Market market;
  CHECK(market.post(ann, "/delivery-requests", request_json, "traveler") == "403 wrong_user_type");
  CHECK(market.post(ann, "/delivery-requests", request_json) == "201");
  CHECK(field_of(market.body, "matchedBy") == "rules");
  CHECK(market.body.find(R"("priceRecommendation":{"amount":)") != std::string::npos);
  const std::string path = "/delivery-requests/" + field_of(market.body, "requestId");
  CHECK(market.get(ann, path) == "200");
  CHECK(market.body.find("+12125550100") != std::string::npos);
  CHECK(market.get(ben, path) == "200");
  CHECK(market.body.find("+12125550100") == std::string::npos);
  CHECK(market.client.Get("/api/v1" + path)->status == 401);
  for (const char* view : {"/matches", "/price", "/history", "/offers"}) CHECK(market.get(ann, path + view) == "200");
  for (const char* view : {"/matches", "/price", "/history"}) CHECK(market.get(ben, path + view) == "403 not_owner");
  CHECK(market.get(ben, path + "/offers") == "404 not_found");
  CHECK(market.patch(ben, path, R"({"title":"x"})") == "403 not_owner");
  CHECK(market.patch(ann, path, R"({"urgency":"express"})") == "200");
  CHECK(field_of(market.body, "urgency") == "express");
  CHECK(market.post(ben, path + "/cancel", "{}") == "403 not_owner");
  CHECK(market.post(ann, path + "/cancel", "{}") == "200");
  CHECK(market.post(ann, path + "/cancel", "{}") == "409 request_not_open");
}

TEST_CASE("requests: what cannot be is refused by name") {
  Market market;
  CHECK(market.post(ann, "/delivery-requests", with(request_json, "2.5", "-1")) == "400 validation_failed");
  CHECK(market.body.find("item.weight") != std::string::npos);
  CHECK(market.post(ann, "/delivery-requests", with(request_json, "+12125550100", "12")) == "400 validation_failed");
  CHECK(market.body.find("pickup.contactPhone") != std::string::npos);
  CHECK(market.post(ann, "/delivery-requests", with(request_json, "Boston, MA", "Nowhere")) == "422 address_not_found");
  CHECK(market.body.find(R"("field":"delivery.address")") != std::string::npos);
  CHECK(market.post(ann, "/delivery-requests",
                    with(request_json, R"("maxPrice")", R"("deliverBy":"2027-01-01T00:00:00Z","maxPrice")")) ==
        "422 invalid_window");
}

}  // namespace market_test
