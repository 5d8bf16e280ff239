#include "actors/delivery/entity.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/trip/entity.hpp"
#include "http/both_sides.hpp"
#include "tests/http/platform.hpp"
#include "tests/storage/story.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// A service takes no side against whoever made it: http/both_sides.hpp.
namespace service_sides_test {

using namespace caravan;
using namespace caravan::platform;

namespace {

std::string accepted_between(Platform& platform, std::uint8_t number, UserId customer, UserId traveler) {
  const auto id = test_id<DeliveryId>(number);
  DeliveryState& delivery = platform.door.state<Delivery>(id.value);
  delivery.terms.request_id = test_id<RequestId>(number);
  delivery.terms.customer = customer;
  delivery.terms.traveler = traveler;
  delivery.status = DeliveryStatus::accepted;
  return "/deliveries/" + id.text();
}

/// A scan that a service reports.
std::string handover(const char* status) {
  return R"({"status":")" + std::string(status) + R"(","qrCodeId":")" + test_id<QrCodeId>(1).text() +
         R"(","scannedBy":")" + tom.text() + R"(","location":{"lat":40.7,"lng":-74}})";
}

}  // namespace

TEST_CASE("services: one does nothing for a user where its maker is the other side, or a side of what it cancels") {
  Platform platform;
  const std::string scopes = R"("act:users","deliveries:read","deliveries:write")";
  const auto shop = platform.add("shop", scopes);
  const auto as_tom = platform.acting(shop, tom.text());
  const std::string own = accepted_between(platform, 9, boss, tom), others = accepted_between(platform, 10, mia, tom);
  const std::string hello = R"({"text":"Hello"})", cancel = R"({"reason":"no time"})";
  // Who looks takes no side.
  CHECK(platform.get(own, as_tom)->status == 200);
  CHECK(code_of(platform.post(own + "/messages", hello, as_tom)) == "self_not_allowed");
  CHECK(code_of(platform.post(own + "/cancel", cancel, as_tom)) == "self_not_allowed");
  CHECK(platform.post(others + "/messages", hello, as_tom)->status == 201);
  // In its own name it neither cancels what its maker has a part in.
  CHECK(code_of(platform.post(own + "/cancel", cancel, shop)) == "self_not_allowed");
  CHECK(platform.post(others + "/cancel", cancel, shop)->status == 200);
}

TEST_CASE("services: one cancels no trip that carries a parcel of its maker's") {
  Platform platform;
  const auto shop = platform.add("shop", R"("act:users","trips:read","trips:write")");
  const auto as_tom = platform.acting(shop, tom.text());
  const auto cancel = [&](std::uint8_t number, UserId customer) {
    accepted_between(platform, number, customer, tom);
    const auto id = test_id<TripId>(number);
    TripState& trip = platform.door.state<Trip>(id.value);
    trip.traveler_id = tom;
    trip.details.places.resize(2);
    trip.reservations.push_back({test_id<DeliveryId>(number), {}, 0, 1, true, {}});
    return platform.post("/trips/" + id.text() + "/cancel", "{}", as_tom);
  };
  CHECK(code_of(cancel(11, boss)) == "self_not_allowed");
  CHECK(cancel(12, mia)->status < 300);
}

TEST_CASE("services: one takes no side against whom its maker has permissions from, or gave them to") {
  for (const bool is_giver : {true, false}) {
    Platform platform;
    for (const UserId user : {boss, mia}) platform.door.state<Account>(user.value).registered = true;
    const auto shop = platform.add("shop", R"("act:users","deliveries:read","deliveries:write")");
    const auto as_tom = platform.acting(shop, tom.text());
    const std::string tied = accepted_between(platform, 13, mia, tom);
    const std::string hello = R"({"text":"Hello"})", cancel = R"({"reason":"no time"})";
    CHECK(platform.post(tied + "/messages", hello, as_tom)->status == 201);
    auto& account = platform.door.state<Account>((is_giver ? mia : boss).value);
    account.grants = {{all_permissions, is_giver ? boss : mia, test_start - std::chrono::days{30}}};
    CHECK(code_of(platform.post(tied + "/messages", hello, as_tom)) == "self_not_allowed");
    CHECK(code_of(platform.post(tied + "/cancel", cancel, as_tom)) == "self_not_allowed");
    CHECK(code_of(platform.post(tied + "/cancel", cancel, shop)) == "self_not_allowed");
  }
}

TEST_CASE("services: one reports no status where its maker is a side, or is tied to one, or widened it") {
  Platform platform;
  for (const UserId user : {boss, mia}) platform.door.state<Account>(user.value).registered = true;
  const auto shop = platform.add("shop", R"("deliveries:read","deliveries:write")");
  const std::string own = accepted_between(platform, 9, boss, tom), others = accepted_between(platform, 10, mia, tom);
  const std::string in_transit = R"({"status":"in_transit"})";
  for (const char* status : {"picked_up", "delivered", "returned"}) {
    CHECK(code_of(platform.post(own + "/status", handover(status), shop)) == "self_not_allowed");
    CHECK(code_of(platform.post(others + "/status", handover(status), shop)) != "self_not_allowed");
  }
  CHECK(code_of(platform.post(own + "/status", in_transit, shop)) == "self_not_allowed");
  SUBCASE("the customer has permissions from its maker") {
    platform.door.state<Account>(mia.value).grants = {{all_permissions, boss, test_start - std::chrono::days{30}}};
    CHECK(code_of(platform.post(others + "/status", handover("picked_up"), shop)) == "self_not_allowed");
  }
  SUBCASE("a side made the key alone, or gave it more") {
    Identity service;
    service.caller = {.kind = Caller::Kind::service, .service = test_id<ServiceId>(1).value};
    service.makers = {boss, mia};
    CHECK_THROWS_AS(require_one_side(platform.door, service, {EntityKind::delivery, test_id<DeliveryId>(10).value},
                                     AnyRecord(ChangeStatus{DeliveryStatus::picked_up})),
                    Problem);
    // Nor does it say where a side of it was, or where they should have been.
    CHECK_THROWS_AS(require_one_side(platform.door, service, {EntityKind::delivery, test_id<DeliveryId>(10).value},
                                     AnyRecord(GeofenceHit{})),
                    Problem);
    for (const AnyRecord& fence : {AnyRecord(AddGeofence{}), AnyRecord(EditGeofence{}), AnyRecord(DeleteGeofence{})})
      CHECK_THROWS_AS(
          require_one_side(platform.door, service, {EntityKind::tracker, test_id<DeliveryId>(10).value}, fence),
          Problem);
  }
}

