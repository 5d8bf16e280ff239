#include "actors/pricing/policy.hpp"
#include "tests/simulation/plan.hpp"

// Who wants what is not due to them: waits that nobody waited, and codes that are not theirs to use.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view not_waited = "not_waited_enough";
constexpr Coordinates elsewhere(Coordinates at) { return {at.lat + 0.01, at.lng}; }

Handover next_place(const Scene& scene) { return scene.delivery.is_carried() ? Handover::delivery : Handover::pickup; }

/// Points at the next place, dated so many minutes ago.
void send_past(const Scene& scene, int from_minute, int to_minute, bool is_there = true) {
  const Coordinates place = scene.stop(next_place(scene)).at();
  for (int minute = from_minute; minute >= to_minute; minute -= 2)
    scene.send_point(is_there ? place : elsewhere(place), scene.world.now() - minute * 1min);
}

Plan::Act claim(std::string_view kind) {
  return [kind](const Scene& scene) {
    scene.cheat(kind, scene.self(), scene.nobody_came(), scene.traveler(), not_waited);
  };
}

/// Half of them try it at the receiver's.
Plan& begin(Plan& plan) {
  plan.pass(1min, 60min);
  if (plan.world.chance.percent(50)) plan.scan(Handover::pickup).pass(2min, 20min);
  return plan.then([](const Scene& scene) { scene.start_tracking(); }).pass(1min, 2min);
}

void wait_elsewhere(Plan& plan) {
  begin(plan);
  for (int i = 0; i < 9; ++i) plan.then([](const Scene& scene) { send_past(scene, 0, 0, false); }).pass(2min, 3min);
  plan.then(claim("cheat: a wait at another place"));
}

/// A phone says afterwards where it was, or says it of a time before the acceptance.
void tell_later(Plan& plan) {
  begin(plan).pass(20min, 40min).then([](const Scene& scene) { send_past(scene, 20, 0); });
  plan.pass(10s, 60s).then(claim("cheat: a wait that is told afterwards"));
}

void wait_before_the_acceptance(Plan& plan) {
  plan.then([](const Scene& scene) { scene.start_tracking(); }).pass(5s, 30s).then([](const Scene& scene) {
    send_past(scene, 200, 180);
  });
  plan.pass(10s, 60s).then(claim("cheat: a wait from before the acceptance"));
}

/// Each point is sent twice, so that half of the wait may look like all of it.
void send_twice(Plan& plan) {
  begin(plan);
  for (int i = 0; i < 4; ++i)
    plan.then([](const Scene& scene) {
          for (int copy = 0; copy < 2; ++copy) send_past(scene, 0, 0);
        })
        .pass(110s, 120s);
  plan.then(claim("cheat: points sent twice"));
}

/// Comes and goes: no point for longer than a wait may have none.
void wait_with_gaps(Plan& plan) {
  constexpr auto gap = std::chrono::seconds{policy.waiting.largest_gap_seconds};
  begin(plan);
  for (int i = 0; i < 4; ++i)
    plan.then([](const Scene& scene) { send_past(scene, 0, 0); }).pass(gap + 1min, gap + 3min);
  plan.then([](const Scene& scene) { send_past(scene, 0, 0); }).pass(5s, 30s);
  plan.then(claim("cheat: a wait with gaps"));
}

void wait_too_early(Plan& plan) {
  const Time earliest = plan.delivery.terms.pickup_from.value_or(plan.date());
  if (earliest < plan.date() + 1h) return wait_elsewhere(plan);
  plan.stay(Handover::pickup, 16min, 20min).then(claim("cheat: a wait before the earliest time"));
}

/// Waits at the receiver's before there is anything to hand out.
void wait_there_first(Plan& plan) {
  plan.stay(Handover::delivery, 16min, 20min).pass(5s, 20s).scan(Handover::pickup).pass(40s, 90s);
  plan.then([](const Scene& scene) {
    if (scene.delivery.is_carried())
      scene.cheat("cheat: a wait from before the pickup", scene.self(), scene.nobody_came(), scene.traveler(),
                  not_waited);
  });
}

void say_it_from_afar(Plan& plan) { plan.pass(1min, 3h).then(claim("cheat: a no-show said by who was not there")); }

