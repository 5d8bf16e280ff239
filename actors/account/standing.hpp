#pragma once

#include <algorithm>

#include "actors/account/commands.hpp"

/// Money that is held until somebody might have objected does not pay by itself while they cannot sign in. Whoever
/// holds it asks the accounts of both sides when its time is over.
namespace caravan {

/// A deal that is being made asks them too, when it begins and once it is made: nobody who has left becomes a side of
/// one. Whoever leaves in between may not find it yet among what they have open, so it has to ask by itself.
/// To an account: may its owner sign in, and since when? Whoever asks is answered with SideStanding. Platform only.
struct AskStanding {
  static constexpr Tag tag{48, "ask_standing"};
  static constexpr auto fields() { return no_fields; }
};

/// To a delivery or an escrow.
struct SideStanding {
  static constexpr Tag tag{41, "side_standing"};
  UserId side;
  bool is_away = false;              // suspended or banned
  std::optional<Time> back_at = {};  // from the last time that they were
  bool is_closed = false;            // deleted, or closing
  static constexpr auto fields() {
    return std::array{field<&SideStanding::side>(1, "side"), field<&SideStanding::is_away>(2, "isAway"),
                      field<&SideStanding::back_at>(3, "backAt"), field<&SideStanding::is_closed>(4, "isClosed")};
  }
};

/// Why what a side had open ends with its account.
inline constexpr std::string_view user_deleted = "user_deleted";

/// When the money may pay at the earliest, as far as this side's absence is concerned.
inline Time objects_until(const SideStanding& standing, Duration window, Time now) {
  return standing.back_at ? std::max(now, *standing.back_at + window) : now;
}

}  // namespace caravan
