#pragma once

#include "actors/account/commands.hpp"

/// An account whose deletion was asked for closes at once, and is erased later: a thief may have asked. Until then the
/// link that was mailed takes it back, as it does other changes (actors/account/undo.hpp).
namespace caravan {

/// From here on nobody signs in, and what is open ends. The account is erased at `until`, unless that is taken back.
struct DeletionRequested {
  static constexpr Tag tag{35, "user.deletion_requested"};
  Time until;
  std::string undo_hash;  // of the mailed token that takes it back
  std::optional<std::string> reason = {};
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeletionRequested::until>(1, "until"),
                      field<&DeletionRequested::undo_hash>(2, "undoHash", internal()),
                      field<&DeletionRequested::reason>(3, "reason"), field<&DeletionRequested::at>(4, "at")};
  }
};

/// The account is open again. What has ended meanwhile stays so.
struct DeletionTakenBack {
  static constexpr Tag tag{36, "user.deletion_taken_back"};
  Time at;
  static constexpr auto fields() { return std::array{field<&DeletionTakenBack::at>(1, "at")}; }
};

namespace account {

inline constexpr std::string_view closing_timer = "closing";
inline constexpr std::string_view open_work_timer = "open_work";

}  // namespace account

}  // namespace caravan
