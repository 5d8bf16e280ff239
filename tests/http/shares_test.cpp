#include "actors/delivery/policy.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "http/documents/track_page.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/server/access_log.hpp"
#include "tests/http/edge.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace shares_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;
using testkit::Edge;
using testkit::field_of;

namespace {

constexpr Coordinates on_the_way{41.3, -72.9};

/// The links of one delivery at some stage, with its trip, its tracker and its people.
struct Shared {
  explicit Shared(const Given<Delivery>& stage) : edge(rows()), client(edge.client()) {
    edge.services.places = &world;
    edge.door.state<Delivery>(parcel.id) = stage.state;
    auto& trip_state = edge.door.state<Trip>(stage.state.terms.trip_id.value);
    trip_state.traveler_id = carrier;
    trip_state.details.places.resize(2);
    trip_state.details.arrival_time = testkit::test_start + hours{9};
    auto& watched = edge.door.state<Tracker>(parcel.id);
    watched.customer = sender;
    watched.traveler = carrier;
    for (const auto& [person, name] : {std::pair{sender, "Ana"}, std::pair{carrier, "Ben"}}) {
      auto& known = edge.door.state<User>(person.value);
      known.created = true;
      known.first_name = name;
    }
  }

  static std::vector<Route> rows() {
    testkit::MemoryDoor door;
    testkit::SeededRandom random;
    http::Services services{.door = door, .random = random};
    return share_routes(services);
  }
  httplib::Result share(UserId by, const std::string& body = "{}") {
    return client.Post(path + "/share", edge.as(by), body, "application/json");
  }
  std::string token(UserId by, const std::string& body = "{}") {
    const auto made = share(by, body);
    REQUIRE_MESSAGE(made->status == 201, made->body);
    return field_of(made->body, "token");
  }
  httplib::Result open(const std::string& token) { return client.Get("/api/v1/deliveries/shared/" + token); }
  /// The traveler is there now.
  void seen(Coordinates place) {
    edge.door.state<Tracker>(parcel.id).last = Fix{place, {}, {}, {}, {}, edge.door.now()};
  }

  static inline const std::string path = "/api/v1/deliveries/" + parcel.id.text();
  Places world = embedded_places();
  Edge edge;  // after what its threads use
  httplib::Client client;
};

/// Of a request that brings none.
struct NoBody final : BodySource {
  bool announces() const override { return false; }
  long long length() const override { return 0; }
  void receive(http::Request&, std::size_t) override {}
};

const std::string both = R"({"expiresInHours":24,"shows":{"position":true,"people":true}})";

}  // namespace

TEST_CASE("shares: a link is made for a side, with a page, and anybody who has it reads on") {
  Shared with(accepted());
  const auto made = with.share(sender, both);
  REQUIRE(made);
  CHECK_MESSAGE(made->status == 201, made->body);
  const std::string token = field_of(made->body, "token");
  CHECK(field_of(made->body, "url") == with.edge.services.settings.public_url + "/track#" + token);
  CHECK(field_of(made->body, "expiresAt") == "2027-01-16T10:00:00Z");
  const auto shown = with.open(token);
  REQUIRE(shown);
  CHECK_MESSAGE(shown->status == 200, shown->body);
  CHECK(shown->get_header_value("Cache-Control") == "no-store");
  CHECK(field_of(shown->body, "status") == "accepted");
  CHECK(field_of(shown->body, "progress") == "0");
  CHECK(field_of(shown->body, "expectedAt").starts_with("2027-01-15T"));
  CHECK(field_of(shown->body, "customer") == "Ana");
  CHECK(field_of(shown->body, "traveler") == "Ben");
  // Of the rest nothing: no ids, no doors, no codes, no price.
  for (const char* hidden : {"Id\"", "address", "amount", "qr", "phone", "position", "350", "Beacon"})
    CHECK_MESSAGE(shown->body.find(hidden) == std::string::npos, hidden);
  CHECK(shown->body.find(parcel.id.text()) == std::string::npos);
  const auto list = with.client.Get(with.path + "/shares", with.edge.as(carrier));
  CHECK(list->status == 200);
  CHECK(list->body.find(field_of(made->body, "shareId")) != std::string::npos);
  CHECK(list->body.find("token") == std::string::npos);
  CHECK(with.share(sender, R"({"expiresInHours":0})")->status == 400);
  CHECK(with.share(sender, R"({"expiresInHours":721})")->status == 400);
  CHECK(with.share(stranger)->status == 404);
}

