#pragma once

#include "actors/entity/appointment.hpp"
#include "actors/entity/decision.hpp"
#include "actors/payments/ids.hpp"
#include "actors/values/money.hpp"

namespace caravan {

/// Adds a way to pay. The first one becomes the default. Answers PaymentMethodResource.
struct AddPaymentMethod {
  static constexpr Tag tag{1, "add_payment_method"};
  PaymentMethodId method_id;  // chosen by the edge
  std::string provider;
  std::string token;  // the provider's; never shown again
  std::string brand;  // what the provider says of the token
  std::string last4;
  static constexpr auto fields() {
    return std::array{field<&AddPaymentMethod::method_id>(1, "methodId", internal()),
                      field<&AddPaymentMethod::provider>(2, "provider", length(1, 40)),
                      field<&AddPaymentMethod::token>(3, "token", format(schema::Format::token) | length(1, 200)),
                      field<&AddPaymentMethod::brand>(4, "brand", internal()),
                      field<&AddPaymentMethod::last4>(5, "last4", internal())};
  }
};
struct RemovePaymentMethod {
  static constexpr Tag tag{2, "remove_payment_method"};
  PaymentMethodId method_id;
  static constexpr auto fields() {
    return std::array{field<&RemovePaymentMethod::method_id>(1, "methodId", internal())};
  }
};
struct MakeDefaultMethod {
  static constexpr Tag tag{3, "make_default_method"};
  PaymentMethodId method_id;
  static constexpr auto fields() { return std::array{field<&MakeDefaultMethod::method_id>(1, "methodId", internal())}; }
};

/// By what the owner's tax office knows them: what the year files of the platform's operator say of whom it paid. A
/// number has the country that gave it.
struct TaxFacts {
  static constexpr std::string_view record_name = "TaxFacts";
  std::optional<std::string> tax_id = {};
  std::optional<std::string> tax_country = {};  // where the owner pays taxes
  friend bool operator==(const TaxFacts&, const TaxFacts&) = default;
  static constexpr auto fields() {
    return std::array{field<&TaxFacts::tax_id>(1, "taxId", length(1, 40)),
                      field<&TaxFacts::tax_country>(2, "taxCountry", format(schema::Format::country))};
  }
};

/// Adds a place to be paid; it is verified with the provider. Answers PayoutAccountResource.
struct AddPayoutAccount {
  static constexpr Tag tag{4, "add_payout_account"};
  PayoutAccountId account_id;  // chosen by the edge
  std::string provider;
  std::string token;  // the provider's; never shown again
  std::optional<std::string> holder;
  std::optional<Currency> currency;  // absent: USD
  bool by_young_client = false;      // the account has not known whoever asks for long
  TaxFacts tax = {};
  static constexpr auto fields() {
    return joined_rows(field<&AddPayoutAccount::account_id>(1, "accountId", internal()),
                       field<&AddPayoutAccount::provider>(2, "provider", length(1, 40)),
                       field<&AddPayoutAccount::token>(3, "token", format(schema::Format::token) | length(1, 200)),
                       field<&AddPayoutAccount::holder>(4, "holder", length(1, 120)),
                       field<&AddPayoutAccount::currency>(5, "currency"),
                       field<&AddPayoutAccount::by_young_client>(6, "byYoungClient", internal()),
                       spliced<&AddPayoutAccount::tax>({7, 8}));
  }
};
/// Of its currency, payouts go to this account from here on, and not to the one that was there first.
struct MakeDefaultAccount {
  static constexpr Tag tag{15, "make_default_account"};
  PayoutAccountId account_id;
  TaxFacts tax = {};  // said with it, also where it is the default already
  static constexpr auto fields() {
    return joined_rows(field<&MakeDefaultAccount::account_id>(1, "accountId", internal()),
                       spliced<&MakeDefaultAccount::tax>({2, 3}));
  }
};
struct RemovePayoutAccount {
  static constexpr Tag tag{5, "remove_payout_account"};
  PayoutAccountId account_id;
  static constexpr auto fields() {
    return std::array{field<&RemovePayoutAccount::account_id>(1, "accountId", internal())};
  }
};

/// From an escrow: the traveler earned this. It becomes one payout, sent at `available_at`.
struct CreditPending {
  static constexpr Tag tag{6, "credit_pending"};
  EscrowId escrow_id;
  DeliveryId delivery_id;
  Money amount;
  Time available_at;
  static constexpr auto fields() {
    return std::array{field<&CreditPending::escrow_id>(1, "escrowId"),
                      field<&CreditPending::delivery_id>(2, "deliveryId"), field<&CreditPending::amount>(3, "amount"),
                      field<&CreditPending::available_at>(4, "availableAt")};
  }
};
/// From an escrow: payouts of this delivery that were not sent yet wait until UnfreezePayout; so does the balance that
/// a failed one left.
struct FreezePayout {
  static constexpr Tag tag{7, "freeze_payout"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&FreezePayout::delivery_id>(1, "deliveryId")}; }
};
/// A payout that still waits is not paid before `held_until`, and what a failed one left is not had before: of a
/// dispute that somebody else may have withdrawn.
struct UnfreezePayout {
  static constexpr Tag tag{8, "unfreeze_payout"};
  DeliveryId delivery_id;
  std::optional<Time> held_until = {};  // never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&UnfreezePayout::delivery_id>(1, "deliveryId"),
                      field<&UnfreezePayout::held_until>(2, "heldUntil")};
  }
};
/// From an escrow: takes `amount` back, first out of what was not sent yet of this delivery. What the wallet lacks, its
/// owner owes. The escrow hears TakenBack.
struct TakeBack {
  static constexpr Tag tag{9, "take_back"};
  DeliveryId delivery_id;
  RefundId refund_id;
  Money amount;
  static constexpr auto fields() {
    return std::array{field<&TakeBack::delivery_id>(1, "deliveryId"), field<&TakeBack::refund_id>(2, "refundId"),
                      field<&TakeBack::amount>(3, "amount")};
  }
};

