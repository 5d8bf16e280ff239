#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// What somebody who is no party to it looked at. The events are what counts: they are in the activity log.
struct AuditState {
  std::int64_t looks = 0;

  bool exists() const { return true; }

  static constexpr std::string_view record_name = "AuditState";
  static constexpr auto fields() { return std::array{field<&AuditState::looks>(1, "looks")}; }
};

enum class AuditRejection { not_found, not_allowed };
constexpr auto enum_labels(AuditRejection) { return std::to_array<std::string_view>({"not_found", "not_allowed"}); }

}  // namespace caravan
