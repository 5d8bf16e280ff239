#pragma once

#include "actors/escrow/commands.hpp"
#include "actors/escrow/state.hpp"

/// Events that move money carry `postings`, balanced in each event. `tasks` are what the provider is asked as a
/// consequence, in order.
namespace caravan {

struct PaymentIntentCreated {
  static constexpr Tag tag{1, "payment.intent_created"};
  DeliveryId delivery_id;
  IntentId intent_id;
  UserId customer;
  Money amount;
  CreateEscrow terms;
  Time at;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return joined_rows(
        field<&PaymentIntentCreated::delivery_id>(1, "deliveryId"),
        field<&PaymentIntentCreated::intent_id>(2, "paymentIntentId"),
        field<&PaymentIntentCreated::customer>(3, "customerId"), spliced<&PaymentIntentCreated::amount>({4, 5}),
        field<&PaymentIntentCreated::terms>(6, "terms", internal()), field<&PaymentIntentCreated::at>(7, "at"),
        field<&PaymentIntentCreated::tasks>(8, "tasks", internal()));
  }
};

/// A method was given to an intent that waited for one.
struct IntentConfirmed {
  static constexpr Tag tag{2, "payment.intent_confirmed"};
  PaymentMethodId payment_method_id;
  std::string payment_token;
  std::string provider;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&IntentConfirmed::payment_method_id>(1, "paymentMethodId"),
                      field<&IntentConfirmed::payment_token>(2, "paymentToken", internal()),
                      field<&IntentConfirmed::provider>(3, "provider"),
                      field<&IntentConfirmed::tasks>(4, "tasks", internal())};
  }
};

/// Of earlier builds, in which the escrow repeated its questions: it asked again (ProviderAsked), or heard that the
/// provider failed (ProviderFailed). Such an escrow's question is asked anew once, with ProviderAsked.
struct ProviderAsked {
  static constexpr Tag tag{3, "escrow.provider_asked"};
  Uuid operation_id;
  std::int32_t attempts = 0;
  static constexpr auto fields() {
    return std::array{field<&ProviderAsked::operation_id>(1, "operationId"),
                      field<&ProviderAsked::attempts>(2, "attempts")};
  }
};
struct ProviderFailed {
  static constexpr Tag tag{4, "escrow.provider_failed"};
  Uuid operation_id;
  std::string detail;
  static constexpr auto fields() {
    return std::array{field<&ProviderFailed::operation_id>(1, "operationId"),
                      field<&ProviderFailed::detail>(2, "detail")};
  }
};
/// A capture, void or refund went through, perhaps one that had been given up.
struct ProviderTaskDone {
  static constexpr Tag tag{5, "escrow.provider_done"};
  Uuid operation_id;
  PaymentOperation operation = PaymentOperation::capture;
  std::string reference;
  Time at;
  std::vector<Posting> postings;
  std::vector<ProviderTask> tasks;  // of a capture that was given up: what was given back meanwhile
  static constexpr auto fields() {
    return std::array{field<&ProviderTaskDone::operation_id>(1, "operationId"),
                      field<&ProviderTaskDone::operation>(2, "operation"),
                      field<&ProviderTaskDone::reference>(3, "reference"),
                      field<&ProviderTaskDone::at>(4, "at"),
                      field<&ProviderTaskDone::postings>(5, "postings"),
                      field<&ProviderTaskDone::tasks>(6, "tasks", internal())};
  }
};
/// A capture, void or refund that the provider refuses, that an operator dropped, or (goes_on) that was given up for
/// now; or (goes_on) the pool of covers has too little for a claim.
struct FinanceAlert {
  static constexpr Tag tag{6, "finance.alert"};
  Uuid operation_id;
  PaymentOperation operation = PaymentOperation::capture;
  DeliveryId delivery_id;
  Money amount;
  std::string detail;
  Time at;
  // True: an operator can have it asked for again, or the pool of covers has too little: then finance adds to it.
  // False: it has ended, undone.
  bool goes_on = false;
  bool uncollected = false;            // the provider has not taken the money: nothing of it is paid out
  bool refused = false;                // the provider said no, for good
  std::vector<Posting> postings = {};  // a refused capture: of the refunds that waited for it, which it makes void
  static constexpr auto fields() {
    return joined_rows(field<&FinanceAlert::operation_id>(1, "operationId"),
                       field<&FinanceAlert::operation>(2, "operation"),
                       field<&FinanceAlert::delivery_id>(3, "deliveryId"), spliced<&FinanceAlert::amount>({4, 5}),
                       field<&FinanceAlert::detail>(6, "detail"), field<&FinanceAlert::at>(7, "at"),
                       field<&FinanceAlert::goes_on>(8, "goesOn"), field<&FinanceAlert::uncollected>(9, "uncollected"),
                       field<&FinanceAlert::refused>(10, "refused"), field<&FinanceAlert::postings>(11, "postings"));
  }
};

