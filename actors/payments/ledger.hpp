#pragma once

#include <vector>

#include "actors/values/money.hpp"

/// Double entry: whatever moves money carries postings that sum to zero in each currency.
namespace caravan {

/// Where money stands, as the platform's books see it. The numbers are in the journal: never reused.
enum class LedgerAccount : std::uint8_t {
  customer_funds,     // reserved on customers' methods, not taken yet (asset)
  provider_clearing,  // taken; lies with the payment provider (asset)
  escrow_held,        // owed to whom the delivery's outcome says (liability)
  traveler_payable,   // owed to travelers (liability)
  refunds_payable,    // owed back to customers (liability)
  platform_revenue,   // the platform's fees (income)
  traveler_debts,     // owed by travelers, for refunds of what was paid out to them (asset)
  cover_held,         // fees of covers whose parcel is not picked up yet (liability)
  cover,              // the pool that covers are paid from (liability)
};
constexpr auto enum_labels(LedgerAccount) {
  return std::to_array<std::string_view>({"customer_funds", "provider_clearing", "escrow_held", "traveler_payable",
                                          "refunds_payable", "platform_revenue", "traveler_debts", "cover_held",
                                          "cover"});
}

/// One line of an entry: debits are positive, credits negative, in minor units.
struct Posting {
  LedgerAccount account = LedgerAccount::customer_funds;
  std::int64_t amount = 0;
  Currency currency;
  friend bool operator==(const Posting&, const Posting&) = default;

  static constexpr std::string_view record_name = "Posting";
  static constexpr auto fields() {
    return std::array{field<&Posting::account>(1, "account"), field<&Posting::amount>(2, "amount"),
                      field<&Posting::currency>(3, "currency")};
  }
};

/// Adds a line; nothing where the amount is zero.
void debit(std::vector<Posting>& postings, LedgerAccount account, Money amount);
void credit(std::vector<Posting>& postings, LedgerAccount account, Money amount);
/// Whether the lines sum to zero in each currency.
bool balanced(const std::vector<Posting>& postings);

/// One entry of a ledger as shown.
struct LedgerEntry {
  static constexpr std::string_view record_name = "LedgerEntry";
  std::string type;  // the event's name
  Time at;
  std::vector<Posting> postings;
  static constexpr auto fields() {
    return std::array{field<&LedgerEntry::type>(1, "type"), field<&LedgerEntry::at>(2, "at"),
                      field<&LedgerEntry::postings>(3, "postings")};
  }
};

inline constexpr std::int64_t default_platform_fee_basis_points = 1'000;  // 10 %
inline constexpr std::int64_t default_payout_delay_seconds = 48 * 3'600;

/// What the platform takes and when it pays. The edge puts the node's settings into the command that begins a deal, and
/// the deal keeps them: a changed setting never changes what was agreed.
struct DealTerms {
  std::int64_t platform_fee_basis_points = default_platform_fee_basis_points;
  std::int64_t payout_delay_seconds = default_payout_delay_seconds;

  /// What of a price is the platform's, and what remains for the traveler.
  Money fee_of(Money price) const;
  Money take_home(Money price) const { return price - fee_of(price); }

  static constexpr std::string_view record_name = "DealTerms";
  static constexpr auto fields() {
    return std::array{field<&DealTerms::platform_fee_basis_points>(1, "platformFeeBasisPoints", between(0, 9'000)),
                      field<&DealTerms::payout_delay_seconds>(2, "payoutDelaySeconds", between(0, 90 * 24 * 3'600))};
  }
};

/// The platform's part of a price, rounded half up; what remains is the traveler's.
Money platform_fee(Money amount, std::int64_t basis_points = default_platform_fee_basis_points);

}  // namespace caravan
