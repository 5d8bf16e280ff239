#include <algorithm>

#include "actors/pricing/policy.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "tests/simulation/plan.hpp"

// Relays: what the travelers of one way do, each with a delivery of their own. A plan is made with the first of them;
// who carries it on is whoever is next when the date comes.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr auto meeting_wait = std::chrono::seconds{policy.waiting.wait_seconds};

/// Whoever takes the parcel on from this traveler does it, where there is anybody.
Plan::Act next_one(Plan::Act act) {
  return [act = std::move(act)](const Scene& scene) {
    if (!scene.delivery.next_leg) return;
    const Uuid id = scene.delivery.next_leg->value;
    if (const DeliveryState* next = scene.world.chronicle.state<Delivery>(id)) act({scene.world, id, *next});
  };
}

Plan::Act scan_at(Handover type) {
  return [type](const Scene& scene) {
    if (const QrCode* code = scene.code(type))
      scene.scan(*code, code->bound_to.value_or(Coordinates{}), scene.traveler());
  };
}

void leg_traveler_leaves(const Scene& scene) { scene.write(CancelDelivery{"other plans"}, scene.traveler()); }
void leg_customer_leaves(const Scene& scene) { scene.write(CancelDelivery{"other plans"}, scene.customer()); }
void leg_turns_back(const Scene& scene) { scene.write(StartReturn{.reason = "I cannot go on"}, scene.traveler()); }
void leg_comes_home(const Scene& scene) {
  if (scene.world.chance.percent(50)) return scan_at(Handover::giving_back)(scene);
  scene.write(ConfirmReceipt{}, scene.customer());
}

Plan& set_out(Plan& plan) { return plan.pass(5min, 3h).scan(Handover::pickup); }

/// The code of the meeting is shown by who has the parcel.
Plan& meet(Plan& plan) {
  plan.pass(1h, 4h);
  if (plan.world.chance.percent(20))
    plan.then(next_one([](const Scene& scene) {
      if (const QrCode* code = scene.code(Handover::pickup))
        scene.cheat("cheat: a meeting's code made anew by who does not show it", scene.self(),
                    RotateCode{code->qr_code_id}, scene.customer(), "forbidden");
    }));
  return plan.then(next_one(scan_at(Handover::pickup)));
}

Plan& bring(Plan& plan) {
  plan.pass(30min, 4h).then(next_one(scan_at(Handover::delivery)));
  // Nobody but the customer can shorten the day for which the leg before waits.
  if (plan.world.chance.percent(30))
    plan.pass(1min, 20h).then([](const Scene& scene) { scene.write(ConfirmReceipt{}, scene.customer()); });
  return plan;
}

void arrive_by_relay(Plan& plan) {
  bring(meet(set_out(plan)));
  if (plan.world.chance.percent(40)) plan_aftermath(plan);
}

/// The next traveler scans before there is anything to fetch.
void come_before_it(Plan& plan) {
  plan.pass(1min, 30min).then(next_one(scan_at(Handover::pickup)));
  bring(meet(set_out(plan)));
}

void first_leaves(Plan& plan) { plan.pass(1min, 80min).then(leg_traveler_leaves); }
void second_leaves_first(Plan& plan) { plan.pass(1min, 80min).then(next_one(leg_traveler_leaves)); }

void customer_leaves_all(Plan& plan) {
  if (plan.world.chance.percent(50)) plan.not_free();
  const bool by_second = plan.world.chance.percent(50);
  plan.pass(1min, 60min).then(by_second ? next_one(leg_customer_leaves) : Plan::Act(leg_customer_leaves));
}

const RequestState* request_of(const Scene& scene) {
  return scene.world.chronicle.state<Request>(scene.delivery.terms.request_id.value);
}

/// Somebody else offers the rest of the way, and the customer takes that.
void be_taken_on(const Scene& scene) {
  const RequestState* request = request_of(scene);
  const Person* customer = scene.world.people.find(scene.delivery.terms.customer);
  const Person* other = scene.world.people.other_traveler(scene.world, scene.delivery.terms.traveler);
  if (request && request->is_held() && customer && other)
    take_rest(scene.world, scene.delivery.terms.request_id, *customer, *other);
}

