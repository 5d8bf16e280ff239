#pragma once

#include <span>

#include "actors/pricing/policy.hpp"
#include "tests/simulation/scene.hpp"

namespace caravan::simulation {

/// What the people of one delivery are going to do, date by date. Each thing is tried then, whatever has become of the
/// delivery meanwhile.
class Plan {
 public:
  using Act = std::function<void(const Scene&)>;

  Plan(World& world, const Uuid& delivery);

  World& world;
  const Uuid id;
  const DeliveryState& delivery;  // as it is while the plan is made

  /// What follows is that much later.
  Plan& pass(Duration least, Duration most);
  /// What follows is not earlier than that.
  Plan& not_before(Time date);
  /// What follows is after the time in which leaving costs nothing.
  Plan& not_free() { return not_before(delivery.created_at + std::chrono::seconds{policy.cancellation.free_seconds}); }
  /// Somebody does something.
  Plan& then(Act act);
  /// The traveler is at that place for so long: a point every two to three minutes.
  Plan& stay(Handover at, Duration least, Duration most);
  /// The traveler scans the code of that handover at its place.
  Plan& scan(Handover type);
  Time date() const { return date_; }

 private:
  Time date_;
};

/// A way in which a delivery may go.
struct Story {
  int weight;
  void (*tell)(Plan& plan);
};
std::span<const Story> handover_stories();
std::span<const Story> waiting_stories();
std::span<const Story> cheating_stories();
std::span<const Story> relay_stories();
std::span<const Story> cover_stories();

/// Of a leg of a relay.
void plan_leg(Plan& plan);
/// The office decides the delivery's dispute, where one is open.
void decide_dispute(const Scene& scene);

/// What may follow the end of a delivery: disputes, refunds, accounts that are closed.
void plan_aftermath(Plan& plan);
/// A user closes the account.
void close_account(Plan& plan, UserId user);
/// As plan_aftermath, where a fee may be held: most want to have it, or have it back.
void plan_fee_aftermath(Plan& plan);
/// Plans one of the stories for a delivery.
void plan_something(World& world, const Uuid& delivery);

}  // namespace caravan::simulation