/// Pays available balance out now. Absent amount: all of that currency. Answers PayoutResource.
struct RequestPayout {
  static constexpr Tag tag{10, "request_payout"};
  PayoutId payout_id;  // chosen by the edge
  std::optional<std::int64_t> amount;
  std::optional<Currency> currency;  // absent: the one that there is balance in
  std::optional<PayoutAccountId> account_id;
  Appointment office = {};  // of an administrator who is not the owner
  static constexpr auto fields() {
    return std::array{field<&RequestPayout::payout_id>(1, "payoutId", internal()),
                      field<&RequestPayout::amount>(2, "amount", between(1, most_minor_units)),
                      field<&RequestPayout::currency>(3, "currency"), field<&RequestPayout::account_id>(4, "accountId"),
                      field<&RequestPayout::office>(5, "office", internal())};
  }
};

/// From the account, when its owner shuts a thief out: payout accounts that were added since then may be the thief's,
/// and go. The owner is told, and adds theirs anew. `restores`: what was taken back takes removed accounts back too.
struct RemoveNewAccounts {
  static constexpr Tag tag{11, "remove_new_accounts"};
  Time since;
  bool restores = false;
  static constexpr auto fields() {
    return std::array{field<&RemoveNewAccounts::since>(1, "since"), field<&RemoveNewAccounts::restores>(2, "restores")};
  }
};

/// From the account, when it has another password: payout accounts of the last days wait as those that are added now.
struct NotePasswordChange {
  static constexpr Tag tag{14, "note_password_change"};
  static constexpr auto fields() { return no_fields; }
};

/// From the account, when it is banned: nothing is sent until then, or until ReleasePayouts. Whoever was banned for a
/// fraud must not be paid for it before somebody looked.
struct HoldPayouts {
  static constexpr Tag tag{12, "hold_payouts"};
  Time until;
  static constexpr auto fields() { return std::array{field<&HoldPayouts::until>(1, "until")}; }
};
/// From the account, when it is active again: `from` a day later, as whoever ends a ban need not be of finance. Or by
/// an administrator with `finance`, at once.
struct ReleasePayouts {
  static constexpr Tag tag{13, "release_payouts"};
  std::optional<std::string> reason;
  std::optional<Time> from = {};
  Appointment office = {};  // of whoever asks for it
  static constexpr auto fields() {
    return std::array{field<&ReleasePayouts::reason>(1, "reason", length(1, 500)),
                      field<&ReleasePayouts::from>(2, "from", internal()),
                      field<&ReleasePayouts::office>(3, "office", internal())};
  }
};

struct ViewWallet {
  static constexpr Tag tag{1, "view_wallet"};
  static constexpr auto fields() { return no_fields; }
};
struct ListPayouts {
  static constexpr Tag tag{2, "list_payouts"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewPayout {
  static constexpr Tag tag{3, "view_payout"};
  PayoutId payout_id;
  static constexpr auto fields() { return std::array{field<&ViewPayout::payout_id>(1, "payoutId")}; }
};
struct ListTransactions {
  static constexpr Tag tag{4, "list_transactions"};
  static constexpr auto fields() { return no_fields; }
};
struct ListPaymentMethods {
  static constexpr Tag tag{5, "list_payment_methods"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewPaymentMethod {
  static constexpr Tag tag{6, "view_payment_method"};
  PaymentMethodId method_id;
  static constexpr auto fields() { return std::array{field<&ViewPaymentMethod::method_id>(1, "methodId")}; }
};
struct ListPayoutAccounts {
  static constexpr Tag tag{7, "list_payout_accounts"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewPayoutAccount {
  static constexpr Tag tag{8, "view_payout_account"};
  PayoutAccountId account_id;
  static constexpr auto fields() { return std::array{field<&ViewPayoutAccount::account_id>(1, "accountId")}; }
};

/// For the edge, which puts the token into an acceptance or a confirmation: the named method, or the default one.
/// Answers PaymentMethodToken, or is refused as missing_payment_method.
struct FindPaymentToken {
  static constexpr Tag tag{9, "find_payment_token"};
  std::optional<PaymentMethodId> method_id;
  static constexpr auto fields() { return std::array{field<&FindPaymentToken::method_id>(1, "methodId")}; }
};
struct PaymentMethodToken {
  static constexpr std::string_view record_name = "PaymentMethodToken";
  PaymentMethodId method_id;
  std::string provider;
  std::string token;
  static constexpr auto fields() {
    return std::array{field<&PaymentMethodToken::method_id>(1, "methodId"),
                      field<&PaymentMethodToken::provider>(2, "provider"),
                      field<&PaymentMethodToken::token>(3, "token", internal())};
  }
};

}  // namespace caravan
