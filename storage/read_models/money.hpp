#pragma once

#include "actors/dispute/resources.hpp"
#include "actors/escrow/resources.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// The payment intents of a customer, newest first.
Page<IntentResource> intents_of(const ReadModels& models, std::optional<UserId> customer, const Viewer& viewer,
                                const Paging& paging);

/// A delivery for which money is held, or being reserved, that may still become the customer's or the traveler's;
/// nothing where there is none of which the user is either.
std::optional<DeliveryId> money_held_for(const ReadModels& models, UserId party);

/// The oldest delivery whose payment could not be taken, while the customer owes it; nothing where there is
/// none.
std::optional<DeliveryId> payment_owed_by(const ReadModels& models, UserId customer);

/// The oldest delivery whose cover was decided to pay the customer, and has not yet; nothing where there is none.
std::optional<DeliveryId> cover_waits_for(const ReadModels& models, UserId customer);

struct PaidDelivery {
  DeliveryId delivery;
  Time ended_at;
};
/// Of the deliveries for which the traveler was paid the one that ended last, if that was after this.
std::optional<PaidDelivery> paid_delivery_of(const ReadModels& models, UserId traveler, Time ended_after);

/// The escrows whose money may still become either side's, of which the user is one.
std::vector<EscrowId> undecided_escrows(const ReadModels& models, UserId party);
/// A delivery whose dispute is not decided and of which the user is a side; nothing where there is none.
std::optional<DeliveryId> disputed_for(const ReadModels& models, UserId party);
/// A delivery whose dispute is not decided and of which the two are the sides; nothing where there is none.
std::optional<DeliveryId> dispute_between(const ReadModels& models, UserId one, UserId other);

struct DisputeFilter {
  std::optional<DisputeStatus> status;
  std::optional<UserId> assignee;
};
/// Disputes, newest first.
Page<DisputeResource> disputes(const ReadModels& models, const DisputeFilter& filter, const Viewer& viewer,
                               const Paging& paging);

/// The books of one currency, in its minor units.
struct CurrencyBalance {
  static constexpr std::string_view record_name = "CurrencyBalance";
  Currency currency;
  std::int64_t debits = 0;
  std::int64_t credits = 0;
  std::int64_t held = 0;  // by the account escrow_held
  std::int64_t owed = 0;  // by travelers: the account traveler_debts
  static constexpr auto fields() {
    return std::array{field<&CurrencyBalance::currency>(1, "currency"), field<&CurrencyBalance::debits>(2, "debits"),
                      field<&CurrencyBalance::credits>(3, "credits"), field<&CurrencyBalance::held>(4, "held"),
                      field<&CurrencyBalance::owed>(5, "owed")};
  }
};

/// The trial balance over every posting of the journal. `balanced`: in each currency the debits are the credits and the
/// account escrow_held is what the escrows say they hold, and each single entry balances.
struct LedgerCheck {
  static constexpr std::string_view record_name = "LedgerCheck";
  bool balanced = true;
  std::int64_t debits = 0;
  std::int64_t credits = 0;
  std::int64_t held = 0;
  std::int64_t open_holds = 0;  // escrows that hold money
  std::vector<CurrencyBalance> currencies;
  Time checked_at;
  static constexpr auto fields() {
    return std::array{field<&LedgerCheck::balanced>(1, "balanced"),    field<&LedgerCheck::debits>(2, "debits"),
                      field<&LedgerCheck::credits>(3, "credits"),      field<&LedgerCheck::held>(4, "held"),
                      field<&LedgerCheck::open_holds>(5, "openHolds"), field<&LedgerCheck::currencies>(6, "currencies"),
                      field<&LedgerCheck::checked_at>(7, "checkedAt")};
  }
};
LedgerCheck ledger_check(const ReadModels& models, Time now);

/// Something about money that a person must look at.
struct FinanceAlertItem {
  static constexpr std::string_view record_name = "FinanceAlertItem";
  std::int64_t alert_id = 0;  // consecutive
  EscrowId escrow_id;
  DeliveryId delivery_id;
  PaymentOperation operation = PaymentOperation::capture;
  std::int64_t amount = 0;
  Currency currency;
  std::string detail;
  Time created_at;
  static constexpr auto fields() {
    return std::array{
        field<&FinanceAlertItem::alert_id>(1, "alertId"),       field<&FinanceAlertItem::escrow_id>(2, "escrowId"),
        field<&FinanceAlertItem::delivery_id>(3, "deliveryId"), field<&FinanceAlertItem::operation>(4, "operation"),
        field<&FinanceAlertItem::amount>(5, "amount"),          field<&FinanceAlertItem::currency>(6, "currency"),
        field<&FinanceAlertItem::detail>(7, "detail"),          field<&FinanceAlertItem::created_at>(8, "createdAt")};
  }
};
/// Newest first.
Page<FinanceAlertItem> finance_alerts(const ReadModels& models, const Paging& paging);

namespace read_models {
/// The postings of any event that has some; else nullptr.
const std::vector<Posting>* postings_of(const AnyRecord& event);
const Projection& escrows_projection();
const Projection& disputes_projection();
}  // namespace read_models

}  // namespace caravan
