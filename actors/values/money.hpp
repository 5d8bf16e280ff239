#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/schema/field.hpp"

namespace caravan {

/// An amount in minor units of its currency. There is no arithmetic between currencies: `+` and `-` throw
/// std::domain_error where they differ, and std::overflow_error where the result does not fit.
struct Money {
  std::int64_t amount = 0;
  Currency currency;

  friend Money operator+(Money a, Money b);
  friend Money operator-(Money a, Money b);
  Money operator-() const { return Money{0, currency} - *this; }
  friend bool operator==(const Money&, const Money&) = default;

  static constexpr std::string_view record_name = "Money";
  static constexpr auto fields() {
    return std::array{field<&Money::amount>(1, "amount"), field<&Money::currency>(2, "currency")};
  }
};

/// Of one currency.
inline Money least(Money a, Money b) { return a.amount < b.amount ? a : b; }

/// Of sums, of which each currency has at most one: that of `currency`; zero where there is none.
Money sum_in(const std::vector<Money>& sums, Currency currency);
void add_to(std::vector<Money>& sums, Money amount);

/// `amount` times `part / whole`, rounded half up, without overflow. `whole` must be positive.
std::int64_t share_of(std::int64_t amount, std::int64_t part, std::int64_t whole);

/// A price in major units as money; nothing where it has more digits than the currency or does not fit.
std::optional<Money> to_money(Price price, Currency currency);
/// Money as a price in major units.
Price to_price(Money money);
/// "35.00 USD", for people.
std::string money_text(Money money);

}  // namespace caravan
