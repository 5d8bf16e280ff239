#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caravan {

/// An exact decimal number with a fixed count of digits after the point: `units` of 10^-Scale.
template <int Scale>
struct Decimal {
  static constexpr int scale = Scale;
  std::int64_t units = 0;
  friend auto operator<=>(const Decimal&, const Decimal&) = default;
};

using Kilograms = Decimal<3>;  // units are grams
using Litres = Decimal<3>;     // units are millilitres
using Price = Decimal<4>;      // major units of a currency, before its own digits are checked

// What is read at all, of any currency: 100,000,000,000 major units as a Price, and so many minor units. Rules say how
// much that may be in each (highest_price).
inline constexpr std::int64_t most_price_units = 1'000'000'000'000'000;
inline constexpr std::int64_t most_minor_units = 10'000'000'000'000;

/// "2.50" at scale 3 is 2500. Takes JSON's number grammar, exponents included; nothing where the text is not a
/// number, needs more digits after the point than `scale`, or does not fit.
std::optional<std::int64_t> parse_decimal(std::string_view text, int scale);
/// 2500 at scale 3 is "2.5"; no exponent, no needless zeros.
std::string decimal_text(std::int64_t units, int scale);

}  // namespace caravan
