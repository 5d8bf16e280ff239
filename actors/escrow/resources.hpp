#pragma once

#include "actors/escrow/state.hpp"

namespace caravan {

/// A proposal to settle, as shown.
struct SplitResource {
  static constexpr std::string_view record_name = "Split";
  UserId proposed_by;
  std::int64_t refund_amount = 0;
  std::int64_t released_amount = 0;
  std::string note;
  Time proposed_at;
  std::optional<Time> pays_at = {};  // it is accepted: until then either side takes it back
  static constexpr auto fields() {
    return std::array{field<&SplitResource::proposed_by>(1, "proposedBy"),
                      field<&SplitResource::refund_amount>(2, "refundAmount"),
                      field<&SplitResource::released_amount>(3, "releasedAmount"),
                      field<&SplitResource::note>(4, "note"),
                      field<&SplitResource::proposed_at>(5, "proposedAt"),
                      field<&SplitResource::pays_at>(6, "paysAt")};
  }
};

/// An escrow, as shown. While a dispute freezes it, `status` is "frozen".
struct EscrowResource {
  static constexpr std::string_view record_name = "Escrow";
  EscrowId escrow_id;
  DeliveryId delivery_id;
  IntentId intent_id;
  UserId customer;
  UserId traveler;
  std::string status;
  std::int64_t amount = 0;
  std::int64_t platform_fee = 0;
  std::int64_t traveler_amount = 0;
  std::int64_t held_amount = 0;
  std::int64_t refunded_amount = 0;
  Currency currency;
  std::optional<Time> hold_until;
  std::optional<DisputeId> dispute_id;
  std::optional<SplitResource> split;
  Time created_at;
  std::optional<Time> closed_at;
  std::optional<CoverTerms> cover = {};  // beside the amount; absent: the customer took none, or the traveler asks
  std::optional<CoverStanding> cover_standing = {};
  std::optional<std::int64_t> cover_claim = {};  // what a judge has it pay
  static constexpr auto fields() {
    return std::array{field<&EscrowResource::escrow_id>(1, "escrowId"),
                      field<&EscrowResource::delivery_id>(2, "deliveryId"),
                      field<&EscrowResource::intent_id>(3, "paymentIntentId"),
                      field<&EscrowResource::customer>(4, "customerId"),
                      field<&EscrowResource::traveler>(5, "travelerId"),
                      field<&EscrowResource::status>(6, "status"),
                      field<&EscrowResource::amount>(7, "amount"),
                      field<&EscrowResource::platform_fee>(8, "platformFee"),
                      field<&EscrowResource::traveler_amount>(9, "travelerAmount"),
                      field<&EscrowResource::held_amount>(10, "heldAmount"),
                      field<&EscrowResource::refunded_amount>(11, "refundedAmount"),
                      field<&EscrowResource::currency>(12, "currency"),
                      field<&EscrowResource::hold_until>(13, "holdUntil"),
                      field<&EscrowResource::dispute_id>(14, "disputeId"),
                      field<&EscrowResource::split>(15, "split"),
                      field<&EscrowResource::created_at>(16, "createdAt"),
                      field<&EscrowResource::closed_at>(17, "closedAt"),
                      field<&EscrowResource::cover>(18, "cover"),
                      field<&EscrowResource::cover_standing>(19, "coverStanding"),
                      field<&EscrowResource::cover_claim>(20, "coverClaimAmount")};
  }
};

enum class IntentStatus : std::uint8_t {
  requires_payment_method,
  processing,
  held,
  succeeded,
  refunded,
  cancelled,
  failed
};
constexpr auto enum_labels(IntentStatus) {
  return std::to_array<std::string_view>(
      {"requires_payment_method", "processing", "held", "succeeded", "refunded", "cancelled", "failed"});
}

struct IntentResource {
  static constexpr std::string_view record_name = "PaymentIntent";
  IntentId intent_id;
  EscrowId escrow_id;
  DeliveryId delivery_id;
  IntentStatus status = IntentStatus::processing;
  std::int64_t amount = 0;
  std::int64_t refunded_amount = 0;
  Currency currency;
  std::string provider;
  std::optional<PaymentMethodId> payment_method_id;
  std::optional<std::string> failure_code;
  Time created_at;
  std::optional<std::int64_t> cover_fee = {};  // reserved beside the amount
  static constexpr auto fields() {
    return std::array{field<&IntentResource::intent_id>(1, "paymentIntentId"),
                      field<&IntentResource::escrow_id>(2, "escrowId"),
                      field<&IntentResource::delivery_id>(3, "deliveryId"),
                      field<&IntentResource::status>(4, "status"),
                      field<&IntentResource::amount>(5, "amount"),
                      field<&IntentResource::refunded_amount>(6, "refundedAmount"),
                      field<&IntentResource::currency>(7, "currency"),
                      field<&IntentResource::provider>(8, "provider"),
                      field<&IntentResource::payment_method_id>(9, "paymentMethodId"),
                      field<&IntentResource::failure_code>(10, "failureCode"),
                      field<&IntentResource::created_at>(11, "createdAt"),
                      field<&IntentResource::cover_fee>(12, "coverFee")};
  }
};

/// The escrow's own books. `balanced`: the debits are the credits.
struct EscrowLedgerResource {
  static constexpr std::string_view record_name = "EscrowLedger";
  EscrowId escrow_id;
  std::vector<LedgerEntry> items;
  bool balanced = true;
  static constexpr auto fields() {
    return std::array{field<&EscrowLedgerResource::escrow_id>(1, "escrowId"),
                      field<&EscrowLedgerResource::items>(2, "items"),
                      field<&EscrowLedgerResource::balanced>(3, "balanced")};
  }
};

struct RefundResource {
  static constexpr std::string_view record_name = "Refund";
  RefundId refund_id;
  EscrowId escrow_id;
  DeliveryId delivery_id;
  RefundStatus status = RefundStatus::pending;
  std::int64_t amount = 0;
  Currency currency;
  std::string reason;
  Time created_at;
  std::optional<Time> processed_at;
  static constexpr auto fields() {
    return std::array{
        field<&RefundResource::refund_id>(1, "refundId"),      field<&RefundResource::escrow_id>(2, "escrowId"),
        field<&RefundResource::delivery_id>(3, "deliveryId"),  field<&RefundResource::status>(4, "status"),
        field<&RefundResource::amount>(5, "amount"),           field<&RefundResource::currency>(6, "currency"),
        field<&RefundResource::reason>(7, "reason"),           field<&RefundResource::created_at>(8, "createdAt"),
        field<&RefundResource::processed_at>(9, "processedAt")};
  }
};

struct ReceiptLine {
  static constexpr std::string_view record_name = "ReceiptLine";
  std::string name;
  std::int64_t amount = 0;
  static constexpr auto fields() {
    return std::array{field<&ReceiptLine::name>(1, "name"), field<&ReceiptLine::amount>(2, "amount")};
  }
};

/// What the customer paid for a delivery; the lines add up to `amount`.
struct ReceiptResource {
  static constexpr std::string_view record_name = "Receipt";
  std::string receipt_number;
  DeliveryId delivery_id;
  EscrowId escrow_id;
  UserId customer;
  UserId traveler;
  std::string status;
  std::int64_t amount = 0;
  Currency currency;
  std::vector<ReceiptLine> lines;
  Time paid_at;  // when the money was held
  static constexpr auto fields() {
    return std::array{field<&ReceiptResource::receipt_number>(1, "receiptNumber"),
                      field<&ReceiptResource::delivery_id>(2, "deliveryId"),
                      field<&ReceiptResource::escrow_id>(3, "escrowId"),
                      field<&ReceiptResource::customer>(4, "customerId"),
                      field<&ReceiptResource::traveler>(5, "travelerId"),
                      field<&ReceiptResource::status>(6, "status"),
                      field<&ReceiptResource::amount>(7, "amount"),
                      field<&ReceiptResource::currency>(8, "currency"),
                      field<&ReceiptResource::lines>(9, "lines"),
                      field<&ReceiptResource::paid_at>(10, "paidAt")};
  }
};

}  // namespace caravan
