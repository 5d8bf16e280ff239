#pragma once

#include "actors/entity/address.hpp"
#include "actors/entity/appointment.hpp"
#include "actors/entity/decision.hpp"
#include "actors/payments/ids.hpp"
#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"

namespace caravan {

enum class DisputeResolution : std::uint8_t { refund, release, split, dismiss };
constexpr auto enum_labels(DisputeResolution) {
  return std::to_array<std::string_view>({"refund", "release", "split", "dismiss"});
}

constexpr std::string_view to_text(DisputeResolution resolution) {
  return enum_labels(resolution)[static_cast<std::size_t>(resolution)];
}

/// What a delivery hears in place of a resolution.
inline constexpr std::string_view dispute_withdrawn = "withdrawn";
/// The delivery and its money go on as if there had been no dispute.
constexpr bool goes_on(std::string_view resolution) {
  return resolution == dispute_withdrawn || resolution == to_text(DisputeResolution::dismiss);
}

/// A delivery has one dispute, under its own id; one that was opened by an earlier build has an id of its own.
inline Address dispute_address(DeliveryId delivery) { return {EntityKind::dispute, delivery.value}; }

/// A party contests a delivery, or the delivery itself does in a party's name: its held money and pending payout
/// freeze. The edge adds what the delivery says. Where the other side opened the dispute before, this is that side's
/// claim in it.
struct OpenDispute {
  static constexpr Tag tag{1, "open_dispute"};
  DeliveryId delivery_id;
  std::string reason;
  std::string description;
  std::optional<std::int64_t> requested_amount;  // minor units of the escrow's currency
  EscrowId escrow_id;
  UserId customer;
  UserId traveler;
  UserId opener;
  Money amount;                          // the delivery's price
  std::optional<Time> ended_at = {};     // of the delivery
  bool decided_before = false;           // by a dispute of an earlier build
  bool by_platform = false;              // in the opener's name
  std::optional<Time> happened_at = {};  // the delivery's last pickup or end
  std::optional<Money> due = {};         // a traveler's claim at most, by the rules, where the parcel was not delivered
  std::optional<Time> secured_at = {};   // when the opener shut a thief out last: turns from before are not theirs
  std::optional<Time> away_since = {};   // the opener was suspended then, last,
  std::optional<Time> back_at = {};      // and until then
  std::optional<std::int32_t> policy_version = {};  // of the delivery
  std::optional<ParcelName> parcel_name = {};       // for notices
  static constexpr auto fields() {
    return std::array{field<&OpenDispute::delivery_id>(1, "deliveryId"),
                      field<&OpenDispute::reason>(2, "reason", length(1, 120)),
                      field<&OpenDispute::description>(3, "description", length(1, 4000)),
                      field<&OpenDispute::requested_amount>(4, "requestedAmount", between(1, most_minor_units)),
                      field<&OpenDispute::escrow_id>(5, "escrowId", internal()),
                      field<&OpenDispute::customer>(6, "customerId", internal()),
                      field<&OpenDispute::traveler>(7, "travelerId", internal()),
                      field<&OpenDispute::opener>(8, "openerId", internal()),
                      field<&OpenDispute::amount>(9, "amount", internal()),
                      field<&OpenDispute::ended_at>(10, "endedAt", internal()),
                      field<&OpenDispute::decided_before>(11, "decidedBefore", internal()),
                      field<&OpenDispute::by_platform>(12, "byPlatform", internal()),
                      field<&OpenDispute::happened_at>(13, "happenedAt", internal()),
                      field<&OpenDispute::due>(14, "due", internal()),
                      field<&OpenDispute::secured_at>(15, "securedAt", internal()),
                      field<&OpenDispute::away_since>(16, "awaySince", internal()),
                      field<&OpenDispute::back_at>(17, "backAt", internal()),
                      field<&OpenDispute::policy_version>(18, "policyVersion", internal()),
                      field<&OpenDispute::parcel_name>(19, "parcelName", internal())};
  }
};

struct AssignDispute {
  static constexpr Tag tag{2, "assign_dispute"};
  UserId assignee;
  bool assignee_left = false;  // whom it is assigned to decides disputes no more
  Appointment judge = {};      // the assignee
  Appointment departure = {};  // who saw to it that assignee_left, and since when
  Appointment assigner = {};   // who chooses another one for it
  static constexpr auto fields() {
    return std::array{field<&AssignDispute::assignee>(1, "assigneeId"),
                      field<&AssignDispute::assignee_left>(2, "assigneeLeft", internal()),
                      field<&AssignDispute::judge>(3, "judge", internal()),
                      field<&AssignDispute::departure>(4, "departure", internal()),
                      field<&AssignDispute::assigner>(5, "assigner", internal())};
  }
};

/// What people may call their evidence. All other kinds are the platform's own words.
inline constexpr auto given_evidence =
    std::to_array<std::string_view>({"text", "statement", "photo", "video", "document", "message", "receipt", "other"});

struct AddEvidence {
  static constexpr Tag tag{3, "add_evidence"};
  std::optional<std::string> type;  // one of given_evidence; absent: "text"
  std::string description;
  std::optional<UploadId> upload;
  static constexpr auto fields() {
    return std::array{field<&AddEvidence::type>(1, "type", length(1, 40)),
                      field<&AddEvidence::description>(2, "description", length(1, 2000)),
                      field<&AddEvidence::upload>(3, "uploadId", length(1, 64))};
  }
};

struct WriteDisputeMessage {
  static constexpr Tag tag{4, "write_dispute_message"};
  std::string text;
  static constexpr auto fields() { return std::array{field<&WriteDisputeMessage::text>(1, "text", length(1, 4000))}; }
};

/// Decides, once. `refund`: all that is at stake or `refund_amount` goes back; `release`: nothing; `split`: a part,
/// `refund_amount`. `dismiss`: there is nothing to share out yet, and the delivery goes on. Where nothing is at stake
/// any more, a refund says that the customer was right.
struct ResolveDispute {
  static constexpr Tag tag{5, "resolve_dispute"};
  DisputeResolution resolution = DisputeResolution::release;
  std::optional<std::int64_t> refund_amount;  // minor units of the escrow's currency
  std::string note;
  Appointment judge = {};
  bool undelivered = false;  // the parcel waits, or is on its way to the receiver; as the edge found
  /// Minor units, beside the refund: what the customer's cover pays, as the evidence shows that the item was lost or
  /// damaged.
  std::optional<std::int64_t> cover_amount = {};
  bool returning = false;  // the parcel is on its way back; as the edge found, where a cover is to pay
  static constexpr auto fields() {
    return std::array{field<&ResolveDispute::resolution>(1, "resolution"),
                      field<&ResolveDispute::refund_amount>(2, "refundAmount", between(0, most_minor_units)),
                      field<&ResolveDispute::note>(3, "note", length(1, 2000)),
                      field<&ResolveDispute::judge>(4, "judge", internal()),
                      field<&ResolveDispute::undelivered>(5, "undelivered", internal()),
                      field<&ResolveDispute::cover_amount>(6, "coverAmount", between(1, most_minor_units)),
                      field<&ResolveDispute::returning>(7, "returning", internal())};
  }
};

/// From the escrow: what the decision came to.
struct EscrowSettled {
  static constexpr Tag tag{6, "escrow_settled"};
  std::optional<RefundId> refund_id;
  Money refunded;
  Money released;
  bool rest_waits = false;  // held until the parcel's way is over
  static constexpr auto fields() {
    return std::array{field<&EscrowSettled::refund_id>(1, "refundId"), field<&EscrowSettled::refunded>(2, "refunded"),
                      field<&EscrowSettled::released>(3, "released"),
                      field<&EscrowSettled::rest_waits>(4, "restWaits", internal())};
  }
};

/// From the escrow: the money is frozen, and that much of it is there to decide about.
struct MoneyFrozen {
  static constexpr Tag tag{7, "money_frozen"};
  Money at_stake;
  std::optional<Money> cover = {};  // what the customer's cover may pay beside it; absent in older effects
  static constexpr auto fields() {
    return std::array{field<&MoneyFrozen::at_stake>(1, "atStake"), field<&MoneyFrozen::cover>(2, "cover")};
  }
};

/// By another administrator than who decided it: the dispute is open again, and what is left of the money freezes
/// again.
struct ReopenDispute {
  static constexpr Tag tag{8, "reopen_dispute"};
  std::string reason;
  Appointment judge = {};
  static constexpr auto fields() {
    return std::array{field<&ReopenDispute::reason>(1, "reason", length(1, 2000)),
                      field<&ReopenDispute::judge>(2, "judge", internal())};
  }
};

/// By the party who opened it, as long as nobody else's claim is in it: the money goes on as if there had been none.
/// From the delivery: `leaver` left it at no cost, and so has nothing to contest any more.
struct WithdrawDispute {
  static constexpr Tag tag{9, "withdraw_dispute"};
  std::optional<UserId> leaver = {};
  bool by_young_client = false;  // whoever asks may be a thief: the money goes on at once, and does not come back
  static constexpr auto fields() {
    return std::array{field<&WithdrawDispute::leaver>(1, "leaver", internal()),
                      field<&WithdrawDispute::by_young_client>(2, "byYoungClient", internal())};
  }
};

struct ViewDispute {
  static constexpr Tag tag{1, "view_dispute"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
