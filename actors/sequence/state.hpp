#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// Consecutive numbers under one name, such as those of deliveries ("DEL-000123"). Its address follows from the name:
/// sequence_address in claim/address.hpp.
struct SequenceState {
  std::int64_t last = 0;

  bool exists() const { return true; }

  static constexpr std::string_view record_name = "SequenceState";
  static constexpr auto fields() { return std::array{field<&SequenceState::last>(1, "last")}; }
};

enum class SequenceRejection { not_found, not_an_entity };
constexpr auto enum_labels(SequenceRejection) {
  return std::to_array<std::string_view>({"not_found", "not_an_entity"});
}

}  // namespace caravan
