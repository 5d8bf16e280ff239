#include "actors/cover/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "tests/simulation/plan.hpp"

// Covers: parcels that are lost or broken, the claims for them, and the pool that pays.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

/// Decides for the customer, with that much of what the cover pays at most.
Plan::Act grant_cover(int percent, bool is_split) {
  return [percent, is_split](const Scene& scene) {
    const DisputeState* dispute = scene.world.chronicle.state<Dispute>(scene.id);
    if (!dispute || dispute->is_over()) return;
    if (!dispute->cover || dispute->cover->amount == 0) return decide_dispute(scene);
    ResolveDispute decision{DisputeResolution::refund, {}, "lost"};
    decision.undelivered = scene.delivery.is_carried() || scene.delivery.status == DeliveryStatus::accepted;
    decision.returning = scene.delivery.status == DeliveryStatus::returning;
    decision.cover_amount = std::max<std::int64_t>(share_of(dispute->cover->amount, percent, 100), 1);
    if (is_split && !decision.undelivered && !decision.returning && dispute->most().amount > 1) {
      decision.resolution = DisputeResolution::split;
      decision.refund_amount = dispute->most().amount / 2;
    }
    ResolveDispute dearer = decision;
    dearer.cover_amount = dispute->cover->amount + 1;
    const Address at = dispute_address(DeliveryId{scene.id});
    scene.cheat("cheat: more of a cover than its limit", at, dearer, scene.world.people.office(), "invalid_amount");
    scene.world.write(at, decision, scene.world.people.office());
  };
}

/// Without a word of evidence a cover pays nothing.
void grant_unproven(const Scene& scene) {
  const DisputeState* dispute = scene.world.chronicle.state<Dispute>(scene.id);
  if (!dispute || dispute->is_over() || !dispute->cover || dispute->cover->amount == 0) return;
  ResolveDispute decision{DisputeResolution::refund, {}, "I believe it"};
  decision.cover_amount = dispute->cover->amount;
  scene.cheat("cheat: a cover that pays without evidence", dispute_address(DeliveryId{scene.id}), decision,
              scene.world.people.office(), "invalid_state");
}

void grant_twice(const Scene& scene) {
  const EscrowState* escrow = scene.world.chronicle.state<Escrow>(scene.delivery.escrow_id.value);
  if (!escrow || escrow->cover_standing != CoverStanding::paid) return;
  ResolveDispute decision{DisputeResolution::refund, {}, "once more"};
  decision.cover_amount = 1;
  scene.cheat("cheat: a cover that pays twice", dispute_address(DeliveryId{scene.id}), decision,
              scene.world.people.office(), "invalid_amount");
}

/// The customer complains, shows what happened, and is granted the cover.
Plan& claim_cover(Plan& plan) {
  Chance& chance = plan.world.chance;
  plan.then([](const Scene& scene) { scene.open_dispute(scene.customer()); }).pass(10min, 60min);
  if (chance.percent(40)) plan.then(grant_unproven).pass(1min, 10min);
  plan.then([](const Scene& scene) {
    scene.world.write(dispute_address(DeliveryId{scene.id}),
                      AddEvidence{"statement", "The shop says that it cannot be mended", {}}, scene.customer());
  });
  plan.pass(10min, 20h).then(grant_cover(chance.percent(70) ? 100 : 60, chance.percent(30)));
  return plan.pass(10min, 5h);
}

Plan& take(Plan& plan) { return plan.pass(5min, 3h).scan(Handover::pickup).pass(10min, 3h); }

/// Finance adds what claims wait for, or not enough.
Plan& fill_pool(Plan& plan) {
  const int percent = plan.world.chance.percent(75) ? 100 : 50;
  return plan.then([percent](const Scene& scene) { scene.world.people.fill_pool(scene.world, percent); });
}

void paid_out(Plan& plan) {
  plan.then([](const Scene& scene) {
    if (const Person* customer = scene.world.people.find(scene.delivery.terms.customer))
      add_payout_account(scene.world, *customer);
  });
}

/// It is heard of no more, or does not come back.
void lose_covered(Plan& plan) {
  take(plan);
  if (plan.world.chance.percent(40))
    plan.then([](const Scene& scene) { scene.write(StartReturn{.reason = "stolen"}, scene.traveler()); });
  claim_cover(plan.pass(1h, 10h));
  if (plan.world.chance.percent(50)) paid_out(plan);
  if (plan.world.chance.percent(60)) fill_pool(plan);
}

void break_covered(Plan& plan) {
  claim_cover(take(plan).scan(Handover::delivery).pass(10min, 20h));
  if (plan.world.chance.percent(50)) paid_out(plan);
  if (plan.world.chance.percent(60)) fill_pool(plan);
}

/// Somebody else looks at the case again, before or after the pool has paid.
void reopen_covered(Plan& plan) {
  Chance& chance = plan.world.chance;
  claim_cover(take(plan).scan(Handover::delivery).pass(10min, 20h));
  if (chance.percent(65)) fill_pool(plan).pass(10min, 60min);
  plan.then([](const Scene& scene) {
    scene.world.write(dispute_address(DeliveryId{scene.id}), ReopenDispute{"new facts"},
                      scene.world.people.colleague());
  });
  plan.pass(10min, 60min).then(grant_twice).pass(10min, 60min);
  plan.then(chance.percent(60) ? grant_cover(60, false) : Plan::Act(decide_dispute)).pass(10min, 5h);
  fill_pool(plan);
}

/// Nothing was covered before the pickup.
void leave_covered(Plan& plan) {
  plan.pass(1min, 3h).then([](const Scene& scene) { scene.write(CancelDelivery{"other plans"}, scene.customer()); });
}

}  // namespace

std::span<const Story> cover_stories() {
  static constexpr Story stories[] = {
      {28, lose_covered}, {24, break_covered}, {40, reopen_covered}, {8, leave_covered}};
  return stories;
}

}  // namespace caravan::simulation