/// Who should take the parcel on leaves while it is carried: somebody else takes it, or it goes home.
void second_leaves(Plan& plan) {
  Chance& chance = plan.world.chance;
  set_out(plan).pass(10min, 60min).then(next_one(leg_traveler_leaves)).pass(10min, 40min);
  const std::size_t what = chance.below(10);
  if (what < 6) {
    plan.then(be_taken_on);
    bring(meet(plan));
    if (chance.percent(30)) plan_aftermath(plan);
    return;
  }
  if (chance.percent(50)) plan.stay(Handover::delivery, meeting_wait + 1min, meeting_wait + 5min);
  if (what < 8)
    plan.then([](const Scene& scene) {
      scene.world.write({EntityKind::request, scene.delivery.terms.request_id.value}, CancelRequest{"not needed"},
                        scene.customer());
    });
  else if (what < 9)
    plan.then(leg_turns_back);
  else  // nobody is found
    plan.pass(60h, 96h);
  plan.pass(1h, 5h).then(leg_comes_home);
  plan_fee_aftermath(plan);
}

/// Who has the parcel waits at the meeting, and says that nobody came.
void second_does_not_come(Plan& plan) {
  set_out(plan).pass(1h, 3h);
  if (plan.world.chance.percent(50))
    plan.not_before(plan.delivery.planned_arrival.value_or(plan.date()) - meeting_wait);
  plan.stay(Handover::delivery, meeting_wait + 1min, meeting_wait + 5min).then([](const Scene& scene) {
    scene.write(scene.nobody_came(NextStep::giving_back), scene.traveler());
  });
  plan.pass(1h, 5h).then(leg_comes_home);
  plan_fee_aftermath(plan);
}

/// The holder has enough before the meeting.
void first_turns_back(Plan& plan) {
  set_out(plan).pass(10min, 60min).then(leg_turns_back).pass(1h, 5h).then(leg_comes_home);
  plan_aftermath(plan);
}

/// What was handed on does not arrive: an administrator says about the money of the leg before.
void second_turns_back(Plan& plan) {
  meet(set_out(plan)).pass(10min, 3h).then(next_one(leg_turns_back));
  plan.pass(1h, 5h).then(next_one(leg_comes_home)).pass(1h, 30h).then(decide_dispute);
  plan.pass(1min, 5h).then(next_one(decide_dispute));
}

/// It is heard of no more, with the second traveler.
void second_is_lost(Plan& plan) {
  meet(set_out(plan)).pass(std::chrono::days{policy.standstill.carrying_days + 6}, 20 * 24h);
  plan.then(next_one(decide_dispute)).pass(1h, 10h).then(decide_dispute);
}

/// Who takes the parcel on comes later than agreed.
void second_tells_a_delay(Plan& plan) {
  const int hours = plan.world.chance.percent(50) ? 1 : 5;
  const auto tell = next_one([hours](const Scene& scene) {
    const Uuid trip = scene.delivery.terms.trip_id.value;
    const TripState* state = scene.world.chronicle.state<Trip>(trip);
    if (!state) return;
    EditTrip later;
    later.departure_time = state->details.departure_time + hours * 1h;
    scene.world.write({EntityKind::trip, trip}, later, scene.traveler());
  });
  if (plan.world.chance.percent(50))
    plan.pass(1min, 30min).then(tell);
  else
    plan.pass(1min, 20min).scan(Handover::pickup).pass(1min, 20min).then(tell);
  set_out(plan);
  if (plan.world.chance.percent(70))
    bring(meet(plan));
  else
    plan.pass(1min, 3h).then(leg_customer_leaves).pass(1h, 5h).then(leg_comes_home);
}

}  // namespace

std::span<const Story> relay_stories() {
  static constexpr Story stories[] = {{18, arrive_by_relay},     {4, come_before_it},      {4, first_leaves},
                                      {4, second_leaves_first},  {7, customer_leaves_all}, {36, second_leaves},
                                      {6, first_turns_back},     {8, second_turns_back},   {18, second_does_not_come},
                                      {8, second_tells_a_delay}, {3, second_is_lost}};
  return stories;
}

/// The plan of a way is made with its first leg. Where that is over already, whoever has the parcel brings it.
void plan_leg(Plan& plan) {
  const LegTerms& leg = *plan.delivery.terms.leg;
  const std::span<const Story> stories = relay_stories();
  if (!leg.from) return plan.world.chance.weighted(stories).tell(plan);
  const DeliveryState* before = plan.world.chronicle.state<Delivery>(leg.from->value);
  if (before && !before->is_open()) plan.pass(10min, 3h).scan(Handover::delivery);
}

}  // namespace caravan::simulation
