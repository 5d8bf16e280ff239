#include "actors/account/commands.hpp"
#include "actors/audit/entity.hpp"
#include "actors/services/entity.hpp"
#include "tests/testkit/entity.hpp"

namespace services_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ann = test_id<UserId>(1);
const ServiceId shop = test_id<ServiceId>(2);

Uuid mark(std::uint8_t number) { return test_id<ServiceId>(number).value; }

Caller boss() {
  Caller caller = admin(ann, Permission::security);
  caller.permissions = ~0U;
  return caller;
}

Given<Services> with_shop() {
  Given<Services> services(services_address);
  services.as(boss());
  REQUIRE(services.when(AddService{"shop", {Scope::trips_read}, shop, mark(10)}) == "service.added, service.key_added");
  return services;
}

ServiceStanding standing(Given<Services>& services, ServiceId id, const Uuid& key) {
  services.as(provider());
  const auto out = *services.ask(CheckServiceKey{id, key}).resource.get_if<ServiceStanding>();
  services.as(boss());
  return out;
}

}  // namespace

TEST_CASE("services: a key does what its service's scopes say, until it is revoked or the service is paused") {
  Given<Services> services = with_shop();
  CHECK(standing(services, shop, mark(10)).active);
  CHECK(standing(services, shop, mark(10)).scopes == bit(Scope::trips_read));
  CHECK_FALSE(standing(services, shop, mark(11)).active);
  CHECK_FALSE(standing(services, first_service, mark(10)).active);
  CHECK(services.when(ChangeService{{{Scope::act_users, Scope::users_read}}, {}, shop}) == "service.changed");
  CHECK(standing(services, shop, mark(10)).scopes == (bit(Scope::act_users) | bit(Scope::users_read)));
  CHECK(services.when(ChangeService{{}, ServiceStatus::paused, shop}) == "service.changed");
  CHECK_FALSE(standing(services, shop, mark(10)).active);
  CHECK(services.when(ChangeService{{}, ServiceStatus::active, shop}) == "service.changed");
  const Uuid key = services.state.services[0].keys[0].id;
  CHECK(services.when(RevokeServiceKey{shop, key}) == "service.key_revoked");
  CHECK_FALSE(standing(services, shop, mark(10)).active);
  CHECK(services.when(RevokeServiceKey{shop, key}) == "! not_found");
}

TEST_CASE("services: two keys are valid at a time") {
  Given<Services> services = with_shop();
  CHECK(services.when(AddServiceKey{shop, mark(11)}) == "service.key_added");
  CHECK(standing(services, shop, mark(10)).active);
  CHECK(standing(services, shop, mark(11)).active);
  CHECK(services.when(AddServiceKey{shop, mark(12)}) == "! too_many");
  services.when(RevokeServiceKey{shop, services.state.services[0].keys[0].id});
  CHECK(services.when(AddServiceKey{shop, mark(12)}) == "service.key_added");
}

TEST_CASE("services: nobody gives a service what they do not hold, and no service is an administrator") {
  Given<Services> services(services_address);
  services.as(admin(ann, Permission::security));
  CHECK(services.when(AddService{"a", {Scope::act_users}, shop, mark(1)}) == "! permission_denied");
  CHECK(services.when(AddService{"a", {Scope::payments_move}, shop, mark(1)}) == "! permission_denied");
  CHECK(services.when(AddService{"a", {Scope::deliveries_write}, shop, mark(1)}) == "! permission_denied");
  CHECK(services.when(AddService{"a", {Scope::trips_read}, shop, mark(1)}) == "service.added, service.key_added");
  CHECK(services.when(ChangeService{{{Scope::act_users}}, {}, shop}) == "! permission_denied");
  // A key of a mightier service would be as good.
  CHECK(services.as(boss()).when(ChangeService{{{Scope::act_users}}, {}, shop}) == "service.changed");
  CHECK(services.as(admin(ann, Permission::security)).when(AddServiceKey{shop, mark(2)}) == "! permission_denied");
  CHECK(services.as(boss()).when(AddService{"b", {Scope::admin_users}, shop, mark(1)}) == "! permission_denied");
  CHECK(services.when(AddService{"a", {Scope::trips_read}, test_id<ServiceId>(3), mark(2)}) == "! already_exists");
}

