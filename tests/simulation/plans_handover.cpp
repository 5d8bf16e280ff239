#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "tests/simulation/plan.hpp"

// Deliveries that arrive, go back, or end before they begin, and what people do about them afterwards.
namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr auto until_nobody_came = std::chrono::seconds{policy.cancellation.late_traveler_seconds};

void customer_leaves(const Scene& scene) { scene.write(CancelDelivery{"other plans"}, scene.customer()); }
void traveler_leaves(const Scene& scene) { scene.write(CancelDelivery{"other plans"}, scene.traveler()); }

void leave_in_time(Plan& plan) { plan.pass(1min, 80min).then(customer_leaves); }

void leave_late(Plan& plan) { plan.not_free().pass(1min, 60min).then(customer_leaves); }

/// The trip should have left the pickup by then.
void leave_once_nobody_came(Plan& plan) {
  plan.not_free()
      .not_before(plan.delivery.pickup_until.value_or(plan.date()) + until_nobody_came)
      .pass(1min, 60min)
      .then(customer_leaves);
}

void traveler_does_not_come(Plan& plan) { plan.pass(1min, 5h).then(traveler_leaves); }

void look_again(Plan& plan, std::chrono::days after) {
  plan.pass(after, after + 12h).then([](const Scene& scene) { scene.write(PostMessage{"hello?"}, scene.customer()); });
}

/// Neither side does anything: the delivery ends by itself.
void be_forgotten(Plan& plan) { look_again(plan, std::chrono::days{policy.standstill.pickup_days + 4}); }

Plan& fetch(Plan& plan) { return plan.pass(5min, 3h).scan(Handover::pickup); }

void arrive(Plan& plan) {
  fetch(plan).stay(Handover::delivery, 1min, 8min).scan(Handover::delivery).pass(1min, 60min);
  plan_aftermath(plan);
}

void turn_back(const Scene& scene) { scene.write(StartReturn{.reason = "refused"}, scene.traveler()); }

void go_back(Plan& plan) {
  fetch(plan).pass(10min, 3h).then(turn_back).pass(10min, 5h);
  if (plan.world.chance.percent(50))
    plan.scan(Handover::giving_back);
  else
    plan.then([](const Scene& scene) { scene.write(ConfirmReceipt{}, scene.customer()); });
  plan_aftermath(plan);
}

/// The receiver comes to the door after all.
void be_taken_after_all(Plan& plan) {
  fetch(plan).pass(10min, 3h).then(turn_back).pass(1min, 60min).scan(Handover::delivery);
  plan_aftermath(plan);
}

/// It is called a return, and ends at the receiver's.
void go_back_to_the_receiver(Plan& plan) {
  const auto pin = [](const Scene& scene) {
    const Coordinates at = scene.delivery.terms.dropoff.at();
    return SetPin{PinType::pickup, {at.lat + 0.004, at.lng}};
  };
  fetch(plan).pass(10min, 3h).then(turn_back).pass(1min, 20min);
  plan.then([pin](const Scene& scene) { scene.write(pin(scene), scene.customer()); }).pass(1min, 20min);
  plan.then([pin](const Scene& scene) { scene.write(pin(scene), scene.traveler()); }).pass(1min, 20min);
  plan.scan(Handover::giving_back);
  plan_fee_aftermath(plan);
}

/// The receiver takes it off the place; now and then the code was only read out by phone, and the parcel is at home.
void hand_over_elsewhere(Plan& plan) {
  Chance& chance = plan.world.chance;
  const bool is_far = chance.percent(45);
  fetch(plan).pass(10min, 3h).then([is_far](const Scene& scene) {
    const QrCode* code = scene.code(Handover::delivery);
    if (!code) return;
    const Coordinates at = scene.stop(is_far ? Handover::pickup : Handover::delivery).at();
    ScanCode scan{code->qr_code_id, code->secret, {at.lat + 0.05, at.lng, {}}, {}, {}, {}};
    scan.elsewhere = "met her on the way";
    scene.write(scan, scene.traveler());
  });
  if (chance.percent(30))
    plan.pass(1min, 20h).then([](const Scene& scene) { scene.write(ConfirmReceipt{}, scene.customer()); });
  plan_fee_aftermath(plan);
}

