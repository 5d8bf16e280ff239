#pragma once

#include "actors/dispute/state.hpp"

namespace caravan {

struct DisputeResource {
  static constexpr std::string_view record_name = "Dispute";
  DisputeId dispute_id;
  DeliveryId delivery_id;
  EscrowId escrow_id;
  UserId customer;
  UserId traveler;
  UserId opener;
  DisputeStatus status = DisputeStatus::open;
  std::string reason;
  std::string description;
  std::int64_t amount = 0;
  Currency currency;
  std::optional<std::int64_t> requested_amount;
  std::optional<UserId> assignee;
  std::vector<DisputeEvidence> evidence;
  std::vector<DisputeMessage> messages;
  std::optional<DisputeResolution> resolution;
  std::optional<std::int64_t> refund_amount;  // decided
  std::optional<RefundId> refund_id;
  std::optional<std::int64_t> refunded_amount;  // what it came to, once the escrow is settled
  std::optional<std::string> note;
  Time created_at;
  std::optional<Time> resolved_at;
  std::optional<std::int64_t> at_stake;  // what there is to decide about, as the escrow says
  std::optional<Time> reopened_at;
  std::optional<std::int64_t> cover_limit = {};   // what the customer's cover may pay, as the escrow says
  std::optional<std::int64_t> cover_amount = {};  // decided
  static constexpr auto fields() {
    return std::array{field<&DisputeResource::dispute_id>(1, "disputeId"),
                      field<&DisputeResource::delivery_id>(2, "deliveryId"),
                      field<&DisputeResource::escrow_id>(3, "escrowId"),
                      field<&DisputeResource::customer>(4, "customerId"),
                      field<&DisputeResource::traveler>(5, "travelerId"),
                      field<&DisputeResource::opener>(6, "openedBy"),
                      field<&DisputeResource::status>(7, "status"),
                      field<&DisputeResource::reason>(8, "reason"),
                      field<&DisputeResource::description>(9, "description"),
                      field<&DisputeResource::amount>(10, "amount"),
                      field<&DisputeResource::currency>(11, "currency"),
                      field<&DisputeResource::requested_amount>(12, "requestedAmount"),
                      field<&DisputeResource::assignee>(13, "assigneeId"),
                      field<&DisputeResource::evidence>(14, "evidence"),
                      field<&DisputeResource::messages>(15, "messages"),
                      field<&DisputeResource::resolution>(16, "resolution"),
                      field<&DisputeResource::refund_amount>(17, "refundAmount"),
                      field<&DisputeResource::refund_id>(18, "refundId"),
                      field<&DisputeResource::refunded_amount>(19, "refundedAmount"),
                      field<&DisputeResource::note>(20, "note"),
                      field<&DisputeResource::created_at>(21, "createdAt"),
                      field<&DisputeResource::resolved_at>(22, "resolvedAt"),
                      field<&DisputeResource::at_stake>(23, "atStakeAmount"),
                      field<&DisputeResource::reopened_at>(24, "reopenedAt"),
                      field<&DisputeResource::cover_limit>(25, "coverLimit"),
                      field<&DisputeResource::cover_amount>(26, "coverAmount")};
  }
};

}  // namespace caravan
