#include <doctest/doctest.h>

#include <algorithm>

#include "actors/audit/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/services/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "tests/http/platform.hpp"
#include "tests/storage/story.hpp"

/// Services with names, scopes and keys, and what they do on behalf of users.
namespace services_test {

using namespace caravan;
using namespace caravan::platform;

TEST_CASE("services: the key of the settings is the first service's, which acts for nobody") {
  Platform platform;
  const httplib::Headers first{{"X-Api-Key", test_service_key}};
  CHECK(platform.client.Get("/metrics", first)->status == 200);
  auto refused = platform.get("/users/me", platform.acting(first, mia.text()));
  CHECK(refused->status == 403);
  CHECK(code_of(refused) == "scope_missing");
  CHECK(refused->body.find("act:users") != std::string::npos);
  CHECK(code_of(platform.get("/auth/me", first)) == "not_user");  // it has no account
  const auto list = platform.get("/admin/services", platform.admin());
  CHECK(field_of(list->body, "name") == "first");
  CHECK(list->body.find(test_service_key) == std::string::npos);
  CHECK(list->body.find("act:users") == std::string::npos);
}

TEST_CASE("services: while the register is away, the first one's key still shows how the node is, and no more") {
  Platform platform;
  const httplib::Headers first{{"X-Api-Key", test_service_key}};
  platform.door.end_next_with({.outcome = Outcome::unavailable});
  CHECK(platform.client.Get("/metrics", first)->status == 200);
  platform.door.end_next_with({.outcome = Outcome::unavailable});
  CHECK(code_of(platform.get("/users/" + mia.text(), first)) == "unavailable");
}

TEST_CASE("services: a register that never answers keeps nobody from health and metrics for long") {
  Platform platform;
  const httplib::Headers first{{"X-Api-Key", test_service_key}};
  platform.door.hush(services_address);
  platform.client.set_read_timeout(10);  // well below what any other row waits
  CHECK(platform.client.Get("/metrics", first)->status == 200);
  CHECK(platform.client.Get("/health", first)->body.find("dependencies") != std::string::npos);
}

TEST_CASE("services: a service does what its scopes say, and acts for a user by both names") {
  Platform platform;
  const auto shop = platform.add("shop", R"("act:users","users:read","users:write")");
  platform.door.state<User>(mia.value).created = true;
  CHECK(code_of(platform.client.Get("/metrics", shop)) == "scope_missing");
  const auto as_mia = platform.acting(shop, mia.text());
  const auto me = platform.get("/users/me", as_mia);
  CHECK(me->status == 200);
  CHECK(field_of(me->body, "userId") == mia.text());
  CHECK(code_of(platform.get("/trips", as_mia)) == "scope_missing");
  CHECK(code_of(platform.get("/admin/users/" + tom.text(), as_mia)) == "permission_denied");
  platform.client.Patch("/api/v1/users/me", as_mia, R"({"firstName":"Maria"})", "application/json");
  const Caller by = platform.door.asked.back().origin.caller;
  CHECK(by.is_user(mia));
  REQUIRE(by.service);
  CHECK(by.service->text() == platform.service_id);
  CHECK(by.permissions == 0);
  for (const char* path : {"/auth/2fa/setup", "/auth/api-keys", "/auth/step-up"})
    CHECK(platform.post(path, R"({"name":"x"})", as_mia)->status == 403);
}

TEST_CASE("services: how somebody signs in is not for who acts for them, and nobody acts for an administrator") {
  Platform platform;
  const auto shop = platform.add("shop", R"("act:users","auth:read","auth:write","users:read")");
  const auto as_mia = platform.acting(shop, mia.text());
  for (const char* path : {"/auth/me", "/auth/sessions", "/auth/api-keys"})
    CHECK_MESSAGE(code_of(platform.get(path, as_mia)) == "forbidden", path);
  for (const char* path : {"/auth/logout-all", "/auth/phone/send-code", "/auth/phone/verify"})
    CHECK_MESSAGE(platform.post(path, R"({"code":"123456"})", as_mia)->status >= 400, path);
  CHECK(code_of(platform.post("/auth/logout-all", "{}", as_mia)) == "forbidden");
  CHECK(std::ranges::none_of(platform.door.asked,
                             [](const Ask& ask) { return ask.command.get_if<RevokeAllSessions>() != nullptr; }));
  platform.door.state<User>(mia.value).created = true;
  CHECK(platform.get("/users/me", as_mia)->status == 200);
  platform.door.state<Account>(mia.value).permissions = static_cast<std::uint32_t>(Permission::read);
  CHECK(code_of(platform.get("/users/me", as_mia)) == "forbidden");
}

TEST_CASE("services: they and their keys are made, changed and deleted after a step-up alone") {
  Platform platform;
  const auto key = platform.add("shop", R"("location:read")");
  const std::string path = "/admin/services/" + platform.service_id;
  const auto stale = platform.admin(all_permissions, false);
  const auto refused = [&](const httplib::Result& answer) {
    return answer->status == 403 && code_of(answer) == "step_up_required";
  };
  const auto deleted = [&](const std::string& what, const httplib::Headers& by) {
    return platform.client.Delete("/api/v1" + what, by);
  };
  CHECK(refused(platform.post("/admin/services", R"({"name":"x","scopes":["trips:read"]})", stale)));
  CHECK(refused(platform.post(path + "/keys", "", stale)));
  CHECK(refused(platform.client.Patch("/api/v1" + path, stale, R"({"status":"paused"})", "application/json")));
  CHECK(refused(deleted(path + "/keys/" + boss.text(), stale)));
  CHECK(refused(deleted(path, stale)));
  CHECK(refused(platform.client.Put("/api/v1/admin/users/" + mia.text() + "/roles", stale,
                                    R"({"roles":["admin"],"permissions":["read"]})", "application/json")));
  CHECK(platform.get("/location/autocomplete?q=bos", key)->status != 401);
  CHECK(deleted(path, platform.admin())->status == 204);
  CHECK(platform.get("/location/autocomplete?q=bos", key)->status == 401);
}

TEST_CASE("services: all administrators are told of a new service, a new key and a change") {
  Platform platform;
  Story story;
  platform.services.read_models = &story.models;
  const UserId other = test_id<UserId>(4), of_users = test_id<UserId>(5);
  for (const auto& [id, permission] : {std::pair(boss, Permission::security), std::pair(other, Permission::security),
                                       std::pair(of_users, Permission::users)}) {
    UserRegistered registered;
    registered.user_id = id;
    registered.email = id.text() + "@example.org";
    registered.permissions = static_cast<std::uint32_t>(permission);
    registered.verified = true;
    registered.at = test_start;
    story.tell(account_address(id), registered);
  }
  const auto told = [&](const std::string& of) {
    std::vector<UserId> out;
    for (const Ask& ask : platform.door.asked)
      if (const auto* notify = ask.command.get_if<Notify>())
        if (notify->template_id == "service_changed" && notify->variables.contains(of) &&
            notify->variables.at("service") == "shop")
          out.push_back(UserId{ask.to.id});
    std::ranges::sort(out);
    return out;
  };
  const std::vector<UserId> all{boss, other, of_users};
  CHECK(told("made").empty());
  platform.add("shop", R"("location:read")");
  CHECK(told("made") == all);
  const std::string path = "/admin/services/" + platform.service_id;
  const auto made = platform.post(path + "/keys", "", platform.admin());
  CHECK(made->status == 201);
  CHECK(told("keyMade") == all);
  CHECK(platform.remove(path + "/keys/" + field_of(made->body, "keyId"), platform.admin())->status == 204);
  CHECK(told("keyRevoked") == all);
  CHECK(platform.patch(path, R"({"status":"paused"})", platform.admin())->status == 200);
  CHECK(told("changed") == all);
  CHECK(platform.remove(path, platform.admin())->status == 204);
  CHECK(told("removed") == all);
  CHECK(platform.post("/admin/services/" + mia.text() + "/keys", "", platform.admin())->status == 404);
}

TEST_CASE("services: a retry makes no second key, and what was refused uses no Idempotency-Key up") {
  Platform platform;
  platform.add("shop", R"("location:read")");
  const std::string keys = "/admin/services/" + platform.service_id + "/keys";
  auto headers = platform.admin();
  headers.emplace("Idempotency-Key", "k1");
  const auto made = platform.post(keys, "", headers);
  CHECK(made->status == 201);
  CHECK_FALSE(field_of(made->body, "key").empty());
  const auto again = platform.post(keys, "", headers);
  CHECK(again->status == 409);
  CHECK(code_of(again) == "secret_shown_once");
  auto other = platform.admin();
  other.emplace("Idempotency-Key", "k2");
  CHECK(code_of(platform.post(keys, "", other)) == "too_many");  // two keys are good at a time
  REQUIRE(platform.client.Delete("/api/v1" + keys + "/" + field_of(made->body, "keyId"), platform.admin())->status ==
          204);
  CHECK(platform.post(keys, "", other)->status == 201);
}

TEST_CASE("services: nobody acts for who is not there, not active, or without a service's key") {
  Platform platform;
  const auto shop = platform.add("shop", R"("act:users","users:read")");
  const auto ask = [&](const std::string& user) { return platform.get("/users/me", platform.acting(shop, user)); };
  const auto woken = platform.door.woken_in_vain();
  CHECK(ask("nonsense")->status == 400);
  CHECK(ask(test_id<UserId>(77).text())->status == 404);
  CHECK(platform.door.woken_in_vain() == woken);
  platform.door.state<Account>(mia.value).status = UserStatus::suspended;
  CHECK(code_of(ask(mia.text())) == "account_suspended");
  platform.door.state<Account>(mia.value).status = UserStatus::banned;
  CHECK(code_of(ask(mia.text())) == "account_banned");
  CHECK(code_of(platform.get("/users/me", platform.acting(platform.admin(), tom.text()))) == "forbidden");
  CHECK(platform.get("/users/me", platform.acting({}, tom.text()))->status == 401);
}

TEST_CASE("services: keys are rotated without a break, and end when they are revoked or the service is paused") {
  Platform platform;
  const auto old = platform.add("shop", R"("location:read")");
  const std::string service = "/admin/services/" + platform.service_id, path = "/location/autocomplete?q=bos";
  const auto is_known = [&](const httplib::Headers& key) { return platform.get(path, key)->status != 401; };
  CHECK(is_known(old));
  const auto second = platform.post(service + "/keys", "", platform.admin());
  REQUIRE(second->status == 201);
  const httplib::Headers fresh{{"X-Api-Key", field_of(second->body, "key")}};
  CHECK(is_known(old));
  CHECK(is_known(fresh));
  CHECK(platform.post(service + "/keys", "", platform.admin())->status == 409);
  const std::string keys = platform.get("/admin/services", platform.admin())->body;
  CHECK(keys.find("\"key\":") == std::string::npos);
  const ServicesState& state = platform.door.state<caravan::Services>(services_address.id);
  const std::string old_key = state.services.back().keys.front().id.text();
  CHECK(platform.client.Delete("/api/v1" + service + "/keys/" + old_key, platform.admin())->status == 204);
  CHECK_FALSE(is_known(old));
  CHECK(is_known(fresh));
  const auto change = [&](const std::string& body) {
    return platform.client.Patch("/api/v1" + service, platform.admin(), body, "application/json")->status;
  };
  CHECK(change(R"({"status":"paused"})") == 200);
  CHECK_FALSE(is_known(fresh));
  CHECK(change(R"({"status":"active","scopes":["trips:read"]})") == 200);
  CHECK(code_of(platform.get(path, fresh)) == "scope_missing");
  CHECK(platform
            .post("/admin/services", R"({"name":"x","scopes":["trips:read"]})",
                  platform.admin(static_cast<std::uint32_t>(Permission::users)))
            ->status == 403);
}

TEST_CASE("services: each look at something private by who is no party is written down before it is shown") {
  Platform platform;
  const auto id = test_id<DeliveryId>(9);
  DeliveryState& delivery = platform.door.state<Delivery>(id.value);
  delivery.terms.request_id = test_id<RequestId>(8);
  delivery.terms.customer = mia;
  delivery.terms.traveler = tom;
  delivery.status = DeliveryStatus::accepted;
  TrackerState& tracker = platform.door.state<Tracker>(id.value);
  tracker.customer = mia;
  tracker.traveler = tom;
  const auto looks = [&] {
    return std::ranges::count_if(platform.door.asked,
                                 [](const Ask& ask) { return ask.command.get_if<RecordLook>() != nullptr; });
  };
  const std::string messages = "/deliveries/" + id.text() + "/messages", track = "/location/tracking/" + id.text();
  const auto reader = platform.admin(static_cast<std::uint32_t>(Permission::read));
  const auto shop = platform.add("shop", R"("deliveries:read","location:read")");
  for (const auto& who : {reader, shop}) {
    CHECK(platform.get("/deliveries/" + id.text(), who)->status == 200);
    CHECK(platform.get(messages, who)->status == 403);
    CHECK(platform.get(track, who)->status == 404);
    CHECK(platform.get(track + "/history", who)->status == 404);
  }
  CHECK(looks() == 0);
  const auto support = platform.add("support", R"("deliveries:read","location:read","private:read")");
  const std::string one = "/deliveries/" + id.text();
  const httplib::Headers as_mia =
      platform.acting(platform.add("app", R"("act:users","deliveries:read","location:read")"), mia.text());
  int seen = 0;
  for (const auto& who : {platform.admin(), support, as_mia})
    for (const std::string& path : {messages, track, track + "/history", one, one + "/timeline", one + "/proof"}) {
      CAPTURE(path);
      CHECK(platform.get(path, who)->status == 200);
      CHECK(looks() == ++seen);
      CHECK(platform.door.asked.back().command.get_if<RecordLook>()->entity.id == id.value);
    }
  platform.door.end_next_ask_with({.outcome = Outcome::unavailable});
  // What cannot be written down is not shown.
  CHECK(platform.get(messages, platform.admin())->status == 503);
}

TEST_CASE("services: exact places are shown to the permission private alone, and each look at them is written down") {
  Platform platform;
  const auto id = test_id<DeliveryId>(9);
  const auto request_id = test_id<RequestId>(8);
  const auto trip_id = test_id<TripId>(7);
  DeliveryState& delivery = platform.door.state<Delivery>(id.value);
  delivery.terms.request_id = request_id;
  delivery.terms.customer = mia;
  delivery.terms.traveler = tom;
  delivery.status = DeliveryStatus::accepted;
  delivery.terms.pickup.address = "350 5th Ave";
  delivery.codes.emplace_back().bound_to = Coordinates{40.748412, -73.985713};
  TrackerState& tracker = platform.door.state<Tracker>(id.value);
  tracker.customer = mia;
  tracker.traveler = tom;
  tracker.fences.emplace_back().fence.name = "Pickup - 350 5th Ave";
  RequestState& request = platform.door.state<caravan::Request>(request_id.value);
  request.customer_id = mia;
  request.details.pickup.address = "350 5th Ave";
  TripState& trip = platform.door.state<Trip>(trip_id.value);
  trip.traveler_id = tom;
  trip.details.places = {{"350 5th Ave", 40.748412, -73.985713, {}}, {"2 Elm St", 42.358412, -71.059813, {}}};
  trip.details.weather = {{"350 5th Ave", test_start, "clear", 20, "low"}};
  const auto looks = [&] {
    return std::ranges::count_if(platform.door.asked,
                                 [](const Ask& ask) { return ask.command.get_if<RecordLook>() != nullptr; });
  };
  const std::string of_trip = "/trips/" + trip_id.text();
  const std::vector<std::string> paths{"/deliveries/" + id.text(),
                                       "/admin/deliveries/" + id.text(),
                                       "/qr-codes/delivery/" + id.text(),
                                       "/location/geofences?deliveryId=" + id.text(),
                                       "/delivery-requests/" + request_id.text(),
                                       of_trip,
                                       of_trip + "/route",
                                       of_trip + "/weather",
                                       of_trip + "/capacity"};
  const auto shows = [](const httplib::Result& answer) {
    return answer->body.find("350 5th Ave") != std::string::npos || answer->body.find("40.748412") != std::string::npos;
  };
  int seen = 0;
  for (const std::string& path : paths) {
    CAPTURE(path);
    const auto hidden = platform.get(path, platform.admin(static_cast<std::uint32_t>(Permission::read)));
    CHECK(hidden->status == 200);
    CHECK_FALSE(shows(hidden));
    CHECK(looks() == seen);
    const auto shown = platform.get(path, platform.admin());
    CHECK(shown->status == 200);
    CHECK(shows(shown));
    CHECK(looks() == ++seen);
  }
}

TEST_CASE("services: whatever one reads on behalf of a user is written down, but it sees no code and adds no device") {
  Platform platform;
  platform.door.state<User>(mia.value).created = true;
  platform.door.state<Inbox>(mia.value).opened = true;
  const auto as_mia = platform.acting(
      platform.add("app", R"("act:users","users:read","notifications:read","notifications:write","qr-codes:read")"),
      mia.text());
  int seen = 0;
  const auto looks = [&] {
    return std::ranges::count_if(platform.door.asked,
                                 [](const Ask& ask) { return ask.command.get_if<RecordLook>() != nullptr; });
  };
  for (const std::string path : {"/users/me", "/users/me/addresses", "/notifications", "/notifications/devices"}) {
    CAPTURE(path);
    const auto shown = platform.get(path, as_mia);
    REQUIRE(shown->status == 200);
    CHECK(looks() == ++seen);
    const RecordLook look = *platform.door.asked.back().command.get_if<RecordLook>();
    CHECK(look.what == PrivateThing::as_user);
    CHECK(look.entity == Address{EntityKind::user, mia.value});
    CHECK(look.path == "/api/v1" + path);
    platform.door.end_next_ask_with({.outcome = Outcome::unavailable});
    CHECK(platform.get(path, as_mia)->status == 503);
    ++seen;
  }
  const auto code = platform.get("/qr-codes/" + test_id<QrCodeId>(5).text() + "/image", as_mia);
  CHECK(code_of(code) == "forbidden");
  const char* device = R"({"token":"services-telephone","platform":"ios"})";
  CHECK(code_of(platform.post("/notifications/devices", device, as_mia)) == "forbidden");
  CHECK(platform.door.state<Inbox>(mia.value).devices.empty());
}

TEST_CASE("services: no two have names that look alike") {
  Platform platform;
  platform.add("Shop 1", R"("location:read")");
  const auto add = [&](const std::string& name) {
    return code_of(
        platform.post("/admin/services", R"({"name":")" + name + R"(","scopes":["location:read"]})", platform.admin()));
  };
  CHECK(add("shop 1") == "already_exists");
  CHECK(add("FIRST") == "already_exists");
  for (const char* name : {"shop 1 ", " shop 1", "f\xD1\x96rst", "shop\\t1"}) {
    CAPTURE(name);
    CHECK(add(name) == "validation_failed");
  }
}

}  // namespace services_test
