#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// Takes the next number for the entity that asks; it comes back to it as AssignNumber.
struct TakeNumber {
  static constexpr Tag tag{1, "take_number"};
  static constexpr auto fields() { return no_fields; }
};

/// The last number given out.
struct ViewSequence {
  static constexpr Tag tag{1, "view_sequence"};
  static constexpr auto fields() { return no_fields; }
};

/// The answer to ViewSequence.
struct SequenceResource {
  static constexpr std::string_view record_name = "Sequence";
  std::int64_t last = 0;
  static constexpr auto fields() { return std::array{field<&SequenceResource::last>(1, "last")}; }
};

/// What the sequence sends to the entity that took a number; such an entity lists it among its commands.
struct AssignNumber {
  static constexpr Tag tag{60'001, "assign_number"};
  std::int64_t number = 0;
  static constexpr auto fields() { return std::array{field<&AssignNumber::number>(1, "number")}; }
};

}  // namespace caravan
