#include "http/routes/location/location.hpp"

#include "actors/user/commands.hpp"
#include "http/access/accounts.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/payments/pricing.hpp"
#include "tests/http/edge.hpp"

namespace location_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

namespace {

const UserId ann = test_id<UserId>(1);

/// A server of these two domains, with the embedded places.
struct PlacesEdge {
  PlacesEdge() : edge(rows()) {
    static Places world = embedded_places();
    edge.services.places = &world;
  }
  static std::vector<Route> rows() {
    testkit::MemoryDoor door;
    testkit::SeededRandom random;
    Services none{door, random};
    std::vector<Route> all = location_routes(none);
    for (Route& row : pricing_routes(none)) all.push_back(std::move(row));
    return all;
  }
  httplib::Result post(const std::string& path, const std::string& body) {
    return client.Post("/api/v1" + path, edge.as(ann), body, "application/json");
  }
  httplib::Result get(const std::string& path) { return client.Get("/api/v1" + path, edge.as(ann)); }

  Edge edge;
  httplib::Client client = edge.client();
};

}  // namespace

TEST_CASE("location: an address becomes coordinates, and coordinates an address") {
  PlacesEdge edge;
  auto answer = edge.post("/location/geocode", R"({"address":"123 Main St, New York, NY 10001","country":"US"})");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "postalCode") == "10001");
  CHECK(field_of(answer->body, "precision") == "postal_code");
  CHECK(field_of(answer->body, "provider") == "embedded");
  CHECK(field_of(answer->body, "lat").starts_with("40.75"));
  answer = edge.post("/location/geocode", R"({"address":"qqqq zzzz"})");
  CHECK(answer->status == 422);
  CHECK(field_of(answer->body, "code") == "address_not_found");
  answer = edge.post("/location/geocode", R"({"address":"Guadalajara, Jalisco"})");
  CHECK(field_of(answer->body, "understoodAs") == "Guadalajara, Jalisco, Mexico");
  answer = edge.post("/location/geocode", R"({"address":"Springfield"})");  // which of them?
  CHECK(answer->status == 422);
  CHECK(field_of(answer->body, "code") == "address_not_found");
  CHECK(answer->body.find(R"("code":"candidate","detail":"Springfield, Massachusetts, United States")") !=
        std::string::npos);
  answer = edge.post("/location/geocode", R"({"address":""})");
  CHECK(answer->status == 400);
  answer = edge.post("/location/reverse-geocode", R"({"lat":48.137,"lng":11.575})");
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "name") == "Munich");
  CHECK(edge.post("/location/reverse-geocode", R"({"lat":148.137,"lng":11.575})")->status == 400);
  answer = edge.get("/location/autocomplete?q=san%20f&country=US&limit=2");
  CHECK(answer->status == 200);
  CHECK(answer->body.starts_with(R"({"items":[{"address":"San Francisco, CA, US")"));
  CHECK(edge.client.Post("/api/v1/location/geocode", R"({"address":"Boston"})", "application/json")->status == 401);
}

