#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "tests/testkit/delivery_stages.hpp"

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
    const std::string_view held = name;
    CAPTURE(held);
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

TEST_CASE(
    "private: contacts, exact places and pictures of a delivery are for the two sides and the permission private") {
  Given<Delivery> delivery = delivery_stages::picked_up();
  delivery.state.terms.pickup.contact_name = "Ann";
  delivery.state.terms.pickup.contact_phone = "+12025550101";
  for (ProofItem& item : delivery.state.proofs) item.upload_id = "photo";
  for (ScanResource& scan : delivery.state.scans) scan.photo = "photo";
  REQUIRE_FALSE(delivery.state.proofs.empty());
  REQUIRE_FALSE(delivery.state.scans.empty());
  const auto is_shown = [&](const Caller& who) {
    delivery.as(who);
    const auto stops = *delivery.ask(ViewDelivery{}).resource.get_if<DeliveryResource>();
    const auto rows = *delivery.ask(ViewTimeline{}).resource.get_if<DeliveryPage<TimelineItem>>();
    const auto proofs = *delivery.ask(ViewProof{}).resource.get_if<DeliveryPage<ProofItem>>();
    const QrCodeId code = delivery.state.scans.front().qr_code_id;
    const auto scans = *delivery.ask(ViewScans{code}).resource.get_if<DeliveryPage<ScanResource>>();
    const auto has_place = [](const TimelineItem& item) { return item.facts.contains("lat"); };
    const auto& scan = scans.items.at(0);
    return std::vector<bool>{stops.pickup.contact_name.has_value(),
                             stops.pickup.contact_phone.has_value(),
                             stops.delivery.contact_phone.has_value(),
                             std::ranges::any_of(rows.items, has_place),
                             proofs.items.at(0).location.has_value(),
                             proofs.items.at(0).upload_id.has_value(),
                             scan.location.has_value(),
                             scan.photo.has_value()};
  };
  for (const Caller& who : outsiders) CHECK(is_shown(who) == std::vector<bool>(8, false));
  for (const Caller& who : insiders) CHECK(is_shown(who) == std::vector<bool>(8, true));
  for (const UserId side : {delivery_stages::sender, delivery_stages::carrier})
    CHECK(is_shown(user(side)) == std::vector<bool>(8, true));
}

