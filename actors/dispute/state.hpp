#pragma once

#include "actors/dispute/commands.hpp"

namespace caravan {

enum class DisputeStatus : std::uint8_t { none, open, assigned, resolved, withdrawn };
constexpr auto enum_labels(DisputeStatus) {
  return std::to_array<std::string_view>({"none", "open", "assigned", "resolved", "withdrawn"});
}

struct DisputeEvidence {
  Uuid evidence_id;  // unused: by us; clients see it
  UserId by;
  std::string type;
  std::string description;
  std::optional<UploadId> upload;
  Time at;
  static constexpr std::string_view record_name = "DisputeEvidence";
  static constexpr auto fields() {
    return std::array{field<&DisputeEvidence::evidence_id>(1, "evidenceId"),
                      field<&DisputeEvidence::by>(2, "submittedBy"),
                      field<&DisputeEvidence::type>(3, "type"),
                      field<&DisputeEvidence::description>(4, "description"),
                      field<&DisputeEvidence::upload>(5, "uploadId"),
                      field<&DisputeEvidence::at>(6, "createdAt")};
  }
};

struct DisputeMessage {
  Uuid message_id;
  UserId sender;
  std::string text;
  Time at;
  static constexpr std::string_view record_name = "DisputeMessage";
  static constexpr auto fields() {
    return std::array{field<&DisputeMessage::message_id>(1, "messageId"), field<&DisputeMessage::sender>(2, "senderId"),
                      field<&DisputeMessage::text>(3, "text"), field<&DisputeMessage::at>(4, "createdAt")};
  }
};

/// What a side did with a dispute of its own.
struct DisputeTurn {
  UserId by;
  Time at;
  static constexpr std::string_view record_name = "DisputeTurn";
  static constexpr auto fields() {
    return std::array{field<&DisputeTurn::by>(1, "by"), field<&DisputeTurn::at>(2, "at")};
  }
};

// Of each person: nobody keeps the other side's word out by saying much.
inline constexpr std::ptrdiff_t max_dispute_evidence = 50;
inline constexpr std::ptrdiff_t max_dispute_messages = 200;
// Of each side alone: nobody uses up what the other has. The pickup and the end give new ones, as there is something
// new to contest; a side that used all of them before has some left then.
inline constexpr std::ptrdiff_t max_openings = 4;
inline constexpr std::ptrdiff_t max_openings_in_all = 10;
/// So often a side withdraws its dispute and opens another at once: what it was promised meanwhile may not have come.
/// Then it waits, unless the parcel is picked up, or the delivery ends, before.
inline constexpr std::ptrdiff_t max_withdrawals = 2;
inline constexpr std::chrono::hours withdrawn_for{24};
/// Whoever withdraws one has this long at least to open another.
inline constexpr std::chrono::days open_after_withdrawal{2};
/// So long after a suspension that began before the time for disputes was over.
inline constexpr std::chrono::days open_after_return{7};

struct DisputeState {
  DisputeStatus status = DisputeStatus::none;
  OpenDispute terms;
  Time opened_at;
  std::optional<UserId> assignee;
  std::vector<DisputeEvidence> evidence;  // of each person at most max_dispute_evidence, oldest first
  std::vector<DisputeMessage> messages;   // of each person at most max_dispute_messages, oldest first
  std::optional<DisputeResolution> resolution;
  Money refund;  // decided
  std::optional<RefundId> refund_id;
  std::string note;
  std::optional<Time> resolved_at;
  std::optional<EscrowSettled> settled;  // what the decision came to
  std::optional<Money> at_stake;         // as the escrow said; absent: it has not, or an earlier build opened this
  std::optional<Time> reopened_at;
  std::optional<UserId> resolved_by;  // also of a decision that was opened again
  std::optional<UserId> reopened_by;  // last
  // Earlier builds counted by these two what both sides opened, and who withdrew; this one reads them nowhere.
  std::int32_t openings = 0;
  std::vector<UserId> withdrawn_by;
  std::vector<DisputeTurn> opened_by, given_up_by;  // by a side, signed in; oldest first
  bool counts = false;                              // the one that is there stands in opened_by
  std::optional<Time> may_open_until;               // though the delivery ended too long ago, by a withdrawal
  std::optional<Money> cover;                       // what the customer's may pay, as the escrow said with at_stake
  std::optional<std::int64_t> cover_amount;         // decided

