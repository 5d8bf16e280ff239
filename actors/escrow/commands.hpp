#pragma once

#include "actors/cover/terms.hpp"
#include "actors/entity/appointment.hpp"
#include "actors/entity/decision.hpp"
#include "actors/payments/ids.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"

namespace caravan {

inline constexpr std::int64_t default_hold_seconds = 7 * 24 * 3600;  // how long a card authorisation lives

/// Opens the escrow of a delivery and asks the provider to reserve the money. The delivery hears FundsHeld or
/// PaymentRefused. Without a token the intent waits for ConfirmIntent.
struct CreateEscrow {
  static constexpr Tag tag{1, "create_escrow"};
  DeliveryId delivery_id;
  IntentId intent_id;
  UserId customer;
  UserId traveler;
  Money amount;
  Money platform_fee;  // of `amount`; see platform_fee() in actors/payments/ledger.hpp
  std::string payment_token;
  std::optional<PaymentMethodId> payment_method_id;
  std::string provider;
  std::int64_t hold_seconds = default_hold_seconds;
  std::int64_t payout_delay_seconds = default_payout_delay_seconds;
  std::optional<std::int32_t> policy_version = {};  // of the policy that both sides agreed under
  std::optional<CoverTerms> cover = {};             // that the customer took; its fee is reserved beside the amount
  std::optional<ParcelName> parcel_name = {};       // absent in older entries
  static constexpr auto fields() {
    return std::array{field<&CreateEscrow::delivery_id>(1, "deliveryId"),
                      field<&CreateEscrow::intent_id>(2, "intentId"),
                      field<&CreateEscrow::customer>(3, "customerId"),
                      field<&CreateEscrow::traveler>(4, "travelerId"),
                      field<&CreateEscrow::amount>(5, "amount"),
                      field<&CreateEscrow::platform_fee>(6, "platformFee"),
                      field<&CreateEscrow::payment_token>(7, "paymentToken", internal()),
                      field<&CreateEscrow::payment_method_id>(8, "paymentMethodId"),
                      field<&CreateEscrow::provider>(9, "provider"),
                      field<&CreateEscrow::hold_seconds>(10, "holdSeconds"),
                      field<&CreateEscrow::payout_delay_seconds>(11, "payoutDelaySeconds"),
                      field<&CreateEscrow::policy_version>(12, "policyVersion", internal()),
                      field<&CreateEscrow::cover>(13, "cover", internal()),
                      field<&CreateEscrow::parcel_name>(14, "parcelName", internal())};
  }
};

/// Pays an intent that waits for a method.
struct ConfirmIntent {
  static constexpr Tag tag{2, "confirm_intent"};
  PaymentMethodId payment_method_id;
  std::string payment_token;  // the edge reads it from the wallet
  std::string provider;
  static constexpr auto fields() {
    return std::array{field<&ConfirmIntent::payment_method_id>(1, "paymentMethodId"),
                      field<&ConfirmIntent::payment_token>(2, "paymentToken", internal()),
                      field<&ConfirmIntent::provider>(3, "provider", internal())};
  }
};

/// Gives the intent up. A customer may as long as nothing is reserved. The delivery and services may also while money
/// is held, which gives all of it back. The delivery hears FundsReturned; PaymentRefused where the customer gave up.
struct CancelIntent {
  static constexpr Tag tag{3, "cancel_intent"};
  static constexpr auto fields() { return no_fields; }
};

/// The delivery was verified: what is held goes to traveler and platform. While a dispute freezes the money, the escrow
/// only notes that it was asked.
struct ReleaseEscrow {
  static constexpr Tag tag{4, "release_escrow"};
  std::string reason;
  std::optional<QrCodeId> qr_code_id;  // the scan that verified the delivery
  static constexpr auto fields() {
    return std::array{field<&ReleaseEscrow::reason>(1, "reason", length(0, 500)),
                      field<&ReleaseEscrow::qr_code_id>(2, "qrCodeId")};
  }
};

/// The delivery was cancelled: `compensation` goes to the traveler, `refund` of the rest to the customer, what remains
/// of the held money to the platform. While a dispute freezes the money, only an uncontested refund goes back, and the
/// compensation stays before its judge; anything else is refused as `disputed`.
struct RefundEscrow {
  static constexpr Tag tag{5, "refund_escrow"};
  Money refund;
  Money compensation;
  std::string reason;
  bool compensation_waits = false;  // it stays held, for another command of this kind
  bool uncontested = false;         // by the rules nobody but the customer has a claim to the refund
  static constexpr auto fields() {
    return std::array{field<&RefundEscrow::refund>(1, "refund"), field<&RefundEscrow::compensation>(2, "compensation"),
                      field<&RefundEscrow::reason>(3, "reason", length(0, 500)),
                      field<&RefundEscrow::compensation_waits>(4, "compensationWaits"),
                      field<&RefundEscrow::uncontested>(5, "uncontested")};
  }
};

/// Finance gives a part or all back, out of what is held, or, once released, out of the traveler's wallet, which may
/// owe it then, and the platform's fee. Absent amount: all of it.
struct RefundPayment {
  static constexpr Tag tag{6, "refund_payment"};
  RefundId refund_id;                  // chosen by the edge
  std::optional<std::int64_t> amount;  // minor units of the escrow's currency
  std::string reason;
  Appointment office = {};  // of whoever asks for it
  static constexpr auto fields() {
    return std::array{field<&RefundPayment::refund_id>(1, "refundId"),
                      field<&RefundPayment::amount>(2, "amount", between(1, most_minor_units)),
                      field<&RefundPayment::reason>(3, "reason", length(0, 500)),
                      field<&RefundPayment::office>(4, "office", internal())};
  }
};

/// A dispute was opened: nothing moves until SettleDispute. The dispute hears MoneyFrozen.
struct FreezeEscrow {
  static constexpr Tag tag{7, "freeze_escrow"};
  DisputeId dispute_id;
  static constexpr auto fields() { return std::array{field<&FreezeEscrow::dispute_id>(1, "disputeId")}; }
};

/// The dispute's decision: `refund` to the customer, the rest is released. Of a parcel that is under way the rest stays
/// held until that way is over, as of a split that both sides agreed on. The dispute hears EscrowSettled.
struct SettleDispute {
  static constexpr Tag tag{8, "settle_dispute"};
  DisputeId dispute_id;
  RefundId refund_id;  // for the refund, where there is one
  Money refund;
  bool is_over = false;             // the parcel's way is, though the escrow may not have heard of it
  std::optional<Money> cover = {};  // beside the refund: what the cover pays for an item that was lost or damaged
  static constexpr auto fields() {
    return std::array{field<&SettleDispute::dispute_id>(1, "disputeId"),
                      field<&SettleDispute::refund_id>(2, "refundId"), field<&SettleDispute::refund>(3, "refund"),
                      field<&SettleDispute::is_over>(4, "isOver"), field<&SettleDispute::cover>(5, "cover")};
  }
};

/// One party proposes to settle: so much back to the customer, the rest released. Replaces an earlier proposal.
struct ProposeSplit {
  static constexpr Tag tag{9, "propose_split"};
  std::int64_t refund_amount = 0;  // minor units
  std::optional<std::string> note;
  static constexpr auto fields() {
    return std::array{field<&ProposeSplit::refund_amount>(1, "refundAmount", between(0, most_minor_units)),
                      field<&ProposeSplit::note>(2, "note", length(0, 500))};
  }
};

/// The other party agrees to the proposal, and says to which: it may have changed since they read it.
struct AcceptSplit {
  static constexpr Tag tag{10, "accept_split"};
  std::int64_t refund_amount = 0;  // minor units
  static constexpr auto fields() {
    return std::array{field<&AcceptSplit::refund_amount>(1, "refundAmount", between(0, most_minor_units))};
  }
};

/// By either side: what was agreed is not paid, or by whoever proposed it: the proposal is off.
struct TakeSplitBack {
  static constexpr Tag tag{16, "take_split_back"};
  static constexpr auto fields() { return no_fields; }
};

/// The wallet's answer to TakeBack: how much it took, which is all of it. One of an earlier build took no more than it
/// had.
struct TakenBack {
  static constexpr Tag tag{11, "taken_back"};
  DeliveryId delivery_id;
  RefundId refund_id;
  Money taken;
  static constexpr auto fields() {
    return std::array{field<&TakenBack::delivery_id>(1, "deliveryId"), field<&TakenBack::refund_id>(2, "refundId"),
                      field<&TakenBack::taken>(3, "taken")};
  }
};

/// Where the parcel is, as far as it matters to whoever shares the money out.
enum class ParcelWay : std::uint8_t {
  not_carried,
  to_receiver,
  back,  // to the sender
};
constexpr auto enum_labels(ParcelWay) {
  return std::to_array<std::string_view>({"not_carried", "to_receiver", "back"});
}

/// From the delivery: the parcel went into other hands, or nobody carries it any more, so a proposal from before means
/// nothing. From the edge: `only_of` has a new password, and whoever had the old one may have proposed or accepted in
/// their name.
struct DropSplit {
  static constexpr Tag tag{12, "drop_split"};
  std::optional<UserId> only_of = {};    // absent: whoever proposed
  std::optional<ParcelWay> parcel = {};  // the delivery's; absent from the edge
  static constexpr auto fields() {
    return std::array{field<&DropSplit::only_of>(1, "onlyOf"), field<&DropSplit::parcel>(2, "parcel")};
  }
};

/// What the provider never took is paid out all the same, and the platform bears it: where the customer paid otherwise,
/// or the platform will not let the traveler pay for a bad card. The release itself does not: the wallet holds its
/// payout until finance does this, or takes the money back by a refund.
struct WriteOffEscrow {
  static constexpr Tag tag{13, "write_off_escrow"};
  std::string reason;
  Appointment office = {};
  static constexpr auto fields() {
    return std::array{field<&WriteOffEscrow::reason>(1, "reason", length(1, 500)),
                      field<&WriteOffEscrow::office>(2, "office", internal())};
  }
};

/// By an administrator with `finance`: a capture that was dropped without an answer is asked for again. What the
/// provider refused stays refused: that is written off or refunded.
struct CollectEscrow {
  static constexpr Tag tag{15, "collect_escrow"};
  std::string reason;
  Appointment office = {};
  static constexpr auto fields() {
    return std::array{field<&CollectEscrow::reason>(1, "reason", length(1, 500)),
                      field<&CollectEscrow::office>(2, "office", internal())};
  }
};

/// From a dispute that was withdrawn or dismissed: the money goes on as if it had not been. Where a side `withdrew` it,
/// somebody else may have done it: what both sides agreed on and a payout that waits are held anew, and a release that
/// waits is asked for again by the delivery, which holds anew what it holds. The dispute hears EscrowSettled.
struct UnfreezeEscrow {
  static constexpr Tag tag{14, "unfreeze_escrow"};
  DisputeId dispute_id;
  bool withdrawn = false;  // by a side; never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&UnfreezeEscrow::dispute_id>(1, "disputeId"),
                      field<&UnfreezeEscrow::withdrawn>(2, "withdrawn")};
  }
};

