#pragma once

#include "actors/payments/ledger.hpp"
#include "actors/wallet/state.hpp"

namespace caravan {

struct PaymentMethodAdded {
  static constexpr Tag tag{1, "wallet.method_added"};
  PaymentMethod method;
  static constexpr auto fields() { return std::array{field<&PaymentMethodAdded::method>(1, "method")}; }
};
/// Where it was the default, the oldest of the others takes its place.
struct PaymentMethodRemoved {
  static constexpr Tag tag{2, "wallet.method_removed"};
  PaymentMethodId method_id;
  static constexpr auto fields() { return std::array{field<&PaymentMethodRemoved::method_id>(1, "methodId")}; }
};
struct DefaultMethodChanged {
  static constexpr Tag tag{3, "wallet.default_method_changed"};
  PaymentMethodId method_id;
  static constexpr auto fields() { return std::array{field<&DefaultMethodChanged::method_id>(1, "methodId")}; }
};
struct PayoutAccountAdded {
  static constexpr Tag tag{4, "wallet.payout_account_added"};
  PayoutAccount account;
  static constexpr auto fields() { return std::array{field<&PayoutAccountAdded::account>(1, "account")}; }
};
struct PayoutAccountChecked {
  static constexpr Tag tag{5, "wallet.payout_account_checked"};
  PayoutAccountId account_id;
  bool verified = false;
  static constexpr auto fields() {
    return std::array{field<&PayoutAccountChecked::account_id>(1, "accountId"),
                      field<&PayoutAccountChecked::verified>(2, "verified")};
  }
};
struct PayoutAccountRemoved {
  static constexpr Tag tag{6, "wallet.payout_account_removed"};
  PayoutAccountId account_id;
  std::optional<Time> kept_until = {};  // it may come back until then; absent: it may not
  static constexpr auto fields() {
    return std::array{field<&PayoutAccountRemoved::account_id>(1, "accountId"),
                      field<&PayoutAccountRemoved::kept_until>(2, "keptUntil")};
  }
};
struct PayoutAccountRestored {
  static constexpr Tag tag{20, "wallet.payout_account_restored"};
  PayoutAccountId account_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PayoutAccountRestored::account_id>(1, "accountId"),
                      field<&PayoutAccountRestored::at>(2, "at")};
  }
};
struct DefaultAccountChanged {
  static constexpr Tag tag{21, "wallet.default_account_changed"};
  PayoutAccountId account_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DefaultAccountChanged::account_id>(1, "accountId"),
                      field<&DefaultAccountChanged::at>(2, "at")};
  }
};

/// The owner shut a thief out: what was chosen lately is not any more.
struct PayoutChoiceTakenBack {
  static constexpr Tag tag{22, "wallet.payout_choice_taken_back"};
  PayoutChoice choice;  // the first that goes
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PayoutChoiceTakenBack::choice>(1, "choice", internal()),
                      field<&PayoutChoiceTakenBack::at>(2, "at")};
  }
};

/// An escrow paid in; the payout of it waits until `available_at`.
struct WalletCredited {
  static constexpr Tag tag{7, "wallet.credited"};
  PayoutId payout_id;
  EscrowId escrow_id;
  DeliveryId delivery_id;
  Money amount;
  Time available_at;
  Time at;
  static constexpr auto fields() {
    return joined_rows(field<&WalletCredited::payout_id>(1, "payoutId"),
                       field<&WalletCredited::escrow_id>(2, "escrowId"),
                       field<&WalletCredited::delivery_id>(3, "deliveryId"), spliced<&WalletCredited::amount>({4, 5}),
                       field<&WalletCredited::available_at>(6, "availableAt"), field<&WalletCredited::at>(7, "at"));
  }
};

/// The provider is asked to pay. A payout that is not in the wallet yet begins with this event: it pays out available
/// balance.
struct PayoutRequested {
  static constexpr Tag tag{8, "payout.requested"};
  PayoutId payout_id;
  std::optional<DeliveryId> delivery_id;
  Money amount;
  std::optional<PayoutAccountId> account_id;
  Uuid operation_id;
  Time at;
  static constexpr auto fields() {
    return joined_rows(
        field<&PayoutRequested::payout_id>(1, "payoutId"), field<&PayoutRequested::delivery_id>(2, "deliveryId"),
        spliced<&PayoutRequested::amount>({3, 4}), field<&PayoutRequested::account_id>(5, "accountId"),
        field<&PayoutRequested::operation_id>(6, "operationId", internal()), field<&PayoutRequested::at>(7, "at"));
  }
};
/// Of earlier builds, in which the wallet repeated its questions: the provider was asked again, or failed. A question
/// of theirs is asked anew once.
struct PayoutRetried {
  static constexpr Tag tag{9, "wallet.payout_retried"};
  PayoutId payout_id;
  std::int32_t attempts = 0;
  std::string detail;
  static constexpr auto fields() {
    return std::array{field<&PayoutRetried::payout_id>(1, "payoutId"), field<&PayoutRetried::attempts>(2, "attempts"),
                      field<&PayoutRetried::detail>(3, "detail")};
  }
};
struct PayoutProcessed {
  static constexpr Tag tag{10, "payout.processed"};
  PayoutId payout_id;
  std::optional<DeliveryId> delivery_id;
  Money amount;
  std::string reference;
  Time at;
  std::vector<Posting> postings;
  bool from_available = false;  // it had failed, and went through after all
  static constexpr auto fields() {
    return joined_rows(field<&PayoutProcessed::payout_id>(1, "payoutId"),
                       field<&PayoutProcessed::delivery_id>(2, "deliveryId"), spliced<&PayoutProcessed::amount>({3, 4}),
                       field<&PayoutProcessed::reference>(5, "reference"), field<&PayoutProcessed::at>(6, "at"),
                       field<&PayoutProcessed::postings>(7, "postings"),
                       field<&PayoutProcessed::from_available>(8, "fromAvailable"));
  }
};
/// The money is available balance again.
struct PayoutFailed {
  static constexpr Tag tag{11, "payout.failed"};
  PayoutId payout_id;
  std::optional<DeliveryId> delivery_id;
  Money amount;
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return joined_rows(field<&PayoutFailed::payout_id>(1, "payoutId"),
                       field<&PayoutFailed::delivery_id>(2, "deliveryId"), spliced<&PayoutFailed::amount>({3, 4}),
                       field<&PayoutFailed::reason>(5, "reason"), field<&PayoutFailed::at>(6, "at"));
  }
};