/// The parcel is carried, or on its way back, and is heard of no more.
void be_lost(Plan& plan) {
  fetch(plan).pass(10min, 3h);
  if (plan.world.chance.percent(50)) plan.then(turn_back);
  look_again(plan, std::chrono::days{policy.standstill.carrying_days + 6});
}

/// Both sides say where the handover is, and it then takes place there.
void agree_on_a_pin(Plan& plan) {
  const PinType type = plan.world.chance.percent(50) ? PinType::pickup : PinType::delivery;
  const auto pin = [type](const Scene& scene) {
    const Coordinates at = scene.delivery.stop(type).at();
    return SetPin{type, {at.lat + 0.002, at.lng}};
  };
  plan.pass(1min, 20min).then([pin](const Scene& scene) { scene.write(pin(scene), scene.traveler()); });
  if (plan.world.chance.percent(40)) {  // the wrong way round at first
    plan.pass(1min, 10min).then([type](const Scene& scene) { scene.write(WithdrawPin{type}, scene.traveler()); });
    plan.pass(1min, 10min).then([pin](const Scene& scene) { scene.write(pin(scene), scene.traveler()); });
  }
  plan.pass(1min, 20min).then([pin](const Scene& scene) { scene.write(pin(scene), scene.customer()); });
  arrive(plan);
}

void propose(Plan& plan, Caller (Scene::*who)() const) {
  plan.pass(1min, 30min).then([who](const Scene& scene) {
    const EscrowState* escrow = scene.world.chronicle.state<Escrow>(scene.delivery.escrow_id.value);
    if (escrow && escrow->is_held())
      scene.world.write(scene.escrow(), ProposeSplit{scene.world.chance.between(0, escrow->held.amount), {}},
                        (scene.*who)());
  });
}

void answer_proposal(const Scene& scene) {
  const EscrowState* escrow = scene.world.chronicle.state<Escrow>(scene.delivery.escrow_id.value);
  if (!escrow || !escrow->split) return;
  const bool is_customers = escrow->split->by == scene.delivery.terms.customer;
  const Caller proposer = is_customers ? scene.customer() : scene.traveler();
  const Caller other = is_customers ? scene.traveler() : scene.customer();
  const std::int64_t refund = escrow->split->refund.amount;
  scene.cheat("cheat: takes its own proposal", scene.escrow(), AcceptSplit{refund}, proposer, "own_proposal");
  scene.cheat("cheat: takes a proposal that no longer stands", scene.escrow(), AcceptSplit{refund + 1}, other,
              "split_changed");
  scene.world.write(scene.escrow(), AcceptSplit{refund}, other);
}

/// They want to share the money out themselves; now and then the parcel changes hands first.
void split(Plan& plan) {
  Chance& chance = plan.world.chance;
  const bool is_carried = chance.percent(60);
  const bool comes_back = is_carried && chance.percent(65);
  if (is_carried) fetch(plan);
  if (comes_back) plan.pass(10min, 60min).then(turn_back);
  const bool is_customer = chance.percent(50);
  propose(plan, is_customer ? &Scene::customer : &Scene::traveler);
  if (chance.percent(30)) propose(plan, chance.percent(50) ? &Scene::customer : &Scene::traveler);
  if (chance.percent(25)) plan.pass(1min, 20min).scan(Handover::pickup);
  plan.pass(1min, 60min).then(answer_proposal);
  if (chance.percent(15))
    plan.pass(1min, 20h).then(
        [](const Scene& scene) { scene.world.write(scene.escrow(), TakeSplitBack{}, scene.customer()); });
  if (is_carried && chance.percent(85))
    plan.pass(10min, chance.percent(50) ? 3h : 40h).scan(comes_back ? Handover::giving_back : Handover::delivery);
  plan_aftermath(plan);
}

void refund(const Scene& scene, int percent) {
  const EscrowState* escrow = scene.world.chronicle.state<Escrow>(scene.delivery.escrow_id.value);
  if (!escrow) return;
  RefundPayment back{scene.world.chance.id<RefundId>(scene.world.now()), {}, "goodwill"};
  if (percent < 100) back.amount = share_of(escrow->at_stake().amount, percent, 100);
  scene.cheat("cheat: refunds its own payment", scene.escrow(), back, scene.customer(), "not_allowed");
  scene.world.write(scene.escrow(), back, scene.world.people.office());
}

