#include <atomic>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "actors/dispute/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "http/json/parts.hpp"
#include "http/routes/all.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/location/track.hpp"
#include "http/routes/payments/payments.hpp"
#include "storage/storage_error.hpp"
#include "tests/http/edge.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// Answers that grow with what was stored: in pages or in parts, with nothing left out and nothing twice.
namespace giants_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::delivery_stages;
using testkit::Edge;

namespace {

using Json = nlohmann::json;

constexpr int many_points = 60'000, many_messages = 10'000, points_at_once = 500;
constexpr std::size_t most_in_a_part = 2 << 20;
const Address dispute{EntityKind::dispute, test_id<DisputeId>(40).value};
const std::string track_path = "/api/v1/location/tracking/" + parcel.id.text() + "/history";
const std::string pack_path = "/api/v1/admin/disputes/" + dispute.id.text() + "/pack";

std::vector<Route> rows() {
  static testkit::MemoryDoor door;
  static testkit::SeededRandom random;
  static Services services{.door = door, .random = random};
  auto all = tracking_routes(services);
  for (Route& row : dispute_pack_routes(services)) all.push_back(std::move(row));
  return all;
}

/// A disputed delivery with a long track, whose points came in no order, and a long conversation.
struct Long {
  Edge edge{rows()};
  httplib::Client client = edge.client();

  Long() {
    edge.door.state<Delivery>(parcel.id) = in_transit().state;
    auto& watched = edge.door.state<Tracker>(parcel.id);
    watched.customer = sender;
    watched.traveler = carrier;
    auto& opened = edge.door.state<Dispute>(dispute.id);
    opened.status = DisputeStatus::open;
    opened.terms.delivery_id = DeliveryId{parcel.id};
    opened.terms.customer = sender;
    opened.terms.traveler = carrier;
    opened.terms.reason = "\"messages\":[] and \"track\":[]";
  }

