#pragma once

#include "actors/entity/draft.hpp"
#include "actors/wallet/entity.hpp"

namespace caravan {

/// A decision of a wallet in the making, about payouts.
class WalletDraft : public Draft<WalletState> {
 public:
  using Draft::Draft;

  void set_timer(PayoutId payout, Time due);
  void clear_timer(PayoutId payout);
  /// Tells the owner of a payout.
  void tell(std::string template_id, const Payout& payout);

  /// Asks the provider, whose answer the payout waits for.
  void ask_provider(const Payout& payout);
  /// Sends a payout on its way.
  void start(Payout payout, const PayoutAccount* account);
  /// Sends money that an escrow paid in to an account that may have it. While there is none, or it is too new, the
  /// payout waits; the owner is told where one must be added.
  void start_or_wait(PayoutId payout);
  /// The same for all that has waited long enough.
  void send_due();

  /// What the available balance lacks becomes debt, which is paid out of what is there: the available balance, then
  /// payouts that are not sent yet, the oldest first. Nothing that a dispute holds back is touched. `delivery`: whose
  /// money is missing.
  void settle_debt(Currency currency, std::optional<DeliveryId> delivery);

 private:
  void pay_debt(Money amount, std::optional<PayoutId> payout, std::optional<DeliveryId> delivery);
  void tell_debt(std::string template_id, Money amount, std::optional<DeliveryId> delivery);
};

/// The timer that ends a payout's delay.
std::string timer_of(PayoutId id);
const Payout* find_payout(const WalletState& state, PayoutId id);

/// The account to be paid on, of the verified ones of the currency that may be used by then: the one that the owner
/// chose, or else the one that was there first; nullptr where there is none.
const PayoutAccount* account_for(const WalletState& state, Currency currency, Time earned_at, Time now);
/// When the first account that has to wait may be used; nothing where none waits.
std::optional<Time> first_usable(const WalletState& state, Currency currency, Time earned_at);
/// From when money that was there then may go to the account. One that was added later waits: a thief may have added
/// it.
Time usable_from(const PayoutAccount& account, Time earned_at);

}  // namespace caravan
