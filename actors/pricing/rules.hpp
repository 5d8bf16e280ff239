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
  std::int64_t step = 1;        // minor units that a price is rounded up to, as people write prices in it
  friend bool operator==(const PriceLevel&, const PriceLevel&) = default;

  static constexpr std::string_view record_name = "PriceLevel";
  static constexpr auto fields() {
    return std::array{field<&PriceLevel::currency>(1, "currency"),
                      field<&PriceLevel::level>(2, "level", between(1, 1'000'000'000)),
                      field<&PriceLevel::step>(3, "step", between(1, 1'000'000'000))};
  }
};

/// What carrying costs with one kind of vehicle. Whoever drives has room, and goes out of their way; whoever flies has
/// few kilograms to give, and the distance costs them nothing.
struct Tariff {
  std::int64_t base = 0;       // for any delivery
  std::int64_t near_km = 0;    // up to which the first price a kilometre holds
  std::int64_t middle_km = 0;  // and up to which the second; the third holds beyond
  std::int64_t millicents_per_km_near = 0;
  std::int64_t millicents_per_km_middle = 0;
  std::int64_t millicents_per_km_far = 0;
  std::int64_t free_weight = 0;        // grams that the base includes
  std::int64_t millicents_per_kg = 0;  // beyond those
  friend bool operator==(const Tariff&, const Tariff&) = default;

  static constexpr std::string_view record_name = "Tariff";
  static constexpr auto fields() {
    constexpr auto cents = between(0, 10'000'000);
    constexpr auto millicents = between(0, 100'000'000);
    constexpr auto kilometers = between(0, 20'100);
    return std::array{field<&Tariff::base>(1, "base", cents),
                      field<&Tariff::near_km>(2, "nearKm", kilometers),
                      field<&Tariff::middle_km>(3, "middleKm", kilometers),
                      field<&Tariff::millicents_per_km_near>(4, "millicentsPerKmNear", millicents),
                      field<&Tariff::millicents_per_km_middle>(5, "millicentsPerKmMiddle", millicents),
                      field<&Tariff::millicents_per_km_far>(6, "millicentsPerKmFar", millicents),
                      field<&Tariff::free_weight>(7, "freeWeight", cents),
                      field<&Tariff::millicents_per_kg>(8, "millicentsPerKg", millicents)};
  }
};

/// The numbers behind every price. Amounts are in US cents, or thousandths of one where the name says `millicents`;
/// shares are in ten-thousandths. A changed number is a new version.
struct PricingRules {
  std::int32_t version = 2;  // of the figures in the code; the setting platform-fee changes prices and not this number
  Tariff road{500, 100, 1'000, 12'000, 3'000, 1'000, 1'000, 80'000};
  Tariff air{1'500, 3'000, 3'000, 1'000, 300, 300, 0, 700'000};
  std::int64_t road_ends_km = 6'000;        // nobody drives so far
  std::int64_t grams_per_litre = 200;       // a load counts as at least so heavy
  std::int64_t express_surcharge = 2'500;   // of the transport's price
  std::int64_t same_day_surcharge = 6'000;  //
  std::int64_t value_share = 100;           // of the item's value: pay for care, and no insurance
  std::int64_t value_up_to = 500'000;       // cents of value; more is not charged for
  std::int64_t demand_sensitivity = 5'000;  // how much of an imbalance the price follows
  std::int64_t demand_least = -1'500;       // bounds of what demand adds
  std::int64_t demand_most = 2'500;         //
  // Bounds of what accepted prices on the way change.
  std::int64_t accepted_least = -5'000;
  std::int64_t accepted_most = 5'000;
  std::int64_t minimum = 800;                                       // no delivery costs less
  std::int64_t platform_share = default_platform_fee_basis_points;  // of what the customer pays, as escrows take it
  std::vector<CategoryRule> categories;
  std::vector<PriceLevel> levels;
  std::string levels_date, levels_source;
  friend bool operator==(const PricingRules&, const PricingRules&) = default;

  static constexpr std::string_view record_name = "PricingRules";
  static constexpr auto fields() {
    using R = PricingRules;
    constexpr auto share = between(0, 50'000);
    return std::array{field<&R::version>(1, "version", between(1, 1'000'000)),
                      field<&R::road>(2, "road"),
                      field<&R::air>(3, "air"),
                      field<&R::road_ends_km>(4, "roadEndsKm", between(0, 20'100)),
                      field<&R::grams_per_litre>(5, "gramsPerLitre", between(0, 100'000)),
                      field<&R::express_surcharge>(6, "expressSurcharge", share),
                      field<&R::same_day_surcharge>(7, "sameDaySurcharge", share),
                      field<&R::value_share>(8, "valueShare", share),
                      field<&R::value_up_to>(9, "valueUpTo", between(0, 1'000'000'000)),
                      field<&R::demand_sensitivity>(10, "demandSensitivity", share),
                      field<&R::demand_least>(11, "demandLeast", between(-9'000, 0)),
                      field<&R::demand_most>(12, "demandMost", share),
                      field<&R::minimum>(13, "minimum", between(0, 10'000'000)),
                      field<&R::platform_share>(14, "platformShare", between(0, 9'000)),
                      field<&R::categories>(15, "categories", length(0, 100)),
                      field<&R::levels>(16, "levels", length(0, 200)),
                      field<&R::levels_date>(17, "levelsDate"),
                      field<&R::levels_source>(18, "levelsSource"),
                      field<&R::accepted_least>(19, "acceptedLeast", between(-9'000, 0)),
                      field<&R::accepted_most>(20, "acceptedMost", share)};
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
/// The most that a price or a value may be: about a million US dollars, in any currency. In one without a level, where
/// nobody knows what it is worth, a million of its own.
Price highest_price(Currency currency);
/// "maxPrice is at most 1000000 USD."; nothing where the price is not above that. `field` is its name.
std::optional<std::string> above_highest(std::string_view field, Price price, Currency currency);
/// More than most_without_step_up, in its own currency.
bool spends_much(Money amount);

}  // namespace caravan
