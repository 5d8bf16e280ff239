#pragma once

#include "actors/entity/decision.hpp"
#include "actors/payments/ids.hpp"
#include "actors/values/money.hpp"
#include "actors/wallet/commands.hpp"

namespace caravan {

struct PaymentMethod {
  PaymentMethodId method_id;
  std::string provider;
  std::string token;  // the provider's
  std::string brand;
  std::string last4;
  bool is_default = false;
  static constexpr std::string_view record_name = "PaymentMethodState";
  static constexpr auto fields() {
    return std::array{field<&PaymentMethod::method_id>(1, "methodId"),
                      field<&PaymentMethod::provider>(2, "provider"),
                      field<&PaymentMethod::token>(3, "token", internal()),
                      field<&PaymentMethod::brand>(4, "brand"),
                      field<&PaymentMethod::last4>(5, "last4"),
                      field<&PaymentMethod::is_default>(6, "isDefault")};
  }
};

enum class AccountStatus : std::uint8_t { pending, verified, failed };
constexpr auto enum_labels(AccountStatus) { return std::to_array<std::string_view>({"pending", "verified", "failed"}); }

struct PayoutAccount {
  PayoutAccountId account_id;
  std::string provider;
  std::string token;  // the provider's
  std::string holder;
  Currency currency;
  AccountStatus status = AccountStatus::pending;
  Uuid operation_id;                     // of the verification
  std::optional<Time> created_at = {};   // absent: of an earlier build
  std::optional<Time> waits_until = {};  // a thief may have added it: nothing is paid to it before
  bool is_default = false;               // the owner chose it
  /// Where nobody knows when it came, it is older.
  bool is_newer(Time since) const { return created_at && *created_at > since; }
  static constexpr std::string_view record_name = "PayoutAccountState";
  static constexpr auto fields() {
    return std::array{
        field<&PayoutAccount::account_id>(1, "accountId"),     field<&PayoutAccount::provider>(2, "provider"),
        field<&PayoutAccount::token>(3, "token", internal()),  field<&PayoutAccount::holder>(4, "holder"),
        field<&PayoutAccount::currency>(5, "currency"),        field<&PayoutAccount::status>(6, "status"),
        field<&PayoutAccount::operation_id>(7, "operationId"), field<&PayoutAccount::created_at>(8, "createdAt"),
        field<&PayoutAccount::waits_until>(9, "waitsUntil"),   field<&PayoutAccount::is_default>(10, "isDefault")};
  }
};

/// A payout account that was removed, and comes back where whoever removed it was not the owner.
struct RemovedPayoutAccount {
  static constexpr std::string_view record_name = "RemovedPayoutAccount";
  PayoutAccount account;
  Time kept_until;
  static constexpr auto fields() {
    return std::array{field<&RemovedPayoutAccount::account>(1, "account"),
                      field<&RemovedPayoutAccount::kept_until>(2, "keptUntil")};
  }
};

enum class PayoutStatus : std::uint8_t { pending, processing, paid, failed, taken_back, set_off };
constexpr auto enum_labels(PayoutStatus) {
  return std::to_array<std::string_view>({"pending", "processing", "paid", "failed", "taken_back", "set_off"});
}

/// Money on its way to the traveler: one for each credit, and one for each payout of available balance.
struct Payout {
  PayoutId payout_id;
  std::optional<EscrowId> escrow_id;  // absent: of available balance
  std::optional<DeliveryId> delivery_id;
  Money amount;
  PayoutStatus status = PayoutStatus::pending;
  bool frozen = false;  // by a dispute, or because the provider refused to take the money
  Time available_at;
  Time created_at;
  std::optional<Time> completed_at;
  Uuid operation_id;  // at the provider, once asked
  std::int32_t attempts = 0;
  std::optional<PayoutAccountId> account_id;
  std::string failure;
  std::int64_t taken_since = 0;  // of a failed one: what was taken back of the balance that it left
  std::optional<Time> thaws_at =
      {};  // of a frozen failed one: its dispute is over, and what it left is had from then on
  static constexpr std::string_view record_name = "PayoutState";
  static constexpr auto fields() {
    return std::array{field<&Payout::payout_id>(1, "payoutId"),
                      field<&Payout::escrow_id>(2, "escrowId"),
                      field<&Payout::delivery_id>(3, "deliveryId"),
                      field<&Payout::amount>(4, "amount"),
                      field<&Payout::status>(5, "status"),
                      field<&Payout::frozen>(6, "frozen"),
                      field<&Payout::available_at>(7, "availableAt"),
                      field<&Payout::created_at>(8, "createdAt"),
                      field<&Payout::completed_at>(9, "completedAt"),
                      field<&Payout::operation_id>(10, "operationId"),
                      field<&Payout::attempts>(11, "attempts"),
                      field<&Payout::account_id>(12, "accountId"),
                      field<&Payout::failure>(13, "failure"),
                      field<&Payout::taken_since>(14, "takenSince"),
                      field<&Payout::thaws_at>(15, "thawsAt", internal())};
  }
};

enum class TransactionType : std::uint8_t { credit, payout, take_back };
constexpr auto enum_labels(TransactionType) {
  return std::to_array<std::string_view>({"credit", "payout", "take_back"});
}

/// A line of the statement; all of a currency's lines add up to its pending and available balance, less the debt.
struct WalletTransaction {
  TransactionType type = TransactionType::credit;
  std::int64_t amount = 0;  // negative: left the wallet
  Currency currency;
  std::optional<DeliveryId> delivery_id;
  PayoutId payout_id;
  Time at;
  static constexpr std::string_view record_name = "WalletTransaction";
  static constexpr auto fields() {
    return std::array{
        field<&WalletTransaction::type>(1, "type"),          field<&WalletTransaction::amount>(2, "amount"),
        field<&WalletTransaction::currency>(3, "currency"),  field<&WalletTransaction::delivery_id>(4, "deliveryId"),
        field<&WalletTransaction::payout_id>(5, "payoutId"), field<&WalletTransaction::at>(6, "at")};
  }
};

/// When another account of that currency was chosen, and which one was before.
struct PayoutChoice {
  static constexpr std::string_view record_name = "StoredPayoutChoice";
  Currency currency;
  std::optional<PayoutAccountId> before;  // none: the oldest was paid
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PayoutChoice::currency>(1, "currency"), field<&PayoutChoice::before>(2, "before"),
                      field<&PayoutChoice::at>(3, "at")};
  }
};

