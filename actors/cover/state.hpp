#pragma once

#include <algorithm>

#include "actors/cover/commands.hpp"
#include "actors/payments/ledger.hpp"

namespace caravan {

/// What an administrator decided that the cover of this escrow pays.
struct CoverClaim {
  EscrowId escrow_id;
  Money amount;
  Time at;
  UserId customer;  // who is paid
  static constexpr std::string_view record_name = "CoverClaim";
  static constexpr auto fields() {
    return std::array{field<&CoverClaim::escrow_id>(1, "escrowId"), field<&CoverClaim::amount>(2, "amount"),
                      field<&CoverClaim::at>(3, "at"), field<&CoverClaim::customer>(4, "customerId")};
  }
};

/// Of claims in the order in which they wait, those that an addition is for, when so much is there with it: what it
/// pays, and the first one that it does not reach, for which the rest waits.
inline std::vector<CoverClaim> claims_served(const std::vector<CoverClaim>& waiting, Money balance) {
  std::vector<CoverClaim> out;
  for (const CoverClaim& claim : waiting) {
    if (claim.amount.currency != balance.currency) continue;
    if (balance.amount <= 0) break;
    out.push_back(claim);
    balance = balance - claim.amount;
  }
  return out;
}

/// The pool, also as shown. What is there for claims: the fees of covers and what the platform added, less what was
/// paid. Never below zero.
struct CoverState {
  std::vector<Money> balances;      // one a currency
  std::vector<CoverClaim> waiting;  // oldest first; few, as an administrator has decided each

  bool exists() const { return true; }
  Money balance_in(Currency currency) const { return sum_in(balances, currency); }
  bool any_waits_in(Currency currency) const {
    return std::ranges::any_of(waiting, [&](const CoverClaim& each) { return each.amount.currency == currency; });
  }
  void drop_claim_of(EscrowId escrow) {
    std::erase_if(waiting, [&](const CoverClaim& each) { return each.escrow_id == escrow; });
  }

  static constexpr std::string_view record_name = "CoverPool";
  static constexpr auto fields() {
    return std::array{field<&CoverState::balances>(1, "balances"), field<&CoverState::waiting>(2, "waiting")};
  }
};

enum class CoverRejection { not_found, not_allowed, invalid_amount, self_not_allowed };
constexpr auto enum_labels(CoverRejection) {
  return std::to_array<std::string_view>({"not_found", "not_allowed", "invalid_amount", "self_not_allowed"});
}

}  // namespace caravan
