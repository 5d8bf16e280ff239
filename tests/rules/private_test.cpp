#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "tests/testkit/entity.hpp"

/// What administrators and services may see, and that who only sees changes nothing.
namespace private_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2), boss = test_id<UserId>(3);

Caller with(std::uint32_t permissions) {
  Caller caller = user(boss);
  caller.permissions = permissions;
  return caller;
}
constexpr auto all_but_private = all_permissions & ~static_cast<std::uint32_t>(Permission::private_data);

/// Services, with the scope private:read or without.
Caller service_with(std::uint32_t permissions) {
  Caller caller = service();
  caller.permissions = permissions;
  return caller;
}
const std::vector<Caller> outsiders{with(all_but_private), with(static_cast<std::uint32_t>(Permission::read)),
                                    service_with(0)};
const std::vector<Caller> insiders{with(static_cast<std::uint32_t>(Permission::private_data)),
                                   service_with(static_cast<std::uint32_t>(Permission::private_data))};

}  // namespace

TEST_CASE("private: an administrator who only reads cancels no delivery, whatever else they may but deliveries") {
  for (const auto& [permission, name] : permission_names) {
    Given<Delivery> delivery({EntityKind::delivery, test_id<DeliveryId>(4).value});
    delivery.state.terms.request_id = test_id<RequestId>(5);
    delivery.state.terms.customer = ann;
    delivery.state.terms.traveler = bob;
    delivery.state.status = DeliveryStatus::accepted;
    const std::string result = delivery.as(admin(boss, permission)).when(CancelDelivery{});
    CAPTURE(name);
    if (permission == Permission::deliveries)
      CHECK(result.find("delivery.cancelled") != std::string::npos);
    else
      CHECK(result == "! forbidden");
  }
}

TEST_CASE("private: where a traveler was and is, for the two sides and the permission private") {
  Given<Tracker> tracker({EntityKind::tracker, test_id<DeliveryId>(4).value});
  tracker.state.customer = ann;
  tracker.state.traveler = bob;
  for (const Caller& who : outsiders) {
    CHECK(tracker.as(who).ask(ViewPosition{}).rejection);
    CHECK(tracker.ask(ViewTracking{}).rejection);
  }
  for (const Caller& who : insiders) CHECK_FALSE(tracker.as(who).ask(ViewPosition{}).rejection);
  for (const UserId side : {ann, bob}) CHECK_FALSE(tracker.as(user(side)).ask(ViewTracking{}).rejection);
}

TEST_CASE("private: whom to call at a stop, for the customer, who carries it, and the permission private") {
  Given<Request> request({EntityKind::request, test_id<RequestId>(5).value});
  request.state.customer_id = ann;
  request.state.details.pickup.contact_name = "Ann";
  request.state.details.pickup.contact_phone = "+12025550101";
  request.state.details.pickup.instructions = "Ring twice";
  const auto shown = [&](const Caller& who) {
    return request.as(who).ask(ViewRequest{}).resource.get_if<RequestResource>()->pickup;
  };
  for (const Caller& who : outsiders) {
    CHECK_FALSE(shown(who).contact_name);
    CHECK_FALSE(shown(who).contact_phone);
    CHECK_FALSE(shown(who).instructions);
  }
  for (const Caller& who : insiders) CHECK(shown(who).contact_phone);
  CHECK(shown(user(ann)).contact_phone);
  CHECK_FALSE(shown(user(bob)).contact_phone);
}

TEST_CASE("private: whoever holds every other permission gives private, as platforms of before had none who held it") {
  Given<Account> account(account_address(ann));
  account.state.registered = true;
  account.state.status = UserStatus::active;
  const SetRoles command{{Role::admin}, {PermissionName::private_data}};
  CHECK(account.as(with(all_but_private & ~static_cast<std::uint32_t>(Permission::ops))).when(command) ==
        "! permission_denied");
  CHECK(account.as(with(all_but_private)).when(command) == "user.roles_set");
}

}  // namespace private_test
