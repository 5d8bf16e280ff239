#pragma once

#include "actors/delivery/commands.hpp"

/// What others did with the money of a delivery.
namespace caravan {

/// The escrow told what became of the money.
struct DeliveryFundsMoved {
  static constexpr Tag tag{25, "delivery.funds_moved"};
  std::optional<Money> refunded;  // absent: released
  Time at;
  std::optional<Money> left;              // still held; absent in older entries
  std::optional<FundsStanding> standing;  // all that moved so far; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&DeliveryFundsMoved::refunded>(1, "refunded"),
                      field<&DeliveryFundsMoved::at>(2, "timestamp"), field<&DeliveryFundsMoved::left>(3, "left"),
                      field<&DeliveryFundsMoved::standing>(4, "standing", internal())};
  }
};

/// The money had been shared out otherwise before the delivery's own end could.
struct SettlementCorrected {
  static constexpr Tag tag{33, "delivery.settlement_corrected"};
  Settlement settlement;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&SettlementCorrected::settlement>(1, "settlement"),
                      field<&SettlementCorrected::at>(2, "timestamp")};
  }
};

/// The provider refused to take the customer's money while the traveler had the parcel.
struct DeliveryUncollected {
  static constexpr Tag tag{40, "delivery.payment_uncollected"};
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryUncollected::reason>(1, "reason"),
                      field<&DeliveryUncollected::at>(2, "timestamp")};
  }
};

/// Both sides agreed, or a judge decided, what the traveler gets once the parcel is back.
struct DeliveryRestAgreed {
  static constexpr Tag tag{38, "delivery.rest_agreed"};
  AgreedRest rest;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryRestAgreed::rest>(1, "rest"), field<&DeliveryRestAgreed::at>(2, "timestamp")};
  }
};

}  // namespace caravan