TEST_CASE("services: nobody takes, pauses or un-pauses what they do not hold, nor deletes it") {
  const Caller guard = admin(ann, Permission::security);
  for (const Scope scope : {Scope::payments_move, Scope::private_read, Scope::disputes_read, Scope::users_read,
                            Scope::payments_read, Scope::auth_read}) {
    Given<Services> services = with_shop();
    CHECK(services.when(ChangeService{{{scope}}, ServiceStatus::paused, shop}) == "service.changed");
    const Uuid key = services.state.services[0].keys[0].id;
    CAPTURE(to_text(scope));
    services.as(guard);
    CHECK(services.when(ChangeService{{}, ServiceStatus::active, shop}) == "! permission_denied");
    CHECK(services.when(ChangeService{{{Scope::trips_read}}, {}, shop}) == "! permission_denied");
    CHECK(services.when(AddServiceKey{shop, mark(20)}) == "! permission_denied");
    CHECK(services.when(RevokeServiceKey{shop, key}) == "! permission_denied");
    CHECK(services.when(RemoveService{shop}) == "! permission_denied");
    CHECK(services.when(AddService{"mine", {scope}, test_id<ServiceId>(4), mark(21)}) == "! permission_denied");
    services.as(boss());
    CHECK(services.when(ChangeService{{}, ServiceStatus::active, shop}) == "service.changed");
  }
}

TEST_CASE("services: one that somebody gave more pauses when that one loses the right to give it") {
  const UserId eve = test_id<UserId>(3);
  Given<Services> services = with_shop();
  Caller widener = boss();
  widener.user = eve;
  services.as(widener).when(ChangeService{{{Scope::trips_read, Scope::act_users}}, {}, shop});
  REQUIRE(services.state.services[0].widened_by == std::vector<UserId>{eve});
  services.as(entity({EntityKind::account, eve.value})).when(PauseServices{eve, 0});
  CHECK(services.state.services[0].paused);
}

TEST_CASE("services: one that is deleted has no key any more, and its name is free; that of the settings stays") {
  Given<Services> services = with_shop();
  CHECK(services.state.services[0].made_by == ann);
  CHECK(services.when(RemoveService{shop}) == "service.removed");
  CHECK_FALSE(standing(services, shop, mark(10)).active);
  CHECK(services.when(RemoveService{shop}) == "! not_found");
  CHECK(services.when(AddService{"shop", {Scope::trips_read}, shop, mark(11)}) == "service.added, service.key_added");
  services.as(provider()).when(TakeSettingsKey{mark(1)});
  CHECK(services.as(boss()).when(RemoveService{first_service}) == "! permission_denied");
}

TEST_CASE("services: those of somebody who may do less now, and keys that they made, go on no further") {
  const UserId eve = test_id<UserId>(3);
  const ServiceId trips = test_id<ServiceId>(4), movers = test_id<ServiceId>(5);
  Given<Services> services = with_shop();
  Caller maker = boss();
  maker.user = eve;
  services.as(maker);
  services.when(AddService{"trips", {Scope::trips_read}, trips, mark(11)});
  services.when(AddService{"movers", {Scope::payments_move}, movers, mark(12)});
  services.when(AddServiceKey{shop, mark(13)});
  const auto runs = [&](ServiceId id, std::uint8_t key) { return standing(services, id, mark(key)).active; };
  const auto security = static_cast<std::uint32_t>(Permission::security);
  CHECK(services.when(PauseServices{eve, 0}) == "! permission_denied");
  services.as(entity({EntityKind::account, eve.value}));
  SUBCASE("a permission is lost") {
    CHECK(services.when(PauseServices{eve, security}) == "service.changed");
    CHECK(runs(trips, 11));
    CHECK_FALSE(runs(movers, 12));
    CHECK(runs(shop, 13));
    services.as(entity({EntityKind::account, eve.value}));
    CHECK(services.when(PauseServices{eve, security}) == "(nothing)");
  }
  SUBCASE("all are") {
    CHECK(services.when(PauseServices{eve, 0}) == "service.key_revoked, service.changed, service.changed");
    CHECK_FALSE(runs(trips, 11));
    CHECK_FALSE(runs(movers, 12));
    CHECK_FALSE(runs(shop, 13));
    CHECK(services.when(ChangeService{{}, ServiceStatus::active, movers}) == "service.changed");  // by another
    CHECK(runs(movers, 12));
  }
  CHECK(runs(shop, 10));
}

