#include "actors/payments/ledger.hpp"

#include <algorithm>

namespace caravan {

void debit(std::vector<Posting>& postings, LedgerAccount account, Money amount) {
  if (amount.amount != 0) postings.push_back({account, amount.amount, amount.currency});
}

void credit(std::vector<Posting>& postings, LedgerAccount account, Money amount) { debit(postings, account, -amount); }

bool balanced(const std::vector<Posting>& postings) {
  return std::ranges::all_of(postings, [&](const Posting& line) {
    std::int64_t sum = 0;
    for (const Posting& other : postings)
      if (other.currency == line.currency) sum += other.amount;
    return sum == 0;
  });
}

Money DealTerms::fee_of(Money price) const { return platform_fee(price, platform_fee_basis_points); }

Money platform_fee(Money amount, std::int64_t basis_points) {
  return {share_of(amount.amount, basis_points, 10'000), amount.currency};
}

}  // namespace caravan