struct PayoutFrozen {
  static constexpr Tag tag{12, "wallet.payout_frozen"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&PayoutFrozen::delivery_id>(1, "deliveryId")}; }
};
struct PayoutUnfrozen {
  static constexpr Tag tag{13, "wallet.payout_unfrozen"};
  DeliveryId delivery_id;
  std::optional<Time> held_until = {};  // a payout that waits is not paid before; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&PayoutUnfrozen::delivery_id>(1, "deliveryId"),
                      field<&PayoutUnfrozen::held_until>(2, "heldUntil", internal())};
  }
};
/// The escrow took the traveler's part of a refund back. The postings are in the escrow's event, not here.
struct WalletTakenBack {
  static constexpr Tag tag{14, "wallet.taken_back"};
  PayoutId payout_id;
  DeliveryId delivery_id;
  RefundId refund_id;
  Money amount;
  bool from_available = false;  // out of the available balance, as the payout had failed or was sent
  Time at;
  static constexpr auto fields() {
    return joined_rows(
        field<&WalletTakenBack::payout_id>(1, "payoutId"), field<&WalletTakenBack::delivery_id>(2, "deliveryId"),
        field<&WalletTakenBack::refund_id>(3, "refundId"), spliced<&WalletTakenBack::amount>({4, 5}),
        field<&WalletTakenBack::from_available>(6, "fromAvailable"), field<&WalletTakenBack::at>(7, "at"));
  }
};

/// What was taken of the available balance, beyond what it had, becomes a debt, which leaves the balance at zero.
struct WalletDebtIncurred {
  static constexpr Tag tag{15, "wallet.debt_incurred"};
  std::optional<DeliveryId> delivery_id;  // whose money was paid out and is not the traveler's any more
  Money amount;
  Time at;
  std::vector<Posting> postings;
  static constexpr auto fields() {
    return joined_rows(field<&WalletDebtIncurred::delivery_id>(1, "deliveryId"),
                       spliced<&WalletDebtIncurred::amount>({2, 3}), field<&WalletDebtIncurred::at>(4, "at"),
                       field<&WalletDebtIncurred::postings>(5, "postings"));
  }
};
/// A payout that was to be sent, or available balance, went to the debt.
struct WalletDebtPaid {
  static constexpr Tag tag{16, "wallet.debt_paid"};
  std::optional<PayoutId> payout_id;  // absent: out of the available balance
  std::optional<DeliveryId> delivery_id;
  Money amount;
  Time at;
  std::vector<Posting> postings;
  static constexpr auto fields() {
    return joined_rows(field<&WalletDebtPaid::payout_id>(1, "payoutId"),
                       field<&WalletDebtPaid::delivery_id>(2, "deliveryId"), spliced<&WalletDebtPaid::amount>({3, 4}),
                       field<&WalletDebtPaid::at>(5, "at"), field<&WalletDebtPaid::postings>(6, "postings"));
  }
};

struct PayoutsHeld {
  static constexpr Tag tag{17, "wallet.payouts_held"};
  Time until;
  static constexpr auto fields() { return std::array{field<&PayoutsHeld::until>(1, "until")}; }
};
struct PasswordChangeNoted {
  static constexpr Tag tag{19, "wallet.password_change_noted"};
  Time at;
  std::optional<Time> new_since = {};  // accounts that were added after it wait until `hold_until`
  std::optional<Time> hold_until = {};
  static constexpr auto fields() {
    return std::array{field<&PasswordChangeNoted::at>(1, "at"), field<&PasswordChangeNoted::new_since>(2, "newSince"),
                      field<&PasswordChangeNoted::hold_until>(3, "holdUntil")};
  }
};
/// What the owner tells replaces all that was told before. For the owner and finance alone.
struct TaxFactsTold {
  static constexpr Tag tag{23, "wallet.tax_facts_told"};
  TaxFacts facts;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TaxFactsTold::facts>(1, "facts", internal()), field<&TaxFactsTold::at>(2, "at")};
  }
};
/// The owner shut a thief out: the tax facts are those from before the first that were told lately.
struct TaxFactsTakenBack {
  static constexpr Tag tag{24, "wallet.tax_facts_taken_back"};
  FormerTaxFacts former;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TaxFactsTakenBack::former>(1, "former", internal()),
                      field<&TaxFactsTakenBack::at>(2, "at")};
  }
};
struct PayoutsReleased {
  static constexpr Tag tag{18, "wallet.payouts_released"};
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PayoutsReleased::reason>(1, "reason"), field<&PayoutsReleased::at>(2, "at")};
  }
};

}  // namespace caravan
