#pragma once

#include "actors/entity/entity.hpp"
#include "actors/payments/requests.hpp"
#include "actors/wallet/commands.hpp"
#include "actors/wallet/events.hpp"
#include "actors/wallet/resources.hpp"
#include "actors/wallet/state.hpp"

namespace caravan {

struct Wallet {
  static constexpr EntityKind kind = EntityKind::wallet;
  using State = WalletState;
  using Rejection = WalletRejection;
  using Commands =
      List<AddPaymentMethod, RemovePaymentMethod, MakeDefaultMethod, AddPayoutAccount, RemovePayoutAccount,
           CreditPending, FreezePayout, UnfreezePayout, TakeBack, RequestPayout, PaymentAnswer, TimerFired>;
  using Creates = Commands;  // a wallet is there as soon as its user is
  using Events = List<PaymentMethodAdded, PaymentMethodRemoved, DefaultMethodChanged, PayoutAccountAdded,
                      PayoutAccountChecked, PayoutAccountRemoved, WalletCredited, PayoutRequested, PayoutRetried,
                      PayoutProcessed, PayoutFailed, PayoutFrozen, PayoutUnfrozen, WalletTakenBack>;
  using Queries = List<ViewWallet, ListPayouts, ViewPayout, ListTransactions, ListPaymentMethods, ViewPaymentMethod,
                       ListPayoutAccounts, ViewPayoutAccount, FindPaymentToken>;
};

Decision decide(const WalletState&, const Context&, const AddPaymentMethod&);
Decision decide(const WalletState&, const Context&, const RemovePaymentMethod&);
Decision decide(const WalletState&, const Context&, const MakeDefaultMethod&);
Decision decide(const WalletState&, const Context&, const AddPayoutAccount&);
Decision decide(const WalletState&, const Context&, const RemovePayoutAccount&);
Decision decide(const WalletState&, const Context&, const CreditPending&);
Decision decide(const WalletState&, const Context&, const FreezePayout&);
Decision decide(const WalletState&, const Context&, const UnfreezePayout&);
Decision decide(const WalletState&, const Context&, const TakeBack&);
Decision decide(const WalletState&, const Context&, const RequestPayout&);
Decision decide(const WalletState&, const Context&, const PaymentAnswer&);
Decision decide(const WalletState&, const Context&, const TimerFired&);

void evolve(WalletState&, const PaymentMethodAdded&);
void evolve(WalletState&, const PaymentMethodRemoved&);
void evolve(WalletState&, const DefaultMethodChanged&);
void evolve(WalletState&, const PayoutAccountAdded&);
void evolve(WalletState&, const PayoutAccountChecked&);
void evolve(WalletState&, const PayoutAccountRemoved&);
void evolve(WalletState&, const WalletCredited&);
void evolve(WalletState&, const PayoutRequested&);
void evolve(WalletState&, const PayoutRetried&);
void evolve(WalletState&, const PayoutProcessed&);
void evolve(WalletState&, const PayoutFailed&);
void evolve(WalletState&, const PayoutFrozen&);
void evolve(WalletState&, const PayoutUnfrozen&);
void evolve(WalletState&, const WalletTakenBack&);

Answer answer(const WalletState&, const Context&, const ViewWallet&);
Answer answer(const WalletState&, const Context&, const ListPayouts&);
Answer answer(const WalletState&, const Context&, const ViewPayout&);
Answer answer(const WalletState&, const Context&, const ListTransactions&);
Answer answer(const WalletState&, const Context&, const ListPaymentMethods&);
Answer answer(const WalletState&, const Context&, const ViewPaymentMethod&);
Answer answer(const WalletState&, const Context&, const ListPayoutAccounts&);
Answer answer(const WalletState&, const Context&, const ViewPayoutAccount&);
Answer answer(const WalletState&, const Context&, const FindPaymentToken&);

}  // namespace caravan