/// What the owner's tax office knew them by before other facts were told.
struct FormerTaxFacts {
  static constexpr std::string_view record_name = "FormerTaxFacts";
  TaxFacts facts;  // empty: nothing was told
  Time until;
  static constexpr auto fields() {
    return std::array{field<&FormerTaxFacts::facts>(1, "facts", internal()), field<&FormerTaxFacts::until>(2, "until")};
  }
};

/// A user's money on the platform, and the ways in and out of it. Every user has one, empty at first.
struct WalletState {
  std::vector<PaymentMethod> methods;           // at most max_payment_methods
  std::vector<PayoutAccount> accounts;          // at most max_payout_accounts
  std::vector<Payout> payouts;                  // all open ones, and of the ended ones the newest, oldest first
  std::vector<Money> available;                 // one a currency; of earlier builds it may be below zero
  std::vector<WalletTransaction> transactions;  // the newest max_transactions, oldest first
  std::vector<Money> debts;                     // what the owner owes the platform, one a currency
  std::optional<Time> held_until;               // the account was banned: nothing is sent before
  std::optional<Time> password_changed_at;      // the newest, as far as builds told it
  std::vector<RemovedPayoutAccount> removed;    // of the last week, at most max_payout_accounts
  std::vector<PayoutChoice> choices;            // of the last week, at most max_payout_choices, oldest first
  std::optional<TaxFacts> tax;                  // told by the owner
  std::vector<FormerTaxFacts> former_tax;       // of the last week, at most max_former_tax_facts, oldest first

  bool exists() const { return true; }
  /// What may be asked for by hand.
  Money available_in(Currency currency) const;
  /// What waits: payouts that were not sent yet, and what failed ones of disputed deliveries left.
  Money pending_in(Currency currency) const;
  /// What the owner owes.
  Money debt_in(Currency currency) const;
  /// Whether nothing is sent now.
  bool is_held(Time now) const { return held_until && now < *held_until; }

  static constexpr std::string_view record_name = "WalletState";
  static constexpr auto fields() {
    return std::array{field<&WalletState::methods>(1, "methods"),
                      field<&WalletState::accounts>(2, "accounts"),
                      field<&WalletState::payouts>(3, "payouts"),
                      field<&WalletState::available>(4, "available"),
                      field<&WalletState::transactions>(5, "transactions"),
                      field<&WalletState::debts>(6, "debts"),
                      field<&WalletState::held_until>(7, "heldUntil"),
                      field<&WalletState::password_changed_at>(8, "passwordChangedAt"),
                      field<&WalletState::removed>(9, "removed"),
                      field<&WalletState::choices>(10, "choices"),
                      field<&WalletState::tax>(11, "tax"),
                      field<&WalletState::former_tax>(12, "formerTax")};
  }
};

/// Whoever has another password, or asks from a client that the owner's account has not known for so long, may be a
/// thief: a payout account that they add waits so long, and one that they remove may come back as long.
inline constexpr Duration thief_wait = std::chrono::days{7};
inline constexpr std::size_t max_payment_methods = 20;
inline constexpr std::size_t max_payout_accounts = 10;
inline constexpr std::size_t max_payout_choices = 50;    // noted; the first of a row are what can be taken back
inline constexpr std::size_t max_former_tax_facts = 20;  // kept; the first of a row are what comes back
inline constexpr std::size_t max_ended_payouts = 200;
inline constexpr std::size_t max_transactions = 500;

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class WalletRejection {
  not_found,
  not_allowed,
  missing_payment_method,
  payout_account_not_verified,
  limit_reached,
  insufficient_balance,
  missing_payout_account,
  wallet_in_debt,
  payouts_held,
  payout_too_small,
  tax_country_missing,
};
constexpr auto enum_labels(WalletRejection) {
  return std::to_array<std::string_view>({"not_found", "not_allowed", "missing_payment_method",
                                          "payout_account_not_verified", "limit_reached", "insufficient_balance",
                                          "missing_payout_account", "wallet_in_debt", "account_banned",
                                          "invalid_amount", "validation_failed"});
}

}  // namespace caravan
