#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/audit/commands.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "http/providers/places/places.hpp"
#include "http/qr/seal.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/uploads/uploads.hpp"
#include "tests/http/edge.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_routes_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::delivery_stages;
using testkit::Edge;
using testkit::field_of;

namespace {

/// The delivery's routes over one delivery at some stage, with its tracker.
struct Carrying {
  explicit Carrying(const Given<Delivery>& stage)
      : codes(folder.path / "qr"), uploads(folder.path.string()), edge(rows()), client(edge.client()) {
    edge.services.codes = &codes;
    edge.services.uploads = &uploads;
    edge.services.locate = [](const Uuid& part) -> std::optional<Address> {
      return part == fence.value ? tracker : parcel;
    };
    edge.door.state<Delivery>(parcel.id) = stage.state;
    auto& watched = edge.door.state<Tracker>(parcel.id);
    watched.customer = sender;
    watched.traveler = carrier;
    WatchedFence around;
    around.fence = {fence, "Delivery", Handover::delivery, {GeometryKind::circle, dropoff_place, 100, {}}, 120};
    watched.fences.push_back(around);
  }

  static std::vector<Route> rows() {
    testkit::MemoryDoor door;
    testkit::SeededRandom random;
    Services services{.door = door, .random = random};
    auto all = delivery_routes(services);
    for (auto more : {qr_code_routes, tracking_routes, arrival_routes})
      for (Route& row : more(services)) all.push_back(std::move(row));
    return all;
  }

  httplib::Result post(UserId by, const std::string& path, const std::string& body) {
    return client.Post("/api/v1" + path, edge.as(by), body, "application/json");
  }
  httplib::Result get(UserId by, const std::string& path) { return client.Get("/api/v1" + path, edge.as(by)); }

  std::string code(const Given<Delivery>& stage, Handover type) {
    const QrCode& made = code_for(stage, type);
    return codes.seal({made.qr_code_id, DeliveryId{parcel.id}, made.secret.value});
  }

  static inline const GeofenceId fence = testkit::test_id<GeofenceId>(77);
  testkit::ScratchFolder folder;
  CodeSealer codes;
  Uploads uploads;
  Edge edge;  // after what its threads use
  httplib::Client client;
};

const std::string path = "/deliveries/" + parcel.id.text();
const std::string id_field = R"({"deliveryId":")" + parcel.id.text() + '"';
const std::string at_pickup = R"(,"location":{"lat":40.7484,"lng":-73.9857,"accuracy":10}})";

}  // namespace

TEST_CASE("delivery routes: the parties read it, strangers do not find it") {
  Carrying with(accepted());
  auto answer = with.get(sender, path);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "status") == "accepted");
  CHECK(field_of(answer->body, "deliveryNumber") == "DEL-000123");
  CHECK(answer->get_header_value("ETag") == '"' + field_of(answer->body, "version") + '"');
  CHECK(with.get(stranger, path)->status == 404);
  CHECK(with.get(carrier, path + "/timeline")->body.find("\"accepted\"") != std::string::npos);
}

