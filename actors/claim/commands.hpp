#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// Takes the text for `owner` where it is free. Answers ClaimHolder in either case: who holds it now.
struct TakeClaim {
  static constexpr Tag tag{1, "take_claim"};
  Uuid owner;
  std::string fingerprint;
  std::optional<Time> until;  // the claim falls free then unless it is confirmed; absent: it is confirmed at once
  /// From then on the next taker finds it free; there is no timer, as nobody waits for that.
  std::optional<Time> lapses = {};
  static constexpr auto fields() {
    return std::array{field<&TakeClaim::owner>(1, "owner"), field<&TakeClaim::fingerprint>(2, "fingerprint"),
                      field<&TakeClaim::until>(3, "until"), field<&TakeClaim::lapses>(4, "lapses")};
  }
};

/// The owner exists and keeps the text for good.
struct ConfirmClaim {
  static constexpr Tag tag{2, "confirm_claim"};
  Uuid owner;
  static constexpr auto fields() { return std::array{field<&ConfirmClaim::owner>(1, "owner")}; }
};

/// Gives the text back.
struct ReleaseClaim {
  static constexpr Tag tag{3, "release_claim"};
  Uuid owner;
  static constexpr auto fields() { return std::array{field<&ReleaseClaim::owner>(1, "owner")}; }
};

/// Who holds the text?
struct ViewClaim {
  static constexpr Tag tag{1, "view_claim"};
  static constexpr auto fields() { return no_fields; }
};

/// The answer to TakeClaim and ViewClaim.
struct ClaimHolder {
  static constexpr std::string_view record_name = "ClaimHolder";
  Uuid owner;
  std::string fingerprint;
  static constexpr auto fields() {
    return std::array{field<&ClaimHolder::owner>(1, "owner"), field<&ClaimHolder::fingerprint>(2, "fingerprint")};
  }
};

}  // namespace caravan
