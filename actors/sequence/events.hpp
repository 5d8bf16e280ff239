#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

struct NumberTaken {
  static constexpr Tag tag{1, "number.taken"};
  std::int64_t number = 0;
  static constexpr auto fields() { return std::array{field<&NumberTaken::number>(1, "number")}; }
};

}  // namespace caravan