TEST_CASE("delivery routes: a scan moves the parcel, a refused one is answered and kept") {
  const Given<Delivery> stage = accepted();
  Carrying with(stage);
  const std::string body = R"({"code":")" + with.code(stage, Handover::pickup) + '"';
  auto answer = with.post(stranger, "/qr-codes/validate", body + at_pickup);
  REQUIRE(answer);
  CHECK(answer->status == 422);
  CHECK(field_of(answer->body, "code") == "qr_wrong_scanner");
  answer = with.post(carrier, "/qr-codes/validate", body + R"(,"location":{"lat":1,"lng":1}})");
  CHECK(field_of(answer->body, "code") == "qr_wrong_location");
  for (const char* wrong : {"2199-01-01", "2001-01-01"}) {
    answer = with.post(carrier, "/qr-codes/validate", body + R"(,"scannedAt":")" + wrong + "T00:00:00Z\"" + at_pickup);
    CHECK(field_of(answer->body, "code") == "timestamp_out_of_range");
  }
  answer = with.post(carrier, "/qr-codes/validate", body + at_pickup);
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "deliveryStatus") == "picked_up");
  answer = with.post(carrier, "/qr-codes/validate", body + at_pickup);
  CHECK(answer->status == 409);
  CHECK(field_of(answer->body, "code") == "qr_already_used");
  answer = with.post(carrier, "/qr-codes/validate", R"({"code":"nonsense")" + at_pickup);
  CHECK(answer->status == 422);
  CHECK(field_of(answer->body, "code") == "qr_invalid");
  const std::string code_path = "/qr-codes/" + code_for(stage, Handover::pickup).qr_code_id.text();
  answer = with.get(sender, code_path + "/scans");
  CHECK(answer->status == 200);
  CHECK(answer->body.find("qr_wrong_scanner") != std::string::npos);
  CHECK(field_of(with.get(sender, code_path)->body, "status") == "used");
  CHECK(with.get(sender, code_path)->body.find("secret") == std::string::npos);
}

TEST_CASE("delivery routes: the same scan with the same key is answered alike") {
  const Given<Delivery> stage = accepted();
  Carrying with(stage);
  auto headers = with.edge.as(carrier);
  headers.emplace("Idempotency-Key", "scan-1");
  const std::string body = R"({"code":")" + with.code(stage, Handover::pickup) + '"' + at_pickup;
  for (int i = 0; i < 2; ++i)
    CHECK(with.client.Post("/api/v1/qr-codes/validate", headers, body, "application/json")->status == 200);
}

TEST_CASE("delivery routes: a scan with a photo keeps it, and what is no picture is refused") {
  const Given<Delivery> stage = accepted();
  Carrying with(stage);
  const std::string body = R"({"code":")" + with.code(stage, Handover::pickup) +
                           R"(","location":{"lat":40.7484,"lng":-73.9857},"verificationData":{"photo":")";
  CHECK(with.post(carrier, "/qr-codes/validate", body + "aGVsbG8=\"}}")->status == 400);
  const std::string png =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  CHECK(with.post(carrier, "/qr-codes/validate", body + png + "\"}}")->status == 200);
  CHECK(with.get(sender, path + "/proof")->body.find("\"photo\"") != std::string::npos);
}

TEST_CASE("delivery routes: both sides set the pin of a handover with the same call") {
  Carrying with(accepted());
  const std::string pin = R"({"type":"pickup","location":{"lat":40.75,"lng":-73.98}})";
  auto answer = with.post(carrier, path + "/pin", pin);
  CHECK(answer->status == 200);
  CHECK(answer->body.find(R"("proposedBy":")" + carrier.text()) != std::string::npos);
  CHECK(with.post(stranger, path + "/pin", pin)->status == 404);
  answer = with.post(sender, path + "/pin", pin);
  CHECK(answer->status == 200);
  CHECK(answer->body.find(R"("status":"set","location":{"lat":40.75,"lng":-73.98},"radius":100)") != std::string::npos);
  CHECK(with.post(sender, path + "/pin", R"({"type":"return","location":{"lat":40.75,"lng":-73.98}})")->status == 400);
}

TEST_CASE("delivery routes: the picture is the customer's, as PNG and SVG") {
  const Given<Delivery> stage = accepted();
  Carrying with(stage);
  const std::string image = "/qr-codes/" + code_for(stage, Handover::pickup).qr_code_id.text() + "/image";
  auto answer = with.get(sender, image);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.starts_with("\x89PNG"));
  CHECK(with.get(sender, image + "?format=svg")->body.starts_with("<svg"));
  CHECK(with.get(carrier, image)->status == 403);
  CHECK(with.get(sender, image + "?format=gif")->status == 400);
  Carrying over(cancelled());
  CHECK(over.get(sender, "/qr-codes/" + code_for(cancelled(), Handover::pickup).qr_code_id.text() + "/image")->status ==
        409);
}

