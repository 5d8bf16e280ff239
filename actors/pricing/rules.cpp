#include "actors/pricing/rules.hpp"

#include <algorithm>
#include <utility>

namespace caravan {

namespace {

/// Major units for 10,000 US dollars, rounded to three digits: the market's rates of levels_date.
constexpr std::pair<std::string_view, std::int64_t> dollar_levels[] = {
    {"USD", 10'000},      {"EUR", 8'800},       {"GBP", 7'550},      {"CHF", 8'330},      {"CAD", 14'200},
    {"AUD", 14'200},      {"NZD", 17'700},      {"JPY", 1'570'000},  {"CNY", 67'100},     {"INR", 961'000},
    {"BRL", 52'200},      {"MXN", 180'000},     {"SEK", 99'800},     {"NOK", 95'500},     {"DKK", 65'800},
    {"PLN", 38'500},      {"CZK", 215'000},     {"HUF", 3'230'000},  {"TRY", 490'000},    {"ZAR", 164'000},
    {"SGD", 12'800},      {"HKD", 78'400},      {"KRW", 13'600'000}, {"AED", 36'700},     {"ILS", 30'700},
    {"KWD", 3'090},       {"NGN", 13'300'000},  {"KES", 1'300'000},  {"THB", 336'000},    {"PHP", 625'000},
    {"VND", 259'000'000}, {"COP", 33'700'000},  {"ARS", 15'300'000}, {"EGP", 521'000},    {"BHD", 3'760},
    {"RUB", 845'000},     {"IDR", 180'000'000}, {"MYR", 40'800},     {"TWD", 319'000},    {"SAR", 37'500},
    {"QAR", 36'400},      {"OMR", 3'850},       {"JOD", 7'090},      {"PKR", 2'770'000},  {"BDT", 1'230'000},
    {"LKR", 3'310'000},   {"CLP", 9'680'000},   {"PEN", 34'200},     {"UYU", 401'000},    {"UAH", 449'000},
    {"RON", 46'500},      {"ISK", 1'210'000},   {"MAD", 96'500},     {"GHS", 116'000},    {"TZS", 26'400'000},
    {"UGX", 39'100'000},  {"XOF", 5'770'000},   {"XAF", 5'770'000},  {"DZD", 1'340'000},  {"TND", 29'700},
    {"KZT", 4'410'000},   {"GEL", 26'000},      {"RSD", 1'030'000},  {"DOP", 577'000},    {"GTQ", 76'400},
    {"CRC", 4'550'000},   {"JMD", 1'580'000},   {"BOB", 122'000},    {"PYG", 58'800'000}, {"NPR", 1'540'000},
    {"KHR", 40'600'000},  {"ETB", 1'630'000},   {"RWF", 14'800'000}, {"ALL", 810'000},    {"AMD", 3'640'000},
    {"AZN", 17'000},      {"MDL", 177'000},     {"MKD", 542'000},    {"BAM", 17'200},     {"MUR", 476'000},
    {"UZS", 118'000'000}, {"IQD", 13'100'000},  {"KGS", 875'000},    {"MOP", 80'800},     {"TTD", 67'900},
    {"BWP", 137'000},     {"NAD", 164'000},     {"ZMW", 196'000},    {"MNT", 36'000'000}, {"FJD", 22'400},
    {"PAB", 10'000}};

/// The largest of 1, 5, 10, 50, … minor units that is worth ten cents at most: prices are written in tens of yen and of
/// fils, and in twentieths of a franc.
std::int64_t step_of(Currency currency, std::int64_t level) {
  std::int64_t ten_cents = level;  // in minor units, times 100,000
  for (int digit = 0; digit < currency.digits(); ++digit) ten_cents *= 10;
  std::int64_t step = 1;
  while (step * 10 * 100'000 <= ten_cents) step *= 10;
  return step * 5 * 100'000 <= ten_cents ? step * 5 : step;
}

PricingRules make() {
  PricingRules rules;
  rules.categories = {{"documents", -1'000},  {"clothing", 0},     {"books", 0},       {"food", 500},
                      {"cosmetics", 500},     {"toys", 0},         {"sports", 500},    {"furniture", 2'000},
                      {"electronics", 1'000}, {"medicine", 1'500}, {"fragile", 2'000}, {"art", 2'500},
                      {"jewelry", 2'500},     {"pets", 5'000},     {"other", 0}};
  for (const auto& [code, level] : dollar_levels) {
    const Currency currency = *Currency::parse(code);
    rules.levels.push_back({currency, level, step_of(currency, level)});
  }
  rules.levels_date = "2026-09-29";
  rules.levels_source = "market rates as in the npm package @fawazahmed0/currency-api 2026.9.29, to three digits";
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

namespace {

constexpr std::int64_t level_of_dollars = 10'000, units_of_price = 10'000;

}  // namespace

std::optional<double> dollars_worth(Money amount) {
  const PriceLevel* found = find_level(first_pricing_rules(), amount.currency);
  if (!found) return std::nullopt;
  return static_cast<double>(to_price(amount).units) / units_of_price * level_of_dollars /
         static_cast<double>(found->level);
}

Price of_dollars(std::int64_t dollars, Currency currency) {
  const PriceLevel* known = find_level(first_pricing_rules(), currency);
  return known ? Price{dollars * units_of_price / level_of_dollars * known->level} : Price{};
}

Price highest_price(Currency currency) {
  constexpr std::int64_t million = 1'000'000;
  const Price worth = of_dollars(million, currency);
  return worth.units > 0 ? worth : Price{million * units_of_price};
}

std::optional<std::string> above_highest(std::string_view field, Price price, Currency currency) {
  const Price most = highest_price(currency);
  if (price <= most) return std::nullopt;
  return std::string(field) + " is at most " + decimal_text(most.units, Price::scale) + " " +
         std::string(currency.text()) + ".";
}

bool spends_much(Money amount) {
  return to_price(amount).units > of_dollars(most_without_step_up, amount.currency).units;
}

}  // namespace caravan
