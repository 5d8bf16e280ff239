#pragma once

#include "actors/escrow/state.hpp"

/// What becomes of a cover. Its money stands in accounts of its own, and is never a part of what an escrow shares out.
namespace caravan {

/// The parcel was picked up: from here on the cover holds, and its fee belongs to the pool, which hears of it when the
/// provider has taken it.
struct CoverTaken {
  static constexpr Tag tag{32, "escrow.cover_taken"};
  DeliveryId delivery_id;
  Money fee;
  Time at;
  std::vector<Posting> postings;
  static constexpr auto fields() {
    return std::array{field<&CoverTaken::delivery_id>(1, "deliveryId"), field<&CoverTaken::fee>(2, "fee"),
                      field<&CoverTaken::at>(3, "at"), field<&CoverTaken::postings>(4, "postings")};
  }
};

/// The whole fee is the customer's again, and nothing is covered: the parcel was never picked up, or the provider
/// refused to take the fee.
struct CoverReturned {
  static constexpr Tag tag{33, "escrow.cover_returned"};
  DeliveryId delivery_id;
  Money fee;
  Time at;
  std::vector<Posting> postings;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&CoverReturned::delivery_id>(1, "deliveryId"), field<&CoverReturned::fee>(2, "fee"),
                      field<&CoverReturned::at>(3, "at"), field<&CoverReturned::postings>(4, "postings"),
                      field<&CoverReturned::tasks>(5, "tasks", internal())};
  }
};

/// An administrator has decided that the cover pays so much; the pool is asked for it.
struct CoverClaimed {
  static constexpr Tag tag{34, "escrow.cover_claimed"};
  DeliveryId delivery_id;
  DisputeId dispute_id;
  Money amount;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&CoverClaimed::delivery_id>(1, "deliveryId"),
                      field<&CoverClaimed::dispute_id>(2, "disputeId"), field<&CoverClaimed::amount>(3, "amount"),
                      field<&CoverClaimed::at>(4, "at")};
  }
};

/// It goes to the customer's wallet.
struct CoverPaid {
  static constexpr Tag tag{35, "escrow.cover_paid"};
  DeliveryId delivery_id;
  UserId customer;
  Money amount;
  Time at;
  std::vector<Posting> postings;
  static constexpr auto fields() {
    return std::array{field<&CoverPaid::delivery_id>(1, "deliveryId"), field<&CoverPaid::customer>(2, "customerId"),
                      field<&CoverPaid::amount>(3, "amount"), field<&CoverPaid::at>(4, "at"),
                      field<&CoverPaid::postings>(5, "postings")};
  }
};

/// The dispute is open again before the pool had what was claimed: it decides anew what the cover pays. Should it be
/// withdrawn or dismissed, what was decided before is claimed again.
struct CoverUnclaimed {
  static constexpr Tag tag{36, "escrow.cover_unclaimed"};
  DeliveryId delivery_id;
  DisputeId dispute_id;
  Money amount;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&CoverUnclaimed::delivery_id>(1, "deliveryId"),
                      field<&CoverUnclaimed::dispute_id>(2, "disputeId"), field<&CoverUnclaimed::amount>(3, "amount"),
                      field<&CoverUnclaimed::at>(4, "at")};
  }
};

}  // namespace caravan
