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
  using Commands = List<AddPaymentMethod, RemovePaymentMethod, MakeDefaultMethod, AddPayoutAccount, RemovePayoutAccount,
                        CreditPending, FreezePayout, UnfreezePayout, TakeBack, RequestPayout, RemoveNewAccounts,
                        PaymentAnswer, TimerFired, HoldPayouts, ReleasePayouts, NotePasswordChange, MakeDefaultAccount>;
  using Creates = Commands;  // a wallet is there as soon as its user is
  using Events = List<PaymentMethodAdded, PaymentMethodRemoved, DefaultMethodChanged, PayoutAccountAdded,
                      PayoutAccountChecked, PayoutAccountRemoved, WalletCredited, PayoutRequested, PayoutRetried,
                      PayoutProcessed, PayoutFailed, PayoutFrozen, PayoutUnfrozen, WalletTakenBack, WalletDebtIncurred,
                      WalletDebtPaid, PayoutsHeld, PayoutsReleased, PasswordChangeNoted, PayoutAccountRestored,
                      DefaultAccountChanged, PayoutChoiceTakenBack, TaxFactsTold, TaxFactsTakenBack>;
  using Queries = List<ViewWallet, ListPayouts, ViewPayout, ListTransactions, ListPaymentMethods, ViewPaymentMethod,
                       ListPayoutAccounts, ViewPayoutAccount, FindPaymentToken>;
};

}  // namespace caravan
