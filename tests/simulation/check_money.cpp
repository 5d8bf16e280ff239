#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/simulation/checker.hpp"

// What must hold of the money once nothing is under way.
namespace caravan::simulation {

namespace {

std::string amounts(std::int64_t ours, std::int64_t theirs) {
  return ": " + std::to_string(ours) + " by our books, " + std::to_string(theirs) + " by the bank's";
}

}  // namespace

bool Checker::nobody_can_say_where_to(const Uuid& wallet) const {
  const AccountState* owner = chronicle_.state<Account>(wallet);
  return owner && owner->is_leaving() &&
         std::ranges::none_of(chronicle_.state<Wallet>(wallet)->accounts,
                              [](const PayoutAccount& account) { return account.status == AccountStatus::verified; });
}

void Checker::books_agree(const Uuid& id, const Bank& bank) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(id);
  const std::string name = "escrow/" + id.text();
  Balances& ours = ledgers_[{EntityKind::escrow, id}];
  if (ours[LedgerAccount::escrow_held] != -escrow.held.amount) fault(name + ": its ledger is not what it holds");
  if (alerted_.contains(id)) return;  // a person was told that the two may differ
  const Bank::Standing theirs = bank.standing(escrow.intent_id);
  // Money that is given back before the capture stays reserved until then: the capture asks the bank for the rest
  // alone.
  const bool is_reserved_whole = escrow.is_held() && !escrow.captured && theirs.reserved == escrow.to_reserve().amount;
  if (ours[LedgerAccount::customer_funds] != theirs.reserved && !is_reserved_whole)
    fault(name + " reserved" + amounts(ours[LedgerAccount::customer_funds], theirs.reserved));
  const std::int64_t with_bank = theirs.captured - theirs.refunded;
  if (ours[LedgerAccount::provider_clearing] != with_bank)
    fault(name + " captured" + amounts(ours[LedgerAccount::provider_clearing], with_bank));
  if (ours[LedgerAccount::refunds_payable] != 0) fault(name + ": a refund has not reached the customer");
}

void Checker::money(const Bank& bank, bool all_is_over) {
  chronicle_.each<Escrow>([&](const Uuid& id, const EscrowState& escrow) {
    const std::string name = "escrow/" + id.text();
    const DeliveryState* delivery = chronicle_.state<Delivery>(escrow.delivery_id.value);
    if (!escrow.tasks.empty() || escrow.status == EscrowStatus::authorising) fault(name + " still waits for the bank");
    if (escrow.take_back || escrow.settlement_waits) fault(name + " still waits for a wallet");
    const bool is_open = delivery && delivery->is_open();
    // A fee that was earned by waiting stays held for a while, or until somebody decides; and so does the price of what
    // was handed over off its place.
    const bool fee_waits =
        delivery &&
        ((delivery->settlement && delivery->settlement->waits()) ||
         ((delivery->handed_elsewhere || delivery->handed_late) && !delivery->settled && !delivery->funds_gone));
    // What both sides agreed to share waits a day, in which either may take it back.
    if (escrow.held.amount > 0 && !is_open && (all_is_over || (!escrow.frozen_by && !fee_waits && !escrow.is_agreed())))
      fault(name + " holds money of a delivery that is over");
    // A parcel that the traveler has comes back first.
    const bool comes_back = delivery && delivery->funds_gone && delivery->status == DeliveryStatus::returning;
    if (escrow.held.amount == 0 && is_open && !comes_back)
      fault("delivery/" + escrow.delivery_id.text() + " is open without its hold");
    if (escrow.is_held() != (escrow.held.amount > 0)) fault(name + " holds nothing, or more than it says");
    books_agree(id, bank);
  });
  // What travelers were credited is in their wallets, was paid or was taken back; what they owe is in the books too.
  std::int64_t payable = 0, in_wallets = 0;
  for (const auto& [address, ledger] : ledgers_)
    if (const auto line = ledger.find(LedgerAccount::traveler_payable); line != ledger.end()) payable -= line->second;
  chronicle_.each<Wallet>([&](const Uuid& id, const WalletState& wallet) {
    const std::string name = "wallet/" + id.text();
    in_wallets += wallet.available_in({}).amount + wallet.pending_in({}).amount;
    for (const Money& money : wallet.available)
      if (money.amount < 0) fault(name + " is below zero");
    Balances& ledger = ledgers_[{EntityKind::wallet, id}];
    const std::int64_t debt = wallet.debt_in({}).amount;
    if (ledger[LedgerAccount::traveler_debts] != debt)
      fault(name + " owes " + std::to_string(debt) + ", and by the ledger " +
            std::to_string(ledger[LedgerAccount::traveler_debts]));
    const std::int64_t paid = -ledger[LedgerAccount::provider_clearing];
    if (paid != bank.paid_out(UserId{id})) fault(name + " paid out" + amounts(paid, bank.paid_out(UserId{id})));
    for (const Payout& payout : wallet.payouts) {
      if (payout.status == PayoutStatus::processing) fault(name + ": a payout is still under way");
      if (payout.status == PayoutStatus::pending && all_is_over && !nobody_can_say_where_to(id))
        fault(name + ": a payout was never sent");
      if (payout.status == PayoutStatus::pending && !payout.frozen && debt > 0)
        fault(name + " owes, and a payout of it waits to be sent");
    }
  });
  if (payable != in_wallets)
    fault("travelers are owed " + std::to_string(payable) + ", and have " + std::to_string(in_wallets));
}

}  // namespace caravan::simulation