/// A given-up authorisation may have reserved the money after it was voided: it is voided once more. `is_known`: the
/// provider said so; otherwise nobody heard of it, and by now nothing can come of it any more.
struct LateReservation {
  static constexpr Tag tag{22, "escrow.late_reservation"};
  Uuid authorisation_id;
  bool is_known = false;
  Time at;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&LateReservation::authorisation_id>(1, "authorisationId"),
                      field<&LateReservation::is_known>(2, "isKnown"), field<&LateReservation::at>(3, "at"),
                      field<&LateReservation::tasks>(4, "tasks", internal())};
  }
};

/// The provider reserved the money. Comes with payment.escrow_held.
struct PaymentCompleted {
  static constexpr Tag tag{7, "payment.completed"};
  DeliveryId delivery_id;
  IntentId intent_id;
  UserId customer;
  Money amount;
  std::string reference;
  static constexpr auto fields() {
    return joined_rows(field<&PaymentCompleted::delivery_id>(1, "deliveryId"),
                       field<&PaymentCompleted::intent_id>(2, "paymentIntentId"),
                       field<&PaymentCompleted::customer>(3, "customerId"), spliced<&PaymentCompleted::amount>({4, 5}),
                       field<&PaymentCompleted::reference>(6, "reference", internal()));
  }
};

struct EscrowHeld {
  static constexpr Tag tag{8, "payment.escrow_held"};
  DeliveryId delivery_id;
  IntentId intent_id;
  Money amount;
  Time hold_until;
  Time at;
  std::vector<Posting> postings;
  std::optional<Money> cover_fee = {};  // held beside the amount
  static constexpr auto fields() {
    return joined_rows(field<&EscrowHeld::delivery_id>(1, "deliveryId"),
                       field<&EscrowHeld::intent_id>(2, "paymentIntentId"), spliced<&EscrowHeld::amount>({3, 4}),
                       field<&EscrowHeld::hold_until>(5, "holdUntil"), field<&EscrowHeld::at>(6, "at"),
                       field<&EscrowHeld::postings>(7, "postings"), field<&EscrowHeld::cover_fee>(8, "coverFee"));
  }
};

struct PaymentFailed {
  static constexpr Tag tag{9, "payment.failed"};
  DeliveryId delivery_id;
  IntentId intent_id;
  std::string code;  // payment_declined or payment_failed
  std::string detail;
  Time at;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&PaymentFailed::delivery_id>(1, "deliveryId"),
                      field<&PaymentFailed::intent_id>(2, "paymentIntentId"),
                      field<&PaymentFailed::code>(3, "code"),
                      field<&PaymentFailed::detail>(4, "detail"),
                      field<&PaymentFailed::at>(5, "at"),
                      field<&PaymentFailed::tasks>(6, "tasks", internal())};
  }
};

/// Given up; what was held (postings) is the customer's again.
struct IntentCancelled {
  static constexpr Tag tag{10, "payment.intent_cancelled"};
  Time at;
  std::vector<Posting> postings;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&IntentCancelled::at>(1, "at"), field<&IntentCancelled::postings>(2, "postings"),
                      field<&IntentCancelled::tasks>(3, "tasks", internal())};
  }
};

/// The card's reservation ends soon; the money is taken, so that the hold outlives it.
struct HoldExpiring {
  static constexpr Tag tag{11, "payment.hold_expiring"};
  DeliveryId delivery_id;
  Time hold_until;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&HoldExpiring::delivery_id>(1, "deliveryId"),
                      field<&HoldExpiring::hold_until>(2, "holdUntil"),
                      field<&HoldExpiring::tasks>(3, "tasks", internal())};
  }
};

/// All that was still held went to the traveler and the platform.
struct EscrowReleased {
  static constexpr Tag tag{12, "payment.escrow_released"};
  DeliveryId delivery_id;
  IntentId intent_id;
  UserId traveler;
  std::int64_t amount = 0;
  std::int64_t platform_fee = 0;
  std::int64_t traveler_amount = 0;
  Currency currency;
  std::string reason;
  std::optional<QrCodeId> qr_code_id;
  EscrowStatus status = EscrowStatus::released;  // the final status of the escrow
  Time at;
  std::vector<Posting> postings;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return std::array{field<&EscrowReleased::delivery_id>(1, "deliveryId"),
                      field<&EscrowReleased::intent_id>(2, "paymentIntentId"),
                      field<&EscrowReleased::traveler>(3, "travelerId"),
                      field<&EscrowReleased::amount>(4, "amount"),
                      field<&EscrowReleased::platform_fee>(5, "platformFee"),
                      field<&EscrowReleased::traveler_amount>(6, "travelerAmount"),
                      field<&EscrowReleased::currency>(7, "currency"),
                      field<&EscrowReleased::reason>(8, "reason"),
                      field<&EscrowReleased::qr_code_id>(9, "qrCodeId"),
                      field<&EscrowReleased::status>(10, "status"),
                      field<&EscrowReleased::at>(11, "at"),
                      field<&EscrowReleased::postings>(12, "postings"),
                      field<&EscrowReleased::tasks>(13, "tasks", internal())};
  }
};

