#include "actors/delivery/policy.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/testkit/delivery_stages.hpp"
#include "tests/testkit/small_world.hpp"

namespace policy_test {

/// The policy as properties: whatever one side calls alone, as often and with whatever places and times it likes, earns
/// it no more than the policy's table says. What is due is worked out here from the calls themselves.
using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t price = 3'500;
constexpr std::int64_t late_fee = price * 10 / 100, no_show_fee = 875;
constexpr Duration wait = 15min, largest_gap = 5min, a_day = 24h, free_for = 2h, all_timers = 100 * a_day;
constexpr std::uint64_t seeds = 300;
constexpr int calls = 40;
constexpr Coordinates elsewhere{40.76, -73.98};

/// What we saw of the traveler at a place, by our clock and from the calls alone: since when points there arrived that
/// were taken lately, with no long pause and none from elsewhere between them.
struct Seen {
  std::optional<Time> since, until;
  std::vector<std::pair<Time, Time>> before;  // stays that are over

  void there(Time now) {
    if (since && now - *until > largest_gap) leave();
    if (!since) since = now;
    until = now;
  }
  void leave() {
    if (since) before.emplace_back(*since, *until);
    since = until = {};
  }
  /// So long, of the time after `from`, whether or not the traveler has left since.
  bool has_earned(Time from) const {
    const auto is_wait = [&](const auto& stay) { return stay.second - std::max(stay.first, from) >= wait; };
    return (since && is_wait(std::pair(*since, *until))) || std::ranges::any_of(before, is_wait);
  }
  /// So long, of the time after `from`.
  bool has_waited(Time from, Time now) const {
    return since && now - *until <= largest_gap && now - std::max(*since, from) >= wait;
  }
};

/// A deal whose money is held, and what its parties do to it.
class Deal {
 public:
  explicit Deal(std::uint64_t seed)
      : world({EntityKind::delivery, EntityKind::escrow, EntityKind::wallet, EntityKind::tracker, EntityKind::dispute},
              seed) {
    BeginAcceptance begin = terms();
    begin.deliver_by.reset();
    if (world.percent(50)) begin.deliver_by = world.now + Duration{world.roll(96) * 1h} + 1h;
    if (world.percent(50)) begin.pickup_from = world.now + Duration{world.roll(6) * 1h};
    if (begin.pickup_from && begin.deliver_by) begin.deliver_by = std::max(*begin.deliver_by, *begin.pickup_from + 1h);
    if (world.percent(30)) begin.pickup.uncertainty_meters = 5'000;
    if (world.percent(30)) begin.dropoff.uncertainty_meters = 5'000;
    if (seed % 2 == 0) world.pickup_until = world.now + Duration{static_cast<std::int64_t>(seed % 48) * 1h};
    if (seed % 4 == 0) world.arrival = *world.pickup_until + Duration{world.roll(48) * 1h};
    pickup_until = world.pickup_until;
    arrival = world.arrival;
    if (seed % 3 == 0) {  // the parcel is taken on the trip's way
      pickup_until = begin.planned_pickup = world.now + Duration{world.roll(48) * 1h};
      arrival = begin.planned_arrival = *pickup_until + Duration{world.roll(48) * 1h};
    }
    world.tell(parcel, AnyRecord(begin), entity({EntityKind::request, begin.request_id.value}));
    REQUIRE(delivery().status == DeliveryStatus::accepted);
    accepted_at = world.now;
  }

  const DeliveryState& delivery() { return world.state<Delivery>(parcel.id); }
  const EscrowState& money() { return world.state<Escrow>(delivery().escrow_id.value); }
  Address escrow_address() { return {EntityKind::escrow, delivery().escrow_id.value}; }
  std::int64_t earned() { return money().to_traveler.amount; }
  std::int64_t refunded() { return money().refunded.amount; }
  void stop() {
    if (!world.tell(tracker, AnyRecord(StopTracking{}), user(carrier)).empty()) return;
    at_pickup.leave();
    at_dropoff.leave();
  }
  std::string as(UserId who, AnyRecord command) { return world.tell(parcel, std::move(command), user(who)); }