TEST_CASE(
    "private: once it is over the traveler has doors and contacts for a while, and not at all of what they left") {
  using namespace delivery_stages;
  const auto shown = [](Given<Delivery>& delivery, UserId who) {
    const auto seen = *delivery.as(user(who)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>();
    const QrCodeId code = delivery.state.codes.front().qr_code_id;
    const auto place = delivery.ask(ViewQrCode{code}).resource.get_if<QrCodeResource>()->location;
    CHECK(seen.pickup.contact_phone.has_value() == place.has_value());
    CHECK((seen.pins.at(0).location == pickup_place) == place.has_value());
    return seen.pickup.contact_phone.has_value() && seen.delivery.contact_phone.has_value() && place.has_value();
  };
  const auto shows_private = [](Given<Delivery>& delivery, const Caller& who) {
    return delivery.as(who).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->shows_private;
  };
  Given<Delivery> left = accepted();
  CHECK(shown(left, carrier));
  left.as(user(carrier)).when(CancelDelivery{"changed my mind"});
  CHECK_FALSE(shown(left, carrier));
  CHECK(shown(left, sender));  // what they wrote themselves
  for (Given<Delivery> over : {delivered(), returned()}) {
    const Time end = over.now;
    over.now = end + std::chrono::days{14} - std::chrono::minutes{1};
    CHECK(shown(over, carrier));
    CHECK(shows_private(over, user(carrier)));
    CHECK(shows_private(over, user(sender)));
    over.now = end + std::chrono::days{14};
    CHECK_FALSE(shown(over, carrier));
    CHECK(shown(over, sender));  // what they wrote themselves
    CHECK_FALSE(shows_private(over, user(carrier)));
    CHECK_FALSE(shows_private(over, user(sender)));
    CHECK(shows_private(over, admin(delivery_stages::stranger, Permission::private_data)));
    CHECK_FALSE(shows_private(over, admin(delivery_stages::stranger, Permission::deliveries)));
    over.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
    CHECK(shown(over, carrier));
    CHECK(shows_private(over, user(sender)));
    over.as(entity({EntityKind::dispute, parcel.id})).when(DisputeSettled{DisputeId{parcel.id}, "refund"});
    CHECK_FALSE(shown(over, carrier));
    CHECK_FALSE(shows_private(over, user(sender)));
  }
}

TEST_CASE("private: where exactly a stop, a pin, a code and a fence are is shown to the two sides and private alone") {
  Given<Delivery> delivery = delivery_stages::accepted();
  const Coordinates exact = delivery_stages::pickup_place;
  delivery.state.pin_proposals.push_back({PinType::pickup, exact, delivery_stages::sender, test_start});
  Given<Tracker> tracker({EntityKind::tracker, delivery_stages::parcel.id});
  tracker.state.customer = delivery_stages::sender;
  tracker.state.traveler = delivery_stages::carrier;
  const auto fence = test_id<GeofenceId>(7);
  WatchedFence& watched = tracker.state.fences.emplace_back();
  watched.fence = {fence, "Pickup - 350 5th Ave", Handover::pickup, {GeometryKind::circle, exact, 200.0, {}}};
  /// How far from the exact place all is that the caller is shown; whether any address is exact.
  const auto farthest = [&](const Caller& who) {
    const auto shown = *delivery.as(who).ask(ViewDelivery{}).resource.get_if<DeliveryResource>();
    const auto codes = *delivery.ask(ViewQrCodes{}).resource.get_if<DeliveryPage<QrCodeResource>>();
    const auto fences = *tracker.as(who).ask(ViewGeofences{}).resource.get_if<GeofenceList>();
    const auto one = *tracker.ask(ViewGeofence{fence}).resource.get_if<GeofenceResource>();
    CHECK((shown.pickup.address == delivery.state.terms.pickup.address) == codes.items.at(0).location.has_value());
    CHECK((one.name == "Pickup - 350 5th Ave") == codes.items.at(0).location.has_value());
    CHECK(fences.items.at(0).geometry.center == one.geometry.center);
    std::vector<Coordinates> places{{*shown.pickup.lat, *shown.pickup.lng},
                                    shown.pins.at(0).location,
                                    shown.pins.at(0).proposal->location,
                                    *one.geometry.center};
    if (codes.items.at(0).location) places.push_back(*codes.items.at(0).location);
    double nearest = 1e9, most = 0;
    for (const Coordinates& place : places) {
      nearest = std::min(nearest, distance_meters(place, exact));
      most = std::max(most, distance_meters(place, exact));
    }
    return std::pair{nearest, most};
  };
  for (const Caller& who : outsiders) {
    CHECK(farthest(who).first > 100);
    CHECK(farthest(who).second < area_radius_meters);
  }
  for (const Caller& who : insiders) CHECK(farthest(who).second == 0);
  for (const UserId side : {delivery_stages::sender, delivery_stages::carrier}) CHECK(farthest(user(side)).second == 0);
}

TEST_CASE("private: a service sees where it set a fence itself, and in its code's answer the place that it named") {
  Given<Tracker> tracker({EntityKind::tracker, test_id<DeliveryId>(4).value});
  tracker.state.customer = ann;
  tracker.state.traveler = bob;
  const Coordinates place{40.748412, -73.985713};
  AddGeofence command;
  command.fence = {test_id<GeofenceId>(7), "The yard", Handover::pickup, {GeometryKind::circle, place, 200.0, {}}};
  CHECK(tracker.as(service_with(0)).when(command) == "geofence.added");
  const auto shown = [&](const Caller& who) {
    return *tracker.as(who).ask(ViewGeofence{command.fence.geofence_id}).resource.get_if<GeofenceResource>();
  };
  CHECK(shown(service_with(0)).geometry.center == place);
  CHECK(shown(with(all_but_private)).geometry.center == area_center(place));
  Given<Delivery> delivery = delivery_stages::accepted();
  const auto made = [&](const Caller& who, const IssueCode& code) {
    delivery.as(who).when(code);
    return delivery.last.reply.get_if<QrCodeResource>()->location;
  };
  CHECK_FALSE(made(service_with(0), {Handover::pickup, {}, {}}));
  CHECK(made(service_with(0), {Handover::pickup, LocationBinding{true, place, 100}, {}}) == place);
  CHECK(made(insiders.back(), {Handover::pickup, {}, {}}) == delivery_stages::pickup_place);
}

TEST_CASE("private: where exactly a request is fetched and a trip goes is for its owner and the permission private") {
  const Coordinates exact{40.748412, -73.985713};
  Given<Request> request({EntityKind::request, test_id<RequestId>(5).value});
  request.state.customer_id = ann;
  request.state.details.pickup.address = "350 5th Ave";
  request.state.details.pickup.lat = exact.lat;
  request.state.details.pickup.lng = exact.lng;
  Given<Trip> trip({EntityKind::trip, test_id<TripId>(6).value});
  trip.state.traveler_id = ann;
  trip.state.details.places = {{"350 5th Ave", exact.lat, exact.lng, {}}, {"2 Elm St", 42.35, -71.06, {}}};
  trip.state.details.route = {350'321, 14'000, "table", "abc", {}};
  const auto is_exact = [&](const Caller& who) {
    const auto stop = request.as(who).ask(ViewRequest{}).resource.get_if<RequestResource>()->pickup;
    const auto whole = *trip.as(who).ask(ViewTrip{}).resource.get_if<TripResource>();
    const auto way = *trip.ask(ViewRoute{}).resource.get_if<TripRouteResource>();
    return std::vector<bool>{stop.address == "350 5th Ave",         stop.lat == exact.lat,
                             whole.origin.address == "350 5th Ave", whole.origin.lat == exact.lat,
                             !whole.route.polyline.empty(),         way.legs.at(0).from.lat == exact.lat};
  };
  for (const Caller& who : outsiders) CHECK(is_exact(who) == std::vector<bool>(6, false));
  for (const Caller& who : insiders) CHECK(is_exact(who) == std::vector<bool>(6, true));
  CHECK(is_exact(user(ann)) == std::vector<bool>(6, true));
}

TEST_CASE("private: where exactly a traveler came by is shown to the two sides and the permission private") {
  Given<Tracker> tracker({EntityKind::tracker, test_id<DeliveryId>(4).value});
  tracker.state.customer = ann;
  tracker.state.traveler = bob;
  const auto fence = test_id<GeofenceId>(7);
  const Coordinates place{40.748412, -73.985713};
  tracker.state.hits.push_back({fence, Handover::pickup, GeofenceEventType::entry, test_start, place});
  const auto shown = [&](const Caller& who) {
    return tracker.as(who).ask(ViewGeofenceEvents{fence}).resource.get_if<GeofenceEventList>()->items.at(0).location;
  };
  for (const Caller& who : outsiders) CHECK(shown(who).lat == area_center(place).lat);
  for (const Caller& who : insiders) CHECK(shown(who).lat == place.lat);
  CHECK(shown(user(bob)).lat == place.lat);
}

TEST_CASE("private: a dispute's thread is not for services without private:read") {
  Given<Dispute> dispute({EntityKind::dispute, test_id<DisputeId>(6).value});
  dispute.state.status = DisputeStatus::open;
  dispute.state.terms.customer = ann;
  dispute.state.messages.emplace_back();
  dispute.state.evidence.emplace_back();
  const auto shown = [&](const Caller& who) {
    const auto out = *dispute.as(who).ask(ViewDispute{}).resource.get_if<DisputeResource>();
    return out.messages.size() + out.evidence.size();
  };
  CHECK(shown(service_with(0)) == 0);
  CHECK(shown(service_with(static_cast<std::uint32_t>(Permission::private_data))) == 2);
  CHECK(shown(user(ann)) == 2);
  CHECK(shown(admin(boss, Permission::disputes)) == 2);
}

TEST_CASE("private: a key for which no scope was chosen reads no codes and no papers") {
  CHECK((read_scopes() & (bit(Scope::qr_codes_read) | bit(Scope::uploads_read))) == 0);
  CHECK((read_scopes() & bit(Scope::deliveries_read)) != 0);
}

TEST_CASE("private: nobody gives it who does not hold it, whatever else they hold") {
  Given<Account> account(account_address(ann));
  account.state.registered = true;
  account.state.status = UserStatus::active;
  const SetRoles command{{Role::admin}, {PermissionName::private_data}};
  CHECK(account.as(with(all_but_private)).when(command) == "! permission_denied");
}

}  // namespace private_test
