#pragma once

#include <algorithm>
#include <vector>

#include "actors/entity/address.hpp"

namespace caravan {

/// Who gave a permission to whoever uses it, and when. None: the platform's own settings did, or an earlier build that
/// did not note it.
struct Appointment {
  static constexpr std::string_view record_name = "Appointment";
  UserId by;
  Time since;
  /// Of whoever uses it for a case, as the edge finds: through whose hands it came to them at last, and the sides of
  /// the case who have a permission through theirs.
  std::vector<UserId> ties = {};
  /// Whether one of the two has a permission from the other: such friends decide nothing of each other.
  bool is_tied_to(UserId side) const {
    return !side.is_nil() && (by == side || std::ranges::find(ties, side) != ties.end());
  }
  static constexpr auto fields() {
    return std::array{field<&Appointment::by>(1, "by"), field<&Appointment::since>(2, "since"),
                      field<&Appointment::ties>(3, "ties")};
  }
};

}  // namespace caravan