TEST_CASE("shares: what is no token of ours, has ended or has expired is 404, and an invented one wakes nobody") {
  Shared with(accepted());
  const std::string token = with.token(sender, R"({"expiresInHours":1})"), other = with.token(carrier);
  const std::size_t before = with.edge.door.questions;
  std::string forged = token;
  forged.front() = forged.front() == 'A' ? 'B' : 'A';
  for (const std::string& bad : {forged, token.substr(0, token.rfind('.')), std::string("x"), token + "x"}) {
    const auto answer = with.open(bad);
    REQUIRE(answer);
    CHECK(answer->status == 404);
    CHECK(field_of(answer->body, "code") == "not_found");
  }
  CHECK(with.edge.door.questions == before);
  with.edge.door.advance(hours{1});
  CHECK(with.open(token)->status == 404);
  CHECK(with.open(other)->status == 200);
  const std::string id = field_of(with.client.Get(with.path + "/shares", with.edge.as(sender))->body, "shareId");
  const std::string link = with.path + "/shares/" + id;
  CHECK(with.client.Delete(link, with.edge.as(stranger))->status == 404);
  CHECK(with.client.Delete(link, with.edge.as(sender))->status == 204);
  CHECK(with.open(other)->status == 404);
}

TEST_CASE("shares: the position is shown between pickup and delivery alone, exactly where the link says so") {
  Shared waiting(accepted());
  waiting.seen(on_the_way);
  CHECK(waiting.open(waiting.token(sender, both))->body.find("position") == std::string::npos);

  Shared with(in_transit());
  const std::string exact = with.token(sender, both), area = with.token(sender);
  CHECK(with.open(exact)->body.find("position") == std::string::npos);
  with.edge.door.advance(minutes{1});
  with.seen(on_the_way);
  const auto shown = with.open(exact);
  CHECK(field_of(shown->body, "lat") == "41.3");
  CHECK(shown->body.find("radius") == std::string::npos);
  const int progress = std::stoi(field_of(shown->body, "progress"));
  CHECK(progress > 20);
  CHECK(progress < 80);
  const auto near = with.open(area);
  CHECK(field_of(near->body, "lat") != "41.3");
  CHECK(field_of(near->body, "radius") == "1500");
  CHECK(near->body.find("people") == std::string::npos);
  // What was seen before the parcel was taken is the traveler's own.
  with.edge.door.state<Tracker>(parcel.id).last->timestamp = testkit::test_start - minutes{1};
  CHECK(with.open(exact)->body.find("position") == std::string::npos);

  Shared over(delivered());
  over.edge.door.state<Delivery>(parcel.id).shares = with.edge.door.state<Delivery>(parcel.id).shares;
  over.seen(dropoff_place);
  const auto ended =
      over.client.Get("/api/v1/deliveries/shared/" + over.edge.token_seal.seal(exact.substr(0, exact.rfind('.'))));
  CHECK(ended->status == 200);
  CHECK(ended->body.find("position") == std::string::npos);
  CHECK(field_of(ended->body, "progress") == "100");
  CHECK(ended->body.find("deliveredAt") != std::string::npos);
}

TEST_CASE("shares: no link tells where the sender's door is, nor one of the traveler's where the receiver's is") {
  Shared with(in_transit());
  const std::string of_sender = with.token(sender, both), of_carrier = with.token(carrier, both);
  const auto is_exact = [&](const std::string& token) {
    const auto shown = with.open(token);
    CHECK(shown->body.find("position") != std::string::npos);
    return shown->body.find("radius") == std::string::npos;
  };
  with.seen(pickup_place);
  CHECK_FALSE(is_exact(of_sender));
  CHECK_FALSE(is_exact(of_carrier));
  with.seen(on_the_way);
  CHECK(is_exact(of_sender));
  CHECK(is_exact(of_carrier));
  with.seen(dropoff_place);
  CHECK(is_exact(of_sender));
  CHECK_FALSE(is_exact(of_carrier));
}