  bool exists() const { return status != DisputeStatus::none; }
  /// The delivery goes on: what happens later may be disputed anew.
  bool went_on() const {
    return settled &&
           (status == DisputeStatus::withdrawn || resolution == DisputeResolution::dismiss || settled->rest_waits);
  }
  /// There is nothing to decide, unless somebody opens it again.
  bool is_over() const { return status == DisputeStatus::resolved || status == DisputeStatus::withdrawn; }
  bool is_party(UserId user) const { return user == terms.customer || user == terms.traveler; }
  /// The most that can go back to the customer.
  Money most() const { return at_stake.value_or(terms.amount); }

  static constexpr std::string_view record_name = "DisputeState";
  static constexpr auto fields() {
    return std::array{field<&DisputeState::status>(1, "status"),
                      field<&DisputeState::terms>(2, "terms"),
                      field<&DisputeState::opened_at>(3, "openedAt"),
                      field<&DisputeState::assignee>(4, "assignee"),
                      field<&DisputeState::evidence>(5, "evidence"),
                      field<&DisputeState::messages>(6, "messages"),
                      field<&DisputeState::resolution>(7, "resolution"),
                      field<&DisputeState::refund>(8, "refund"),
                      field<&DisputeState::refund_id>(9, "refundId"),
                      field<&DisputeState::note>(10, "note"),
                      field<&DisputeState::resolved_at>(11, "resolvedAt"),
                      field<&DisputeState::settled>(12, "settled"),
                      field<&DisputeState::at_stake>(13, "atStake"),
                      field<&DisputeState::reopened_at>(14, "reopenedAt"),
                      field<&DisputeState::resolved_by>(15, "resolvedBy"),
                      field<&DisputeState::withdrawn_by>(16, "withdrawnBy"),
                      field<&DisputeState::reopened_by>(17, "reopenedBy"),
                      field<&DisputeState::openings>(18, "openings"),
                      field<&DisputeState::opened_by>(19, "openedBy", length(0, 2 * max_openings_in_all)),
                      field<&DisputeState::given_up_by>(20, "givenUpBy", length(0, 2 * max_openings_in_all)),
                      field<&DisputeState::counts>(21, "counts"),
                      field<&DisputeState::may_open_until>(22, "mayOpenUntil"),
                      field<&DisputeState::cover>(23, "cover"),
                      field<&DisputeState::cover_amount>(24, "coverAmount")};
  }
};

inline constexpr std::chrono::days reopened_within{30};      // of a decision
inline constexpr std::chrono::hours left_for{24};            // then an assignee who decides no disputes has left
inline constexpr std::string_view claim_evidence = "claim";  // the other side's claim

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class DisputeRejection {
  not_found,
  not_allowed,
  already_exists,
  already_resolved,
  limit_reached,
  invalid_amount,
  dispute_open,           // this side's claim is in it already
  dispute_window_closed,  // the delivery ended too long ago
  not_decided,            // there is no decision yet that could be opened again
  self_not_allowed,
  withdrawn_before,  // by this side, too often for now
  other_claim,       // the other side's claim is in it as well
  decision_needed,   // the platform asked for it: there is nothing that could go on
  step_up_required,
  reserved_kind,  // of evidence
  cover_unproven,
};
constexpr auto enum_labels(DisputeRejection) {
  return std::to_array<std::string_view>({"not_found", "not_allowed", "already_exists", "already_resolved",
                                          "limit_reached", "invalid_amount", "dispute_open", "dispute_window_closed",
                                          "invalid_state", "self_not_allowed", "already_resolved", "invalid_state",
                                          "invalid_state", "step_up_required", "validation_failed", "invalid_state"});
}

}  // namespace caravan
