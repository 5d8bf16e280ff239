#include "actors/delivery/entity.hpp"
#include "tests/http/platform.hpp"

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
