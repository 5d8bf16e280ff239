#include <doctest/doctest.h>

#include "actors/cover/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/registry.hpp"
#include "actors/request/entity.hpp"
#include "tests/simulation/sabotage.hpp"

namespace self_test_relay {

using namespace caravan;
using namespace caravan::simulation;

// The rules of check_relay.cpp and check_cover.cpp are broken, as in self_test_policy.cpp.

namespace {

constexpr std::uint64_t runs = 150;
constexpr std::size_t least = 4;  // about half as often as it was when this was written

/// Now and then escrows are asked to pay, by what claims to be their delivery.
std::function<void(World&)> paying(bool (*is_wrong)(const DeliveryState&)) {
  return [=](World& world) {
    world.on_step = [=](World& now) {
      if (!now.chance.percent(20)) return;
      for (const Uuid& id : now.chronicle.all(EntityKind::escrow)) {
        const EscrowState& escrow = *now.chronicle.state<Escrow>(id);
        const DeliveryState* delivery = now.chronicle.state<Delivery>(escrow.delivery_id.value);
        if (!delivery || !escrow.is_held() || !is_wrong(*delivery)) continue;
        const Caller forged{.kind = Caller::Kind::entity, .entity = {EntityKind::inbox, id}};
        now.write({EntityKind::escrow, id}, ReleaseEscrow{"forged", {}}, forged);
      }
    };
  };
}

/// Falsifies events of a kind before they are written.
template <class EntityType, class Event>
std::function<void(World&)> telling(void (*falsify)(Event&)) {
  return [=](World& world) {
    world.seam.keeps = [falsify](Write& write) {
      JournalEntry entry{.entity = write.entity, .sequence = write.sequence, .lane = write.lane};
      if (write.entity.kind != EntityType::kind || !decode_body(*find_entity(EntityType::kind), write.body, entry))
        return true;
      for (AnyRecord& event : entry.events)
        if (const auto* said = event.template get_if<Event>()) {
          Event other = *said;
          falsify(other);
          event = AnyRecord(other);
        }
      write.body = encode_body(entry);
      return true;
    };
  };
}

}  // namespace

TEST_CASE("simulation: sees a leg that is paid before the last one has arrived, or a day too soon") {
  const auto at_once = [](const DeliveryState& leg) {
    return leg.hands_on() && leg.status == DeliveryStatus::delivered && !leg.confirmed_at;
  };
  CHECK(caught(runs, paying(at_once), "paid before the last leg had arrived", least) >= least);
  const auto too_soon = [](const DeliveryState& leg) {
    const bool waits = leg.handed_elsewhere && !leg.handed_elsewhere->until_arrival;
    return leg.hands_on() && leg.status == DeliveryStatus::delivered && !leg.confirmed_at && waits;
  };
  CHECK(caught(runs, paying(too_soon), "paid before its day was over", least) >= least);
}

TEST_CASE("simulation: sees a request that does not know where its parcel is, and a leg that nobody took on") {
  const auto carried = [](RelayLegMoved& moved) {
    if (moved.state == LegState::delivered) moved.state = LegState::carried;
  };
  CHECK(caught(runs, telling<Request, RelayLegMoved>(carried), "a leg is carried, and its delivery", least) >= least);
  const auto to_nobody = [](DeliveryLegLinked& linked) { linked.next.reset(); };
  CHECK(caught(runs, telling<Delivery, DeliveryLegLinked>(to_nobody), "was handed on, and nobody took it", least) >=
        least);
}

TEST_CASE("simulation: sees a cover that pays more than its limit, and a pool that has less than it says") {
  const auto dearer = [](CoverPaid& paid) { paid.amount.amount *= 2; };
  CHECK(caught(runs, telling<Escrow, CoverPaid>(dearer), "more than its limit", least) >= least);
  const auto more = [](CoverFeeCame& came) { came.fee.amount += 1; };
  CHECK(caught(runs, telling<Cover, CoverFeeCame>(more), "the pool of covers has", least) >= least);
}

}  // namespace self_test_relay