/// One wait, and two attempts said to have failed.
void count_one_wait_twice(Plan& plan) {
  plan.pass(1min, 60min).scan(Handover::pickup).pass(2min, 20min).stay(Handover::delivery, 16min, 20min);
  plan.then([](const Scene& scene) { scene.write(scene.nobody_came(NextStep::retry), scene.traveler()); });
  plan.pass(30s, 60s).then([](const Scene& scene) {
    if (scene.delivery.failed_attempts > 0 && scene.delivery.is_carried())
      scene.cheat("cheat: two attempts on one wait", scene.self(), scene.nobody_came(NextStep::retry), scene.traveler(),
                  not_waited);
  });
}

/// Tries a code of that handover, where there is one in that status.
Plan::Act try_code(Handover type, QrStatus status = QrStatus::active, bool is_there = true) {
  return [type, status, is_there](const Scene& scene) {
    const QrCode* code = scene.code(type, status);
    if (!code) return;
    const Coordinates place = code->bound_to.value_or(Coordinates{});
    scene.scan(*code, is_there ? place : elsewhere(place), scene.traveler());
  };
}

void renew(const Scene& scene, Handover type) {
  if (const QrCode* code = scene.code(type)) scene.write(RotateCode{code->qr_code_id}, scene.customer());
}

void try_codes(Plan& plan) {
  plan.pass(1min, 60min).then(try_code(Handover::delivery)).pass(1min, 5min);       // not its turn
  plan.then(try_code(Handover::pickup, QrStatus::active, false)).pass(1min, 5min);  // elsewhere
  plan.then([](const Scene& scene) { renew(scene, Handover::pickup); }).pass(1min, 5min);
  plan.then(try_code(Handover::pickup, QrStatus::revoked)).pass(1min, 5min);
  plan.then([](const Scene& scene) {
    if (const QrCode* code = scene.code(Handover::pickup))
      scene.scan(*code, code->bound_to.value_or(Coordinates{}), scene.customer());
  });
  plan.pass(1min, 5min).then(try_code(Handover::pickup)).pass(1min, 5min);
  plan.then(try_code(Handover::pickup, QrStatus::used)).pass(1min, 5min);
  plan.then(try_code(Handover::delivery));
  plan_aftermath(plan);
}

/// The code of another delivery, and guesses, until the code is locked and the customer makes a new one.
void guess_codes(Plan& plan) {
  plan.pass(1min, 60min).then([](const Scene& scene) {
    std::vector<QrCode> others;
    scene.world.chronicle.each<Delivery>([&](const Uuid& id, const DeliveryState& state) {
      if (id != scene.id) others.insert(others.end(), state.codes.begin(), state.codes.end());
    });
    if (others.empty()) return;
    const QrCode& code = scene.world.chance.one_of(others);
    const ScanCode foreign{code.qr_code_id, code.secret, {scene.stop(Handover::pickup).at().lat, 0, {}}, {}, {}, {}};
    scene.world.write(scene.self(), foreign, scene.traveler(), [&census = scene.world.census](const Reply& reply) {
      const auto* result = reply.resource.get_if<ScanResult>();
      if (result && result->code == ScanOutcome::qr_invalid) census.see("cheat: a code of another delivery");
    });
  });
  for (int i = 0; i < 6; ++i)
    plan.pass(1min, 3min).then([](const Scene& scene) {
      const QrCode* code = scene.code(Handover::pickup);
      if (!code) return;
      ScanCode guess{code->qr_code_id, code->secret, {}, {}, {}, {}};
      guess.secret.value = "guessed";
      scene.write(guess, scene.traveler());
    });
  plan.pass(1min, 3min).then(try_code(Handover::pickup, QrStatus::locked)).pass(1min, 5min);
  plan.then([](const Scene& scene) {
    if (const QrCode* code = scene.code(Handover::pickup, QrStatus::locked))
      scene.write(RotateCode{code->qr_code_id}, scene.customer());
  });
  plan.pass(1min, 5min).scan(Handover::pickup);
}

/// A partner gives a code a short life.
void let_a_code_expire(Plan& plan) {
  plan.pass(1min, 30min).then([](const Scene& scene) {
    scene.write(IssueCode{Handover::pickup, {}, 1}, scene.world.people.service());
  });
  plan.pass(62min, 90min).scan(Handover::pickup);
}

}  // namespace

std::span<const Story> cheating_stories() {
  static constexpr Story stories[] = {{3, wait_elsewhere},   {4, tell_later},       {4, wait_before_the_acceptance},
                                      {4, send_twice},       {4, wait_with_gaps},   {20, wait_too_early},
                                      {6, wait_there_first}, {4, say_it_from_afar}, {9, count_one_wait_twice},
                                      {5, try_codes},        {7, guess_codes},      {5, let_a_code_expire}};
  return stories;
}

}  // namespace caravan::simulation
