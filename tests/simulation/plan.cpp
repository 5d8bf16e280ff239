#include "tests/simulation/plan.hpp"

#include <algorithm>

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t least_pause = 120, most_pause = 180;  // seconds, between two points of a phone
constexpr int has_covered_end = 80;                          // percent, of deliveries with a cover

std::chrono::seconds between(Chance& chance, Duration least, Duration most) {
  using std::chrono::floor, std::chrono::seconds;
  return seconds{chance.between(floor<seconds>(least).count(), floor<seconds>(most).count())};
}

}  // namespace

Plan::Plan(World& in, const Uuid& of)
    : world(in), id(of), delivery(*in.chronicle.state<Delivery>(of)), date_(in.now()) {}

Plan& Plan::pass(Duration least, Duration most) {
  date_ += between(world.chance, least, most);
  return *this;
}

Plan& Plan::not_before(Time date) {
  date_ = std::max(date_, date);
  return *this;
}

Plan& Plan::then(Act act) {
  world.calendar.add(date_, [id = id, act = std::move(act)](World& now) {
    if (const DeliveryState* state = now.chronicle.state<Delivery>(id)) act({now, id, *state});
  });
  return *this;
}

Plan& Plan::stay(Handover at, Duration least, Duration most) {
  then([](const Scene& scene) { scene.start_tracking(); });
  pass(30s, 60s);
  const auto send = [at](const Scene& scene) { scene.send_point(scene.stop(at).at(), scene.world.now()); };
  const Time end = date_ + between(world.chance, least, most);
  for (; date_ < end;
       date_ = std::min(end, date_ + std::chrono::seconds{world.chance.between(least_pause, most_pause)}))
    then(send);
  then(send);
  return pass(5s, 30s);
}

Plan& Plan::scan(Handover type) {
  return then([type](const Scene& scene) {
    if (const QrCode* code = scene.code(type))
      scene.scan(*code, code->bound_to.value_or(Coordinates{}), scene.traveler());
  });
}

void plan_something(World& world, const Uuid& delivery) {
  Plan plan(world, delivery);
  if (plan.delivery.terms.leg) return plan_leg(plan);
  const std::span<const Story> covered = cover_stories();
  if (plan.delivery.terms.cover && world.chance.percent(has_covered_end))
    return world.chance.weighted(covered).tell(plan);
  std::vector<Story> all;
  for (const auto& stories : {handover_stories(), waiting_stories(), cheating_stories()})
    all.insert(all.end(), stories.begin(), stories.end());
  world.chance.weighted(all).tell(plan);
}

}  // namespace caravan::simulation
