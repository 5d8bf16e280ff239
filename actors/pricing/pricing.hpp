#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/pricing/rules.hpp"
#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"

/// What a delivery should cost: a pure function of the facts and a version of the rules.
namespace caravan {

/// The facts that a price follows from.
struct PriceFacts {
  double distance_meters = 0;  // the geodesic between pickup and delivery
  Kilograms weight;
  Litres volume;
  std::string category;  // one that the rules do not know counts as "other"
  Urgency urgency = Urgency::standard;
  Price value;                   // of the item, in major units of `currency`
  std::int64_t demand = 10'000;  // open requests per suitable trip, in ten-thousandths; 10,000: balanced
  Currency currency;             // that the price is wanted in
};

/// A named share of a price, in minor units of its currency. May be negative (a discount).
struct PricePart {
  std::string name;
  std::int64_t amount = 0;
  friend bool operator==(const PricePart&, const PricePart&) = default;

  static constexpr std::string_view record_name = "PricePart";
  static constexpr auto fields() {
    return std::array{field<&PricePart::name>(1, "name"), field<&PricePart::amount>(2, "amount")};
  }
};

/// A price and how it came about. The parts add up to `amount`, and so do `platformFee` and `travelerAmount`.
struct PriceQuote {
  std::int64_t amount = 0;  // minor units
  Currency currency;
  std::int64_t platformFee = 0;
  std::int64_t travelerAmount = 0;
  std::vector<PricePart> breakdown;
  std::int32_t rulesVersion = 0;

  static constexpr std::string_view record_name = "PriceQuote";
  static constexpr auto fields() {
    return std::array{
        field<&PriceQuote::amount>(1, "amount"),           field<&PriceQuote::currency>(2, "currency"),
        field<&PriceQuote::platformFee>(3, "platformFee"), field<&PriceQuote::travelerAmount>(4, "travelerAmount"),
        field<&PriceQuote::breakdown>(5, "breakdown"),     field<&PriceQuote::rulesVersion>(6, "rulesVersion")};
  }
};

/// Prices a delivery. Facts beyond what the rules provide for (negative, above their bounds) are clamped. Nothing where
/// the rules have no price level for the currency.
std::optional<PriceQuote> price(const PricingRules& rules, const PriceFacts& facts);

}  // namespace caravan
