#pragma once

#include "actors/cover/state.hpp"

namespace caravan {

/// The escrow's own event has booked it.
struct CoverFeeCame {
  static constexpr Tag tag{1, "cover.fee_came"};
  EscrowId escrow_id;
  Money fee;
  static constexpr auto fields() {
    return std::array{field<&CoverFeeCame::escrow_id>(1, "escrowId"), field<&CoverFeeCame::fee>(2, "fee")};
  }
};

/// The pool has too little, and no claim overtakes another.
struct CoverClaimWaits {
  static constexpr Tag tag{2, "cover.claim_waits"};
  CoverClaim claim;
  static constexpr auto fields() { return std::array{field<&CoverClaimWaits::claim>(1, "claim")}; }
};

/// The escrow, which hears of it, books it and pays the customer.
struct CoverClaimMet {
  static constexpr Tag tag{3, "cover.claim_met"};
  CoverClaim claim;
  static constexpr auto fields() { return std::array{field<&CoverClaimMet::claim>(1, "claim")}; }
};

/// Its dispute is open again, and decides anew what the cover pays.
struct CoverClaimDropped {
  static constexpr Tag tag{5, "cover.claim_dropped"};
  CoverClaim claim;
  static constexpr auto fields() { return std::array{field<&CoverClaimDropped::claim>(1, "claim")}; }
};

struct CoverAdded {
  static constexpr Tag tag{4, "cover.added"};
  Money amount;
  std::string reason;
  UserId by;
  Time at;
  std::vector<Posting> postings;
  static constexpr auto fields() {
    return std::array{field<&CoverAdded::amount>(1, "amount"), field<&CoverAdded::reason>(2, "reason"),
                      field<&CoverAdded::by>(3, "addedBy"), field<&CoverAdded::at>(4, "at"),
                      field<&CoverAdded::postings>(5, "postings")};
  }
};

}  // namespace caravan