/// Money went back to the customer: out of what is held, or (after the release) out of what was taken back.
struct PaymentRefunded {
  static constexpr Tag tag{13, "payment.refunded"};
  DeliveryId delivery_id;
  IntentId intent_id;
  RefundId refund_id;
  UserId customer;
  Money amount;
  std::string reason;
  bool from_held = true;
  /// After the release: the part of `amount` that the platform gives; the traveler gives the rest.
  std::int64_t from_platform = 0;
  bool processed = false;  // the money was only reserved, so the provider has nothing to pay back
  bool fee_waits = false;  // what is still held is the traveler's fee
  Time at;
  std::vector<Posting> postings;
  std::vector<ProviderTask> tasks;
  static constexpr auto fields() {
    return joined_rows(
        field<&PaymentRefunded::delivery_id>(1, "deliveryId"), field<&PaymentRefunded::intent_id>(2, "paymentIntentId"),
        field<&PaymentRefunded::refund_id>(3, "refundId"), field<&PaymentRefunded::customer>(4, "customerId"),
        spliced<&PaymentRefunded::amount>({5, 6}), field<&PaymentRefunded::reason>(7, "reason"),
        field<&PaymentRefunded::from_held>(8, "fromHeld", internal()),
        field<&PaymentRefunded::from_platform>(9, "fromPlatform", internal()),
        field<&PaymentRefunded::processed>(10, "processed", internal()), field<&PaymentRefunded::at>(11, "at"),
        field<&PaymentRefunded::postings>(12, "postings"), field<&PaymentRefunded::tasks>(13, "tasks", internal()),
        field<&PaymentRefunded::fee_waits>(14, "feeWaits", internal()));
  }
};

struct EscrowFrozen {
  static constexpr Tag tag{14, "escrow.frozen"};
  DisputeId dispute_id;
  static constexpr auto fields() { return std::array{field<&EscrowFrozen::dispute_id>(1, "disputeId")}; }
};
struct EscrowUnfrozen {
  static constexpr Tag tag{15, "escrow.unfrozen"};
  DisputeId dispute_id;
  bool rest_waits = false;  // what is held stays so until the parcel's way is over; never set by earlier builds
  std::optional<Time> held_until = {};  // what both sides agreed on, and payouts that wait, are not paid before
  static constexpr auto fields() {
    return std::array{field<&EscrowUnfrozen::dispute_id>(1, "disputeId"),
                      field<&EscrowUnfrozen::rest_waits>(2, "restWaits", internal()),
                      field<&EscrowUnfrozen::held_until>(3, "heldUntil", internal())};
  }
};
/// A release was asked for while frozen.
struct ReleaseDeferred {
  static constexpr Tag tag{16, "escrow.release_deferred"};
  static constexpr auto fields() { return no_fields; }
};
/// The wallet was asked to give money back; nothing else moves until it answers.
struct TakeBackAsked {
  static constexpr Tag tag{17, "escrow.take_back_asked"};
  TakeBackWait wait;
  static constexpr auto fields() { return std::array{field<&TakeBackAsked::wait>(1, "wait")}; }
};
/// A dispute was decided while the wallet was still being asked; carried out once it answered.
struct SettlementDeferred {
  static constexpr Tag tag{21, "escrow.settlement_deferred"};
  SettleDispute decision;
  static constexpr auto fields() { return std::array{field<&SettlementDeferred::decision>(1, "decision")}; }
};
/// Of earlier builds: the wallet had nothing left to give, and the platform's fee was nothing.
struct NothingTakenBack {
  static constexpr Tag tag{18, "escrow.nothing_taken_back"};
  RefundId refund_id;
  static constexpr auto fields() { return std::array{field<&NothingTakenBack::refund_id>(1, "refundId")}; }
};