  void add_points() {
    std::vector<Fix> fixes(many_points);
    for (int i = 0; i < many_points; ++i) {
      fixes[static_cast<std::size_t>(i)].location = {40 + i * 1e-5, -74 + i * 1e-5};
      fixes[static_cast<std::size_t>(i)].timestamp = test_start + std::chrono::seconds{i};
    }
    std::ranges::shuffle(fixes, std::mt19937(7));
    for (int i = 0; i < many_points; i += points_at_once)
      edge.door.remember(tracker,
                         PositionsRecorded{{fixes.begin() + i, fixes.begin() + i + points_at_once}, test_start});
    edge.door.remember(tracker,
                       PositionsRecorded{{fixes.begin(), fixes.begin() + points_at_once}, test_start});  // again
  }
  void add_messages() {
    for (int i = 0; i < many_messages; ++i) {
      DeliveryMessagePosted posted;
      Uuid id;
      id.bytes[0] = static_cast<std::uint8_t>(i);
      id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
      posted.message = {id, i % 2 ? sender : carrier, std::string(300, 'm'), test_start + std::chrono::seconds{i}};
      edge.door.remember(parcel, posted);
    }
  }
};

std::string cursor_in(const httplib::Result& answer) {
  const std::string link = answer->get_header_value("Link");
  if (link.empty()) return {};
  CHECK(link.ends_with(">; rel=\"next\""));
  return link.substr(1, link.find('>') - 1);
}

std::size_t count(const std::string& text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("giants: a track of 60,000 points is read to its end, page by page, in order, each point once") {
  Long with;
  with.add_points();
  const auto headers = with.edge.as(sender);
  std::vector<std::string> times;
  std::string path = track_path + "?format=geojson", cursor;
  for (int pages = 0; !path.empty() && pages < 10; ++pages) {
    const auto answer = with.client.Get(path, headers);
    REQUIRE(answer);
    REQUIRE(answer->status == 200);
    const Json page = Json::parse(answer->body);
    CHECK(page["geometry"]["coordinates"].size() == max_track_page);
    for (const auto& time : page["properties"]["times"]) times.push_back(time.get<std::string>());
    path = cursor_in(answer);
    CHECK(page["properties"].contains("nextCursor") == !path.empty());
    if (!path.empty()) CHECK(path.ends_with("cursor=" + page["properties"]["nextCursor"].get<std::string>()));
  }
  CHECK(times.size() == many_points);
  CHECK(std::ranges::is_sorted(times));
  CHECK(std::set<std::string>(times.begin(), times.end()).size() == many_points);
  CHECK(with.edge.door.most_read * points_at_once <= 50'000);

  std::size_t as_gpx = 0;
  for (path = track_path + "?format=gpx&limit=7000"; !path.empty();) {
    const auto answer = with.client.Get(path, headers);
    REQUIRE(answer);
    as_gpx += count(answer->body, "<trkpt");
    path = cursor_in(answer);
  }
  CHECK(as_gpx == many_points);

  const std::string hour = "from=2027-01-15T10:00:00Z&to=2027-01-15T10:59:59Z";
  const auto first = with.client.Get(track_path + "?limit=3599&" + hour, headers);
  CHECK(Json::parse(first->body)["properties"]["times"].size() == 3'599);
  const auto last = with.client.Get(cursor_in(first), headers);
  CHECK(Json::parse(last->body)["properties"]["times"].size() == 1);
  CHECK(cursor_in(last).empty());
  CHECK(with.client.Get(track_path + "?limit=10001", headers)->status == 400);
  CHECK(with.client.Get(track_path + "?limit=0", headers)->status == 400);
  const auto odd = with.client.Get(track_path + "?cursor=12x", headers);
  CHECK(odd->status == 400);
  CHECK(odd->body.find(R"("field":"cursor")") != std::string::npos);
}

TEST_CASE("giants: the dispute pack has 10,000 messages and 60,000 points, made while it is sent") {
  Long with;
  with.add_points();
  with.add_messages();
  const auto headers = with.edge.as(sender);
  const auto answer = with.client.Get(pack_path, headers);
  REQUIRE(answer);
  REQUIRE(answer->status == 200);
  CHECK(answer->get_header_value("Transfer-Encoding") == "chunked");
  CHECK(answer->get_header_value("Content-Disposition") == "attachment; filename=\"dispute.json\"");
  const auto pack = nlohmann::ordered_json::parse(answer->body);
  CHECK(pack["dispute"]["reason"] == "\"messages\":[] and \"track\":[]");
  std::vector<std::string> names;
  for (const auto& [name, value] : pack.items()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"dispute", "delivery", "timeline", "proof", "scans", "messages",
                                          "geofenceEvents", "track", "madeAt"});
  std::vector<std::string> messages, times;
  for (const auto& message : pack["messages"]) messages.push_back(message["messageId"]);
  for (const auto& fix : pack["track"]) times.push_back(fix["timestamp"]);
  CHECK(messages.size() == many_messages);
  CHECK(std::set<std::string>(messages.begin(), messages.end()).size() == many_messages);
  CHECK(times.size() == many_points);
  CHECK(std::ranges::is_sorted(times));
  CHECK(std::set<std::string>(times.begin(), times.end()).size() == many_points);
  CHECK(with.client.Get(pack_path, with.edge.as(stranger))->status == 404);
  CHECK(with.client.Head(pack_path, headers)->body.empty());
  CHECK(with.client.Get(pack_path, headers)->body.size() == answer->body.size());  // the connection is sound

  // What is in memory at a time.
  const Route& pack_row = *std::ranges::find(with.edge.router.rows(), "/admin/disputes/:disputeId/pack", &Route::path);
  CHECK(pack_row.rate == RateClass::bulk);
  Request request;
  Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = sender;
  Response response;
  {
    Call call(pack_row, request, with.edge.services, identity, {{"disputeId", dispute.id.text()}});
    response = run(pack_row, call);
  }
  CHECK(response.body.empty());
  std::size_t parts = 0, whole = 0, largest = 0;
  for (std::string part = response.next_part(); !part.empty(); part = response.next_part()) {
    ++parts;
    whole += part.size();
    largest = std::max(largest, part.size());
  }
  CHECK(whole == answer->body.size());
  CHECK(largest < most_in_a_part);
  CHECK(parts > 50);
  CHECK(with.edge.door.most_read < 500);
}

TEST_CASE("giants: an answer in parts ends with the connection in HTTP/1.0, and is seen to be cut off where it fails") {
  int part = 0;
  std::atomic<bool> fails = false;
  Edge edge({get("/parts", anyone, "Three parts").handle([&](Call& call) {
    Response response = call.bytes("text/plain", "");
    part = 0;
    response.next_part = [&] {
      if (fails && part == 2) throw StorageError("the disk is gone");
      return part == 3 ? std::string() : "part " + std::to_string(++part) + ", ";
    };
    return response;
  })});
  auto client = edge.client();
  client.set_keep_alive(true);
  CHECK(client.Get("/api/v1/parts")->body == "part 1, part 2, part 3, ");
  CHECK(client.Get("/api/v1/parts")->body == "part 1, part 2, part 3, ");
  fails = true;
  CHECK_FALSE(client.Get("/api/v1/parts"));
  fails = false;
  CHECK(client.Get("/api/v1/parts")->body == "part 1, part 2, part 3, ");
}

TEST_CASE("giants: lists without a limit are of things whose number the entity bounds") {
  const std::set<std::string_view> bounded{
      "/admin/cluster/shards",                      // 4,096 at most
      "/admin/services",                            // max_services
      "/auth/api-keys",                             // max_api_keys
      "/auth/sessions",                             // max_sessions
      "/deliveries/:deliveryId/proof",              // of scans and attempts
      "/deliveries/:deliveryId/shares",             // max_shares
      "/deliveries/:deliveryId/timeline",           // max_alike, and few by the rules
      "/delivery-requests/:requestId/invitations",  // max_invitations
      "/delivery-requests/:requestId/offers",       // max_offers
      "/location/geofences",                        // max_geofences
      "/location/geofences/:geofenceId/events",     // max_hits
      "/notifications/:notificationId/attempts",    // max_attempts_kept
      "/notifications/devices",                     // max_devices
      "/qr-codes/:qrCodeId/scans",                  // max_refused_scans, and one good one
      "/qr-codes/delivery/:deliveryId",             // max_codes
      "/users/me/addresses",                        // max_addresses
      "/users/me/reviews/pending",                  // max_deliveries_kept
  };
  static testkit::MemoryDoor door;
  static testkit::SeededRandom random;
  static Services services{.door = door, .random = random};
  for (const Route& row : all_routes(services)) {
    if (!row.is_list || (row.query_type && schema::find_field(*row.query_type, "limit"))) continue;
    CAPTURE(row.path);
    CHECK(bounded.contains(row.path));
  }
}

}  // namespace giants_test
