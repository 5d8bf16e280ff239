#include <algorithm>
#include <deque>
#include <map>

#include "actors/escrow/entity.hpp"
#include "actors/registry.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/entity.hpp"

namespace money_test {

/// Whole runs of escrows and one wallet under random commands, answers and losses: the books balance after every
/// single decision.
using namespace caravan;
using namespace caravan::testkit;

namespace {

const UserId ana = test_id<UserId>(1), ben = test_id<UserId>(2), finn = test_id<UserId>(4);
const Currency dollars = *Currency::parse("USD");
constexpr std::size_t escrows = 3;
const Address bens{EntityKind::wallet, ben.value};

/// The money part of the platform in one thread: entities, the effects between them, and a moody provider.
class Town {
 public:
  explicit Town(std::uint64_t seed) : random_(seed), dice_(seed) {}

  std::uint64_t roll(std::uint64_t sides) { return dice_() % sides; }

  void ask(Address to, const AnyRecord& command, Caller caller) {
    const EntityClass& entity = *find_entity(to.kind);
    auto& state = states_[to];
    if (!state) state = entity.new_state();
    const Context context{now_, caller, to, random_, sodium_crypto};
    const Decision decision = entity.decide(state.get(), context, command);
    if (decision.rejection) return;
    for (const AnyRecord& event : decision.events) {
      entity.evolve(state.get(), event);
      book(event);
    }
    for (const TimerChange& timer : decision.timers) {
      if (timer.due)
        timers_[{to, timer.name}] = *timer.due;
      else
        timers_.erase({to, timer.name});
    }
    for (const Effect& effect : decision.effects) queue_.push_back({to, effect});
    check(to);
  }

  /// Delivers what is on its way; the provider does each operation once, and sometimes does not answer.
  void deliver() {
    while (!queue_.empty()) {
      const auto [from, effect] = queue_.front();
      queue_.pop_front();
      if (effect.to.kind == EntityKind::payments)
        answer(from, effect.command);
      else if (effect.to.kind == EntityKind::escrow || effect.to.kind == EntityKind::wallet)
        ask(effect.to, effect.command, entity(from));
    }
  }

  void fire_next_timer() {
    auto next = std::ranges::min_element(timers_, {}, [](const auto& timer) { return timer.second; });
    if (next == timers_.end()) return;
    const auto [owner, name] = next->first;
    now_ = std::max(now_, next->second);
    timers_.erase(next);
    ask(owner, AnyRecord(TimerFired{name}), timer());
  }

  /// An answer comes to what nobody answered, perhaps after it was given up or dropped.
  void answer_late() {
    if (late_.empty()) return;
    const auto [from, operation] = late_.front();
    late_.pop_front();
    ask(from, AnyRecord(PaymentAnswer{PaymentOperation::authorize, operation, PaymentOutcome::done, "", "", ""}),
        provider());
  }

  const EscrowState& escrow(Address address) { return *static_cast<const EscrowState*>(states_.at(address).get()); }
  bool knows(Address address) const { return states_.contains(address); }
  std::int64_t balance(LedgerAccount account) { return books_[account]; }

 private:
  template <class Event>
  void book_if(const AnyRecord& any) {
    const Event* event = any.get_if<Event>();
    if (!event) return;
    REQUIRE(balanced(event->postings));
    for (const Posting& line : event->postings) books_[line.account] += line.amount;
  }
  void book(const AnyRecord& event) {
    book_if<EscrowHeld>(event);
    book_if<EscrowReleased>(event);
    book_if<PaymentRefunded>(event);
    book_if<IntentCancelled>(event);
    book_if<ProviderTaskDone>(event);
    book_if<PayoutProcessed>(event);
    book_if<WalletDebtIncurred>(event);
    book_if<WalletDebtPaid>(event);
  }
  void check(Address changed) {
    std::int64_t sum = 0, held = 0;
    for (const auto& [account, amount] : books_) sum += amount;
    REQUIRE(sum == 0);
    for (const auto& [address, state] : states_) {
      if (address.kind != EntityKind::escrow) continue;
      const auto& escrow = *static_cast<const EscrowState*>(state.get());
      held += escrow.held.amount;
      REQUIRE(escrow.held.amount >= 0);
      REQUIRE(escrow.to_traveler.amount >= 0);
      REQUIRE(escrow.fee_taken.amount >= 0);
      if (address == changed && escrow.hold_until && escrow.status != EscrowStatus::cancelled)
        REQUIRE((escrow.held + escrow.refunded + escrow.to_traveler + escrow.fee_taken) == escrow.amount);
    }
    REQUIRE(-books_[LedgerAccount::escrow_held] == held);
    const WalletState none, &wallet = knows(bens) ? *static_cast<const WalletState*>(states_.at(bens).get()) : none;
    REQUIRE(books_[LedgerAccount::traveler_debts] == wallet.debt_in(dollars).amount);
    if (wallet.debt_in(dollars).amount > 0)
      for (const Payout& payout : wallet.payouts) REQUIRE((payout.status != PayoutStatus::pending || payout.frozen));
    if (queue_.empty())
      REQUIRE(-books_[LedgerAccount::traveler_payable] ==
              wallet.available_in(dollars).amount + wallet.pending_in(dollars).amount);
    REQUIRE(books_[LedgerAccount::refunds_payable] <= 0);
    REQUIRE(books_[LedgerAccount::customer_funds] >= 0);
  }
  void answer(Address from, const AnyRecord& request) {
    Uuid operation;
    if (const auto* r = request.get_if<Authorize>()) operation = r->operation_id;
    if (const auto* r = request.get_if<Capture>()) operation = r->operation_id;
    if (const auto* r = request.get_if<Void>()) operation = r->operation_id;
    if (const auto* r = request.get_if<Refund>()) operation = r->operation_id;
    if (const auto* r = request.get_if<PayOut>()) operation = r->operation_id;
    if (const auto* r = request.get_if<VerifyAccount>()) operation = r->operation_id;
    const std::uint64_t mood = roll(10);
    if (mood == 0 || mood == 1 || mood == 3) late_.emplace_back(from, operation);
    if (mood == 0) return;  // the answer is lost
    const auto outcome = mood == 1   ? PaymentOutcome::undelivered
                         : mood == 3 ? PaymentOutcome::dropped
                                     : PaymentOutcome::done;
    const PaymentAnswer answer{PaymentOperation::authorize, operation, outcome, "", "", ""};
    ask(from, AnyRecord(answer), provider());
    if (mood == 2) ask(from, AnyRecord(answer), provider());  // it comes twice
  }

