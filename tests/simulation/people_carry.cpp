#include "actors/delivery/entity.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/tracker/entity.hpp"
#include "tests/simulation/choice.hpp"
#include "tests/simulation/scene.hpp"

// From the accepted offer to the door, with what goes wrong on the way.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

Chosen<Delivery> open_delivery(World& world, const Person& who) {
  return any<Delivery>(world, [&](const DeliveryState& state) { return state.is_party(who.id) && state.is_open(); });
}

/// The traveler of a delivery; others try now and then.
Caller carrier(World& world, const DeliveryState& state, const Person& who) {
  const Person* traveler = world.people.find(state.terms.traveler);
  return traveler && world.chance.percent(95) ? traveler->caller() : who.caller();
}

/// Scans one of the codes; mostly the next one, at its place, with the right secret.
bool scan(World& world, const Person& who) {
  Chance& chance = world.chance;
  const auto delivery = open_delivery(world, who);
  if (!delivery || delivery->codes.empty()) return false;
  const Handover due = delivery->status == DeliveryStatus::accepted    ? Handover::pickup
                       : delivery->status == DeliveryStatus::returning ? Handover::giving_back
                                                                       : Handover::delivery;
  const QrCode* code = &chance.one_of(delivery->codes);
  if (chance.percent(85))
    for (const QrCode& other : delivery->codes)
      if (other.type == due && other.status == QrStatus::active) code = &other;
  ScanCode command;
  command.qr_code_id = code->qr_code_id;
  command.secret = code->secret;
  if (chance.percent(5)) command.secret.value = "guessed";
  const Stop& stop = code->type == Handover::delivery ? delivery->terms.dropoff : delivery->terms.pickup;
  const Coordinates at = near(world, stop.at(), chance.percent(93));
  command.location = {at.lat, at.lng, {}};
  if (chance.percent(30)) command.elsewhere = "met on the way";
  world.write(delivery.address(), command, carrier(world, *delivery.state, who));
  return true;
}

bool track(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  const TrackerState* tracker = delivery ? world.chronicle.state<Tracker>(delivery.id) : nullptr;
  if (!tracker) return false;
  const Address at{EntityKind::tracker, delivery.id};
  const Caller caller = carrier(world, *delivery.state, who);
  if (tracker->status != TrackingStatus::active) {
    world.write(at, StartTracking{}, caller);
    return true;
  }
  if (world.chance.percent(5)) {
    world.write(at, StopTracking{}, caller);
    return true;
  }
  RecordPositions points;
  for (std::size_t i = 1 + world.chance.below(3); i > 0; --i) {
    const Stop& stop = world.chance.percent(50) ? delivery->terms.pickup : delivery->terms.dropoff;
    const Coordinates place = near(world, stop.at(), world.chance.percent(60));
    points.points.push_back({place, 10.0, {}, {}, {}, world.now() - world.chance.between(0, 600) * 1s});
  }
  world.write(at, points, caller);
  return true;
}

/// A traveler's phone says that they have stood at a door for long, while they are anywhere.
bool invent_a_wait(World& world, const Person& who) {
  const auto delivery = any<Delivery>(
      world, [&](const DeliveryState& state) { return state.terms.traveler == who.id && state.is_open(); });
  const TrackerState* tracker = delivery ? world.chronicle.state<Tracker>(delivery.id) : nullptr;
  if (!tracker) return false;
  const Address at{EntityKind::tracker, delivery.id};
  if (tracker->status != TrackingStatus::active) world.write(at, StartTracking{}, who.caller());
  const Stop& stop = delivery->is_carried() ? delivery->terms.dropoff : delivery->terms.pickup;
  RecordPositions points;
  for (int minute = 40; minute >= 0; --minute)
    points.points.push_back({stop.at(), 10.0, {}, {}, {}, world.now() - minute * 1min});
  world.write(at, points, who.caller());
  world.write(delivery.address(), Scene{world, delivery.id, *delivery.state}.nobody_came(), who.caller());
  return true;
}

/// A traveler waits for those who should come: the phone goes on sending points, and once the wait is long enough, as
/// the clock then stands, they say that nobody came.
bool wait_in_earnest(World& world, const Person& who) {
  const auto stay_of = [](const DeliveryState& state) {
    return state.status == DeliveryStatus::accepted ? state.pickup_stay
                                                    : (state.is_carried() ? state.dropoff_stay : std::nullopt);
  };
  const auto delivery = any<Delivery>(
      world, [&](const DeliveryState& state) { return state.terms.traveler == who.id && stay_of(state); });
  if (!delivery) return false;
  if (world.now() - stay_of(*delivery.state)->since < 15min) {
    const Stop& stop = delivery->is_carried() ? delivery->terms.dropoff : delivery->terms.pickup;
    world.write({EntityKind::tracker, delivery.id}, RecordPositions{{{stop.at(), 10.0, {}, {}, {}, world.now()}}},
                who.caller());
    return true;
  }
  world.write(delivery.address(), Scene{world, delivery.id, *delivery.state}.nobody_came(), who.caller());
  return true;
}

