#include "actors/delivery/entity.hpp"
#include "tests/http/platform.hpp"

/// Until when a delivery that is over may be disputed.
namespace dispute_window_test {

using namespace caravan;
using namespace caravan::platform;

namespace {

/// The code of what the customer is refused; empty where the dispute is opened.
std::string disputed_after(std::chrono::days later, const std::optional<HandedElsewhere>& handed) {
  Platform platform;
  const DeliveryId parcel = test_id<DeliveryId>(21);
  platform.door.state<Account>(boss.value).registered = true;
  DeliveryState& delivery = platform.door.state<Delivery>(parcel.value);
  delivery.terms.request_id = test_id<RequestId>(24);
  delivery.terms.customer = boss;
  delivery.terms.traveler = tom;
  delivery.terms.price = {3'500, *Currency::parse("USD")};
  delivery.escrow_id = test_id<EscrowId>(22);
  delivery.status = DeliveryStatus::delivered;
  delivery.ended_at = test_start;
  delivery.handed_elsewhere = handed;
  platform.door.advance(later);
  const auto answer = platform.post(
      "/admin/disputes", R"({"deliveryId":")" + parcel.text() + R"(","reason":"damaged","description":"broken"})",
      platform.admin());
  return answer->status < 300 ? "" : code_of(answer);
}

}  // namespace

TEST_CASE("dispute window: what was handed on in a relay may be disputed for as long as its money waits, and 14 days") {
  using std::chrono::days;
  HandedElsewhere handed{.reason = "", .handed_on = true, .until_arrival = true};
  CHECK(disputed_after(days{13}, std::nullopt) == "");
  CHECK(disputed_after(days{15}, std::nullopt) == "dispute_window_closed");
  CHECK(disputed_after(days{20}, handed) == "");
  handed.until_arrival = false;
  handed.held_until = test_start + days{21};
  CHECK(disputed_after(days{20}, handed) == "");
  CHECK(disputed_after(days{34}, handed) == "");
  CHECK(disputed_after(days{36}, handed) == "dispute_window_closed");
  handed.handed_on = false;  // elsewhere than agreed: it had ended there
  CHECK(disputed_after(days{20}, handed) == "dispute_window_closed");
}

}  // namespace dispute_window_test
