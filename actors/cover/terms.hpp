#pragma once

#include "actors/values/money.hpp"

namespace caravan {

/// What a customer took beside the price: up to `limit` of the item's value is paid where it is lost or damaged, for
/// `fee`. Both in minor units.
struct CoverTerms {
  std::int64_t fee = 0;
  std::int64_t limit = 0;
  Currency currency;
  std::int32_t terms_version = 0;  // unused: by us; clients see whose numbers these are, of the policy

  Money cost() const { return {fee, currency}; }
  Money most() const { return {limit, currency}; }
  friend bool operator==(const CoverTerms&, const CoverTerms&) = default;

  static constexpr std::string_view record_name = "Cover";
  static constexpr auto fields() {
    return std::array{field<&CoverTerms::fee>(1, "coverFee"), field<&CoverTerms::limit>(2, "coverLimit"),
                      field<&CoverTerms::currency>(3, "currency"),
                      field<&CoverTerms::terms_version>(4, "termsVersion")};
  }
};

/// What has become of the cover that a delivery was agreed with.
enum class CoverStanding : std::uint8_t {
  none,
  held,      // its fee is held beside the price
  taken,     // the parcel travels under it, and the fee is the pool's
  returned,  // the fee went back whole: the parcel was never picked up, or the fee never came
  claimed,   // an administrator decided that it pays, and the pool was asked
  paid,
};
constexpr auto enum_labels(CoverStanding) {
  return std::to_array<std::string_view>({"none", "held", "taken", "returned", "claimed", "paid"});
}

}  // namespace caravan