/// The same code again, from two phones at once.
bool scan_twice(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery || delivery->codes.empty()) return false;
  const QrCode& code = world.chance.one_of(delivery->codes);
  const Coordinates place = code.bound_to.value_or(Coordinates{});
  const ScanCode scan{code.qr_code_id, code.secret, {place.lat, place.lng, {}}, {}, {}, {}};
  for (int i = 0; i < 2; ++i) world.write(delivery.address(), scan, carrier(world, *delivery.state, who));
  return true;
}

bool cancel_delivery(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery) return false;
  const bool no_show = world.chance.percent(30);
  world.write(delivery.address(), CancelDelivery{std::string(no_show ? delivery_policy::no_show : "other plans")},
              who.caller());
  return true;
}

bool record_failed_attempt(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery || !delivery->is_carried()) return false;
  RecordFailedAttempt command;
  command.reason = "nobody at home";
  if (world.chance.percent(40)) command.next_step = NextStep::giving_back;
  world.write(delivery.address(), command, carrier(world, *delivery.state, who));
  return true;
}

bool start_return(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery || !delivery->is_carried()) return false;
  world.write(delivery.address(), StartReturn{}, carrier(world, *delivery.state, who));
  return true;
}

bool confirm_receipt(World& world, const Person& who) {
  const auto delivery = any<Delivery>(world, [&](const DeliveryState& state) {
    return state.terms.customer == who.id &&
           (state.status == DeliveryStatus::delivered || state.status == DeliveryStatus::returning);
  });
  if (delivery) world.write(delivery.address(), ConfirmReceipt{}, who.caller());
  return static_cast<bool>(delivery);
}

bool renew_code(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery || delivery->codes.empty()) return false;
  const QrCodeId code = world.chance.one_of(delivery->codes).qr_code_id;
  const Person* customer = world.people.find(delivery->terms.customer);
  const Caller caller = customer ? customer->caller() : who.caller();
  if (world.chance.percent(80))
    world.write(delivery.address(), RotateCode{code}, caller);
  else
    world.write(delivery.address(), RevokeCode{code}, caller);
  return true;
}

bool post_message(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (delivery) world.write(delivery.address(), PostMessage{"where are you?"}, who.caller());
  return static_cast<bool>(delivery);
}

bool say_present(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (delivery) world.write(delivery.address(), SayPresent{}, who.caller());
  return static_cast<bool>(delivery);
}

/// Says where the handover is, agrees to what the other side said, or takes it back.
bool set_pin(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery) return false;
  const PinType type = delivery->is_carried() ? PinType::delivery : PinType::pickup;
  const Coordinates at = delivery->stop(type).at();
  SetPin pin{type, {at.lat + 0.0005, at.lng}};
  bool is_own = false;
  for (const PinProposal& known : delivery->pin_proposals)
    if (known.type == type) {
      pin.location = known.location;
      is_own = known.by == who.id;
    }
  if (is_own)
    world.write(delivery.address(), WithdrawPin{type}, who.caller());
  else
    world.write(delivery.address(), pin, who.caller());
  return true;
}

/// A partner's system read a code itself; not always the right one, and not always at its place.
bool change_status(World& world, const Person& who) {
  const auto delivery = open_delivery(world, who);
  if (!delivery || delivery->codes.empty()) return false;
  static constexpr DeliveryStatus all[] = {DeliveryStatus::picked_up, DeliveryStatus::in_transit,
                                           DeliveryStatus::delivered, DeliveryStatus::returning,
                                           DeliveryStatus::returned};
  ChangeStatus command;
  command.status = world.chance.one_of(all);
  const QrCode& code = world.chance.one_of(delivery->codes);
  command.qr_code_id = code.qr_code_id;
  command.scanned_by = world.chance.percent(90) ? delivery->terms.traveler : who.id;
  const Coordinates at = near(world, code.bound_to.value_or(Coordinates{}), world.chance.percent(90));
  command.location = MeasuredPlace{at.lat, at.lng, {}};
  world.write(delivery.address(), command, world.people.service());
  return true;
}

}  // namespace

std::span<const Intent> carrying_intents() {
  static constexpr Intent intents[] = {
      {40, scan},         {25, track},          {4, cancel_delivery},  {5, record_failed_attempt},
      {4, start_return},  {6, confirm_receipt}, {4, renew_code},       {4, post_message},
      {3, change_status}, {4, invent_a_wait},   {12, wait_in_earnest}, {3, scan_twice},
      {1, say_present},   {2, set_pin}};
  return intents;
}

}  // namespace caravan::simulation
