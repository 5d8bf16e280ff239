#pragma once

#include "actors/schema/field.hpp"

namespace caravan {

/// Between these local times only high priority is sent. From 22:00 to 07:00 passes midnight.
struct QuietHours {
  std::string from = "22:00";
  std::string to = "07:00";
  static constexpr std::string_view record_name = "QuietHours";
  static constexpr auto fields() {
    return std::array{field<&QuietHours::from>(1, "from", length(5, 5)), field<&QuietHours::to>(2, "to", length(5, 5))};
  }
};

/// What may be sent beside the in-app inbox. Security mail goes out regardless.
struct ChannelPreferences {
  bool email = true;
  bool sms = false;
  bool push = true;
  static constexpr std::string_view record_name = "ChannelPreferences";
  static constexpr auto fields() {
    return std::array{field<&ChannelPreferences::email>(1, "email"), field<&ChannelPreferences::sms>(2, "sms"),
                      field<&ChannelPreferences::push>(3, "push")};
  }
};

/// Whether somebody hears of parcels that lie on the way of their trips: at once by push, and once a day by mail.
enum class MatchDigest : std::uint8_t { daily, off };
constexpr auto enum_labels(MatchDigest) { return std::to_array<std::string_view>({"daily", "off"}); }

/// Minutes after midnight of "22:00"; nothing where the text is not a time of day.
std::optional<int> minutes_of_day(std::string_view text);

}  // namespace caravan
