#include "tests/simulation/scene.hpp"

#include <algorithm>

#include "actors/delivery/policy.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/tracker/entity.hpp"

namespace caravan::simulation {

const QrCode* Scene::code(Handover type, QrStatus status) const {
  const QrCode* newest = nullptr;
  for (const QrCode& each : delivery.codes)
    if (each.type == type && each.status == status) newest = &each;
  return newest;
}

void Scene::cheat(std::string_view kind, const Address& to, AnyRecord command, const Caller& who,
                  std::string_view expected) const {
  world.write(to, std::move(command), who, [&census = world.census, kind, expected](const Reply& reply) {
    if (reply.rejection && reply.rejection->code == expected) census.see(kind);
  });
}

void Scene::scan(const QrCode& scanned, Coordinates at, const Caller& who) const {
  write(ScanCode{scanned.qr_code_id, scanned.secret, {at.lat, at.lng, {}}, {}, {}, {}}, who);
}

void Scene::send_point(Coordinates at, Time then) const {
  world.write({EntityKind::tracker, id}, RecordPositions{{{at, 10.0, {}, {}, {}, then}}}, traveler());
}

void Scene::start_tracking() const {
  const TrackerState* tracker = world.chronicle.state<Tracker>(id);
  if (tracker && tracker->status != TrackingStatus::active)
    world.write({EntityKind::tracker, id}, StartTracking{}, traveler());
}

AnyRecord Scene::nobody_came(NextStep next) const {
  if (delivery.is_carried() || delivery.status == DeliveryStatus::returning)
    return RecordFailedAttempt{.reason = "nobody", .next_step = next};
  return CancelDelivery{std::string(delivery_policy::no_show)};
}

AnyRecord Scene::dispute_of(UserId opener) const {
  return OpenDispute{DeliveryId{id},
                     "damaged",
                     "it arrived in two pieces",
                     {},
                     delivery.escrow_id,
                     delivery.terms.customer,
                     delivery.terms.traveler,
                     opener,
                     delivery.terms.price,
                     delivery.ended_at,
                     delivery.settled,
                     false,
                     std::max(delivery.pickup_completed_at, delivery.ended_at)};
}

void Scene::open_dispute(const Caller& who) const {
  world.write(dispute_address(DeliveryId{id}), dispute_of(who.user), who);
}

}  // namespace caravan::simulation