TEST_CASE("delivery routes: rotate and revoke") {
  const Given<Delivery> stage = accepted();
  Carrying with(stage);
  const std::string code = "/qr-codes/" + code_for(stage, Handover::pickup).qr_code_id.text();
  auto answer = with.post(sender, code + "/rotate", "{}");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "status") == "active");
  CHECK(with.post(carrier, code + "/rotate", "{}")->status == 403);
  const std::string other = "/qr-codes/" + code_for(stage, Handover::delivery).qr_code_id.text();
  CHECK(field_of(with.post(sender, other + "/revoke", "{}")->body, "status") == "revoked");
  answer = with.get(carrier, "/qr-codes/delivery/" + parcel.id.text());
  CHECK(answer->status == 200);
}

TEST_CASE("delivery routes: cancel, attempt, return and confirm follow the status") {
  Carrying early(accepted());
  CHECK(early.post(carrier, path + "/return", "{}")->status == 409);
  auto answer = early.post(sender, path + "/cancel", R"({"reason":"changed my mind"})");
  CHECK(answer->status == 200);
  CHECK(field_of(answer->body, "status") == "cancelled");
  Carrying late(in_transit());
  CHECK(field_of(late.post(sender, path + "/cancel", "{}")->body, "code") == "return_required");
  const std::string nobody = R"({"reason":"recipient_absent","note":"Rang"})";
  CHECK(field_of(late.post(carrier, path + "/failed-attempt", nobody)->body, "code") == "not_waited_enough");
  auto& carried = late.edge.door.state<Delivery>(parcel.id);
  carried.pickup_completed_at = testkit::test_start - std::chrono::minutes{20};
  carried.dropoff_stay = Stay{*carried.pickup_completed_at, testkit::test_start};
  CHECK(late.post(carrier, path + "/failed-attempt", nobody)->status == 200);
  answer = late.post(carrier, path + "/return", "{}");
  CHECK(field_of(answer->body, "status") == "returning");
  CHECK(field_of(late.post(sender, path + "/confirm", "{}")->body, "status") == "returned");
}

TEST_CASE("delivery routes: messages go both ways, oldest first") {
  Carrying with(accepted());
  auto answer = with.post(sender, path + "/messages", R"({"text":"Ring twice, please."})");
  CHECK(answer->status == 201);
  CHECK(field_of(answer->body, "senderId") == sender.text());
  with.post(carrier, path + "/messages", R"({"text":"Will do."})");
  answer = with.get(carrier, path + "/messages?limit=1");
  CHECK(answer->body.find("Ring twice") != std::string::npos);
  std::string cursor = field_of(answer->body, "nextCursor");
  std::erase(cursor, '"');
  answer = with.get(carrier, path + "/messages?limit=1&cursor=" + cursor);
  CHECK(answer->body.find("Will do.") != std::string::npos);
  CHECK(answer->body.find("\"nextCursor\":null") != std::string::npos);
  CHECK(with.post(stranger, path + "/messages", R"({"text":"Hi"})")->status == 404);
}