  /// Shows a code as its scanner sees it.
  ScanCode scan(Handover type, Coordinates at) {
    const QrCode* newest = nullptr;
    for (const QrCode& code : delivery().codes)
      if (code.type == type) newest = &code;
    if (!newest) return {};
    return {newest->qr_code_id, newest->secret, {at.lat, at.lng, 10.0}, {}, {}, {}};
  }

  SmallWorld world;
  std::optional<Time> pickup_until, arrival;  // what both agreed to
  Time accepted_at;
  Seen at_pickup, at_dropoff;
};

Coordinates any_place(SmallWorld& world) {
  const Coordinates all[] = {pickup_place, dropoff_place, elsewhere};
  return all[world.roll(3)];
}

void send(Deal& deal, const RecordPositions& points) {
  SmallWorld& world = deal.world;
  if (!world.tell(tracker, AnyRecord(points), user(carrier)).empty()) return;
  const std::vector<Fix>& track = world.state<Tracker>(tracker.id).window;  // without what nobody can have reached
  for (const auto& [place, seen] :
       {std::pair(pickup_place, &deal.at_pickup), std::pair(dropoff_place, &deal.at_dropoff)}) {
    bool is_there = false, is_elsewhere = false;
    for (const Fix& fix : points.points) {
      if (std::ranges::find(track, fix.timestamp, &Fix::timestamp) == track.end()) continue;
      if (fix.location == place)
        is_there |= world.now - fix.timestamp <= largest_gap;
      else
        is_elsewhere |= seen->since && fix.timestamp >= *seen->until;
    }
    if (is_elsewhere) seen->leave();
    if (is_there) seen->there(world.now);
  }
}

Fix any_fix(SmallWorld& world, Coordinates at, Duration age) {
  return {at, static_cast<double>(world.roll(3) * 60), {}, {}, {}, world.now - age};
}

/// Points of any place, of any time.
void send_points(Deal& deal) {
  SmallWorld& world = deal.world;
  RecordPositions points;
  for (std::uint64_t i = 1 + world.roll(4); i > 0; --i)
    points.points.push_back(any_fix(world, any_place(world), Duration{world.roll(7 * 24 * 60) * 1min} - 5min));
  send(deal, points);
}

/// A traveler who stands somewhere, or whose phone says so: with pauses, old points and inexact ones between.
void stand(Deal& deal) {
  SmallWorld& world = deal.world;
  const Coordinates at = any_place(world);
  world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
  for (std::uint64_t i = 6 + world.roll(8); i > 0; --i) {
    const bool is_far = world.percent(4);
    const Duration age = world.percent(90) ? Duration{} : Duration{world.roll(10) * 1min};
    send(deal, {{any_fix(world, is_far ? elsewhere : at, age)}});
    if (world.percent(2)) {
      deal.stop();
      world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
    }
    world.pass(world.percent(95) ? Duration{(1 + world.roll(4)) * 1min} : Duration{6min});
  }
}

OpenDispute claim_of(Deal& deal, UserId who) {
  const DeliveryState& state = deal.delivery();
  return {DeliveryId{parcel.id}, "unfair",      "It was not as they say", {}, state.escrow_id, sender, carrier, who,
          {price, {}},           state.ended_at};
}

std::string any_reason(SmallWorld& world) {
  const char* reasons[] = {"no_show", "", "ill", "no_show ", "trip_cancelled"};
  return reasons[world.roll(5)];
}

/// What both sides may try with the money.
void try_the_money(Deal& deal, UserId who) {
  SmallWorld& world = deal.world;
  const auto amount = static_cast<std::int64_t>(world.roll(price + 1));
  const Address escrow = deal.escrow_address();
  switch (world.roll(4)) {
    case 0:
      world.tell(escrow, AnyRecord(ProposeSplit{amount, ""}), user(who));
      break;
    case 1:
      world.tell(escrow, AnyRecord(AcceptSplit{amount}), user(who));
      break;
    case 2:
      world.tell(escrow, AnyRecord(CancelIntent{}), user(who));
      break;
    default:
      if (world.percent(20)) world.tell({EntityKind::dispute, parcel.id}, AnyRecord(claim_of(deal, who)), user(who));
  }
}

/// Nobody has to be at the pickup earlier.
Time awaited_from(Deal& deal) {
  const BeginAcceptance& terms = deal.delivery().terms;
  const Time from = std::max(deal.accepted_at, terms.pickup_from.value_or(deal.accepted_at));
  return deal.pickup_until ? std::max(from, *deal.pickup_until - 2h) : from;
}

/// Leaves before the pickup. Who is believed to have waited has been seen doing so.
void report_no_show(Deal& deal, const std::string& reason, std::optional<Time>& believed_at) {
  const Time now = deal.world.now;
  const bool taken = deal.as(carrier, AnyRecord(CancelDelivery{reason})).empty();
  if (!taken || reason != "no_show" || believed_at) return;
  believed_at = now;
  const Time from = awaited_from(deal);
  if (!deal.delivery().terms.pickup.is_pinned()) return;
  REQUIRE((deal.at_pickup.has_waited(from, now) || deal.at_pickup.has_earned(from)));
  if (deal.delivery().settlement->held_until)
    REQUIRE((deal.at_pickup.has_waited(from, now) && now >= deal.pickup_until.value_or(now)));
}

/// Anything that a traveler can call alone. When a no-show was reported and believed; nothing else is remembered.
void traveler_calls(Deal& deal, std::optional<Time>& believed_at) {
  SmallWorld& world = deal.world;
  switch (world.roll(11)) {
    case 0:
      world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
      break;
    case 1:
    case 10:
      send_points(deal);
      break;
    case 2:
      stand(deal);
      if (world.percent(60)) report_no_show(deal, "no_show", believed_at);
      break;
    case 3:
      world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
      if (world.percent(30)) deal.stop();
      break;
    case 4:
      report_no_show(deal, any_reason(world), believed_at);
      break;
    case 5:
      deal.as(carrier,
              AnyRecord(RecordFailedAttempt{"absent",
                                            {},
                                            3'600,
                                            world.percent(50) ? std::optional(NextStep::giving_back) : std::nullopt,
                                            MeasuredPlace{dropoff_place.lat, dropoff_place.lng, {}},
                                            {}}));
      break;
    case 6:
      deal.as(carrier, AnyRecord(StartReturn{}));
      break;
    case 7: {
      ScanCode forged = deal.scan(static_cast<Handover>(world.roll(3)), any_place(world));
      forged.secret.value = "guessed";
      deal.as(carrier, AnyRecord(forged));
      break;
    }
    case 8:
      try_the_money(deal, carrier);
      break;
    default:
      if (world.percent(15)) {
        const Address leaves = world.percent(50) ? Address{EntityKind::account, carrier.value} : trip;
        world.tell(parcel, AnyRecord(CancelDelivery{"user_deleted"}), entity(leaves));
      }
  }
}

/// By what both agreed to. A trip that arrives after the deadline, or leaves before the pickup may be, is not late so.
bool nobody_came(const DeliveryState& delivery, const Deal& deal) {
  if (delivery.late && (!deal.arrival || deal.world.now >= *deal.arrival)) return true;
  if (!deal.pickup_until) return false;
  const Time leaves = std::max(*deal.pickup_until, delivery.terms.pickup_from.value_or(*deal.pickup_until));
  return deal.world.now >= leaves + 30min;
}

Duration some_time(SmallWorld& world) {
  const Duration steps[] = {1s, 1min, 5min, 16min, 1h, 6h};
  return steps[world.roll(6)];
}

/// The traveler stands there while time passes.
void stay(SmallWorld& world, Coordinates at, Duration time) {
  const Time end = world.now + time;
  for (;;) {
    world.tell(tracker, AnyRecord(RecordPositions{{{at, 10.0, {}, {}, {}, world.now}}}), user(carrier));
    if (world.now >= end) return;
    world.pass(std::min<Duration>(end - world.now, 4min));
  }
}

}  // namespace