TEST_CASE("services: one person leaves room for others") {
  Given<Services> services(services_address);
  services.as(boss());
  const auto add = [&](std::ptrdiff_t number) {
    const auto id = static_cast<std::uint8_t>(number);
    return services.when(
        AddService{"s" + std::to_string(number), {Scope::trips_read}, test_id<ServiceId>(id), mark(id)});
  };
  for (std::ptrdiff_t i = 1; i <= max_services_a_maker; ++i) REQUIRE(add(i) == "service.added, service.key_added");
  CHECK(add(max_services_a_maker + 1) == "! too_many");
  services.when(RemoveService{test_id<ServiceId>(1)});
  CHECK(add(max_services_a_maker + 1) == "service.added, service.key_added");
  Caller other = admin(test_id<UserId>(2), Permission::security);
  services.as(other);
  CHECK(add(max_services_a_maker + 2) == "service.added, service.key_added");
}

TEST_CASE("services: the key of the settings makes the first, two of them are valid, a revoked one stays out") {
  Given<Services> services(services_address);
  services.as(provider());
  CHECK(services.when(TakeSettingsKey{mark(1)}) == "service.added, service.key_added");
  CHECK(services.when(TakeSettingsKey{mark(1)}) == "(nothing)");
  const ServiceStanding first = standing(services, first_service, mark(1));
  CHECK(first.active);
  CHECK(first.scopes == first_service_scopes);
  CHECK((first.scopes & bit(Scope::act_users)) == 0);
  services.as(provider());
  CHECK(services.when(TakeSettingsKey{mark(2)}) == "service.key_added");
  CHECK(services.when(TakeSettingsKey{mark(3)}) == "service.key_revoked, service.key_added");
  CHECK_FALSE(standing(services, first_service, mark(1)).active);
  CHECK(standing(services, first_service, mark(2)).active);
  CHECK(services.when(RevokeServiceKey{first_service, services.state.services[0].keys[0].id}) == "service.key_revoked");
  services.as(provider());
  CHECK(services.when(TakeSettingsKey{mark(2)}) == "! not_found");
  CHECK(services.when(TakeSettingsKey{mark(1)}) == "service.key_added");  // only replaced, not revoked
  CHECK(services.as(boss()).when(TakeSettingsKey{mark(4)}) == "! permission_denied");
}

TEST_CASE("services: every state against every command") {
  Given<Services> full = with_shop();
  full.when(AddServiceKey{shop, mark(11)});
  const Uuid key = full.state.services[0].keys[0].id;
  const Caller other = admin(ann, Permission::users);
  check_table<Services>({{"empty", {}}, {"two keys", full.state}},
                        {{"by boss", AnyRecord(AddService{"shop", {Scope::trips_read}, shop, mark(9)}), boss()},
                         {"by other", AnyRecord(AddService{"shop", {Scope::trips_read}, shop, mark(9)}), other},
                         {"by boss", AnyRecord(ChangeService{{}, ServiceStatus::paused, shop}), boss()},
                         {"by other", AnyRecord(ChangeService{{}, ServiceStatus::paused, shop}), other},
                         {"by boss", AnyRecord(AddServiceKey{shop, mark(9)}), boss()},
                         {"by other", AnyRecord(AddServiceKey{shop, mark(9)}), other},
                         {"by boss", AnyRecord(RevokeServiceKey{shop, key}), boss()},
                         {"by other", AnyRecord(RevokeServiceKey{shop, key}), other},
                         {"by boss", AnyRecord(RemoveService{shop}), boss()},
                         {"by other", AnyRecord(RemoveService{shop}), other},
                         {"by account", AnyRecord(PauseServices{ann, 0}), entity({EntityKind::account, ann.value})},
                         {"by boss", AnyRecord(PauseServices{ann, 0}), boss()},
                         {"", AnyRecord(TakeSettingsKey{mark(9)}), provider()},
                         {"by boss", AnyRecord(TakeSettingsKey{mark(9)}), boss()}},
                        services_address);
}