TEST_CASE("services: whether its maker is a side is not decided while nobody can be asked, and each is asked once") {
  Platform platform;
  accepted_between(platform, 10, mia, tom);
  const Address delivery{EntityKind::delivery, test_id<DeliveryId>(10).value};
  for (const UserId user : {boss, mia, tom}) platform.door.state<Account>(user.value).registered = true;
  Identity service;
  service.caller = {.kind = Caller::Kind::service, .service = test_id<ServiceId>(1).value};
  service.makers = {boss, test_id<UserId>(4), test_id<UserId>(5)};
  for (const UserId maker : service.makers) platform.door.state<Account>(maker.value).registered = true;
  const AnyRecord command(CancelDelivery{"no time"});
  for (const Outcome outcome : {Outcome::unavailable, Outcome::overloaded, Outcome::unknown}) {
    platform.door.end_next_with({.outcome = outcome});
    CHECK_THROWS_AS(require_one_side(platform.door, service, delivery, command), Problem);
  }
  const std::size_t before = platform.door.questions;
  require_one_side(platform.door, service, delivery, command);
  CHECK(platform.door.questions - before == 1 + service.makers.size() + 2);  // the delivery, and everybody's hands
}

TEST_CASE("services: what one ends in its own name is told to all administrators, with who made it") {
  Platform platform;
  Story story;
  platform.services.read_models = &story.models;
  UserRegistered registered;
  registered.user_id = boss;
  registered.email = "boss@example.org";
  registered.permissions = all_permissions;
  registered.verified = true;
  registered.at = test_start;
  story.tell(account_address(boss), registered);
  const auto shop = platform.add("shop", R"("deliveries:read","deliveries:write")");
  const std::string delivery = accepted_between(platform, 15, mia, tom), reason = R"({"reason":"no time"})";
  const auto told = [&] {
    std::vector<std::string> makers;
    for (const Ask& ask : platform.door.asked)
      if (const auto* notice = ask.command.get_if<Notify>(); notice && notice->template_id == "critical_act")
        if (notice->variables.at("service") == "shop" && notice->variables.contains("deliveryCancelled"))
          makers.push_back(notice->variables.at("by"));
    return makers;
  };
  CHECK(platform.post(delivery + "/cancel?dryRun=true", reason, shop)->status == 200);
  CHECK(told().empty());
  CHECK(platform.post(delivery + "/cancel", reason, shop)->status == 200);
  CHECK(told() == std::vector{boss.text()});
}

TEST_CASE("services: none says in the customer's name that a parcel came back") {
  Platform platform;
  const Uuid parcel = delivery_stages::parcel.id;
  DeliveryState& delivery = platform.door.state<Delivery>(parcel);
  delivery = delivery_stages::returning().state;
  delivery.terms.customer = mia;
  delivery.terms.traveler = tom;
  const auto shop = platform.add("shop", R"("act:users","deliveries:read","deliveries:write")");
  const std::string path = "/deliveries/" + parcel.text() + "/confirm";
  CHECK(code_of(platform.post(path, "", platform.acting(shop, mia.text()))) == "forbidden");
  CHECK(delivery.status == DeliveryStatus::returning);
}

TEST_CASE("services: whose case trackers and profiles are") {
  Platform platform;
  accepted_between(platform, 14, mia, tom);
  CHECK(sides_of(platform.door, {EntityKind::tracker, test_id<DeliveryId>(14).value}) == std::vector{mia, tom});
  CHECK(sides_of(platform.door, {EntityKind::user, boss.value}) == std::vector{boss});
  const auto shop = platform.add("shop", R"("act:users","users:read","users:write")");
  const std::string report = R"({"reason":"fraud"})";
  CHECK(code_of(platform.post("/users/" + boss.text() + "/report", report, platform.acting(shop, tom.text()))) ==
        "self_not_allowed");
}

TEST_CASE("services: one makes no code for a delivery of its maker, as the receiver's would be void") {
  Platform platform;
  const auto shop = platform.add("shop", R"("qr-codes:write")");
  const auto code_for = [](const std::string& delivery) {
    return R"({"deliveryId":")" + delivery.substr(delivery.rfind('/') + 1) + R"("})";
  };
  const std::string own = code_for(accepted_between(platform, 9, mia, boss));
  const std::string others = code_for(accepted_between(platform, 10, mia, tom));
  for (const char* path : {"/qr-codes/pickup", "/qr-codes/delivery"}) {
    CHECK(code_of(platform.post(path, own, shop)) == "self_not_allowed");
    CHECK(platform.post(path, others, shop)->status == 201);
  }
}

}  // namespace service_sides_test