TEST_CASE("location: places are named in the caller's language") {
  PlacesEdge edge;
  const auto named = [&](const std::string& wanted) {
    httplib::Headers headers = edge.edge.as(ann);
    if (!wanted.empty()) headers.emplace("Accept-Language", wanted);
    const auto ask = [&](const char* path, const char* body) {
      const auto answer = edge.client.Post(path, headers, body, "application/json");
      REQUIRE(answer);
      return answer->body;
    };
    const auto begun = edge.client.Get("/api/v1/location/autocomplete?q=K%C3%B6ln&country=DE", headers);
    REQUIRE(begun);
    const std::string begins = R"({"items":[{"address":")";
    REQUIRE(begun->body.starts_with(begins));
    const std::string unsure = ask("/api/v1/location/geocode", R"({"address":"Bayern"})");
    CHECK(field_of(unsure, "code") == "address_not_found");
    return field_of(ask("/api/v1/location/geocode", R"({"address":"Wien, AT"})"), "understoodAs") + " / " +
           field_of(ask("/api/v1/location/reverse-geocode", R"({"lat":48.137,"lng":11.575})"), "address") + " / " +
           begun->body.substr(begins.size(), begun->body.find('"', begins.size()) - begins.size()) + " / " +
           (unsure.find("Bayern, Deutschland") != std::string::npos ? "Bayern" : "Bavaria");
  };
  const std::string english = "Vienna, Austria / Munich, BY, DE / Cologne, NW, DE / Bavaria";
  const std::string german = "Wien, Österreich / München, BY, DE / Köln, NW, DE / Bayern";
  const auto is_told_so = [&](const std::string& wanted, const std::string& expected) {
    INFO(wanted);
    CHECK(named(wanted) == expected);
  };
  for (const char* wanted : {"", "en", "fr", "*", "en-GB, de;q=0.4", "de;q=0"}) is_told_so(wanted, english);
  for (const char* wanted : {"de", "DE-at", "fr, de;q=0.9, en;q=0.8"}) is_told_so(wanted, german);

  // Where the header wants neither, the account's language is taken.
  NewProfile profile;
  profile.preferred_language = "de-CH";
  edge.edge.services.door.ask(
      {.to = user_address(ann), .command = CreateProfile{profile}, .origin = {.caller = edge_caller()}});
  for (const char* wanted : {"", "fr"}) is_told_so(wanted, german);
  is_told_so("en", english);
}

TEST_CASE("location: a route in the order of its stops, deliveries after their pickups") {
  PlacesEdge edge;
  const std::string stops =
      R"("stops":[{"id":"drop","after":"pick","lat":41.0,"lng":-73.6},{"id":"pick","lat":41.8,"lng":-72.0},)"
      R"({"address":"New Haven, CT"}])";
  auto answer = edge.post("/location/routes/optimize",
                          R"({"origin":{"lat":40.7128,"lng":-74.006},"destination":{"lat":42.3601,"lng":-71.0589},)" +
                              stops + R"(,"preferences":{"optimize":"distance","avoidTolls":false}})");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "provider") == "embedded");
  const auto pick = answer->body.find(R"("id":"pick")"), drop = answer->body.find(R"("id":"drop")");
  REQUIRE(pick != std::string::npos);
  CHECK(pick < drop);
  answer = edge.post("/location/routes/optimize",
                     R"({"origin":{"lat":40.7,"lng":-74},"destination":{"lat":42.4,"lng":-71.1},)"
                     R"("preferences":{"optimize":"time","avoidTolls":false}})");
  CHECK(answer->status == 200);
  answer = edge.post("/location/routes/optimize",
                     R"({"origin":{"lat":40.7,"lng":-74},"destination":{"lat":42.4,"lng":-71.1},)"
                     R"("preferences":{"optimize":"time","avoidTolls":true}})");
  CHECK(answer->status == 400);
  CHECK(answer->body.find("preferences.avoidTolls") != std::string::npos);
  answer = edge.post("/location/routes/optimize",
                     R"({"origin":{"lat":41,"lng":-74},"stops":[{"id":"a","after":"b","lat":41,"lng":-75},)"
                     R"({"id":"b","after":"a","lat":41,"lng":-76}]})");
  CHECK(answer->status == 400);
  CHECK(edge.post("/location/routes/optimize", R"({"origin":{"lat":1,"lng":1}})")->status == 400);
  CHECK(edge.post("/location/routes/optimize", R"({"origin":{"lat":1},"destination":{"lat":1,"lng":1}})")->status ==
        400);
  answer =
      edge.post("/location/routes/optimize", R"({"origin":{"address":"qqqq zzzz"},"destination":{"lat":1,"lng":1}})");
  CHECK(answer->status == 422);
}

