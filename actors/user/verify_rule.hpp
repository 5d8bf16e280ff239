#pragma once

#include "actors/user/resources.hpp"

/// From how many deliveries on somebody has to prove who they are, where the operator asks for that.
namespace caravan {

inline constexpr std::chrono::days verify_window{30};
/// More than that are not counted: a user keeps this many finished deliveries.
inline constexpr std::int64_t most_deliveries_counted = 500;

/// Before the next deal of whoever has completed so many deliveries, in either role. 0: never.
struct VerifyRule {
  std::int64_t after_recent = 0;  // of the last 30 days
  std::int64_t after_all = 0;
  VerificationLevel level = VerificationLevel::identity;

  /// The level that this person lacks; nothing where nothing is asked, or it is there.
  std::optional<VerificationLevel> lacking(const Standing& person) const {
    const bool asks = (after_recent > 0 && person.recent_deliveries >= after_recent) ||
                      (after_all > 0 && person.deliveries >= after_all);
    return asks && person.verification_level < level ? std::optional(level) : std::nullopt;
  }
};

}  // namespace caravan
