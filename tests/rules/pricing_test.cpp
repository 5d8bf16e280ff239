#include "actors/pricing/pricing.hpp"

#include <doctest/doctest.h>

#include <random>

namespace pricing_test {

using namespace caravan;

namespace {

PriceFacts new_york_to_boston() {
  PriceFacts facts;
  facts.distance_meters = 306'000;
  facts.weight = {2'500};
  facts.volume = {3'000};
  facts.category = "electronics";
  facts.urgency = Urgency::express;
  facts.value = {5'000'000};
  return facts;
}

std::int64_t part(const PriceQuote& quote, std::string_view name) {
  for (const PricePart& each : quote.breakdown)
    if (each.name == name) return each.amount;
  return 0;
}

std::int64_t sum(const PriceQuote& quote) {
  std::int64_t total = 0;
  for (const PricePart& each : quote.breakdown) total += each.amount;
  return total;
}

}  // namespace

TEST_CASE("pricing: a parcel from New York to Boston, part by part") {
  const PriceQuote quote = *price(first_pricing_rules(), new_york_to_boston());
  CHECK(part(quote, "base") == 500);
  CHECK(part(quote, "distance") == 100 * 12 + 206 * 3);
  CHECK(part(quote, "weight") == 120);
  CHECK(part(quote, "volume") == 0);
  CHECK(part(quote, "category") == 244);   // a tenth of 2,438
  CHECK(part(quote, "urgency") == 610);    // a quarter of it
  CHECK(part(quote, "insurance") == 500);  // a hundredth of 500.00
  CHECK(part(quote, "demand") == 0);
  CHECK(quote.amount == 3'792);
  CHECK(quote.platform_fee == 379);
  CHECK(quote.traveler_amount == 3'413);
  CHECK(quote.platform_fee == platform_fee({quote.amount, quote.currency}).amount);  // what an escrow takes
  CHECK(quote.rules_version == 1);
}

TEST_CASE("pricing: demand is balanced where nothing goes on, and follows what is wanted and what goes") {
  CHECK(demand_of(0, 0) == 10'000);
  CHECK(demand_of(5, 5) == 10'000);
  CHECK(demand_of(5, 0) == 20'000);
  CHECK(demand_of(0, 1) == 8'333);
  CHECK(demand_of(1, 0) > demand_of(1, 1));
}

TEST_CASE("pricing: urgency, demand and category move the price the right way") {
  const PricingRules& rules = first_pricing_rules();
  const PriceFacts facts = new_york_to_boston();
  const std::int64_t amount = price(rules, facts)->amount;
  PriceFacts other = facts;
  other.urgency = Urgency::same_day;
  CHECK(price(rules, other)->amount > amount);
  other = facts;
  other.urgency = Urgency::standard;
  CHECK(price(rules, other)->amount < amount);
  other = facts;
  other.demand = 20'000;
  CHECK(part(*price(rules, other), "demand") == 1'646);  // half of a doubled demand on 3,292
  other.demand = 1'000'000'000;
  CHECK(part(*price(rules, other), "demand") == 2'469);  // no more than three quarters
  other.demand = 0;
  CHECK(part(*price(rules, other), "demand") == -494);  // no less than 15 % off
  other = facts;
  other.category = "unheard of";
  CHECK(part(*price(rules, other), "category") == 0);
}

TEST_CASE("pricing: a small parcel around the corner costs the minimum") {
  PriceFacts facts;
  facts.distance_meters = 500;
  facts.category = "documents";
  const PriceQuote quote = *price(first_pricing_rules(), facts);
  CHECK(quote.amount == 800);
  CHECK(part(quote, "minimum") > 0);
  CHECK(sum(quote) == 800);
}

TEST_CASE("pricing: currencies keep their own digits, and one without a level is refused") {
  PriceFacts facts = new_york_to_boston();
  facts.currency = *Currency::parse("JPY");
  facts.value = {0};
  CHECK(price(first_pricing_rules(), facts)->amount == 4'938);  // 32.92 dollars at 150
  facts.currency = *Currency::parse("KWD");
  CHECK(price(first_pricing_rules(), facts)->amount == 10'106);  // 10.106 dinars
  facts.currency = *Currency::parse("XAF");
  CHECK_FALSE(price(first_pricing_rules(), facts).has_value());
}

TEST_CASE("pricing: whatever the facts, the parts add up and nobody's share is negative") {
  std::mt19937_64 random(7);
  const auto any = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  PricingRules rules = first_pricing_rules();
  for (int round = 0; round < 20'000; ++round) {
    if (round % 100 == 99) {
      rules.version = static_cast<std::int32_t>(any(1, 1'000'000));
      rules.base = any(0, 10'000'000);
      rules.millicents_per_km_near = any(0, 100'000'000);
      rules.millicents_per_kg = any(0, 100'000'000);
      rules.express_surcharge = any(0, 50'000);
      rules.insurance_share = any(0, 50'000);
      rules.demand_least = any(-9'000, 0);
      rules.platform_share = any(0, 9'000);
    }
    PriceFacts facts;
    facts.distance_meters = static_cast<double>(any(-1'000, 30'000'000));
    facts.weight = {any(-5, 2'000'000)};
    facts.volume = {any(-5, 20'000'000)};
    facts.category = rules.categories[static_cast<std::size_t>(any(0, 14))].category;
    facts.urgency = static_cast<Urgency>(any(0, 2));
    facts.value = {any(-1, 100'000'000'000)};
    facts.demand = any(-10, 10'000'000);
    facts.currency = rules.levels[static_cast<std::size_t>(any(0, 27))].currency;
    const PriceQuote quote = *price(rules, facts);
    REQUIRE(sum(quote) == quote.amount);
    REQUIRE(quote.platform_fee + quote.traveler_amount == quote.amount);
    REQUIRE(quote.amount > 0);
    REQUIRE(quote.platform_fee >= 0);
    REQUIRE(quote.traveler_amount >= 0);
    REQUIRE(quote.rules_version == rules.version);
  }
}

}  // namespace pricing_test
