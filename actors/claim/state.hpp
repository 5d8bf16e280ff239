#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// A unique text (an e-mail address, a client's idempotency key) and who holds it. One actor per text, so that two
/// takers meet in one mailbox and one of them is first.
struct ClaimState {
  Uuid owner;               // nil: free
  std::string fingerprint;  // what the taker wanted it for; compared by the taker
  bool confirmed = false;   // else it falls free when its timer fires
  std::optional<Time> lapses = {};

  bool exists() const { return !owner.is_nil(); }
  bool is_free(Time now) const { return !exists() || (lapses && *lapses <= now); }

  static constexpr std::string_view record_name = "ClaimState";
  static constexpr auto fields() {
    return std::array{field<&ClaimState::owner>(1, "owner"), field<&ClaimState::fingerprint>(2, "fingerprint"),
                      field<&ClaimState::confirmed>(3, "confirmed"), field<&ClaimState::lapses>(4, "lapses")};
  }
};

enum class ClaimRejection { not_found, not_owner };
constexpr auto enum_labels(ClaimRejection) { return std::to_array<std::string_view>({"not_found", "not_owner"}); }

}  // namespace caravan