/// Money that the provider never took is paid out all the same: the platform bears it.
struct EscrowWrittenOff {
  static constexpr Tag tag{23, "escrow.written_off"};
  std::string reason;
  Time at;
  std::vector<Posting> postings;
  DeliveryId delivery_id = {};
  Money amount = {};      // of earlier builds: only in the postings
  bool is_borne = false;  // of a build that knows of it when the money is taken back later
  static constexpr auto fields() {
    return joined_rows(
        field<&EscrowWrittenOff::reason>(1, "reason"), field<&EscrowWrittenOff::at>(2, "at"),
        field<&EscrowWrittenOff::postings>(3, "postings"), field<&EscrowWrittenOff::delivery_id>(4, "deliveryId"),
        spliced<&EscrowWrittenOff::amount>({5, 6}), field<&EscrowWrittenOff::is_borne>(7, "isBorne", internal()));
  }
};

struct SplitProposed {
  static constexpr Tag tag{19, "payment.split_proposed"};
  DeliveryId delivery_id;
  UserId by;
  std::int64_t refund_amount = 0;
  Currency currency;
  std::string note;
  Time at;
  std::optional<Uuid> service = {};  // that proposed it on behalf of `by`
  static constexpr auto fields() {
    return std::array{field<&SplitProposed::delivery_id>(1, "deliveryId"),
                      field<&SplitProposed::by>(2, "proposedBy"),
                      field<&SplitProposed::refund_amount>(3, "refundAmount"),
                      field<&SplitProposed::currency>(4, "currency"),
                      field<&SplitProposed::note>(5, "note"),
                      field<&SplitProposed::at>(6, "at"),
                      field<&SplitProposed::service>(7, "service", internal())};
  }
};
/// The parcel changed hands before the other side agreed.
struct SplitDropped {
  static constexpr Tag tag{24, "payment.split_dropped"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&SplitDropped::delivery_id>(1, "deliveryId")}; }
};
/// Where the parcel is now. While it is under way, what both sides agree on is paid when that way is over. The money
/// that was reserved is taken as soon as somebody carries for it.
struct ParcelUnderWay {
  static constexpr Tag tag{26, "escrow.parcel_under_way"};
  ParcelWay parcel = ParcelWay::to_receiver;
  std::vector<ProviderTask> tasks = {};
  bool binds_split = false;  // what both sides agreed on before: the parcel has come
  static constexpr auto fields() {
    return std::array{field<&ParcelUnderWay::parcel>(1, "parcel"),
                      field<&ParcelUnderWay::tasks>(2, "tasks", internal()),
                      field<&ParcelUnderWay::binds_split>(3, "bindsSplit", internal())};
  }
};
/// The other side accepted; it is paid then, unless one of the two takes it back.
struct SplitAccepted {
  static constexpr Tag tag{27, "payment.split_accepted"};
  DeliveryId delivery_id;
  UserId by;
  Time at;
  Time pays_at;
  static constexpr auto fields() {
    return std::array{field<&SplitAccepted::delivery_id>(1, "deliveryId"), field<&SplitAccepted::by>(2, "acceptedBy"),
                      field<&SplitAccepted::at>(3, "at"), field<&SplitAccepted::pays_at>(4, "paysAt")};
  }
};
/// The delivery has ended while a split that was accepted waits to be paid, which takes this end's place.
struct EndDeferred {
  static constexpr Tag tag{28, "escrow.end_deferred"};
  RefundEscrow end;
  static constexpr auto fields() { return std::array{field<&EndDeferred::end>(1, "end")}; }
};
/// Both sides agreed, and none took it back; payment.refunded and payment.escrow_released of the same decision carry it
/// out. While the parcel is under way only the refund is made: the rest stays held until that way is over.
struct SplitAgreed {
  static constexpr Tag tag{20, "payment.split_agreed"};
  DeliveryId delivery_id;
  UserId accepted_by;
  std::int64_t refund_amount = 0;
  std::int64_t released_amount = 0;
  Currency currency;
  static constexpr auto fields() {
    return std::array{
        field<&SplitAgreed::delivery_id>(1, "deliveryId"), field<&SplitAgreed::accepted_by>(2, "acceptedBy"),
        field<&SplitAgreed::refund_amount>(3, "refundAmount"),
        field<&SplitAgreed::released_amount>(4, "releasedAmount"), field<&SplitAgreed::currency>(5, "currency")};
  }
};

/// Finance has the provider asked again for money that an operator had stopped asking for.
struct CollectionAsked {
  static constexpr Tag tag{25, "escrow.collection_asked"};
  Uuid operation_id;  // of the capture, as it was: it may have been done, and must not be done twice
  DeliveryId delivery_id;
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&CollectionAsked::operation_id>(1, "operationId"),
                      field<&CollectionAsked::delivery_id>(2, "deliveryId"),
                      field<&CollectionAsked::reason>(3, "reason"), field<&CollectionAsked::at>(4, "at")};
  }
};

}  // namespace caravan
