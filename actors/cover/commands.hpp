#pragma once

#include "actors/cover/terms.hpp"
#include "actors/entity/appointment.hpp"
#include "actors/entity/decision.hpp"

namespace caravan {

/// The pool of all covers is one actor for the platform.
inline constexpr Address cover_address{EntityKind::cover, {}};

/// From an escrow whose fee the provider has taken.
struct PayIntoCover {
  static constexpr Tag tag{1, "pay_into_cover"};
  Money fee;
  static constexpr auto fields() { return std::array{field<&PayIntoCover::fee>(1, "fee")}; }
};

/// From an escrow: an administrator has decided that its cover pays. The escrow hears CoverAnswered: at once where the
/// pool has it, and else twice, when it waits and when it is paid.
struct PayOutOfCover {
  static constexpr Tag tag{2, "pay_out_of_cover"};
  Money amount;
  UserId customer;  // whose cover it is
  static constexpr auto fields() {
    return std::array{field<&PayOutOfCover::amount>(1, "amount"), field<&PayOutOfCover::customer>(2, "customerId")};
  }
};

/// From an escrow whose dispute is open again: its claim waits no more. Where it did, the escrow hears CoverAnswered;
/// where it was paid meanwhile it has heard of that.
struct DropCoverClaim {
  static constexpr Tag tag{4, "drop_cover_claim"};
  static constexpr auto fields() { return no_fields; }
};

/// By somebody with `finance`: the platform adds to the pool out of its own revenue, and claims that wait are paid. Not
/// by a customer whose claim waits for it, nor by anybody tied to one.
struct AddToCover {
  static constexpr Tag tag{3, "add_to_cover"};
  std::int64_t amount = 0;  // minor units
  Currency currency;
  std::string reason;
  Appointment office = {};
  static constexpr auto fields() {
    return std::array{field<&AddToCover::amount>(1, "amount", between(1, most_minor_units)),
                      field<&AddToCover::currency>(2, "currency"),
                      field<&AddToCover::reason>(3, "reason", length(1, 500)),
                      field<&AddToCover::office>(4, "office", internal())};
  }
};

/// CoverPool, for administrators with `finance`.
struct ViewCover {
  static constexpr Tag tag{1, "view_cover"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