TEST_CASE("policy: its numbers are those that users were told") {
  CHECK(policy.cancellation.free_seconds == 2 * 3'600);
  CHECK(policy.cancellation.late_fee_percent == 10);
  CHECK(policy.cancellation.free_of_own_price_seconds == 12 * 3'600);
  CHECK(policy.cancellation.free_before_pickup_seconds == 6 * 3'600);
  CHECK(policy.cancellation.late_traveler_seconds == 30 * 60);
  CHECK(policy.cancellation.came_stay_seconds == 5 * 60);
  CHECK(policy.waiting.wait_seconds == 15 * 60);
  CHECK(policy.waiting.no_show_percent == 25);
  CHECK(policy.waiting.failed_attempt_percent == 50);
  CHECK(policy.waiting.fee_held_seconds == 24 * 3'600);
  CHECK(policy.waiting.largest_gap_seconds == 5 * 60);
  CHECK(policy.waiting.before_departure_seconds == 2 * 3'600);
  CHECK(policy.waiting.pickup_lead_seconds == 30 * 60);
  CHECK(policy.waiting.early_attempt_seconds == 2 * 3'600);
  CHECK(policy.waiting.late_attempt_seconds == 6 * 3'600);
  CHECK((policy.lateness.grace_seconds == 24 * 3'600 && policy.lateness.held_seconds == 24 * 3'600));
  CHECK(policy.disputes.open_days == 14);
  CHECK(policy.reviews.open_days == 14);
  CHECK(policy.reviews.hidden_days == 7);
  CHECK(policy.reviews.answer_days == 3);
  CHECK((policy.reviews.after_verdict_days == 7 && policy.reviews.counted_dollars == 5));
}

TEST_CASE("policy: a traveler alone earns a quarter for a wait that our clock measured at a pin, and nothing else") {
  int paid = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    Deal deal(seed);
    std::optional<Time> believed_at;
    for (int i = 0; i < calls; ++i) {
      traveler_calls(deal, believed_at);
      if (deal.world.percent(60)) deal.world.pass(some_time(deal.world));
      if (believed_at && deal.world.now < *believed_at + a_day) REQUIRE(deal.earned() == 0);
    }
    deal.world.pass(all_timers);
    if (deal.earned() == 0) continue;
    ++paid;
    REQUIRE(deal.earned() == no_show_fee);
    REQUIRE(believed_at);
    REQUIRE(deal.delivery().terms.pickup.is_pinned());
  }
  CHECK(paid > 0);  // else nothing was tried
}

TEST_CASE("policy: a traveler alone with the parcel earns nothing, whatever they say of the receiver") {
  int attempts = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    Deal deal(seed);
    std::optional<Time> believed_at;
    // What they do before the pickup, at the receiver's or elsewhere, makes no difference.
    deal.world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
    for (std::uint64_t i = deal.world.roll(3); i > 0; --i) stand(deal);
    REQUIRE(deal.as(carrier, AnyRecord(deal.scan(Handover::pickup, pickup_place))).empty());
    deal.at_dropoff = {};  // the parcel was taken elsewhere
    Time from = deal.world.now;
    for (int i = 0; i < calls; ++i) {
      const bool had_waited = deal.at_dropoff.has_waited(from, deal.world.now) || deal.at_dropoff.has_earned(from);
      const int before = deal.delivery().failed_attempts;
      traveler_calls(deal, believed_at);
      if (deal.delivery().failed_attempts > before) {
        ++attempts;
        REQUIRE(had_waited);
        from = deal.world.now;  // the next one needs a wait of its own
      }
      if (deal.world.percent(60)) deal.world.pass(some_time(deal.world));
    }
    deal.world.pass(all_timers);
    REQUIRE(deal.earned() == 0);
    // The parcel is still in their hands, so the money waits for an administrator, or is back.
    REQUIRE((deal.money().frozen_by || deal.refunded() == price));
  }
  CHECK(attempts > 0);
}

TEST_CASE("policy: half the price is paid for a failed attempt a day after the return, at a pin, and once") {
  int came_late = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    Deal deal(seed);
    SmallWorld& world = deal.world;
    deal.as(carrier, AnyRecord(deal.scan(Handover::pickup, pickup_place)));
    world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
    world.tell(tracker, AnyRecord(RecordPositions{{{dropoff_place, 10.0, {}, {}, {}, world.now - 1h}}}), user(carrier));
    world.pass(wait + (seed % 5 == 0 ? Duration{world.roll(120) * 1h} : Duration{}));
    REQUIRE(deal.as(carrier, AnyRecord(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}})) == "not_waited_enough");
    stay(world, dropoff_place, wait);
    const bool is_late = deal.arrival && world.now - wait > *deal.arrival + 6h;
    const bool in_time = !is_late && (!deal.arrival || world.now >= *deal.arrival - 2h);
    came_late += is_late;
    REQUIRE(deal.as(carrier, AnyRecord(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}})).empty());
    world.pass(1h);
    REQUIRE(deal.as(carrier, AnyRecord(deal.scan(Handover::giving_back, pickup_place))).empty());
    REQUIRE(deal.refunded() == price / 2);
    world.pass(a_day - 1s);
    REQUIRE(deal.earned() == 0);
    world.pass(all_timers);
    REQUIRE(deal.earned() == (in_time && deal.delivery().terms.dropoff.is_pinned() ? price / 2 : 0));
  }
  CHECK(came_late > 0);
}

