#include "actors/values/money.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace caravan {

namespace {

std::int64_t power_of_ten(int exponent) {
  std::int64_t value = 1;
  while (exponent-- > 0) value *= 10;
  return value;
}

std::int64_t fitting(bool overflows, std::int64_t value) {
  if (overflows) throw std::overflow_error("an amount of money that does not fit");
  return value;
}

}  // namespace

Money operator+(Money a, Money b) {
  if (a.currency != b.currency) throw std::domain_error("a sum of two currencies");
  std::int64_t sum = 0;
  const bool overflows = __builtin_add_overflow(a.amount, b.amount, &sum);
  return {fitting(overflows, sum), a.currency};
}

Money operator-(Money a, Money b) {
  if (a.currency != b.currency) throw std::domain_error("a difference of two currencies");
  std::int64_t rest = 0;
  const bool overflows = __builtin_sub_overflow(a.amount, b.amount, &rest);
  return {fitting(overflows, rest), a.currency};
}

Money sum_in(const std::vector<Money>& sums, Currency currency) {
  const auto found = std::ranges::find(sums, currency, &Money::currency);
  return found == sums.end() ? Money{0, currency} : *found;
}

void add_to(std::vector<Money>& sums, Money amount) {
  const auto found = std::ranges::find(sums, amount.currency, &Money::currency);
  if (found == sums.end())
    sums.push_back(amount);
  else
    *found = *found + amount;
}

std::int64_t share_of(std::int64_t amount, std::int64_t part, std::int64_t whole) {
  assert(whole > 0);
  __extension__ using Wide = __int128;
  const Wide twice = Wide{2} * amount * part + whole;
  const Wide divisor = Wide{2} * whole;
  Wide quotient = twice / divisor;
  if (twice % divisor < 0) --quotient;  // floor, so that halves of negative amounts round up too
  const auto out = static_cast<std::int64_t>(quotient);
  return fitting(out != quotient, out);
}

std::optional<Money> to_money(Price price, Currency currency) {
  const std::int64_t step = power_of_ten(Price::scale - currency.digits());
  if (price.units % step != 0) return std::nullopt;
  return Money{price.units / step, currency};
}

Price to_price(Money money) {
  std::int64_t units = 0;
  const std::int64_t step = power_of_ten(Price::scale - money.currency.digits());
  const bool overflows = __builtin_mul_overflow(money.amount, step, &units);
  return {fitting(overflows, units)};
}

std::string money_text(Money money) {
  const int digits = money.currency.digits();
  std::string text = std::to_string(money.amount);
  if (money.amount < 0) text.erase(0, 1);
  const auto places = static_cast<std::size_t>(digits);
  if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
  if (places > 0) text.insert(text.size() - places, ".");
  return (money.amount < 0 ? "-" : "") + text + ' ' + std::string(money.currency.text());
}

}  // namespace caravan
