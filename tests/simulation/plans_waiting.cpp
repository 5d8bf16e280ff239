#include "actors/delivery/policy.hpp"
#include "actors/pricing/policy.hpp"
#include "tests/simulation/plan.hpp"

// Travelers who wait in vain, at the sender's and at the receiver's.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr auto before_departure = std::chrono::seconds{policy.waiting.before_departure_seconds};
constexpr auto early_attempt = std::chrono::seconds{policy.waiting.early_attempt_seconds};
constexpr auto late_attempt = std::chrono::seconds{policy.waiting.late_attempt_seconds};
constexpr auto whole_wait = std::chrono::seconds{policy.waiting.wait_seconds};

void say_nobody_came(const Scene& scene) { scene.write(scene.nobody_came(), scene.traveler()); }
void try_again_later(const Scene& scene) { scene.write(scene.nobody_came(NextStep::retry), scene.traveler()); }

/// Not so early that nobody has to be there yet; mostly until after the planned time.
Plan& come_in_time(Plan& plan) {
  const DeliveryState& delivery = plan.delivery;
  plan.pass(1min, 3h).not_before(delivery.terms.pickup_from.value_or(plan.date()));
  const auto ahead = plan.world.chance.percent(25) ? before_departure : whole_wait;
  return plan.not_before(delivery.pickup_until.value_or(plan.date()) - ahead);
}

void sender_does_not_come(Plan& plan) {
  come_in_time(plan).stay(Handover::pickup, whole_wait + 1min, whole_wait + 2min);
  if (plan.world.chance.percent(20))
    plan.then([](const Scene& scene) { scene.write(SayPresent{}, scene.customer()); }).pass(1s, 30s);
  plan.then(say_nobody_came);
  plan_fee_aftermath(plan);
}

/// Whoever lets the traveler wait leaves before it is said.
void sender_leaves_first(Plan& plan) {
  if (plan.world.chance.percent(70)) plan.not_free();
  come_in_time(plan).stay(Handover::pickup, whole_wait + 1min, whole_wait + 10min).then([](const Scene& scene) {
    scene.write(CancelDelivery{"other plans"}, scene.customer());
  });
  plan_fee_aftermath(plan);
}

/// The sender says that the traveler did not come, who stands there.
void sender_blames_the_traveler(Plan& plan) {
  come_in_time(plan).stay(Handover::pickup, 3min, whole_wait + 5min).then([](const Scene& scene) {
    scene.write(CancelDelivery{"no_show"}, scene.customer());
  });
  plan_aftermath(plan);
}

/// Somebody of the house ends it while the traveler stands there.
void office_ends_it(Plan& plan) {
  come_in_time(plan).stay(Handover::pickup, whole_wait + 1min, whole_wait + 10min).then([](const Scene& scene) {
    scene.write(CancelDelivery{"asked by phone"}, scene.world.people.service());
  });
  plan_fee_aftermath(plan);
}

/// The sender comes with another parcel than was declared, and the traveler does not take it.
void sender_brings_another_parcel(Plan& plan) {
  come_in_time(plan).stay(Handover::pickup, 2min, whole_wait).then([](const Scene& scene) {
    CancelDelivery refusal{std::string(delivery_policy::not_as_declared)};
    const Coordinates at = scene.stop(Handover::pickup).at();
    refusal.note = "40 kg";
    refusal.location = MeasuredPlace{at.lat, at.lng, 10.0};
    refusal.photo = UploadId(64, 'a');
    scene.write(refusal, scene.traveler());
  });
  plan_fee_aftermath(plan);
}

/// The parcel goes home, and is taken there; now and then only after a wait, or not at all.
void go_home(Plan& plan) {
  plan.pass(2h, 5h);
  if (plan.world.chance.percent(25)) {
    plan.stay(Handover::giving_back, whole_wait + 30s, whole_wait + 2min).then(say_nobody_came);
    if (plan.world.chance.percent(50)) return plan_fee_aftermath(plan);
  }
  if (plan.world.chance.percent(50))
    plan.scan(Handover::giving_back);
  else
    plan.then([](const Scene& scene) { scene.write(ConfirmReceipt{}, scene.customer()); });
  plan_fee_aftermath(plan);
}

/// Mostly about when the trip should arrive, and sometimes long after.
Plan& wait_there(Plan& plan) {
  const Time arrival = plan.delivery.planned_arrival.value_or(plan.date());
  if (plan.world.chance.percent(85)) plan.not_before(arrival - early_attempt + 1min);
  if (plan.world.chance.percent(10)) plan.not_before(arrival + late_attempt + 1h);
  return plan.stay(Handover::delivery, whole_wait + 30s, whole_wait + 2min);
}

void receiver_does_not_come(Plan& plan) {
  // Now and then the parcel is taken so late that nobody can have come so far by then.
  if (plan.world.chance.percent(40))
    plan.not_before(plan.delivery.planned_arrival.value_or(plan.date()) - early_attempt - 2h);
  plan.pass(1min, 60min).scan(Handover::pickup).pass(2h, 3h);
  if (plan.world.chance.percent(25)) {  // and the traveler leaves the platform with the parcel and what it earned
    wait_there(plan.pass(3h, 6h)).then(try_again_later).pass(10s, 60s);
    close_account(plan, plan.delivery.terms.traveler);
    return go_home(plan);
  }
  if (plan.world.chance.percent(40)) wait_there(plan).then(try_again_later).pass(10s, 10min);
  wait_there(plan).then(say_nobody_came);
  go_home(plan);
}

/// Again and again, until only the return is left.
void receiver_never_comes(Plan& plan) {
  plan.pass(1min, 60min).scan(Handover::pickup).pass(2h, 3h);
  for (std::int64_t tries = 0; tries < policy.waiting.max_attempts; ++tries)
    wait_there(plan).then(try_again_later).pass(10s, 60s);
  plan.then([](const Scene& scene) {
    if (scene.delivery.is_carried())
      scene.cheat("cheat: one attempt too many", scene.self(), scene.nobody_came(NextStep::retry), scene.traveler(),
                  "attempts_exhausted");
  });
  plan.pass(10s, 10min).then([](const Scene& scene) { scene.write(StartReturn{}, scene.traveler()); });
  go_home(plan);
}

}  // namespace

std::span<const Story> waiting_stories() {
  static constexpr Story stories[] = {{30, sender_does_not_come},         {16, sender_leaves_first},
                                      {5, sender_blames_the_traveler},    {10, office_ends_it},
                                      {10, sender_brings_another_parcel}, {30, receiver_does_not_come},
                                      {26, receiver_never_comes}};
  return stories;
}

}  // namespace caravan::simulation
