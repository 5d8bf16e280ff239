#pragma once

#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "tests/rules/relay_given.hpp"
#include "tests/testkit/small_world.hpp"

namespace caravan::testkit::relay {

/// A relay of Ben's and Cem's in a world of rules alone.
class Life {
 public:
  Life()
      : world({EntityKind::request, EntityKind::delivery, EntityKind::escrow, EntityKind::wallet, EntityKind::tracker,
               EntityKind::dispute}) {
    PostRequest wanted = post();
    wanted.deliver_by = test_start + hours{72};
    tell(wanted, ann);
    tell(to_new_haven(), ben);
    tell(from_new_haven(), cem);
    CHECK(tell(take({offer_id, other_offer}), ann).empty());
  }

  template <class Command>
  std::string tell(Command command, UserId who) {
    return world.tell(self, AnyRecord(std::move(command)), user(who));
  }
  template <class Command>
  std::string tell_leg(OfferId leg, Command command, UserId who) {
    return world.tell(address(leg), AnyRecord(std::move(command)), user(who));
  }
  /// The newest code of the leg for that handover is scanned at its place.
  std::string scan(OfferId leg, Handover type, UserId who) {
    const QrCode* newest = nullptr;
    for (const QrCode& code : delivery(leg).codes)
      if (code.type == type && code.status == QrStatus::active) newest = &code;
    if (!newest) return "no code";
    const ScanCode command{
        newest->qr_code_id, newest->secret, {newest->bound_to->lat, newest->bound_to->lng, 10.0}, {}, {}, {}};
    return tell_leg(leg, command, who);
  }
  const RequestState& request() { return world.state<Request>(self.id); }
  Address address(OfferId leg) {
    return {EntityKind::delivery, request().find(leg)->attempt.value_or(DeliveryId{}).value};
  }
  const DeliveryState& delivery(OfferId leg) { return world.state<Delivery>(address(leg).id); }
  const EscrowState& escrow(OfferId leg) { return world.state<Escrow>(delivery(leg).escrow_id.value); }
  Given<Delivery> as_given(OfferId leg) {
    Given<Delivery> given(address(leg));
    given.state = delivery(leg);
    return given;
  }

  SmallWorld world;
};

}  // namespace caravan::testkit::relay
