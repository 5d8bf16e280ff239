#include <algorithm>

#include "actors/delivery/policy.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_codes_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;

TEST_CASE("delivery codes: the pickup and the delivery scan move the parcel and release the money") {
  Given<Delivery> delivery = accepted();
  delivery.as(user(carrier));
  CHECK(delivery.when(scan_of(delivery, Handover::pickup)) ==
        "qr.validated, delivery.picked_up, delivery.status_changed");
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.sent<ParcelTaken>());
  CHECK(code_for(delivery, Handover::pickup).status == QrStatus::used);
  CHECK(delivery.when(scan_of(delivery, Handover::delivery)) ==
        "qr.validated, delivery.completed, delivery.status_changed");
  CHECK(delivery.last.reply.get_if<ScanResult>()->delivery_status == DeliveryStatus::delivered);
  REQUIRE(delivery.sent<ReleaseEscrow>());
  CHECK(delivery.sent<ReleaseEscrow>()->qr_code_id == code_for(delivery, Handover::delivery).qr_code_id);
  CHECK(delivery.sent<RecordDelivery>()->outcome.successful);
  CHECK(delivery.sent<EndTracking>());
}

TEST_CASE("delivery codes: what is worth next to nothing, or is over sooner than the way takes, makes nobody known") {
  const auto is_slight = [](std::int64_t cents, Duration time) {
    Given<Delivery> delivery = accepted();
    delivery.state.terms.price.amount = cents;
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
    delivery.at(delivery.now + time).when(scan_of(delivery, Handover::delivery));
    REQUIRE(delivery.sent<RecordDelivery>());
    CHECK(delivery.sent<RecordDelivery>()->outcome.successful);
    CHECK(delivery.sent<RecordDelivery>()->outcome.cheap == (cents < 500));  // and no review of it counts
    return delivery.sent<RecordDelivery>()->outcome.slight;
  };
  CHECK(is_slight(1, hours{5}));
  CHECK(is_slight(499, hours{5}));
  CHECK_FALSE(is_slight(500, hours{5}));
  CHECK(is_slight(3'500, std::chrono::seconds{5}));
  CHECK_FALSE(is_slight(3'500, std::chrono::minutes{10}));
}

TEST_CASE("delivery codes: each refusal has its name, is recorded, and moves nothing") {
  Given<Delivery> delivery = accepted();
  const ScanCode good = scan_of(delivery, Handover::pickup);
  const auto refused = [&](ScanCode scan, UserId by, const std::string& outcome) {
    CHECK(delivery.as(user(by)).when(std::move(scan)) == "security.qr_validation_failed");
    CHECK(scan_outcome(delivery) == outcome);
    CHECK(delivery.state.status == DeliveryStatus::accepted);
  };
  ScanCode forged = good;
  forged.secret.value[0] = static_cast<char>(forged.secret.value[0] ^ 1);
  refused(forged, carrier, "qr_invalid");
  refused(good, stranger, "qr_wrong_scanner");
  refused(scan_of(delivery, Handover::delivery), carrier, "qr_wrong_order");
  ScanCode elsewhere = good;
  elsewhere.location = {41.3083, -72.9279, {}};
  refused(elsewhere, carrier, "qr_wrong_location");
  elsewhere.location.accuracy = 50'000;  // an inexact fix is not a pass
  refused(elsewhere, carrier, "qr_wrong_location");
  CHECK(delivery.state.scans.size() == 5);
  CHECK(delivery.emitted<QrValidationFailed>()->failure_reason == ScanOutcome::qr_wrong_location);
  refused(forged, carrier, "qr_invalid");
  refused(forged, carrier, "qr_invalid");
  delivery.now = code_for(delivery, Handover::pickup).expires_at;
  CHECK(delivery.as(user(carrier)).when(good) == "security.qr_validation_failed, security.violation");
  CHECK(scan_outcome(delivery) == "qr_expired");
  delivery.when(good);
  CHECK(scan_outcome(delivery) == "qr_locked");
}

TEST_CASE("delivery codes: they live as long as the parcel may be handed out, or come back") {
  Given<Delivery> delivery = accepted();
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  delivery.now += std::chrono::days{13};  // ten after its deadline
  Given<Delivery> comes_back = delivery;
  delivery.when(scan_of(delivery, Handover::delivery));
  CHECK(delivery.state.status == DeliveryStatus::delivered);
  comes_back.when(StartReturn{});
  comes_back.now += std::chrono::days{14};
  comes_back.when(scan_of(comes_back, Handover::giving_back));
  CHECK(comes_back.state.status == DeliveryStatus::returned);
}

TEST_CASE("delivery codes: a scan near the edge passes by its accuracy") {
  Given<Delivery> delivery = accepted();
  ScanCode scan = scan_of(delivery, Handover::pickup);
  scan.location = {pickup_place.lat + 0.00125, pickup_place.lng, {}};  // 139 m
  delivery.as(user(carrier)).when(scan);
  CHECK(scan_outcome(delivery) == "qr_wrong_location");
  scan.location.accuracy = 45;
  delivery.when(scan);
  CHECK(scan_outcome(delivery) == "accepted");
}

TEST_CASE("delivery codes: a used one is used up, a rotated one is void, and so is one of a cancelled delivery") {
  Given<Delivery> delivery = accepted();
  const ScanCode old = scan_of(delivery, Handover::pickup);
  delivery.as(user(sender));
  CHECK(delivery.when(RotateCode{old.qr_code_id}) == "qr.revoked, qr.generated");
  CHECK(delivery.last.reply.get_if<QrCodeResource>()->replaces == old.qr_code_id);
  CHECK(delivery.when(RotateCode{old.qr_code_id}) == "! code_not_active");
  delivery.as(user(carrier)).when(old);
  CHECK(scan_outcome(delivery) == "qr_revoked");
  const ScanCode fresh = scan_of(delivery, Handover::pickup);
  delivery.when(fresh);
  CHECK(scan_outcome(delivery) == "accepted");
  delivery.when(fresh);
  CHECK(scan_outcome(delivery) == "qr_already_used");

  delivery = cancelled();
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  CHECK(scan_outcome(delivery) == "qr_revoked");
}

TEST_CASE("delivery codes: five refusals lock a code until the customer makes a new one") {
  Given<Delivery> delivery = accepted();
  ScanCode far = scan_of(delivery, Handover::pickup), guessed = far;
  far.location = {0, 0, {}};
  guessed.secret.value = "guessed";
  delivery.as(user(carrier));
  for (int i = 0; i < 20; ++i) delivery.when(far);  // a good code off its place is no guess
  for (int i = 0; i < 4; ++i) CHECK(delivery.when(guessed) == "security.qr_validation_failed");
  CHECK(delivery.when(guessed) == "security.qr_validation_failed, security.violation");
  delivery.when(scan_of(delivery, Handover::pickup));
  CHECK(scan_outcome(delivery) == "qr_locked");
  delivery.as(user(sender)).when(RotateCode{far.qr_code_id});
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  CHECK(scan_outcome(delivery) == "accepted");
}

TEST_CASE("delivery codes: a forged text counts as a try at the code that should be shown") {
  Given<Delivery> delivery = accepted();
  const QrCodeId expected = code_for(delivery, Handover::pickup).qr_code_id;
  const ScanCode forged{{}, {}, scan_of(delivery, Handover::pickup).location, {}, {}, {}};
  CHECK(delivery.as(user(carrier)).when(forged) == "security.qr_validation_failed");
  CHECK(scan_outcome(delivery) == "qr_invalid");
  const auto scans = delivery.ask(ViewScans{expected}).resource.get_if<DeliveryPage<ScanResource>>()->items;
  REQUIRE(scans.size() == 1);
  CHECK(scans[0].outcome == ScanOutcome::qr_invalid);
  for (int i = 0; i < 4; ++i) delivery.when(forged);
  delivery.when(scan_of(delivery, Handover::pickup));
  CHECK(scan_outcome(delivery) == "qr_locked");
}

TEST_CASE("delivery codes: only the customer sees the secret, and only of a code that can be scanned") {
  Given<Delivery> delivery = accepted();
  const QrCodeId id = code_for(delivery, Handover::pickup).qr_code_id;
  CHECK(delivery.as(user(sender)).ask(ViewQrSecret{id}).resource.get_if<QrCodeResource>()->secret.value.size() == 16);
  CHECK(delivery.as(user(carrier)).ask(ViewQrSecret{id}).rejection->code == "forbidden");
  CHECK(delivery.ask(ViewQrCode{id}).resource.get_if<QrCodeResource>()->secret.value.empty());
  CHECK(delivery.as(user(stranger)).ask(ViewQrCode{id}).rejection->code == "not_found");
  delivery = cancelled();
  CHECK(delivery.as(user(sender)).ask(ViewQrSecret{code_for(delivery, Handover::pickup).qr_code_id}).rejection->code ==
        "code_not_active");
}

TEST_CASE("delivery codes: a service may bind a code to another place and time") {
  Given<Delivery> delivery = accepted();
  delivery.as(service());
  CHECK(delivery.when(IssueCode{Handover::pickup, LocationBinding{false, {}, 100}, 24}) == "qr.revoked, qr.generated");
  CHECK(code_for(delivery, Handover::pickup).expires_at == test_start + hours{24});
  // Whoever gave the one that is void to somebody hears of it.
  REQUIRE(delivery.sent<Notify>());
  CHECK(delivery.sent<Notify>()->template_id == "qr_rotated");
  CHECK(delivery.last.effects.back().to == inbox_of(sender));
  ScanCode scan = scan_of(delivery, Handover::pickup);
  scan.location = {0, 0, {}};
  delivery.as(user(carrier)).when(scan);
  CHECK(scan_outcome(delivery) == "accepted");
}

TEST_CASE("delivery codes: what a service reports is judged as a scan is, uses the code up and is booked") {
  const auto report = [](DeliveryStatus status, std::optional<QrCodeId> code, std::optional<UserId> by,
                         Coordinates at) {
    return ChangeStatus{status, code, by, {}, MeasuredPlace{at.lat, at.lng, 10.0}, {}, {}};
  };
  Given<Delivery> delivery = accepted();
  const QrCodeId pickup = code_for(delivery, Handover::pickup).qr_code_id;
  const QrCodeId last = code_for(delivery, Handover::delivery).qr_code_id;
  const auto refusal = [&](const ChangeStatus& command) {
    CHECK(delivery.as(service()).when(command) == "security.qr_validation_failed");
    CHECK(delivery.state.status == DeliveryStatus::accepted);
    return scan_outcome(delivery);
  };
  CHECK(refusal(report(DeliveryStatus::picked_up, test_id<QrCodeId>(99), carrier, pickup_place)) == "qr_invalid");
  CHECK(refusal(report(DeliveryStatus::picked_up, {}, carrier, pickup_place)) == "qr_invalid");
  CHECK(refusal(report(DeliveryStatus::picked_up, pickup, sender, pickup_place)) == "qr_wrong_scanner");
  CHECK(refusal(report(DeliveryStatus::picked_up, pickup, carrier, {42.0, -71.0})) == "qr_wrong_location");
  CHECK(refusal(report(DeliveryStatus::picked_up, last, carrier, dropoff_place)) == "qr_wrong_order");
  CHECK(refusal(report(DeliveryStatus::delivered, last, carrier, dropoff_place)) == "qr_wrong_order");
  delivery.as(service()).when(report(DeliveryStatus::picked_up, pickup, carrier, pickup_place));
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.state.status == DeliveryStatus::picked_up);
  CHECK(delivery.ask(ViewQrCode{pickup}).resource.get_if<QrCodeResource>()->status == QrStatus::used);
  CHECK(delivery.ask(ViewScans{pickup}).resource.get_if<DeliveryPage<ScanResource>>()->items.back().outcome ==
        ScanOutcome::accepted);
  // Nobody but the service has seen that scan.
  const ScanResource scan = delivery.ask(ViewScans{pickup}).resource.get_if<DeliveryPage<ScanResource>>()->items.back();
  CHECK(scan.by_service);
  CHECK(scan.scanned_by == carrier);
  CHECK(delivery.ask(ViewTimeline{}).resource.get_if<DeliveryPage<TimelineItem>>()->items.back().by == "service");
  CHECK(delivery.ask(ViewProof{}).resource.get_if<DeliveryPage<ProofItem>>()->items.back().by == "service");
  for (const TimelineItem& item : delivery.state.timeline) CHECK(item.by != "traveler");
  Caller app = user(carrier);
  app.service = test_id<UserId>(50).value;
  Given<Delivery> scanned = accepted();
  scanned.as(app).when(scan_of(scanned, Handover::pickup));
  CHECK(scanned.state.scans.back().by_service);
  CHECK(scanned.state.scans.back().service_id == app.service);
  CHECK(scanned.state.timeline.back().by == "service");
  delivery.when(report(DeliveryStatus::picked_up, pickup, carrier, pickup_place));
  CHECK(scan_outcome(delivery) == "qr_already_used");
  delivery.as(user(sender)).when(RevokeCode{last});
  delivery.as(service()).when(report(DeliveryStatus::delivered, last, carrier, dropoff_place));
  CHECK(scan_outcome(delivery) == "qr_revoked");
}

TEST_CASE("delivery codes: whoever revokes the last code of a step ahead gets another one in its place") {
  for (const Handover type : {Handover::pickup, Handover::delivery, Handover::giving_back}) {
    Given<Delivery> delivery = type == Handover::giving_back ? returning() : accepted();
    const QrCodeId code = code_for(delivery, type).qr_code_id;
    CHECK(delivery.as(user(sender)).when(RevokeCode{code}) == "qr.revoked, qr.generated");
    CHECK(code_for(delivery, type).replaces == code);
    CHECK(code_for(delivery, type).bound_to == (type == Handover::delivery ? dropoff_place : pickup_place));
    CHECK(delivery.when(RevokeCode{code}) == "(nothing)");
    if (type == Handover::delivery) continue;
    delivery.as(user(carrier)).when(scan_of(delivery, type));
    CHECK(scan_outcome(delivery) == "accepted");
  }
  // While it comes back, the receiver may still take it: their code is a step ahead as well.
  Given<Delivery> back = returning();
  CHECK(back.as(user(sender)).when(RevokeCode{code_for(back, Handover::delivery).qr_code_id}) ==
        "qr.revoked, qr.generated");
}

TEST_CASE("delivery codes: once the customer's credentials were reset, those that a thief may have seen are void") {
  Given<Delivery> delivery = accepted();
  const ScanCode pickup = scan_of(delivery, Handover::pickup), last = scan_of(delivery, Handover::delivery);
  const Caller edge = entity({EntityKind::account, sender.value});
  CHECK(delivery.as(user(sender)).when(RenewCodes{sender}) == "! forbidden");
  CHECK(delivery.as(edge).when(RenewCodes{carrier}) == "(nothing)");
  CHECK(delivery.when(RenewCodes{sender}) == "qr.revoked, qr.generated, qr.revoked, qr.generated");
  std::vector<std::pair<Address, std::string>> told;
  for (const Effect& effect : delivery.last.effects)
    if (const auto* notice = effect.command.get_if<Notify>()) told.emplace_back(effect.to, notice->template_id);
  CHECK(told == std::vector<std::pair<Address, std::string>>{{inbox_of(sender), "codes_renewed"},
                                                             {inbox_of(carrier), "qr_rotated"}});
  delivery.as(user(carrier)).when(pickup);
  CHECK(scan_outcome(delivery) == "qr_revoked");
  delivery.when(scan_of(delivery, Handover::pickup));
  CHECK(scan_outcome(delivery) == "accepted");
  delivery.when(last);
  CHECK(scan_outcome(delivery) == "qr_revoked");
  CHECK(delivery.as(edge).when(RenewCodes{sender}) == "qr.revoked, qr.generated");
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.as(edge).when(RenewCodes{sender}) == "(nothing)");
}

TEST_CASE("delivery codes: however many were made void, the customer makes a new one, and what was scanned stays") {
  Given<Delivery> delivery = accepted();
  ScanCode far = scan_of(delivery, Handover::pickup);
  far.location = {0, 0, {}};
  delivery.as(user(carrier)).when(far);
  for (int i = 0; i < 200; ++i)
    REQUIRE(delivery.as(service()).when(IssueCode{Handover::pickup, {}, 1}) == "qr.revoked, qr.generated");
  CHECK(delivery.state.codes.size() <= static_cast<std::size_t>(delivery_policy::max_unseen_codes) + 4);
  CHECK(std::ranges::count(delivery.state.codes, far.qr_code_id, &QrCode::qr_code_id) == 1);
  delivery.now += hours{2};
  const QrCodeId expired = code_for(delivery, Handover::pickup).qr_code_id;
  CHECK(delivery.as(user(sender)).when(RotateCode{expired}) == "qr.revoked, qr.generated");
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  CHECK(scan_outcome(delivery) == "accepted");

  // Nor do those that somebody tried to scan.
  Given<Delivery> tried = accepted();
  for (int i = 0; i < 60; ++i) {
    tried.as(user(stranger)).when(scan_of(tried, Handover::pickup));
    REQUIRE(tried.as(user(sender)).when(RotateCode{code_for(tried, Handover::pickup).qr_code_id}) ==
            "qr.revoked, qr.generated");
  }
  CHECK(tried.state.codes.size() <= delivery_policy::max_codes);
}

TEST_CASE("delivery codes: what a service reports by a code's id alone is done, and its money waits a day") {
  const auto report = [](const Given<Delivery>& delivery, DeliveryStatus status, Handover type, Coordinates at) {
    return ChangeStatus{
        status, code_for(delivery, type).qr_code_id, carrier, {}, MeasuredPlace{at.lat, at.lng, 10.0}, {}, {}};
  };
  const Given<Delivery> carried = in_transit();
  const ChangeStatus bare = report(carried, DeliveryStatus::delivered, Handover::delivery, dropoff_place);
  Given<Delivery> delivery = carried;
  delivery.as(service()).when(bare);
  CHECK(delivery.state.status == DeliveryStatus::delivered);
  CHECK_FALSE(delivery.sent<ReleaseEscrow>());
  REQUIRE(delivery.state.handed_elsewhere);
  CHECK(delivery.state.handed_elsewhere->without_text);
  CHECK(delivery.state.handover_held_until() == delivery.now + hours{24});
  CHECK(delivery.sent<Notify>()->variables.contains("withoutText"));
  ChangeStatus shown = bare;
  shown.secret = code_for(carried, Handover::delivery).secret;
  Given<Delivery> proven = carried;
  proven.as(service()).when(shown);
  CHECK(proven.sent<ReleaseEscrow>());
  CHECK_FALSE(proven.state.handed_elsewhere);
  shown.secret = Bytes{"guessed"};
  Given<Delivery> guessed = carried;
  CHECK(guessed.as(service()).when(shown) == "security.qr_validation_failed");
  CHECK(scan_outcome(guessed) == "qr_invalid");
  // Nor does it give all back to the customer at once.
  Given<Delivery> back = returning();
  back.as(service()).when(report(back, DeliveryStatus::returned, Handover::giving_back, pickup_place));
  REQUIRE(back.state.settlement);
  CHECK(back.state.settlement->refund_waits);
  CHECK_FALSE(back.sent<RefundEscrow>());
}

TEST_CASE("delivery codes: with the customer's new password the places that a thief may have moved go, or are told") {
  const Caller edge = entity({EntityKind::account, sender.value});
  const SetPin moved{PinType::delivery, {dropoff_place.lat + 0.001, dropoff_place.lng}};
  Given<Delivery> delivery = accepted();
  delivery.as(user(sender)).when(moved);
  REQUIRE(delivery.state.pin_proposals.size() == 1);
  Given<Delivery> agreed = delivery;
  delivery.as(edge).when(RenewCodes{sender});
  CHECK(delivery.emitted<DeliveryPinWithdrawn>());
  CHECK(delivery.as(user(carrier)).when(moved) == "delivery.pin_proposed");  // there is nothing to agree to
  agreed.as(user(carrier)).when(moved);
  agreed.as(edge).when(RenewCodes{sender});
  CHECK_FALSE(agreed.emitted<DeliveryPinWithdrawn>());
  REQUIRE(agreed.sent<Notify>());
  CHECK(agreed.sent<Notify>()->variables.contains("movedDelivery"));
  CHECK_FALSE(agreed.sent<Notify>()->variables.contains("movedPickup"));
  CHECK(agreed.sent<Notify>()->variables.contains("renewed"));
  // Where no code is good any more none is said to be new.
  for (QrCode& code : agreed.state.codes) code.status = QrStatus::revoked;
  CHECK(agreed.when(RenewCodes{sender}) == "(nothing)");
  CHECK(effects(agreed.last) == std::vector<std::string>{"inbox notify"});
  CHECK_FALSE(agreed.sent<Notify>()->variables.contains("renewed"));
  // What the traveler proposed is theirs.
  Given<Delivery> theirs = accepted();
  theirs.as(user(carrier)).when(moved);
  theirs.as(edge).when(RenewCodes{sender});
  CHECK(theirs.state.pin_proposals.size() == 1);
}

TEST_CASE("codes: goods that travel only as declared are accepted at the pickup, and nothing else is asked there") {
  Given<Delivery> delivery = accepted();
  CHECK_FALSE(scan_of(delivery, Handover::pickup).accepts_goods);
  delivery.state.terms.item.description = "Two bottles of wine";
  delivery.state.terms.item.declaration = Declaration{"Wine", {}, true};
  ScanCode scan = scan_of(delivery, Handover::pickup);
  CHECK(delivery.as(user(carrier)).when(scan) == "! goods_not_accepted");
  CHECK(delivery.last.rejection->field == "acceptsGoods");
  scan.accepts_goods = false;
  CHECK(delivery.when(scan) == "! goods_not_accepted");
  Given<Delivery> other = delivery;
  scan.accepts_goods = true;
  delivery.when(scan);
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.state.status == DeliveryStatus::picked_up);
  // What the title alone names is asked about as well, as it was at the posting.
  Given<Delivery> titled = accepted();
  titled.state.terms.title = "Whisky";
  CHECK(titled.as(user(carrier)).when(scan_of(titled, Handover::pickup)) == "! goods_not_accepted");
  // A bad scan says what was bad about it first.
  scan.accepts_goods.reset();
  scan.secret.value = "guessed";
  other.when(scan);
  CHECK(scan_outcome(other) == "qr_invalid");
}

}  // namespace delivery_codes_test