TEST_CASE("delivery routes: a service reports status and geofence events") {
  Carrying with(accepted());
  const auto send = [&](const std::string& where, const std::string& body) {
    return with.client.Post("/api/v1" + path + where, with.edge.as_service(), body, "application/json");
  };
  CHECK(send("/location-event",
             R"({"eventType":"geofence_entry","geofenceType":"pickup","location":{"lat":40.7484,"lng":-73.9857},)"
             R"("userId":")" +
                 carrier.text() + R"(","timestamp":"2027-01-15T10:30:00Z"})")
            ->status == 200);
  const auto report = [&](Handover type, const char* status, const char* scanned_at, const char* place) {
    return send("/status", R"({"status":")" + std::string(status) + R"(","scannedAt":")" + scanned_at +
                               R"(","scannedBy":")" + carrier.text() + R"(","location":)" + place + R"(,"qrCodeId":")" +
                               code_for(accepted(), type).qr_code_id.text() + "\"}");
  };
  const char* here = R"({"lat":40.7484,"lng":-73.9857})";
  const auto late = report(Handover::pickup, "picked_up", "2026-12-01T10:00:00Z", here);
  CHECK(field_of(late->body, "code") == "timestamp_out_of_range");
  CHECK(late->body.find(R"("field":"scannedAt")") != std::string::npos);
  const auto nameless = send("/status", R"({"status":"picked_up"})");
  CHECK(nameless->status == 400);
  CHECK(nameless->body.find(R"("field":"qrCodeId")") != std::string::npos);
  const char* on_time = "2027-01-15T09:58:00Z";
  const auto elsewhere = report(Handover::pickup, "picked_up", on_time, R"({"lat":-33.8,"lng":151.2})");
  CHECK(field_of(elsewhere->body, "code") == "qr_wrong_location");
  CHECK(field_of(report(Handover::delivery, "picked_up", on_time, here)->body, "code") == "qr_wrong_order");
  const auto taken = report(Handover::pickup, "picked_up", on_time, here);
  CHECK(field_of(taken->body, "status") == "picked_up");
  CHECK(field_of(report(Handover::pickup, "picked_up", on_time, here)->body, "code") == "qr_already_used");
  const auto timeline = with.client.Get("/api/v1" + path + "/timeline", with.edge.as(sender));
  CHECK(timeline->body.find(R"("scannedAt":"2027-01-15T09:58:00Z")") != std::string::npos);
  CHECK(timeline->body.find(R"("type":"picked_up","at":"2027-01-15T10:00:00Z","by":"service")") != std::string::npos);
  CHECK(field_of(report(Handover::delivery, "returned", on_time, here)->body, "code") == "qr_wrong_order");
  CHECK(with.post(carrier, path + "/status", R"({"status":"delivered"})")->status == 403);
}

TEST_CASE("delivery routes: how far the traveler is, is for the two sides and for who may see the track") {
  const Given<Delivery> stage = in_transit();
  Carrying with(stage);
  static Places world = embedded_places();
  with.edge.services.places = &world;
  auto& trip_state = with.edge.door.state<Trip>(stage.state.terms.trip_id.value);
  trip_state.traveler_id = carrier;
  trip_state.details.places.resize(2);
  trip_state.details.arrival_time = testkit::test_start + std::chrono::hours{9};
  with.edge.door.state<Tracker>(parcel.id).last = Fix{{41.3, -72.9}, {}, {}, {}, {}, testkit::test_start};
  const auto looks = [&] {
    return std::ranges::count_if(with.edge.door.asked,
                                 [](const Ask& ask) { return ask.command.get_if<RecordLook>() != nullptr; });
  };
  const auto eta = [&](const httplib::Headers& by) { return with.client.Get("/api/v1" + path + "/eta", by)->body; };
  const auto as = [&](Permission permission) {
    return with.edge.as(stranger, "both", static_cast<std::uint32_t>(permission));
  };
  for (const UserId party : {sender, carrier}) CHECK(field_of(eta(with.edge.as(party)), "basis") == "position");
  for (const auto& other : {as(Permission::read), with.edge.as_service()}) {
    const std::string shown = eta(other);
    CHECK(field_of(shown, "basis") == "schedule");
    CHECK(shown.find("distanceMeters") == std::string::npos);
    CHECK(shown.find("positionAt") == std::string::npos);
  }
  CHECK(looks() == 0);
  CHECK(field_of(eta(as(Permission::private_data)), "basis") == "position");
  CHECK(looks() == 1);
}

