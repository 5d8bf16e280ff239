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
  Price value;                           // of the item, in major units of `currency`
  std::int64_t demand = 10'000;          // open requests per suitable trip, in ten-thousandths; 10,000: balanced
  Currency currency;                     // that the price is wanted in
  bool only_flown = false;               // whoever goes that way flies
  std::optional<std::int64_t> accepted;  // what people agreed on there, in ten-thousandths of what the rules say
};

/// The demand where so many people want something carried the same way, and so many go there, in hundredths of a
/// person. Twenty of both are assumed besides, so that one more or less does not move the price; where there is nobody
/// it is balanced.
std::int64_t demand_of(std::int64_t hundredths_wanting, std::int64_t hundredths_going);

/// By which tariff a price is.
enum class Carriage : std::uint8_t { road, air };
constexpr auto enum_labels(Carriage) { return std::to_array<std::string_view>({"road", "air"}); }

/// What the part "value" says of itself wherever a price is shown.
inline constexpr std::string_view value_is_care =
    "Pay for the care that an item of this value needs. It covers nothing: what is lost is not paid out of it.";

/// A named share of a price, in minor units of its currency. May be negative (a discount). "value" is pay for care, and
/// no insurance: what is lost is not paid out of it.
struct PricePart {
  std::string name;
  std::int64_t amount = 0;
  std::optional<std::string> note = {};  // what it is not, where its name may promise more
  friend bool operator==(const PricePart&, const PricePart&) = default;

  static constexpr std::string_view record_name = "PricePart";
  static constexpr auto fields() {
    return std::array{field<&PricePart::name>(1, "name"), field<&PricePart::amount>(2, "amount"),
                      field<&PricePart::note>(3, "note")};
  }
};

/// A price and how it came about. The parts add up to `amount`, and so do `platform_fee` and `traveler_amount`.
struct PriceQuote {
  std::int64_t amount = 0;  // minor units
  Currency currency;
  std::int64_t platform_fee = 0;
  std::int64_t traveler_amount = 0;
  std::vector<PricePart> breakdown;
  std::int32_t rules_version = 0;
  Carriage carriage = Carriage::road;

  static constexpr std::string_view record_name = "PriceQuote";
  static constexpr auto fields() {
    return std::array{field<&PriceQuote::amount>(1, "amount"),
                      field<&PriceQuote::currency>(2, "currency"),
                      field<&PriceQuote::platform_fee>(3, "platformFee"),
                      field<&PriceQuote::traveler_amount>(4, "travelerAmount"),
                      field<&PriceQuote::breakdown>(5, "breakdown"),
                      field<&PriceQuote::rules_version>(6, "rulesVersion"),
                      field<&PriceQuote::carriage>(7, "carriage")};
  }
};

/// Prices a delivery, by the cheaper of the tariffs that serve the way, rounded up as prices are written in the
/// currency. Facts beyond what the rules provide for (negative, above their bounds) are clamped. Nothing where
/// the rules have no price level for the currency.
std::optional<PriceQuote> price(const PricingRules& rules, const PriceFacts& facts);

}  // namespace caravan