/// The office gives money back under an open delivery.
void be_refunded(Plan& plan) {
  if (plan.world.chance.percent(50)) fetch(plan);
  const int percent = plan.world.chance.percent(50) ? 100 : 30;
  plan.pass(1min, 60min).then([percent](const Scene& scene) { refund(scene, percent); });
  plan.pass(5min, 60min).scan(Handover::pickup).pass(10min, 60min).scan(Handover::delivery);
  plan_aftermath(plan);
}

/// The office takes the money back once its payout was tried, and perhaps refused.
void be_paid_in_vain(Plan& plan) {
  fetch(plan).pass(10min, 60min).scan(Handover::delivery).pass(50h, 80h).then([](const Scene& scene) {
    refund(scene, 40);
  });
}

/// Somebody closes the account while the delivery is under way.
void be_left(Plan& plan) {
  Chance& chance = plan.world.chance;
  if (chance.percent(50)) fetch(plan);
  plan.pass(3h, 9h);  // what else the user has under way has mostly ended then
  close_account(plan, chance.percent(50) ? plan.delivery.terms.customer : plan.delivery.terms.traveler);
  plan.pass(10min, 10h).scan(Handover::giving_back);
}

/// One side opens a dispute, the other perhaps joins in, the office decides, and somebody tries it again.
void plan_dispute(Plan& plan) {
  Chance& chance = plan.world.chance;
  const bool by_customer = chance.percent(50), both = chance.percent(50), again = chance.percent(50);
  plan.then([by_customer](const Scene& scene) {
    const Caller who = by_customer ? scene.customer() : scene.traveler();
    scene.cheat("cheat: disputes after the time", dispute_address(DeliveryId{scene.id}), scene.dispute_of(who.user),
                who, "dispute_window_closed");
  });
  plan.pass(10min, 60min).then([by_customer, both](const Scene& scene) {
    const Caller opener = by_customer ? scene.customer() : scene.traveler();
    if (both) scene.open_dispute(by_customer ? scene.traveler() : scene.customer());
    scene.cheat("cheat: a second claim of one side", dispute_address(DeliveryId{scene.id}),
                scene.dispute_of(opener.user), opener, "dispute_open");
  });
  if (chance.percent(25))  // refused where both claim
    plan.pass(1min, 60min).then([by_customer](const Scene& scene) {
      scene.world.write(dispute_address(DeliveryId{scene.id}), WithdrawDispute{},
                        by_customer ? scene.customer() : scene.traveler());
    });
  plan.pass(1h, 30h).then(decide_dispute);
  if (!again) return;
  plan.pass(1h, 30h).then([by_customer](const Scene& scene) {
    const Caller loser = by_customer ? scene.customer() : scene.traveler();
    const DisputeState* dispute = scene.world.chronicle.state<Dispute>(scene.id);
    const auto happened_at = std::max(scene.delivery.pickup_completed_at, scene.delivery.ended_at);
    // What comes later may be disputed anew.
    if (dispute && (dispute->went_on() || (dispute->resolved_at && happened_at > dispute->resolved_at))) return;
    scene.cheat("cheat: disputes what was decided", dispute_address(DeliveryId{scene.id}), scene.dispute_of(loser.user),
                loser, "already_resolved");
    scene.world.write(dispute_address(DeliveryId{scene.id}), ReopenDispute{"new facts"},
                      scene.world.people.colleague());
  });
  plan.pass(1h, 30h).then(decide_dispute);
}

/// Whoever opened a dispute leaves: it has nothing to decide about any more.
void leave_disputed(Plan& plan) {
  plan.pass(1min, 20min).then([](const Scene& scene) { scene.open_dispute(scene.traveler()); });
  plan.pass(1min, 20min).then([](const Scene& scene) {
    scene.world.write(scene.self(), CancelDelivery{"left"}, scene.traveler());
  });
}