  SeededRandom random_;
  std::mt19937_64 dice_;
  Time now_ = test_start;
  std::map<Address, std::shared_ptr<void>> states_;
  std::map<std::pair<Address, std::string>, Time> timers_;
  std::deque<std::pair<Address, Effect>> queue_;
  std::deque<std::pair<Address, Uuid>> late_;
  std::map<LedgerAccount, std::int64_t> books_;
};

void random_step(Town& town) {
  const auto number = static_cast<std::uint8_t>(town.roll(escrows) + 10);
  const Address escrow{EntityKind::escrow, test_id<EscrowId>(number).value};
  const DeliveryId parcel = test_id<DeliveryId>(number);
  const DisputeId quarrel = test_id<DisputeId>(number);
  const Money amount{static_cast<std::int64_t>(town.roll(4'000)), dollars};
  const Caller delivery = entity({EntityKind::delivery, parcel.value});
  const RefundId refund = test_id<RefundId>(static_cast<std::uint8_t>(town.roll(250)));
  switch (town.roll(12)) {
    case 0:
      town.ask(escrow,
               AnyRecord(CreateEscrow{
                   parcel, test_id<IntentId>(number), ana, ben, amount, platform_fee(amount), "tok_ok", {}, "sandbox"}),
               delivery);
      break;
    case 1:
      town.ask(escrow, AnyRecord(ReleaseEscrow{}), delivery);
      break;
    case 2:
      town.ask(escrow, AnyRecord(RefundEscrow{amount, Money{amount.amount / 3, dollars}, ""}), delivery);
      break;
    case 3:
      town.ask(escrow, AnyRecord(RefundPayment{refund, amount.amount, ""}), admin(finn, Permission::finance));
      break;
    case 4:
      town.ask(escrow, AnyRecord(FreezeEscrow{quarrel}), entity({EntityKind::dispute, quarrel.value}));
      break;
    case 5:
      town.ask(escrow, AnyRecord(SettleDispute{quarrel, refund, amount}), entity({EntityKind::dispute, quarrel.value}));
      break;
    case 6:
      town.ask(escrow, AnyRecord(ProposeSplit{amount.amount, ""}), user(ana));
      break;
    case 7:
      town.ask(escrow, AnyRecord(AcceptSplit{amount.amount}), user(ben));
      break;
    case 8:
      if (town.roll(4) == 0) town.ask(escrow, AnyRecord(CancelIntent{}), delivery);
      break;
    case 9:
      town.answer_late();
      break;
    default:
      town.fire_next_timer();
  }
  if (town.roll(3) != 0) town.deliver();
}

}  // namespace

TEST_CASE("money: under any sequence of commands, answers and losses the books balance and no hold is negative") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Town town(seed);
    town.ask(bens, AnyRecord(AddPayoutAccount{test_id<PayoutAccountId>(9), "sandbox", "tok_ok", {}, {}}), user(ben));
    for (int step = 0; step < 120; ++step) random_step(town);
  }
}

TEST_CASE("money: a share and its rest are the whole, and the books refuse nothing but imbalance") {
  std::vector<Posting> lines;
  debit(lines, LedgerAccount::escrow_held, {100, dollars});
  CHECK_FALSE(balanced(lines));
  credit(lines, LedgerAccount::traveler_payable, {90, dollars});
  credit(lines, LedgerAccount::platform_revenue, {10, dollars});
  CHECK(balanced(lines));
  credit(lines, LedgerAccount::platform_revenue, {0, dollars});
  CHECK(lines.size() == 3);
  CHECK(platform_fee({3500, dollars}) == Money{350, dollars});
  CHECK(platform_fee({1, dollars}) == Money{0, dollars});
}

}  // namespace money_test
