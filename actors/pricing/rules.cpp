#include "actors/pricing/rules.hpp"

#include <algorithm>

namespace caravan {

namespace {

PriceLevel level(std::string_view code, std::int64_t of_10000_usd) { return {*Currency::parse(code), of_10000_usd}; }

PricingRules make() {
  PricingRules rules;
  rules.categories = {{"documents", -1'000},  {"clothing", 0},     {"books", 0},       {"food", 500},
                      {"cosmetics", 500},     {"toys", 0},         {"sports", 500},    {"furniture", 2'000},
                      {"electronics", 1'000}, {"medicine", 1'500}, {"fragile", 2'000}, {"art", 2'500},
                      {"jewelry", 2'500},     {"pets", 5'000},     {"other", 0}};
  rules.levels = {level("USD", 10'000),  level("EUR", 9'200),     level("GBP", 7'900),      level("CHF", 9'000),
                  level("CAD", 13'600),  level("AUD", 15'200),    level("NZD", 16'500),     level("JPY", 1'500'000),
                  level("CNY", 72'000),  level("INR", 834'000),   level("BRL", 52'000),     level("MXN", 170'000),
                  level("SEK", 105'000), level("NOK", 106'000),   level("DKK", 68'700),     level("PLN", 40'000),
                  level("CZK", 230'000), level("HUF", 3'600'000), level("TRY", 320'000),    level("ZAR", 185'000),
                  level("SGD", 13'500),  level("HKD", 78'000),    level("KRW", 13'400'000), level("AED", 36'700),
                  level("ILS", 37'000),  level("KWD", 3'070),     level("NGN", 15'000'000), level("KES", 1'300'000)};
  return rules;
}

}  // namespace

const PricingRules& first_pricing_rules() {
  static const PricingRules rules = make();
  return rules;
}

const PriceLevel* find_level(const PricingRules& rules, Currency currency) {
  const auto found = std::ranges::find(rules.levels, currency, &PriceLevel::currency);
  return found == rules.levels.end() ? nullptr : &*found;
}

std::optional<double> dollars_worth(Money amount) {
  constexpr double dollars_of_level = 10'000, units_of_price = 10'000;
  const PriceLevel* found = find_level(first_pricing_rules(), amount.currency);
  if (!found) return std::nullopt;
  return static_cast<double>(to_price(amount).units) / units_of_price * dollars_of_level /
         static_cast<double>(found->level);
}

Price of_dollars(std::int64_t dollars, Currency currency) {
  constexpr std::int64_t dollars_of_level = 10'000, units_of_price = 10'000;
  const PriceLevel* known = find_level(first_pricing_rules(), currency);
  return known ? Price{dollars * units_of_price / dollars_of_level * known->level} : Price{};
}

bool spends_much(Money amount) {
  return to_price(amount).units > of_dollars(most_without_step_up, amount.currency).units;
}

}  // namespace caravan
