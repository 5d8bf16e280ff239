#include "actors/cover/entity.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/rules/escrow_given.hpp"

/// A cover from the hold to what it pays: its money is never a part of the price.
namespace escrow_cover_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;

namespace {

const Caller pool = entity(cover_address);
const DropSplit picked_up{{}, ParcelWay::to_receiver};

GivenEscrow asked_with_cover() {
  GivenEscrow escrow(self);
  CreateEscrow command = terms();
  command.cover = CoverTerms{600, 30'000, {}, 7};
  escrow.as(delivery).when(command);
  return escrow;
}
GivenEscrow covered() {
  GivenEscrow escrow = asked_with_cover();
  answer_with(escrow, PaymentOutcome::done);
  return escrow;
}
/// Picked up, and the money taken.
GivenEscrow carried() {
  GivenEscrow escrow = covered();
  escrow.as(delivery).when(picked_up);
  answer_with(escrow, PaymentOutcome::done);
  return escrow;
}
GivenEscrow claimed(std::int64_t amount = 30'000) {
  GivenEscrow escrow = carried();
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  escrow.when(SettleDispute{quarrel, back, usd(3'500), false, usd(amount)});
  return escrow;
}

std::int64_t balance(const GivenEscrow& escrow, LedgerAccount account) {
  std::int64_t sum = 0;
  for (const LedgerEntry& entry : escrow.state.ledger) {
    CHECK(balanced(entry.postings));
    for (const Posting& line : entry.postings)
      if (line.account == account) sum += line.amount;
  }
  return sum;
}

/// All that the provider is still asked goes through.
void go_on(GivenEscrow& escrow) {
  for (int left = 10; left > 0 && !escrow.state.tasks.empty(); --left) answer_with(escrow, PaymentOutcome::done);
}

}  // namespace

TEST_CASE("escrow: the cover's fee is reserved beside the price and stands in an account of its own") {
  GivenEscrow escrow = asked_with_cover();
  CHECK(escrow.state.tasks.front().amount == usd(4'100));
  CHECK(answer_with(escrow, PaymentOutcome::done) == "payment.completed, payment.escrow_held");
  CHECK(escrow.state.held == usd(3'500));
  CHECK(escrow.state.at_stake() == usd(3'500));
  CHECK(balance(escrow, LedgerAccount::customer_funds) == 4'100);
  CHECK(balance(escrow, LedgerAccount::cover_held) == -600);
  CHECK(balance(escrow, LedgerAccount::escrow_held) == -3'500);
}

TEST_CASE("escrow: the fee is the pool's from the pickup on, once the provider has taken it") {
  GivenEscrow escrow = covered();
  CHECK(escrow.as(delivery).when(picked_up) == "escrow.parcel_under_way, escrow.cover_taken");
  CHECK(escrow.state.tasks.front().amount == usd(4'100));
  CHECK_FALSE(escrow.sent<PayIntoCover>());
  CHECK(escrow.state.cover_left() == usd(0));
  answer_with(escrow, PaymentOutcome::done);
  CHECK(escrow.sent<PayIntoCover>()->fee == usd(600));
  CHECK(escrow.state.cover_left() == usd(30'000));
  escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
  CHECK(escrow.state.to_traveler == usd(3'150));
  CHECK(balance(escrow, LedgerAccount::platform_revenue) == -350);  // of the price alone
  CHECK(balance(escrow, LedgerAccount::cover) == -600);
  CHECK(escrow.state.cover_standing == CoverStanding::taken);

  GivenEscrow early = covered();  // the hold was about to end before anybody came
  early.as(timer()).when(TimerFired{"hold_expiring"});
  CHECK(early.state.tasks.front().amount == usd(4'100));
  answer_with(early, PaymentOutcome::done);
  CHECK_FALSE(early.sent<PayIntoCover>());
  GivenEscrow disputed = early;
  early.as(delivery).when(picked_up);
  CHECK(early.sent<PayIntoCover>()->fee == usd(600));
  CHECK_FALSE(early.sent<MoneyFrozen>());
  disputed.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(disputed.sent<MoneyFrozen>()->cover == usd(0));
  disputed.as(delivery).when(picked_up);
  CHECK(disputed.sent<PayIntoCover>()->fee == usd(600));
  CHECK(disputed.sent<MoneyFrozen>()->cover == usd(30'000));
}

TEST_CASE("escrow: before the pickup the fee goes back whole, however the delivery ends") {
  const auto check = [](GivenEscrow escrow) {
    CHECK(escrow.told(ana, "cover_returned"));
    CHECK(escrow.state.cover_standing == CoverStanding::returned);
    CHECK(balance(escrow, LedgerAccount::cover_held) == 0);
    CHECK(balance(escrow, LedgerAccount::cover) == 0);
    CHECK_FALSE(escrow.sent<PayIntoCover>());
    go_on(escrow);
    CHECK(balance(escrow, LedgerAccount::refunds_payable) == 0);
    // Whoever pays, it is no more than what the traveler and the platform have.
    CHECK(balance(escrow, LedgerAccount::provider_clearing) + balance(escrow, LedgerAccount::customer_funds) ==
          escrow.state.to_traveler.amount + escrow.state.fee_taken.amount + escrow.state.held.amount);
  };
  for (const bool is_taken : {false, true}) {
    GivenEscrow escrow = covered();
    if (is_taken) {
      escrow.as(timer()).when(TimerFired{"hold_expiring"});
      answer_with(escrow, PaymentOutcome::done);
    }
    GivenEscrow left = escrow, late = escrow, waits = escrow, split = escrow, by_hand = escrow, judged = escrow;
    left.as(delivery).when(CancelIntent{});
    check(left);
    late.as(delivery).when(RefundEscrow{usd(3'150), usd(350), "cancelled late"});
    check(late);
    waits.as(delivery).when(RefundEscrow{usd(2'625), usd(875), "no_show", true});
    check(waits);
    split.as(user(ana)).when(ProposeSplit{1'000, ""});
    agreed_by(split, ben, 1'000);
    check(split);
    by_hand.as(admin(finn, Permission::finance)).when(RefundPayment{back, {}, "by mistake"});
    check(by_hand);
    judged.as(dispute).when(FreezeEscrow{quarrel});
    CHECK(judged.sent<MoneyFrozen>()->cover == usd(0));
    judged.when(SettleDispute{quarrel, back, usd(1'000), true, usd(30'000)});
    CHECK_FALSE(judged.sent<PayOutOfCover>());
    check(judged);
  }
}

TEST_CASE("escrow: where the provider refuses the money nothing is covered, and nothing is owed for it") {
  GivenEscrow escrow = covered();
  escrow.as(delivery).when(picked_up);
  answer_with(escrow, PaymentOutcome::declined, "card_declined");
  CHECK(escrow.told(ana, "cover_returned"));
  CHECK(escrow.state.cover_standing == CoverStanding::returned);
  CHECK(escrow.state.cover_left() == usd(0));
  CHECK(balance(escrow, LedgerAccount::cover) == 0);
  CHECK(balance(escrow, LedgerAccount::customer_funds) == 3'500);

  GivenEscrow dropped = covered();  // nobody knows, and it was taken after all
  dropped.as(delivery).when(picked_up);
  const PaymentAnswer late = says(dropped.state, PaymentOutcome::done);
  answer_with(dropped, PaymentOutcome::dropped);
  dropped.as(delivery).when(ReleaseEscrow{"delivered", {}});
  GivenEscrow borne = dropped;
  dropped.as(provider()).when(late);
  CHECK(dropped.state.tasks.front().amount == usd(600));
  go_on(dropped);
  CHECK(balance(dropped, LedgerAccount::provider_clearing) == 3'500);
  borne.as(admin(finn, Permission::finance)).when(WriteOffEscrow{"a bad card"});
  borne.as(provider()).when(late);
  CHECK(borne.state.tasks.front().amount == usd(600));
  CHECK(balance(borne, LedgerAccount::platform_revenue) == -350);
}

TEST_CASE("escrow: what a judge decided the pool pays into the customer's wallet, once") {
  GivenEscrow escrow = carried();
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(escrow.sent<MoneyFrozen>()->cover == usd(30'000));
  GivenEscrow greedy = escrow;
  greedy.when(SettleDispute{quarrel, back, usd(3'500), false, usd(30'001)});
  CHECK_FALSE(greedy.sent<PayOutOfCover>());
  CHECK(escrow.when(SettleDispute{quarrel, back, usd(3'500), false, usd(25'000)}) ==
        "escrow.cover_claimed, payment.refunded, escrow.unfrozen");
  CHECK(escrow.sent<PayOutOfCover>()->amount == usd(25'000));
  CHECK(escrow.sent<PayOutOfCover>()->customer == ana);
  CHECK(escrow.as(delivery).when(CoverAnswered{true}) == "! not_allowed");
  CHECK(escrow.as(pool).when(CoverAnswered{true}) == "escrow.cover_paid");
  CHECK(escrow.sent<CreditPending>()->amount == usd(25'000));
  CHECK(escrow.told(ana, "cover_paid"));
  CHECK(balance(escrow, LedgerAccount::cover) == 24'400);
  CHECK(balance(escrow, LedgerAccount::traveler_payable) == -25'000);
  CHECK(escrow.when(CoverAnswered{true}) == "(nothing)");
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(escrow.sent<MoneyFrozen>()->cover == usd(0));
  escrow.when(SettleDispute{quarrel, back, usd(0), true, usd(5'000)});
  CHECK_FALSE(escrow.sent<PayOutOfCover>());
}

TEST_CASE("escrow: the cover is the customer's and the office's to see, and not the traveler's") {
  GivenEscrow escrow = claimed();
  const auto seen_by = [&](const Caller& who) {
    escrow.as(who);
    const auto shown = *escrow.ask(ViewEscrow{}).resource.get_if<EscrowResource>();
    const auto intent_shown = *escrow.ask(ViewIntent{}).resource.get_if<IntentResource>();
    const auto receipt = *escrow.ask(ViewReceipt{}).resource.get_if<ReceiptResource>();
    const bool has_line = std::ranges::find(receipt.lines, "cover", &ReceiptLine::name) != receipt.lines.end();
    CHECK(shown.amount == 3'500);
    CHECK(shown.cover_standing.has_value() == shown.cover.has_value());
    CHECK(shown.cover_claim.has_value() == shown.cover.has_value());
    CHECK(intent_shown.cover_fee.has_value() == shown.cover.has_value());
    CHECK(has_line == shown.cover.has_value());
    CHECK(receipt.amount == (has_line ? 4'100 : 3'500));
    return shown.cover.has_value();
  };
  CHECK(seen_by(user(ana)));
  CHECK(seen_by(admin(finn, Permission::finance)));
  CHECK(seen_by(service()));
  CHECK_FALSE(seen_by(user(ben)));
}

TEST_CASE("escrow: the ledger as the traveler sees it tells nothing of a cover") {
  const auto ledger_for = [](GivenEscrow escrow, UserId who) {
    return *escrow.as(user(who)).ask(ViewEscrowLedger{}).resource.get_if<EscrowLedgerResource>();
  };
  const auto postings_of = [](const EscrowLedgerResource& ledger) {
    std::vector<std::vector<Posting>> out;
    for (const LedgerEntry& entry : ledger.items) out.push_back(entry.postings);
    return out;
  };
  // The same delivery without a cover.
  GivenEscrow plain(self);
  plain.as(delivery).when(terms());
  answer_with(plain, PaymentOutcome::done);
  CHECK(postings_of(ledger_for(plain, ben)) == postings_of(ledger_for(covered(), ben)));
  plain.as(delivery).when(picked_up);
  go_on(plain);
  CHECK(postings_of(ledger_for(plain, ben)) == postings_of(ledger_for(carried(), ben)));
  GivenEscrow paid = claimed();
  paid.as(pool).when(CoverAnswered{true});
  go_on(paid);
  const auto of_customer = ledger_for(paid, ana), of_traveler = ledger_for(paid, ben);
  CHECK(of_customer.items.size() == paid.state.ledger.size());
  CHECK(of_traveler.balanced);
  CHECK(of_traveler.items.size() == 2);  // the hold, and what a judge gave back of it
  for (const LedgerEntry& entry : of_traveler.items)
    for (const Posting& line : entry.postings) CHECK((line.amount == 3'500 || line.amount == -3'500));
}

TEST_CASE("escrow: a claim that the pool cannot pay stays, and the customer and finance hear of it") {
  GivenEscrow escrow = claimed();
  CHECK(escrow.as(pool).when(CoverAnswered{false}) == "finance.alert");
  CHECK(escrow.emitted<FinanceAlert>()->goes_on);
  CHECK(escrow.emitted<FinanceAlert>()->amount == usd(30'000));
  CHECK(escrow.told(ana, "cover_waits"));
  CHECK_FALSE(escrow.sent<CreditPending>());
  CHECK(escrow.when(CoverAnswered{true}) == "escrow.cover_paid");
}

TEST_CASE("escrow: a reopened dispute has a claim that waits dropped, and decides anew about the cover") {
  GivenEscrow escrow = claimed();
  escrow.as(pool).when(CoverAnswered{false});
  CHECK(escrow.as(dispute).when(FreezeEscrow{quarrel}) == "escrow.frozen");
  CHECK(escrow.sent<DropCoverClaim>());
  CHECK(escrow.sent<MoneyFrozen>()->cover == usd(0));
  GivenEscrow paid = escrow, withdrawn_first = escrow;
  CHECK(escrow.as(pool).when(CoverAnswered{false, true}) == "escrow.cover_unclaimed");
  CHECK(escrow.state.cover_standing == CoverStanding::taken);
  CHECK_FALSE(escrow.state.cover_claim);
  CHECK(escrow.sent<MoneyFrozen>()->cover == usd(30'000));
  CHECK(escrow.when(CoverAnswered{true}) == "(nothing)");
  GivenEscrow less = escrow, none = escrow, withdrawn = escrow;

  less.as(dispute).when(SettleDispute{quarrel, back, usd(0), true, usd(10'000)});
  CHECK(less.sent<PayOutOfCover>()->amount == usd(10'000));
  none.as(dispute).when(SettleDispute{quarrel, back, usd(0), true, {}});
  CHECK_FALSE(none.sent<PayOutOfCover>());
  none.when(FreezeEscrow{quarrel});
  none.when(UnfreezeEscrow{quarrel, true});  // of the decision that was opened again nothing is left
  CHECK_FALSE(none.sent<PayOutOfCover>());
  // What comes to nothing leaves what was decided before.
  CHECK(withdrawn.as(dispute).when(UnfreezeEscrow{quarrel, true}) == "escrow.cover_claimed, escrow.unfrozen");
  CHECK(withdrawn.sent<PayOutOfCover>()->amount == usd(30'000));
  CHECK(withdrawn.as(pool).when(CoverAnswered{true}) == "escrow.cover_paid");

  // The pool was faster: what was paid is not taken back.
  CHECK(paid.as(pool).when(CoverAnswered{true}) == "escrow.cover_paid");
  paid.as(dispute).when(UnfreezeEscrow{quarrel, true});
  paid.when(FreezeEscrow{quarrel});
  CHECK_FALSE(paid.sent<DropCoverClaim>());
  // The dispute was over before the pool had answered.
  withdrawn_first.as(dispute).when(UnfreezeEscrow{quarrel, true});
  CHECK_FALSE(withdrawn_first.sent<PayOutOfCover>());
  CHECK(withdrawn_first.as(pool).when(CoverAnswered{false, true}) == "(nothing)");
  CHECK(withdrawn_first.sent<PayOutOfCover>()->amount == usd(30'000));
  CHECK(withdrawn_first.state.cover_standing == CoverStanding::claimed);
}

TEST_CASE("escrow: no side gains by its own calls what it has not lost") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 chance(seed);
    for (const UserId side : {ana, ben}) {
      GivenEscrow escrow = covered();
      for (int step = 0; step < 12; ++step) {
        switch (chance() % 7) {
          case 0:
            escrow.as(user(side)).when(ProposeSplit{static_cast<std::int64_t>(chance() % 3'501), ""});
            break;
          case 1:
            escrow.as(user(side)).when(AcceptSplit{static_cast<std::int64_t>(chance() % 3'501)});
            break;
          case 2:
            escrow.as(user(side)).when(TakeSplitBack{});
            break;
          case 3:
            escrow.as(user(side)).when(CancelIntent{});
            break;
          case 4:
            escrow.as(delivery).when(picked_up);
            break;
          case 5:
            escrow.as(user(side)).when(SettleDispute{quarrel, back, usd(3'500), false, usd(30'000)});
            break;
          default:
            escrow.as(user(side)).when(CoverAnswered{true});
        }
        REQUIRE_FALSE(escrow.sent<PayOutOfCover>());
        REQUIRE_FALSE(escrow.sent<CreditPending>());
        REQUIRE(balance(escrow, LedgerAccount::cover) + balance(escrow, LedgerAccount::cover_held) >= -600);
      }
    }
  }
}

namespace {

/// Some escrows and the pool: what one tells the other arrives at once.
class Covers {
 public:
  Covers() {
    for (std::uint8_t number = 1; number <= 4; ++number) {
      GivenEscrow escrow({EntityKind::escrow, test_id<EscrowId>(number).value});
      CreateEscrow command = terms();
      command.cover = CoverTerms{100 * number, 5'000 * number, {}, 7};
      escrow.as(delivery).when(command);
      answer_with(escrow, PaymentOutcome::done);
      escrows_.push_back(escrow);
    }
  }

  void step(std::mt19937_64& chance) {
    GivenEscrow& escrow = escrows_[chance() % escrows_.size()];
    switch (chance() % 7) {
      case 0:
        escrow.as(delivery).when(picked_up);
        break;
      case 1:
        answer_with(escrow, chance() % 8 == 0 ? PaymentOutcome::declined : PaymentOutcome::done, "card_declined");
        break;
      case 2:
        escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
        break;
      case 3:
        escrow.as(delivery).when(RefundEscrow{usd(3'000), usd(500), "cancelled"});
        break;
      case 4:
        escrow.as(dispute).when(FreezeEscrow{quarrel});
        break;
      case 5: {
        const Money asked = usd(static_cast<std::int64_t>(chance() % 6'000));
        escrow.as(dispute).when(SettleDispute{quarrel, back, usd(3'500), true, asked});
        break;
      }
      default:
        pool_.as(admin(finn, Permission::finance)).when(AddToCover{500, {}, "more"});
        added_ += 500;
        return answer();
    }
    const Caller sender = entity(escrow.self);
    if (const auto* drop = escrow.sent<DropCoverClaim>()) return pool_.as(sender).when(*drop), answer();
    if (const auto* fee = escrow.sent<PayIntoCover>()) pool_.as(sender).when(*fee), answer();
    if (const auto* claim = escrow.sent<PayOutOfCover>()) pool_.as(sender).when(*claim), answer();
  }

  void check() const {
    std::int64_t booked = -added_, not_in_yet = 0, claimed = 0;
    for (const GivenEscrow& escrow : escrows_) {
      const EscrowState& state = escrow.state;
      booked += balance(escrow, LedgerAccount::cover);
      if (state.cover_standing == CoverStanding::taken && !state.is_collected()) not_in_yet += state.cover_fee().amount;
      if (state.cover_claim) claimed += state.cover_claim->amount;
      REQUIRE(balance(escrow, LedgerAccount::cover_held) == -state.cover_held().amount);
      REQUIRE((!state.cover_claim || state.cover_claim->amount <= state.cover->limit));
      // Of the fee nothing went to the traveler or the platform.
      REQUIRE(state.to_traveler.amount + state.fee_taken.amount <= 3'500);
    }
    REQUIRE(-booked == pool_.state.balance_in({}).amount + not_in_yet);
    REQUIRE(pool_.state.balance_in({}).amount >= 0);
    REQUIRE(paid_ <= claimed);
  }

 private:
  /// Every escrow that the pool has answered.
  void answer() {
    const std::vector<Effect> effects = pool_.last.effects;
    for (const Effect& effect : effects) {
      const auto* answered = effect.command.get_if<CoverAnswered>();
      const auto to = std::ranges::find(escrows_, effect.to, &GivenEscrow::self);
      if (!answered || to == escrows_.end()) continue;
      to->as(pool).when(*answered);
      if (const auto* credit = to->sent<CreditPending>()) paid_ += credit->amount.amount;
    }
  }

  std::vector<GivenEscrow> escrows_;
  Given<Cover> pool_{cover_address};
  std::int64_t added_ = 0, paid_ = 0;
};

}  // namespace

TEST_CASE("escrow: whatever happens in whichever order, the books of covers are what the pool has") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 chance(seed);
    Covers covers;
    for (int step = 0; step < 60; ++step) {
      covers.step(chance);
      covers.check();
    }
  }
}

}  // namespace escrow_cover_test
