#pragma once

#include "actors/wallet/state.hpp"

namespace caravan {

/// `available` may be asked for by hand; `pending` waits: for its time, the provider, or the end of a dispute. `debt`
/// is owed for refunds of what was paid out: what is earned next pays it, and until then nothing is paid out.
struct BalanceResource {
  static constexpr std::string_view record_name = "Balance";
  Currency currency;
  std::int64_t available = 0;
  std::int64_t pending = 0;
  std::int64_t debt = 0;
  static constexpr auto fields() {
    return std::array{field<&BalanceResource::currency>(1, "currency"),
                      field<&BalanceResource::available>(2, "available"),
                      field<&BalanceResource::pending>(3, "pending"), field<&BalanceResource::debt>(4, "debt")};
  }
};
struct WalletResource {
  static constexpr std::string_view record_name = "Wallet";
  std::vector<BalanceResource> balances;
  std::optional<Time> payouts_held_until = {};  // of an account that was banned
  TaxFacts tax = {};                            // for the owner and finance alone
  static constexpr auto fields() {
    return joined_rows(field<&WalletResource::balances>(1, "balances"),
                       field<&WalletResource::payouts_held_until>(2, "payoutsHeldUntil"),
                       spliced<&WalletResource::tax>({3, 4}));
  }
};

struct PaymentMethodResource {
  static constexpr std::string_view record_name = "PaymentMethod";
  PaymentMethodId method_id;
  std::string brand;
  std::string last4;
  bool is_default = false;
  static constexpr auto fields() {
    return std::array{
        field<&PaymentMethodResource::method_id>(1, "methodId"), field<&PaymentMethodResource::brand>(2, "brand"),
        field<&PaymentMethodResource::last4>(3, "last4"), field<&PaymentMethodResource::is_default>(4, "isDefault")};
  }
};
PaymentMethodResource to_resource(const PaymentMethod& method);
struct PaymentMethodList {
  static constexpr std::string_view record_name = "PaymentMethodList";
  std::vector<PaymentMethodResource> items;
  static constexpr auto fields() { return std::array{field<&PaymentMethodList::items>(1, "items")}; }
};

struct PayoutAccountResource {
  static constexpr std::string_view record_name = "PayoutAccount";
  PayoutAccountId account_id;
  std::string provider;
  std::string holder;
  std::string last4;
  Currency currency;
  AccountStatus status = AccountStatus::pending;
  bool is_default = false;
  std::optional<Time> added_at = {};
  std::optional<Time> waits_until = {};  // nothing is paid to it before
  static constexpr auto fields() {
    return std::array{field<&PayoutAccountResource::account_id>(1, "accountId"),
                      field<&PayoutAccountResource::provider>(2, "provider"),
                      field<&PayoutAccountResource::holder>(3, "holder"),
                      field<&PayoutAccountResource::last4>(4, "last4"),
                      field<&PayoutAccountResource::currency>(5, "currency"),
                      field<&PayoutAccountResource::status>(6, "status"),
                      field<&PayoutAccountResource::is_default>(7, "isDefault"),
                      field<&PayoutAccountResource::added_at>(8, "addedAt"),
                      field<&PayoutAccountResource::waits_until>(9, "waitsUntil")};
  }
};
std::string last4_of(const PayoutAccount& account);
PayoutAccountResource to_resource(const PayoutAccount& account);
struct PayoutAccountList {
  static constexpr std::string_view record_name = "PayoutAccountList";
  std::vector<PayoutAccountResource> items;
  static constexpr auto fields() { return std::array{field<&PayoutAccountList::items>(1, "items")}; }
};

/// What a pending payout waits for: the end of a dispute or of another freeze, a verified account of its currency, its
/// time, or until an account that was added since may be used.
enum class PayoutWait : std::uint8_t { freeze, payout_account, payout_delay, new_payout_account };
constexpr auto enum_labels(PayoutWait) {
  return std::to_array<std::string_view>({"freeze", "payout_account", "payout_delay", "new_payout_account"});
}

/// While a dispute freezes it, or the provider refused to take its money, `status` is "frozen".
struct PayoutResource {
  static constexpr std::string_view record_name = "Payout";
  PayoutId payout_id;
  std::string status;
  std::int64_t amount = 0;
  Currency currency;
  std::optional<DeliveryId> delivery_id;
  std::optional<EscrowId> escrow_id;
  std::optional<PayoutAccountId> account_id;
  std::optional<std::string> failure_reason;
  Time available_at;
  Time created_at;
  std::optional<Time> completed_at;
  std::optional<PayoutWait> waits_for;
  static constexpr auto fields() {
    return std::array{field<&PayoutResource::payout_id>(1, "payoutId"),
                      field<&PayoutResource::status>(2, "status"),
                      field<&PayoutResource::amount>(3, "amount"),
                      field<&PayoutResource::currency>(4, "currency"),
                      field<&PayoutResource::delivery_id>(5, "deliveryId"),
                      field<&PayoutResource::escrow_id>(6, "escrowId"),
                      field<&PayoutResource::account_id>(7, "accountId"),
                      field<&PayoutResource::failure_reason>(8, "failureReason"),
                      field<&PayoutResource::available_at>(9, "availableAt"),
                      field<&PayoutResource::created_at>(10, "createdAt"),
                      field<&PayoutResource::completed_at>(11, "completedAt"),
                      field<&PayoutResource::waits_for>(12, "waitsFor")};
  }
};
PayoutResource to_resource(const WalletState& state, const Payout& payout, Time now);
struct PayoutList {
  static constexpr std::string_view record_name = "PayoutList";
  std::vector<PayoutResource> items;  // newest first
  static constexpr auto fields() { return std::array{field<&PayoutList::items>(1, "items")}; }
};
struct TransactionList {
  static constexpr std::string_view record_name = "TransactionList";
  std::vector<WalletTransaction> items;  // newest first
  static constexpr auto fields() { return std::array{field<&TransactionList::items>(1, "items")}; }
};

}  // namespace caravan
