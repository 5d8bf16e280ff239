#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/registry.hpp"
#include "actors/tracker/entity.hpp"
#include "tests/simulation/sabotage.hpp"

namespace self_test_policy {

using namespace caravan;
using namespace caravan::simulation;

// Each rule of check_policy.cpp is broken once: by a journal that says something else than was decided, or by a command
// that nobody of the house sent.

namespace {

/// In so many of so many runs it is seen at least: about half as often as it was when this was written, so that another
/// world with other seeds still sees it.
struct Rate {
  std::size_t least;
  std::uint64_t runs;
};
constexpr Rate mostly{25, 50}, often{17, 70}, at_times{15, 150}, seldom{6, 150}, rarely{4, 400};

bool is_seen(const Rate& rate, const std::function<void(World&)>& sabotage, std::string_view text) {
  const std::size_t seen = caught(rate.runs, sabotage, text, rate.least);
  if (seen < rate.least) MESSAGE("seen in ", seen, " of ", rate.runs, " runs: ", text);
  return seen >= rate.least;
}

/// Falsifies events of a kind before they are written.
template <class EntityType, class Event>
std::function<void(World&)> rewriting(bool (*falsify)(const World&, const Uuid&, Event&)) {
  return [=](World& world) {
    world.seam.keeps = [&world, falsify](Write& write) {
      JournalEntry entry{.entity = write.entity, .sequence = write.sequence, .lane = write.lane};
      if (write.entity.kind != EntityType::kind || !decode_body(*find_entity(EntityType::kind), write.body, entry))
        return true;
      for (AnyRecord& event : entry.events)
        if (const auto* said = event.template get_if<Event>()) {
          Event other = *said;
          if (falsify(world, write.entity.id, other)) event = AnyRecord(other);
        }
      write.body = encode_body(entry);
      return true;
    };
  };
}

/// Now and then escrows are asked, by what claims to be their delivery, to share their money out like this.
std::function<void(World&)> forging(AnyRecord (*forge)(const EscrowState&, const DeliveryState&)) {
  return [=](World& world) {
    world.on_step = [=](World& now) {
      if (!now.chance.percent(20)) return;
      for (const Uuid& id : now.chronicle.all(EntityKind::escrow)) {
        const EscrowState& escrow = *now.chronicle.state<Escrow>(id);
        const DeliveryState* delivery = now.chronicle.state<Delivery>(escrow.delivery_id.value);
        if (!delivery || !escrow.is_held()) continue;
        const Caller forged{.kind = Caller::Kind::entity, .entity = {EntityKind::inbox, id}};
        if (const AnyRecord command = forge(escrow, *delivery)) now.write({EntityKind::escrow, id}, command, forged);
      }
    };
  };
}

Money part(Money all, std::int64_t percent) { return {all.amount * percent / 100, all.currency}; }
/// As the chronicle knows it, which may be behind the journal.
const DeliveryState& delivery_of(const World& world, const Uuid& id) {
  static const DeliveryState unknown;
  const DeliveryState* delivery = world.chronicle.state<Delivery>(id);
  return delivery ? *delivery : unknown;
}

/// Has the traveler's share of an end be that.
void share(Settlement& settlement, Money price, Money fee) {
  settlement.compensation = fee;
  settlement.refund = price - fee;
}

}  // namespace

TEST_CASE("simulation: sees an end that keeps more than the fee, or not the whole price") {
  const auto too_much = [](const World& world, const Uuid& id, DeliveryCancelled& end) {
    const Money price = delivery_of(world, id).terms.price;
    share(end.settlement, price, part(price, 60));
    return true;
  };
  CHECK(is_seen(mostly, rewriting<Delivery, DeliveryCancelled>(too_much), "more than the fee was kept"));
  const auto not_whole = [](const World&, const Uuid&, DeliveryCancelled& end) {
    end.settlement.refund.amount += 1;
    return true;
  };
  CHECK(is_seen(mostly, rewriting<Delivery, DeliveryCancelled>(not_whole), "does not share out the price"));
}

TEST_CASE("simulation: sees a fee of a wait that nobody measured, and of a guessed place") {
  const auto held = [](const World&, const Uuid&, DeliveryCancelled& end) {
    end.settlement.held_until = end.at;
    return true;
  };
  CHECK(is_seen(mostly, rewriting<Delivery, DeliveryCancelled>(held), "a wait that nobody measured"));
  const auto guessed = [](const World& world, const Uuid& id, DeliveryCancelled& end) {
    if (!delivery_of(world, id).terms.pickup.is_pinned()) end.settlement.held_until = end.at;
    return true;
  };
  CHECK(is_seen(often, rewriting<Delivery, DeliveryCancelled>(guessed), "a guessed pickup earned a fee"));
}

TEST_CASE("simulation: sees a fee that pays by itself though somebody was there, or its wait was doubted") {
  // All customers say so, again and again.
  const auto said = [](World& world) {
    rewriting<Delivery, DeliveryCancelled>([](const World& now, const Uuid& id, DeliveryCancelled& end) {
      if (delivery_of(now, id).said_at_pickup) end.settlement.held_until = end.at;
      return true;
    })(world);
    world.on_step = [](World& now) {
      now.chronicle.each<Delivery>([&](const Uuid& id, const DeliveryState& state) {
        if (state.status == DeliveryStatus::accepted && now.chance.percent(5))
          now.write({EntityKind::delivery, id}, SayPresent{},
                    {.kind = Caller::Kind::user, .user = state.terms.customer});
      });
    };
  };
  CHECK(is_seen(often, said, "somebody was said to be there"));
  // Something contradicts many a wait, and it is paid all the same.
  const auto doubted = [](World& world) {
    rewriting<Delivery, DeliveryReturned>([](const World&, const Uuid&, DeliveryReturned& end) {
      if (end.settlement.needs_decision) end.settlement.held_until = end.handed.at;
      return true;
    })(world);
    world.on_step = [](World& now) {
      now.chronicle.each<Delivery>([&](const Uuid& id, const DeliveryState& state) {
        if (state.status == DeliveryStatus::returning && state.attempt_at_pin.value_or(false) && now.chance.percent(5))
          now.write({EntityKind::delivery, id}, DoubtWait{400'000},
                    {.kind = Caller::Kind::entity, .entity = user_address(state.terms.traveler)});
      });
    };
  };
  CHECK(is_seen(rarely, doubted, "a doubted wait pays by itself"));
}

TEST_CASE("simulation: sees who earns by leaving, and a fee within the free time") {
  const auto leaves = [](const World& world, const Uuid& id, DeliveryCancelled& end) {
    const Money price = delivery_of(world, id).terms.price;
    end.settlement.by = "traveler";
    share(end.settlement, price, part(price, 5));
    return true;
  };
  CHECK(is_seen(mostly, rewriting<Delivery, DeliveryCancelled>(leaves), "earned by leaving"));
  const auto at_once = [](const World& world, const Uuid& id, DeliveryCancelled& end) {
    const Money price = delivery_of(world, id).terms.price;
    if (end.settlement.by == "customer") share(end.settlement, price, part(price, 5));
    return true;
  };
  CHECK(is_seen(seldom, rewriting<Delivery, DeliveryCancelled>(at_once), "within the free time"));
}

TEST_CASE("simulation: sees a return that earns without an attempt") {
  const auto earns = [](const World& world, const Uuid& id, DeliveryReturned& end) {
    const Money price = delivery_of(world, id).terms.price;
    share(end.settlement, price, part(price, 5));
    return true;
  };
  CHECK(is_seen(often, rewriting<Delivery, DeliveryReturned>(earns), "a return without an attempt earned"));
}

TEST_CASE("simulation: sees a return that tells another story of money that others shared out") {
  const auto tells = [](const World& world, const Uuid& id, DeliveryReturned& end) {
    const DeliveryState& delivery = delivery_of(world, id);
    if (delivery.funds_gone) end.settlement.compensation = end.settlement.compensation + part(delivery.terms.price, 5);
    return true;
  };
  CHECK(is_seen(seldom, rewriting<Delivery, DeliveryReturned>(tells), "how others shared the money out"));
}

TEST_CASE("simulation: sees more money than there was, and a traveler who has more than the price") {
  const auto one_more = [](const World&, const Uuid&, EscrowReleased& release) {
    release.traveler_amount += 1;
    return true;
  };
  CHECK(is_seen(mostly, rewriting<Escrow, EscrowReleased>(one_more), "its shares are not the whole"));
  const auto no_fee = [](const World&, const Uuid&, EscrowReleased& release) {
    release.traveler_amount += std::exchange(release.platform_fee, 0);
    return true;
  };
  CHECK(is_seen(often, rewriting<Escrow, EscrowReleased>(no_fee), "the traveler has more than the price"));
  const auto twice = [](const World&, const Uuid&, PaymentRefunded& refund) {
    refund.amount.amount *= 2;
    return true;
  };
  CHECK(is_seen(mostly, rewriting<Escrow, PaymentRefunded>(twice), "more was given back than was paid"));
}

TEST_CASE("simulation: sees money of a delivery that goes on") {
  const auto early = [](const EscrowState& escrow, const DeliveryState& delivery) {
    const Money none{0, escrow.amount.currency};
    return delivery.is_open() ? AnyRecord(RefundEscrow{none, escrow.amount, "forged", false}) : AnyRecord();
  };
  CHECK(is_seen(mostly, forging(early), "money of a delivery that goes on"));
}

TEST_CASE("simulation: sees a customer who got back what the end keeps") {
  const auto late = [](const World& world, const Uuid& id, DeliveryCancelled& end) {
    constexpr auto free_time = std::chrono::seconds{policy.cancellation.free_seconds};
    const DeliveryState& delivery = delivery_of(world, id);
    if (delivery.funds_gone || end.settlement.waits() || end.at < delivery.created_at + free_time) return false;
    end.settlement.by = "customer";
    share(end.settlement, delivery.terms.price, part(delivery.terms.price, policy.cancellation.late_fee_percent));
    return true;
  };
  CHECK(is_seen(often, rewriting<Delivery, DeliveryCancelled>(late), "the customer has more than the policy says"));
}

TEST_CASE("simulation: sees an attempt that failed without a wait") {
  const auto never_there = [](const World&, const Uuid&, PresenceNoted& noted) {
    noted.since.reset();
    noted.until.reset();
    return true;
  };
  CHECK(is_seen(seldom, rewriting<Tracker, PresenceNoted>(never_there), "an attempt failed without a wait"));
}

TEST_CASE("simulation: sees the fee of an attempt that is not held, or was earned at a guessed place") {
  const auto not_held = [](const World&, const Uuid&, DeliveryReturned& end) {
    end.settlement.held_until.reset();
    end.settlement.needs_decision = false;
    return true;
  };
  CHECK(is_seen(at_times, rewriting<Delivery, DeliveryReturned>(not_held), "the fee of an attempt was not held"));
  const auto guessed = [](const World& world, const Uuid& id, DeliveryReturned& end) {
    const BeginAcceptance& terms = delivery_of(world, id).terms;
    if (terms.dropoff.is_pinned()) return true;
    share(end.settlement, terms.price, part(terms.price, 5));
    end.settlement.held_until = end.handed.at;
    return true;
  };
  CHECK(is_seen(at_times, rewriting<Delivery, DeliveryReturned>(guessed), "a guessed dropoff earned a fee"));
}

TEST_CASE("simulation: sees an attempt long before or after the trip should arrive whose fee pays by itself") {
  // The journal says just before the attempt that the trip arrives on another day than the traveler's plan has it.
  for (const std::chrono::days shift : {std::chrono::days{1}, std::chrono::days{-1}}) {
    const auto arrives_otherwise = [shift](World& world) {
      world.seam.keeps = [&world, shift](Write& write) {
        JournalEntry entry{.entity = write.entity, .sequence = write.sequence, .lane = write.lane};
        if (write.entity.kind != EntityKind::delivery ||
            !decode_body(*find_entity(EntityKind::delivery), write.body, entry))
          return true;
        const auto is_attempt = [](const AnyRecord& event) { return event.get_if<AttemptFailed>() != nullptr; };
        const auto attempt = std::ranges::find_if(entry.events, is_attempt);
        if (attempt == entry.events.end()) return true;
        const DeliveryState& delivery = delivery_of(world, write.entity.id);
        if (!delivery.pickup_until || !delivery.planned_arrival) return true;
        const Time other = *delivery.planned_arrival + shift;
        entry.events.insert(attempt, AnyRecord(PickupPlanned{*delivery.pickup_until, other, delivery.mode}));
        write.body = encode_body(entry);
        return true;
      };
    };
    CHECK(is_seen(rarely, arrives_otherwise, "an attempt out of its time earned a fee"));
  }
}

TEST_CASE("simulation: sees a fee that is paid undecided, or before its day is over") {
  const auto undecided = [](const World&, const Uuid&, DeliveryCancelled& end) {
    end.settlement.needs_decision = end.settlement.waits();
    return true;
  };
  CHECK(is_seen(rarely, rewriting<Delivery, DeliveryCancelled>(undecided), "a fee was paid undecided"));
  const auto at_once = [](const EscrowState& escrow, const DeliveryState&) {
    const Money none{0, escrow.amount.currency};
    return escrow.fee_waits ? AnyRecord(RefundEscrow{none, escrow.held, "forged", false}) : AnyRecord();
  };
  CHECK(is_seen(seldom, forging(at_once), "a fee was paid before its day was over"));
}

TEST_CASE("simulation: sees a return that is none, and one on the customer's word that does not wait") {
  const auto undecided = [](const World&, const Uuid&, DeliveryReturned& end) {
    end.settlement.needs_decision = false;
    return true;
  };
  CHECK(
      is_seen(seldom, rewriting<Delivery, DeliveryReturned>(undecided), "nearer to the receiver, and nobody decides"));
  const auto at_once = [](const World&, const Uuid&, DeliveryReturned& end) {
    end.settlement.refund_waits = false;
    return true;
  };
  CHECK(is_seen(seldom, rewriting<Delivery, DeliveryReturned>(at_once), "nothing waits for an objection"));
  const auto early = [](const EscrowState& escrow, const DeliveryState& delivery) {
    const bool waits = delivery.settlement && delivery.settlement->refund_waits;
    return waits ? AnyRecord(RefundEscrow{escrow.held, {0, escrow.held.currency}, "forged", false}) : AnyRecord();
  };
  CHECK(is_seen(seldom, forging(early), "a refund was paid that had to wait"));
}

TEST_CASE("simulation: sees a handover off its place that pays as another does, or too soon, or undecided") {
  const auto hidden = [](const World&, const Uuid&, DeliveryCompleted& end) {
    end.elsewhere.reset();
    return true;
  };
  CHECK(is_seen(at_times, rewriting<Delivery, DeliveryCompleted>(hidden), "off its place, as if it were there"));
  const auto undecided = [](const World&, const Uuid&, DeliveryCompleted& end) {
    if (end.elsewhere) end.elsewhere->needs_decision = false;
    return true;
  };
  CHECK(is_seen(seldom, rewriting<Delivery, DeliveryCompleted>(undecided), "nearer to the sender, and nobody decides"));
  const auto early = [](const EscrowState&, const DeliveryState& delivery) {
    return delivery.handed_elsewhere ? AnyRecord(ReleaseEscrow{"forged", {}}) : AnyRecord();
  };
  CHECK(is_seen(at_times, forging(early), "off its place was paid before its day was over"));
}

TEST_CASE("simulation: sees a traveler who got more than the end says") {
  const auto less = [](const World&, const Uuid&, DeliveryCancelled& end) {
    if (end.settlement.compensation.amount == 0) return false;
    end.settlement.compensation.amount -= 1;
    end.settlement.refund.amount += 1;
    return true;
  };
  CHECK(is_seen(at_times, rewriting<Delivery, DeliveryCancelled>(less), "the traveler has more than the policy says"));
}

}  // namespace self_test_policy