TEST_CASE("shares: next to a door is at the door, on the other side of its area's edge too") {
  Shared with(in_transit());
  const std::string token = with.token(sender, both);
  Coordinates outside = pickup_place;
  while (area_center(outside) == area_center(pickup_place)) outside.lat += 0.0001;  // 11 m
  Stop& pickup = with.edge.door.state<Delivery>(parcel.id).terms.pickup;
  pickup.lat = outside.lat - 0.0002;
  REQUIRE(area_center({*pickup.lat, pickup_place.lng}) == area_center(pickup_place));
  with.seen(outside);
  CHECK(with.open(token)->body.find("radius") != std::string::npos);
  with.seen({outside.lat + 0.01, outside.lng});  // 1,100 m on
  const auto farther = with.open(token);
  CHECK(farther->body.find("position") != std::string::npos);
  CHECK(farther->body.find("radius") == std::string::npos);
}

TEST_CASE("shares: a leg that hands the parcel on does not say that it has arrived") {
  Shared with(in_transit());
  const std::string token = with.token(sender, both);
  CHECK(field_of(with.open(token)->body, "handedOn") == "false");
  auto& leg = with.edge.door.state<Delivery>(parcel.id);
  const auto links = leg.shares;
  leg = delivered().state;
  leg.shares = links;
  leg.terms.leg.emplace().hands_on = true;
  const auto shown = with.open(token);
  REQUIRE(shown->status == 200);
  CHECK(field_of(shown->body, "handedOn") == "true");
  for (const char* hidden : {"deliveredAt", "progress", "position"})
    CHECK_MESSAGE(shown->body.find(hidden) == std::string::npos, hidden);
  leg.terms.leg->hands_on = false;  // the last one
  CHECK(field_of(with.open(token)->body, "progress") == "100");
  const Response english = track_page({"en"}), german = track_page({"de"});
  CHECK(english.body.find("\"handedOn\": \"Handed on to the next traveler\"") != std::string::npos);
  CHECK(german.body.find("\"handedOn\": \"Weitergegeben an die nächste Person\"") != std::string::npos);
}

TEST_CASE("shares: a log of requests has no token") {
  const std::vector<Route> rows = Shared::rows();
  const Router router(rows);
  http::Request request;
  request.method = "GET";
  request.path = "/api/v1/deliveries/shared/a-secret";
  const Router::Match found = router.find(request.method, request.path);
  REQUIRE(found.route);
  const Response response;
  LogLine line;
  describe({request, found.route, {}, response, {}, {}}, line);
  CHECK(line.path == "/deliveries/shared/:token");
  request.path = "/api/v1/deliveries/" + parcel.id.text() + "/shares";
  describe({request, router.find("GET", request.path).route, {}, response, {}, {}}, line);
  CHECK(line.path == request.path);
}

TEST_CASE("shares: nor has it one of a request that is refused or finds no row") {
  Shared with(accepted());
  LogLine line;
  with.edge.dispatcher.observe([&](const Exchange& exchange) { describe(exchange, line); });
  const std::string link = "/api/v1/deliveries/shared/a-secret";
  const auto asked = [&](const char* method, const std::string& path) {
    http::Request request;
    request.method = method;
    request.path = path;
    return request;
  };
  http::Request refused = asked("GET", link);
  with.edge.dispatcher.refuse(refused, Problem{"uri_too_long"});
  CHECK(line.path == "/deliveries/shared/:token");
  CHECK(line.route == "/deliveries/shared/:token");
  NoBody body;
  for (const auto& [method, path] : {std::pair{"GET", link + "/"},
                                     {"POST", link},
                                     {"GET", link + "/x"},
                                     {"GET", '/' + link},
                                     {"GET", link + "%zz"}}) {
    http::Request request = asked(method, path);
    const Response response = with.edge.dispatcher.respond(with.edge.dispatcher.find(request), request, body);
    CHECK(response.status >= 400);
    CHECK_MESSAGE(line.path->ends_with("/api/v1/deliveries/shared/:token"), *line.path);
    CHECK(line.route == "none");
    refused = asked(method, path);
    with.edge.dispatcher.refuse(refused, Problem{"unavailable"});
    CHECK_MESSAGE(line.path->ends_with("/api/v1/deliveries/shared/:token"), *line.path);
  }
}

}  // namespace shares_test
