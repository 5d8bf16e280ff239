#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string_view>

namespace caravan {

/// An ISO 4217 currency, by its code.
struct Currency {
  std::array<char, 3> code{'U', 'S', 'D'};

  std::string_view text() const { return {code.data(), code.size()}; }
  /// Takes the three upper-case letters of a currency in use; nothing otherwise.
  static std::optional<Currency> parse(std::string_view text);
  /// Digits after the point: 2 for USD, 0 for JPY, 3 for KWD.
  int digits() const;
  friend auto operator<=>(const Currency&, const Currency&) = default;
};

}  // namespace caravan
