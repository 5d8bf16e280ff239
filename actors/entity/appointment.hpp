#pragma once

#include "actors/entity/address.hpp"

namespace caravan {

/// Who gave a permission to whoever uses it, and when. None: the platform's own settings did, or an earlier build that
/// did not note it.
struct Appointment {
  static constexpr std::string_view record_name = "Appointment";
  UserId by;
  Time since;
  static constexpr auto fields() {
    return std::array{field<&Appointment::by>(1, "by"), field<&Appointment::since>(2, "since")};
  }
};

}  // namespace caravan
