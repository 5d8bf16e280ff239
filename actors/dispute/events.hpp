#pragma once

#include "actors/dispute/state.hpp"

namespace caravan {

struct DisputeWasOpened {
  static constexpr Tag tag{1, "dispute.opened"};
  DeliveryId delivery_id;
  UserId opener;
  std::string reason;
  OpenDispute terms;
  Time at;
  bool counts = false;  // the opener, signed in, has used a turn of theirs; never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&DisputeWasOpened::delivery_id>(1, "deliveryId"),
                      field<&DisputeWasOpened::opener>(2, "openerId"),
                      field<&DisputeWasOpened::reason>(3, "reason"),
                      field<&DisputeWasOpened::terms>(4, "terms", internal()),
                      field<&DisputeWasOpened::at>(5, "at"),
                      field<&DisputeWasOpened::counts>(6, "counts", internal())};
  }
};
struct DisputeWasAssigned {
  static constexpr Tag tag{2, "dispute.assigned"};
  UserId assignee;
  UserId by;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DisputeWasAssigned::assignee>(1, "assigneeId"),
                      field<&DisputeWasAssigned::by>(2, "assignedBy"), field<&DisputeWasAssigned::at>(3, "at")};
  }
};
/// Its administrator has not decided it in time: any other may.
struct DisputeAssignmentLapsed {
  static constexpr Tag tag{10, "dispute.assignment_lapsed"};
  UserId assignee;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DisputeAssignmentLapsed::assignee>(1, "assigneeId"),
                      field<&DisputeAssignmentLapsed::at>(2, "at")};
  }
};
struct DisputeEvidenceAdded {
  static constexpr Tag tag{3, "dispute.evidence_added"};
  DisputeEvidence evidence;
  static constexpr auto fields() { return std::array{field<&DisputeEvidenceAdded::evidence>(1, "evidence")}; }
};
struct DisputeMessageWritten {
  static constexpr Tag tag{4, "dispute.message_written"};
  DisputeMessage message;
  static constexpr auto fields() { return std::array{field<&DisputeMessageWritten::message>(1, "message")}; }
};
struct DisputeWasResolved {
  static constexpr Tag tag{5, "dispute.resolved"};
  DeliveryId delivery_id;
  DisputeResolution resolution = DisputeResolution::release;
  std::int64_t refund_amount = 0;
  Currency currency;
  std::optional<RefundId> refund_id;
  std::string note;
  UserId by;
  Time at;
  bool binds_judge = false;  // of a build in which another administrator opens again what this one decided
  std::optional<std::int64_t> cover_amount = {};
  static constexpr auto fields() {
    return std::array{field<&DisputeWasResolved::delivery_id>(1, "deliveryId"),
                      field<&DisputeWasResolved::resolution>(2, "resolution"),
                      field<&DisputeWasResolved::refund_amount>(3, "refundAmount"),
                      field<&DisputeWasResolved::currency>(4, "currency"),
                      field<&DisputeWasResolved::refund_id>(5, "refundId"),
                      field<&DisputeWasResolved::note>(6, "note"),
                      field<&DisputeWasResolved::by>(7, "resolvedBy"),
                      field<&DisputeWasResolved::at>(8, "at"),
                      field<&DisputeWasResolved::binds_judge>(9, "bindsJudge", internal()),
                      field<&DisputeWasResolved::cover_amount>(10, "coverAmount")};
  }
};
struct DisputeWasSettled {
  static constexpr Tag tag{6, "dispute.settled"};
  EscrowSettled outcome;
  static constexpr auto fields() { return std::array{field<&DisputeWasSettled::outcome>(1, "outcome")}; }
};

/// How much money there is to decide about, as the escrow says.
struct DisputeMoneyFrozen {
  static constexpr Tag tag{7, "dispute.money_frozen"};
  Money at_stake;
  std::optional<Money> cover = {};
  static constexpr auto fields() {
    return std::array{field<&DisputeMoneyFrozen::at_stake>(1, "atStake"),
                      field<&DisputeMoneyFrozen::cover>(2, "cover")};
  }
};
struct DisputeReopened {
  static constexpr Tag tag{8, "dispute.reopened"};
  UserId by;
  std::string reason;
  Time at;
  bool binds_judge = false;  // of a build in which somebody else decides what this one opened again
  static constexpr auto fields() {
    return std::array{field<&DisputeReopened::by>(1, "reopenedBy"), field<&DisputeReopened::reason>(2, "reason"),
                      field<&DisputeReopened::at>(3, "at"),
                      field<&DisputeReopened::binds_judge>(4, "bindsJudge", internal())};
  }
};

struct DisputeWithdrawn {
  static constexpr Tag tag{9, "dispute.withdrawn"};
  UserId by;
  Time at;
  std::optional<bool> counts = {};          // a turn of theirs; absent in older entries
  std::optional<Time> may_open_until = {};  // the time that it was open does not count for the next one
  static constexpr auto fields() {
    return std::array{field<&DisputeWithdrawn::by>(1, "withdrawnBy"), field<&DisputeWithdrawn::at>(2, "at"),
                      field<&DisputeWithdrawn::counts>(3, "counts", internal()),
                      field<&DisputeWithdrawn::may_open_until>(4, "mayOpenUntil", internal())};
  }
};

}  // namespace caravan