/// From the pool of covers: it has paid what was claimed of it, or has too little for now, or has dropped a claim that
/// waited, as it was asked to.
struct CoverAnswered {
  static constexpr Tag tag{20, "cover_answered"};
  bool paid = false;
  bool dropped = false;  // never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&CoverAnswered::paid>(1, "paid"), field<&CoverAnswered::dropped>(2, "dropped")};
  }
};

/// The escrow, for a party, administrators with `finance`, `disputes` or `read`, services, and the platform.
struct ViewEscrow {
  static constexpr Tag tag{1, "view_escrow"};
  static constexpr auto fields() { return no_fields; }
};
/// The payment intent of the escrow.
struct ViewIntent {
  static constexpr Tag tag{2, "view_intent"};
  static constexpr auto fields() { return no_fields; }
};
/// Its double-entry postings.
struct ViewEscrowLedger {
  static constexpr Tag tag{3, "view_escrow_ledger"};
  static constexpr auto fields() { return no_fields; }
};
/// One refund.
struct ViewRefund {
  static constexpr Tag tag{4, "view_refund"};
  RefundId refund_id;
  static constexpr auto fields() { return std::array{field<&ViewRefund::refund_id>(1, "refundId", internal())}; }
};
/// What the customer paid and who got it.
struct ViewReceipt {
  static constexpr Tag tag{5, "view_receipt"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