TEST_CASE("location: a matrix has a row an origin and an element a destination") {
  PlacesEdge edge;
  const auto answer = edge.post(
      "/location/routes/matrix",
      R"({"origins":[{"lat":40.7,"lng":-74},{"address":"Boston, MA"}],"destinations":[{"lat":42.36,"lng":-71.06}],)"
      R"("transportMode":"train"})");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.find(R"("rows":[{"elements":[{"distanceMeters":)") != std::string::npos);
  CHECK(edge.post("/location/routes/matrix", R"({"origins":[],"destinations":[]})")->status == 400);
}

TEST_CASE("location: where neither land nor a crossing leads is no route, and the place is named") {
  PlacesEdge edge;
  auto answer = edge.post("/location/routes/optimize",
                          R"({"origin":{"address":"New York, NY"},"destination":{"lat":51.5074,"lng":-0.1278}})");
  REQUIRE(answer);
  CHECK(answer->status == 422);
  CHECK(field_of(answer->body, "code") == "no_route");
  CHECK(answer->body.find(R"("field":"destination")") != std::string::npos);
  answer =
      edge.post("/location/routes/matrix", R"({"origins":[{"address":"New York, NY"}],)"
                                           R"("destinations":[{"address":"Boston, MA"},{"lat":21.3,"lng":-157.8}]})");
  CHECK(field_of(answer->body, "code") == "no_route");
  CHECK(answer->body.find(R"("field":"destinations[1]")") != std::string::npos);
  answer = edge.post("/location/routes/optimize", R"({"origin":{"address":"New York, NY"},"transportMode":"plane",)"
                                                  R"("destination":{"lat":51.5074,"lng":-0.1278}})");
  CHECK(answer->status == 200);
}

TEST_CASE("location: no weather is made up") {
  PlacesEdge edge;
  const auto answer = edge.get("/location/weather?lat=40.7&lng=-74");
  REQUIRE(answer);
  CHECK(answer->body == R"({"provider":"none","items":[]})");
  CHECK(edge.get("/location/weather?lat=40.7")->status == 400);
}

TEST_CASE("pricing: the platform document's delivery request has a price whose parts add up") {
  PlacesEdge edge;
  auto answer =
      edge.post("/payments/calculate-price",
                R"({"deliveryRequest":{"route":{"origin":{"lat":40.7128,"lng":-74.006},)"
                R"("destination":{"lat":42.3601,"lng":-71.0589}},"item":{"weight":2.5,"category":"electronics",)"
                R"("value":500.00},"urgency":"express"}})");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "amount") == "3800");
  CHECK(field_of(answer->body, "currency") == "USD");
  CHECK(field_of(answer->body, "platformFee") == "380");
  CHECK(field_of(answer->body, "travelerAmount") == "3420");
  CHECK(field_of(answer->body, "expiresAt") == "2027-01-15T10:15:00Z");
  answer = edge.post("/payments/calculate-price",
                     R"({"deliveryRequest":{"route":{"origin":{"lat":40.7128,"lng":-74.006},)"
                     R"("destination":{"lat":42.3601,"lng":-71.0589}},"item":{"weight":2.5,"category":"ElectronicS",)"
                     R"("value":500.00},"urgency":"express"}})");
  CHECK(field_of(answer->body, "amount") == "3800");
  answer = edge.post("/payments/calculate-price",
                     R"({"deliveryRequest":{"route":{"origin":{"lat":40.7,"lng":-74},"destination":{"lat":42.3,)"
                     R"("lng":-71}},"item":{"weight":2.5},"currency":"XPF"}})");
  CHECK(answer->status == 422);
  CHECK(field_of(answer->body, "code") == "invalid_currency");
  CHECK(edge.get("/admin/pricing-rules")->status == 403);
  CHECK(edge.client
            .Get("/api/v1/admin/pricing-rules",
                 edge.edge.as(ann, "both", static_cast<std::uint32_t>(Permission::finance)))
            ->status == 200);
}

}  // namespace location_test