TEST_CASE("audit: an operator's order is written down, by the operator alone") {
  Given<Audit> audit(audit_address(ann.value));
  const RecordOrder drain{"drain_node", "two"};
  CHECK(audit.as(user(ann)).when(drain) == "! not_allowed");
  CHECK(audit.as(admin(UserId{}, Permission::ops)).when(drain) == "! not_allowed");
  CHECK(audit.as(admin(ann, Permission::ops)).when(drain) == "operator.ordered");
}

TEST_CASE("audit: a look is written down for whoever looks, and for nobody else") {
  Given<Audit> audit(audit_address(ann.value));
  const Address delivery{EntityKind::delivery, test_id<DeliveryId>(5).value};
  CHECK(audit.as(user(ann)).when(RecordLook{PrivateThing::messages, delivery}) == "private.seen");
  CHECK(audit.state.looks == 1);
  CHECK(audit.as(user(test_id<UserId>(2))).when(RecordLook{PrivateThing::track, delivery}) == "! not_allowed");
  check_table<Audit>({{"any", {}}},
                     {{"by ann", AnyRecord(RecordLook{PrivateThing::track, delivery}), user(ann)},
                      {"by service", AnyRecord(RecordLook{PrivateThing::track, delivery}), service()},
                      {"by ann", AnyRecord(RecordOrder{"drain_node", "two"}), user(ann)},
                      {"by an operator", AnyRecord(RecordOrder{"drain_node", "two"}), admin(ann, Permission::ops)}},
                     audit_address(ann.value));
}

TEST_CASE("services: what was made in somebody's name within a week goes no further once they shut a thief out") {
  const UserId bob = test_id<UserId>(4);
  Caller colleague = boss();
  colleague.user = bob;
  const auto week = std::chrono::days{7};
  const auto shut_out = [&](Given<Services>& services, UserId whose) {
    return services.as(entity(account_address(whose))).when(PauseServices{whose, ~0U, services.now - week});
  };
  Given<Services> services = with_shop();
  services.at(services.now + week);
  SUBCASE("what is older goes on") { CHECK(shut_out(services, ann) == "(nothing)"); }
  SUBCASE("a service that they made") {
    services.when(AddService{"thief", {Scope::act_users}, test_id<ServiceId>(3), mark(11)});
    const auto names =
        services.as(provider()).ask(ListServicesOf{ann, services.now - week}).resource.get_if<ServiceNames>()->names;
    CHECK(names == std::vector<std::string>{"thief"});
    CHECK(shut_out(services, bob) == "(nothing)");
    CHECK(shut_out(services, ann) == "service.changed, service.key_revoked");
    CHECK(services.state.services.back().paused);
    CHECK(standing(services, shop, mark(10)).active);
    CHECK(shut_out(services, ann) == "(nothing)");
  }
  SUBCASE("a second key, for an own service or a colleague's") {
    CHECK(services.as(colleague).when(AddServiceKey{shop, mark(11)}) == "service.key_added");
    CHECK(shut_out(services, bob) == "service.key_revoked");
    CHECK(services.as(boss()).when(AddServiceKey{shop, mark(12)}) == "service.key_added");
    CHECK(shut_out(services, ann) == "service.key_revoked");
    CHECK(standing(services, shop, mark(10)).active);
  }
  SUBCASE("one that they widened, until a colleague un-pauses it") {
    services.as(colleague).when(ChangeService{{{Scope::trips_read, Scope::act_users}}, {}, shop});
    CHECK(shut_out(services, bob) == "service.changed");
    CHECK(services.state.services.front().paused);
    services.as(boss()).when(ChangeService{{}, ServiceStatus::active, shop});
    CHECK(shut_out(services, bob) == "(nothing)");
    CHECK_FALSE(services.state.services.front().paused);
  }
  CHECK(services.as(boss()).ask(ListServicesOf{ann, services.now}).rejection->code == "permission_denied");
}

}  // namespace services_test
