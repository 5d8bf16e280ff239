#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/payments/ledger.hpp"
#include "actors/schema/field.hpp"

namespace caravan {

/// What a category adds, in ten-thousandths of the transport's price.
struct CategoryRule {
  std::string category;
  std::int64_t surcharge = 0;
  friend bool operator==(const CategoryRule&, const CategoryRule&) = default;

  static constexpr std::string_view record_name = "CategoryRule";
  static constexpr auto fields() {
    return std::array{field<&CategoryRule::category>(1, "category", length(1, 50)),
                      field<&CategoryRule::surcharge>(2, "surcharge", between(-5'000, 50'000))};
  }
};

/// What the rules' US cents come to in another currency: a price level of the platform's own, which moves with a new
/// version of the rules and not with the rates of exchange.
struct PriceLevel {
  Currency currency;
  std::int64_t level = 10'000;  // major units of it for 10,000 US dollars
  friend bool operator==(const PriceLevel&, const PriceLevel&) = default;

  static constexpr std::string_view record_name = "PriceLevel";
  static constexpr auto fields() {
    return std::array{field<&PriceLevel::currency>(1, "currency"),
                      field<&PriceLevel::level>(2, "level", between(1, 1'000'000'000))};
  }
};

/// The numbers behind every price. Amounts are in US cents, or thousandths of one where the name says `millicents`;
/// shares are in ten-thousandths. A changed number is a new version.
struct PricingRules {
  std::int32_t version = 1;  // of the figures in the code; the setting platform-fee changes prices and not this number
  std::int64_t base = 500;   // for any delivery
  std::int64_t millicents_per_km_near = 12'000;  // up to near_km
  std::int64_t millicents_per_km_far = 3'000;    // from there on
  std::int64_t near_km = 100;                    //
  std::int64_t free_weight = 1'000;              // grams that the base includes
  std::int64_t millicents_per_kg = 80'000;       // beyond those
  std::int64_t free_volume = 3'000;              // millilitres that the base includes
  std::int64_t millicents_per_litre = 15'000;    // beyond those
  std::int64_t express_surcharge = 2'500;        // of the transport's price
  std::int64_t same_day_surcharge = 6'000;       //
  std::int64_t insurance_share = 100;            // of the item's value
  std::int64_t insured_up_to = 500'000;          // cents of value; more is not insured and not charged for
  std::int64_t demand_sensitivity = 5'000;       // how much of an imbalance the price follows
  std::int64_t demand_least = -1'500;            // bounds of what demand adds
  std::int64_t demand_most = 7'500;              //
  std::int64_t minimum = 800;                    // no delivery costs less
  std::int64_t platform_share = default_platform_fee_basis_points;  // of what the customer pays, as escrows take it
  std::vector<CategoryRule> categories;
  std::vector<PriceLevel> levels;
  friend bool operator==(const PricingRules&, const PricingRules&) = default;

  static constexpr std::string_view record_name = "PricingRules";
  static constexpr auto fields() {
    using R = PricingRules;
    constexpr auto cents = between(0, 10'000'000);
    constexpr auto millicents = between(0, 100'000'000);
    constexpr auto share = between(0, 50'000);
    return std::array{field<&R::version>(1, "version", between(1, 1'000'000)),
                      field<&R::base>(2, "base", cents),
                      field<&R::millicents_per_km_near>(3, "millicentsPerKmNear", millicents),
                      field<&R::millicents_per_km_far>(4, "millicentsPerKmFar", millicents),
                      field<&R::near_km>(5, "nearKm", between(0, 20'100)),
                      field<&R::free_weight>(6, "freeWeight", cents),
                      field<&R::millicents_per_kg>(7, "millicentsPerKg", millicents),
                      field<&R::free_volume>(8, "freeVolume", cents),
                      field<&R::millicents_per_litre>(9, "millicentsPerLitre", millicents),
                      field<&R::express_surcharge>(10, "expressSurcharge", share),
                      field<&R::same_day_surcharge>(11, "sameDaySurcharge", share),
                      field<&R::insurance_share>(12, "insuranceShare", share),
                      field<&R::insured_up_to>(13, "insuredUpTo", between(0, 1'000'000'000)),
                      field<&R::demand_sensitivity>(14, "demandSensitivity", share),
                      field<&R::demand_least>(15, "demandLeast", between(-9'000, 0)),
                      field<&R::demand_most>(16, "demandMost", share),
                      field<&R::minimum>(17, "minimum", cents),
                      field<&R::platform_share>(18, "platformShare", between(0, 9'000)),
                      field<&R::categories>(19, "categories", length(0, 100)),
                      field<&R::levels>(20, "levels", length(0, 200))};
  }
};

/// The rules that the platform starts with, categories and price levels included.
const PricingRules& first_pricing_rules();

/// The level of that currency, or nullptr.
const PriceLevel* find_level(const PricingRules& rules, Currency currency);
/// What an amount is worth in US dollars by these price levels, to compare amounts of different currencies; nothing
/// where the currency has no level.
std::optional<double> dollars_worth(Money amount);

/// In US dollars: so much a session spends of a card that is kept here, with no password or code shown lately. Whoever
/// has found a phone or stolen a token cannot spend more at once.
inline constexpr std::int64_t most_without_step_up = 250;
/// So many US dollars in that currency, by its level; nothing in one without a level, where nobody knows what they are.
Price of_dollars(std::int64_t dollars, Currency currency);
/// More than most_without_step_up, in its own currency.
bool spends_much(Money amount);

}  // namespace caravan