/// A dispute while the parcel is under way, or before it is.
void be_disputed(Plan& plan) {
  Chance& chance = plan.world.chance;
  const bool is_fetched = chance.percent(70);
  if (is_fetched) fetch(plan);
  plan.pass(1min, 60min);
  if (is_fetched && chance.percent(70))  // and it arrives before it is decided
    plan.then([](const Scene& scene) { scene.open_dispute(scene.customer()); })
        .pass(0s, chance.percent(60) ? 1s : 60min)
        .scan(Handover::delivery)
        .pass(1min, 5min);
  else if (!is_fetched && chance.percent(70))  // and somebody leaves
    plan.then([](const Scene& scene) { scene.open_dispute(scene.traveler()); })
        .pass(1min, 5h)
        .then([is_customer = chance.percent(50)](const Scene& scene) {
          scene.world.write(scene.self(), CancelDelivery{"left"}, is_customer ? scene.customer() : scene.traveler());
        });
  plan_dispute(plan);
}

}  // namespace

void decide_dispute(const Scene& scene) {
  const DisputeState* dispute = scene.world.chronicle.state<Dispute>(scene.id);
  if (!dispute || dispute->is_over()) return;
  ResolveDispute decision{
      scene.world.chance.percent(50) ? DisputeResolution::release : DisputeResolution::refund, {}, "decided"};
  if (scene.world.chance.percent(15)) {
    decision.resolution = DisputeResolution::dismiss;  // refused where only a fee waits
  } else if (scene.world.chance.percent(33) && dispute->most().amount > 1) {
    decision.resolution = DisputeResolution::split;
    decision.refund_amount = scene.world.chance.between(1, dispute->most().amount - 1);
  }
  scene.world.write(dispute_address(DeliveryId{scene.id}), decision, scene.world.people.office());
}

void close_account(Plan& plan, UserId user) {
  plan.world.calendar.add(plan.date(), [user](World& world) {
    world.write({EntityKind::account, user.value}, DeleteAccount{"moved away"},
                {.kind = Caller::Kind::user, .user = user});
  });
}

void plan_aftermath(Plan& plan) {
  Chance& chance = plan.world.chance;
  const std::size_t what = chance.below(17);
  if (what < 4) {  // within the day for which a fee is held
    plan.pass(1min, 22h);
    plan_dispute(plan);
  } else if (what < 7) {  // after it
    plan.pass(25h, 12 * 24h);
    plan_dispute(plan);
  } else if (what < 9) {
    plan.pass(std::chrono::days{policy.disputes.open_days}, 20 * 24h);
    plan_dispute(plan);
  } else if (what < 10) {
    plan.pass(1min, 40h);
    close_account(plan, chance.percent(60) ? plan.delivery.terms.traveler : plan.delivery.terms.customer);
  } else if (what < 13) {
    const int percent = chance.percent(50) ? 100 : 40;
    if (chance.percent(50)) plan.pass(50h, 51h);  // its payout was tried before
    plan.pass(1min, 3 * 24h).then([percent](const Scene& scene) { refund(scene, percent); });
  }
}

void plan_fee_aftermath(Plan& plan) {
  Chance& chance = plan.world.chance;
  const std::size_t what = chance.below(10);
  if (what < 3) {
    plan.pass(1min, 20h);
    plan_dispute(plan);
  } else if (what < 5) {
    plan.pass(25h, 12 * 24h);
    plan_dispute(plan);
  } else if (what < 6) {
    plan.pass(1min, 20h);
    close_account(plan, chance.percent(50) ? plan.delivery.terms.traveler : plan.delivery.terms.customer);
  } else {
    plan_aftermath(plan);
  }
}

std::span<const Story> handover_stories() {
  static constexpr Story stories[] = {{4, leave_in_time},
                                      {6, leave_late},
                                      {4, leave_once_nobody_came},
                                      {4, be_forgotten},
                                      {10, arrive},
                                      {20, be_paid_in_vain},
                                      {18, go_back},
                                      {3, be_lost},
                                      {5, be_taken_after_all},
                                      {6, go_back_to_the_receiver},
                                      {20, hand_over_elsewhere},
                                      {10, split},
                                      {4, agree_on_a_pin},
                                      {5, be_left},
                                      {5, be_refunded},
                                      {16, be_disputed},
                                      {3, leave_disputed},
                                      {3, traveler_does_not_come}};
  return stories;
}

}  // namespace caravan::simulation
