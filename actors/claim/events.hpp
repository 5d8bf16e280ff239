#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

struct ClaimTaken {
  static constexpr Tag tag{1, "claim.taken"};
  Uuid owner;
  std::string fingerprint;
  bool confirmed = false;
  std::optional<Time> lapses = {};
  static constexpr auto fields() {
    return std::array{field<&ClaimTaken::owner>(1, "owner"), field<&ClaimTaken::fingerprint>(2, "fingerprint"),
                      field<&ClaimTaken::confirmed>(3, "confirmed"), field<&ClaimTaken::lapses>(4, "lapses")};
  }
};

struct ClaimConfirmed {
  static constexpr Tag tag{2, "claim.confirmed"};
  static constexpr auto fields() { return no_fields; }
};

struct ClaimReleased {
  static constexpr Tag tag{3, "claim.released"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