TEST_CASE("policy: a customer alone saves no fee, whatever they say and whichever way they leave") {
  int left_late = 0, left_awaited = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    Deal deal(seed);
    SmallWorld& world = deal.world;
    std::optional<Time> traveler_came;
    std::int64_t due = 0;
    bool has_left = false;
    for (int i = 0; i < calls; ++i) {
      // The traveler comes and stays, but does nothing else.
      if (!traveler_came && world.percent(10)) {
        world.tell(tracker, AnyRecord(StartTracking{}), user(carrier));
        stay(world, pickup_place, {});
        traveler_came = world.now;
      }
      const DeliveryState before = deal.delivery();
      REQUIRE((traveler_came || !before.came_at));
      const Time from = std::max(traveler_came.value_or(world.now), awaited_from(deal));
      const bool is_awaited = traveler_came && world.now >= from + wait;
      std::string refusal = "not called";
      switch (world.roll(4)) {
        case 0:
          if (world.percent(30)) refusal = deal.as(sender, AnyRecord(CancelDelivery{any_reason(world)}));
          break;
        case 1:
          if (world.percent(20))
            refusal = world.tell(parcel, AnyRecord(CancelDelivery{"user_deleted"}),
                                 entity({EntityKind::account, sender.value}));
          break;
        case 2:
          try_the_money(deal, sender);
          break;
        default:
          deal.as(sender, AnyRecord(ConfirmReceipt{}));
      }
      if (!has_left && before.is_open() && refusal.empty() && !deal.delivery().is_open()) {
        has_left = true;
        if (is_awaited)
          due = no_show_fee;
        else if (world.now >= deal.accepted_at + free_for && !nobody_came(before, deal))
          due = late_fee;
        left_awaited += due == no_show_fee;
        left_late += due == late_fee;
      }
      if (!world.percent(60)) continue;
      if (traveler_came)
        stay(world, pickup_place, some_time(world));
      else
        world.pass(some_time(world));
    }
    world.pass(all_timers);
    REQUIRE(deal.refunded() <= price - due);
    if (has_left && !deal.money().frozen_by && !deal.delivery().settlement->needs_decision)
      REQUIRE(deal.earned() == due);
  }
  CHECK(left_late > 0);
  CHECK(left_awaited > 0);
}

}  // namespace policy_test
