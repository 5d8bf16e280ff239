#pragma once

#include "actors/pricing/pricing.hpp"

namespace caravan {

/// What is known of the people on a way, for its price.
struct WayMarket {
  std::int64_t demand = demand_of(0, 0);
  bool only_flown = false;
  std::optional<std::int64_t> accepted = {};
};

/// The pricing rules in force, and prices by them. Thread-safe.
class PriceEngine {
 public:
  explicit PriceEngine(PricingRules rules = first_pricing_rules());

  /// The price of carrying the item between two points; the geodesic is measured here. Nothing where the rules have no
  /// level for the currency.
  std::optional<PriceQuote> quote(Coordinates pickup, Coordinates dropoff, const Item& item, Urgency urgency,
                                  Currency currency, const WayMarket& market) const;
  const PricingRules& rules() const { return rules_; }

 private:
  const PricingRules rules_;
};

/// How long a quoted price is said to stand. Advice only: nobody is held to it, and offers name their own price.
inline constexpr std::chrono::minutes quote_stands{15};

}  // namespace caravan