TEST_CASE("tracking routes: start, points, place, track and stop") {
  Carrying with(picked_up());
  CHECK(with.post(sender, "/location/tracking/start", id_field + "}")->status == 403);
  auto answer = with.post(carrier, "/location/tracking/start", id_field + "}");
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(field_of(answer->body, "status") == "active");
  answer =
      with.post(carrier, "/location/tracking/update",
                id_field + R"(,"location":{"lat":41.3,"lng":-72.9},"accuracy":12,"timestamp":"2027-01-15T10:00:00Z"})");
  CHECK(answer->status == 202);
  CHECK(field_of(answer->body, "accepted") == "1");
  answer = with.post(carrier, "/location/tracking/batch",
                     id_field +
                         R"(,"points":[{"location":{"lat":42.3584,"lng":-71.0598},"timestamp":"2027-01-15T10:00:20Z"},)"
                         R"({"location":{"lat":42.34,"lng":-71.1},"timestamp":"2027-01-15T10:00:10Z"}]})");
  CHECK(answer->status == 202);
  CHECK(answer->body.find("geofence_entry") != std::string::npos);
  answer = with.get(sender, "/location/tracking/" + parcel.id.text());
  CHECK(answer->status == 200);
  CHECK(answer->body.find("42.3584") != std::string::npos);
  CHECK(with.get(stranger, "/location/tracking/" + parcel.id.text())->status == 404);
  answer = with.get(sender, "/location/tracking/" + parcel.id.text() + "/history");
  CHECK(answer->status == 200);
  CHECK(answer->get_header_value("Content-Type") == "application/geo+json");
  CHECK(with.get(sender, "/location/tracking/" + parcel.id.text() + "/history?format=gpx")->body.starts_with("<?xml"));
  CHECK(field_of(with.post(carrier, "/location/tracking/stop", id_field + "}")->body, "status") == "stopped");
  CHECK(with.get(sender, "/location/geofences/" + Carrying::fence.text() + "/events")->body.find("geofence_entry") !=
        std::string::npos);
}

TEST_CASE("tracking routes: a service makes geofences, and does not move those of a handover") {
  Carrying with(accepted());
  const auto headers = with.edge.as_service();
  auto answer = with.client.Post(
      "/api/v1/location/geofences", headers,
      id_field +
          R"(,"name":"Gate","type":"pickup","geometry":{"type":"circle","center":{"lat":1,"lng":2},"radius":50}})",
      "application/json");
  REQUIRE(answer);
  CHECK(answer->status == 201);
  CHECK(field_of(answer->body, "name") == "Gate");
  answer = with.client.Post("/api/v1/location/geofences", headers,
                            id_field + R"(,"name":"Gate","type":"pickup","geometry":{"type":"polygon"}})",
                            "application/json");
  CHECK(field_of(answer->body, "code") == "invalid_geometry");
  CHECK(with.get(sender, "/location/geofences?deliveryId=" + parcel.id.text())->status == 200);
  const std::string fence = "/api/v1/location/geofences/" + Carrying::fence.text();
  // The fence of a stop follows its pin.
  CHECK(with.client.Patch(fence, headers, R"({"name":"Door"})", "application/json")->status == 403);
  CHECK(with.client.Delete(fence, headers)->status == 403);
}

TEST_CASE("delivery routes: whose code it is cannot be told yet while the read models lag behind") {
  Carrying with(accepted());
  with.edge.services.locate = [](const Uuid&) -> std::optional<Address> { throw ReadModelsBehind(); };
  const auto answer = with.get(sender, "/qr-codes/" + test_id<QrCodeId>(7).text());
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->get_header_value("Retry-After") == "1");
}

TEST_CASE("delivery routes: who leaves somebody whose account is banned pays nothing") {
  for (const UserStatus status : {UserStatus::active, UserStatus::banned}) {
    Carrying early(accepted());
    auto& account = early.edge.door.state<Account>(carrier.value);
    account.registered = true;
    account.status = status;
    early.edge.door.advance(std::chrono::hours{3});
    const auto answer = early.post(sender, path + "/cancel", R"({"reason":"he is banned"})");
    CHECK(answer->status == 200);
    const bool is_free = answer->body.find(R"("compensation":{"amount":0,)") != std::string::npos;
    CHECK_MESSAGE(is_free == (status == UserStatus::banned), answer->body);
  }
}

}  // namespace delivery_routes_test
