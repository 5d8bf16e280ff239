#include "actors/pricing/pricing.hpp"

#include <doctest/doctest.h>

#include <cmath>
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

PriceFacts parcel(double kilometers, double kilograms, double litres = 0) {
  PriceFacts facts;
  facts.distance_meters = kilometers * 1'000;
  facts.weight = {std::llround(kilograms * 1'000)};
  facts.volume = {std::llround(litres * 1'000)};
  return facts;
}

std::int64_t amount(const PriceFacts& facts, const PricingRules& rules = first_pricing_rules()) {
  return price(rules, facts)->amount;
}

Currency currency(std::string_view code) { return *Currency::parse(code); }

}  // namespace

TEST_CASE("pricing: a parcel from New York to Boston, part by part") {
  const PriceQuote quote = *price(first_pricing_rules(), new_york_to_boston());
  CHECK(quote.carriage == Carriage::road);
  CHECK(part(quote, "base") == 500);
  CHECK(part(quote, "distance") == 100 * 12 + 206 * 3);
  CHECK(part(quote, "weight") == 120);
  CHECK(part(quote, "category") == 244);  // a tenth of 2,438
  CHECK(part(quote, "urgency") == 610);   // a quarter of it
  CHECK(part(quote, "value") == 500);     // a hundredth of 500.00
  CHECK(part(quote, "demand") == 0);
  CHECK(part(quote, "rounding") == 8);  // prices in dollars are in tens of cents
  CHECK(quote.amount == 3'800);
  CHECK(quote.platform_fee == 380);
  CHECK(quote.traveler_amount == 3'420);
  CHECK(quote.platform_fee == platform_fee({quote.amount, quote.currency}).amount);  // what an escrow takes
  CHECK(quote.rules_version == first_pricing_rules().version);
}

TEST_CASE("pricing: the value's surcharge says that it covers nothing, and no other part says anything") {
  const PriceQuote quote = *price(first_pricing_rules(), new_york_to_boston());
  for (const PricePart& part : quote.breakdown) CHECK(part.note.has_value() == (part.name == "value"));
  CHECK(value_is_care.find("covers nothing") != std::string_view::npos);
}

TEST_CASE("pricing: far away it is flown, where weight costs and distance hardly does") {
  const PriceQuote near = *price(first_pricing_rules(), parcel(344, 2.3));
  CHECK(near.carriage == Carriage::road);
  CHECK(near.amount == 2'540);
  const PriceQuote far = *price(first_pricing_rules(), parcel(9'716, 2.3));
  CHECK(far.carriage == Carriage::air);
  CHECK(part(far, "base") == 1'500);
  CHECK(part(far, "weight") == 1'610);
  CHECK(part(far, "distance") == 3'000 + 2'015);
  CHECK(amount(parcel(10'000, 30)) > 3 * amount(parcel(10'000, 0.1)));
  CHECK(amount(parcel(10'000, 1)) < 5 * amount(parcel(346, 1)));
  // What is heavy is driven as far as anybody drives.
  CHECK(price(first_pricing_rules(), parcel(3'000, 20))->carriage == Carriage::road);
  CHECK(price(first_pricing_rules(), parcel(6'001, 20))->carriage == Carriage::air);
}

TEST_CASE("pricing: where all who go there fly, the load is priced as flown, but not on a way that is short") {
  PriceFacts facts = parcel(3'000, 20);
  facts.only_flown = true;
  CHECK(price(first_pricing_rules(), facts)->carriage == Carriage::air);
  facts.distance_meters = 300'000;
  CHECK(price(first_pricing_rules(), facts)->carriage == Carriage::road);
}

TEST_CASE("pricing: a load counts by its weight or by its size, whichever is more") {
  CHECK(amount(parcel(300, 10, 5)) == amount(parcel(300, 10)));
  CHECK(amount(parcel(300, 1, 50)) == amount(parcel(300, 10)));
  CHECK(amount(parcel(300, 10, 50)) == amount(parcel(300, 10)));
  CHECK(amount(parcel(300, 10, 60)) > amount(parcel(300, 10)));
}

TEST_CASE("pricing: demand is balanced where nobody is, follows people, and hardly one of them") {
  CHECK(demand_of(0, 0) == 10'000);
  CHECK(demand_of(500, 500) == 10'000);
  CHECK(demand_of(2'000, 0) == 20'000);
  CHECK(demand_of(100, 0) == 10'500);
  CHECK(demand_of(50, 0) < demand_of(100, 0));  // who has waited for long may have found another way
  CHECK(demand_of(0, 100) == 9'523);
  CHECK(demand_of(100, 0) > demand_of(100, 100));
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
  other.demand = 10'500;                              // one person more
  CHECK(part(*price(rules, other), "demand") == 95);  // 2.5 % of 3,792
  other.demand = 1'000'000'000;
  CHECK(part(*price(rules, other), "demand") == 948);  // no more than a quarter
  other.demand = 0;
  CHECK(part(*price(rules, other), "demand") == -569);  // no less than 15 % off
  other = facts;
  other.category = "unheard of";
  CHECK(part(*price(rules, other), "category") == 0);
}

TEST_CASE("pricing: what people agreed on moves the price, within bounds") {
  PriceFacts facts = new_york_to_boston();
  facts.accepted = 8'000;
  CHECK(part(*price(first_pricing_rules(), facts), "accepted") == -758);  // a fifth of 3,792
  facts.accepted = 10'000;
  CHECK(part(*price(first_pricing_rules(), facts), "accepted") == 0);
  facts.accepted = 100;
  CHECK(part(*price(first_pricing_rules(), facts), "accepted") == -1'896);
  facts.accepted = 1'000'000;
  CHECK(part(*price(first_pricing_rules(), facts), "accepted") == 1'896);
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

TEST_CASE("pricing: currencies keep their own digits and customs, and one without a level is refused") {
  PriceFacts facts = new_york_to_boston();
  facts.value = {0};  // 32.92 dollars
  const auto in = [&](std::string_view code) {
    facts.currency = currency(code);
    return price(first_pricing_rules(), facts)->amount;
  };
  CHECK(in("JPY") == 5'170);    // 5,168 yen, in tens
  CHECK(in("KWD") == 10'180);   // 10.172 dinars, in tens of fils
  CHECK(in("CHF") == 2'745);    // 27.42 francs, in twentieths
  CHECK(in("VND") == 853'000);  // in thousands
  CHECK(in("BHD") % 10 == 0);
  for (const char* code : {"THB", "PHP", "VND", "COP", "ARS", "EGP", "BHD", "RUB", "XAF"}) CHECK(in(code) > 0);
  facts.currency = currency("XPF");
  CHECK_FALSE(price(first_pricing_rules(), facts).has_value());
}

TEST_CASE("pricing: every level says how prices are written in it, and all of them when and by whom they were known") {
  const PricingRules& rules = first_pricing_rules();
  CHECK_FALSE(rules.levels_date.empty());
  CHECK_FALSE(rules.levels_source.empty());
  for (const PriceLevel& each : rules.levels) {
    CAPTURE(std::string(each.currency.text()));
    CHECK(dollars_worth({each.step, each.currency}).value() <= 0.101);
    CHECK(of_dollars(1'000, each.currency).units > 0);
  }
}

TEST_CASE("pricing: further, heavier and larger is never cheaper, and dearer without a jump while it is driven") {
  std::mt19937_64 random(11);
  const auto any = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  for (int round = 0; round < 20'000; ++round) {
    PriceFacts facts = parcel(any(0, 12'000), any(0, 40), any(0, 200));
    facts.currency = first_pricing_rules().levels[static_cast<std::size_t>(round) % 80].currency;
    PriceFacts more = facts;
    switch (round % 3) {
      case 0:
        more.distance_meters += any(0, 500'000);
        break;
      case 1:
        more.weight.units += std::llround(any(0, 5'000));
        break;
      default:
        more.volume.units += std::llround(any(0, 20'000));
    }
    REQUIRE(amount(more) >= amount(facts));
    PriceFacts next = facts;
    next.distance_meters += 10'000;
    next.currency = facts.currency = Currency{};
    if (facts.distance_meters < 5'900'000) REQUIRE(amount(next) - amount(facts) <= 130);
  }
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
      rules.road.base = any(0, 10'000'000);
      rules.road.millicents_per_km_near = any(0, 100'000'000);
      rules.air.millicents_per_km_far = any(0, 100'000'000);
      rules.road.millicents_per_kg = any(0, 100'000'000);
      rules.express_surcharge = any(0, 50'000);
      rules.value_share = any(0, 50'000);
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
    facts.only_flown = any(0, 1) == 1;
    if (any(0, 1) == 1) facts.accepted = any(-10, 1'000'000);
    facts.currency = rules.levels[static_cast<std::size_t>(any(0, 80))].currency;
    const PriceQuote quote = *price(rules, facts);
    REQUIRE(quote.amount % find_level(rules, facts.currency)->step == 0);
    REQUIRE(sum(quote) == quote.amount);
    REQUIRE(quote.platform_fee + quote.traveler_amount == quote.amount);
    REQUIRE(quote.amount > 0);
    REQUIRE(quote.platform_fee >= 0);
    REQUIRE(quote.traveler_amount >= 0);
    REQUIRE(quote.rules_version == rules.version);
  }
}

TEST_CASE("pricing: the highest price is worth about the same in all currencies, and is read in each") {
  for (const PriceLevel& level : first_pricing_rules().levels) {
    const Price most = highest_price(level.currency);
    const auto money = to_money(most, level.currency);
    REQUIRE(money);
    CHECK(dollars_worth(*money).value_or(0) == doctest::Approx(1'000'000));
    CHECK(most.units <= most_price_units);
    CHECK(money->amount <= most_minor_units);
    CHECK_FALSE(above_highest("maxPrice", most, level.currency));
    CHECK(above_highest("maxPrice", Price{most.units + 1}, level.currency));
  }
  CHECK(highest_price(*Currency::parse("IRR")) == Price{10'000'000'000});  // without a level
  CHECK(above_highest("maxPrice", Price{10'000'000'001}, Currency{}) == "maxPrice is at most 1000000 USD.");
  CHECK(above_highest("item.value", Price{259'000'000'010'000}, *Currency::parse("VND")) ==
        "item.value is at most 25900000000 VND.");
}

}  // namespace pricing_test
