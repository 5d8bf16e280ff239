#pragma once

#include "actors/payments/ids.hpp"
#include "actors/values/money.hpp"

/// What clients send to the rows of payments where it is not a command itself.
namespace caravan::http {

struct CreateIntent {
  static constexpr std::string_view record_name = "CreateIntent";
  DeliveryId delivery_id;
  UserId customer;
  UserId traveler;
  std::int64_t amount = 0;  // minor units
  Currency currency;
  std::optional<std::int64_t> platform_fee;
  std::optional<PaymentMethodId> payment_method_id;
  static constexpr auto fields() {
    return std::array{field<&CreateIntent::delivery_id>(1, "deliveryId"),
                      field<&CreateIntent::customer>(2, "customerId"),
                      field<&CreateIntent::traveler>(3, "travelerId"),
                      field<&CreateIntent::amount>(4, "amount", between(1, most_minor_units)),
                      field<&CreateIntent::currency>(5, "currency"),
                      field<&CreateIntent::platform_fee>(6, "platformFee", between(0, most_minor_units)),
                      field<&CreateIntent::payment_method_id>(7, "paymentMethodId")};
  }
};

struct PayIntent {
  static constexpr std::string_view record_name = "PayIntent";
  std::optional<PaymentMethodId> payment_method_id;  // absent: the default one
  static constexpr auto fields() { return std::array{field<&PayIntent::payment_method_id>(1, "paymentMethodId")}; }
};

struct ReleaseRequest {
  static constexpr std::string_view record_name = "ReleaseRequest";
  std::optional<DeliveryId> delivery_id;
  std::optional<QrCodeId> qr_code_id;
  std::optional<std::string> reason;
  static constexpr auto fields() {
    return std::array{field<&ReleaseRequest::delivery_id>(1, "deliveryId"),
                      field<&ReleaseRequest::qr_code_id>(2, "qrCodeId"),
                      field<&ReleaseRequest::reason>(3, "reason", length(0, 500))};
  }
};

/// One of the three names the payment.
struct RefundRequest {
  static constexpr std::string_view record_name = "RefundRequest";
  std::optional<EscrowId> escrow_id;
  std::optional<IntentId> intent_id;
  std::optional<DeliveryId> delivery_id;
  std::optional<std::int64_t> amount;  // minor units; absent: all
  std::string reason;
  static constexpr auto fields() {
    return std::array{field<&RefundRequest::escrow_id>(1, "escrowId"),
                      field<&RefundRequest::intent_id>(2, "paymentIntentId"),
                      field<&RefundRequest::delivery_id>(3, "deliveryId"),
                      field<&RefundRequest::amount>(4, "amount", between(1, most_minor_units)),
                      field<&RefundRequest::reason>(5, "reason", length(1, 500))};
  }
};

struct EscrowOrder {
  static constexpr std::string_view record_name = "EscrowOrder";
  EscrowId escrow_id;
  std::string reason;
  static constexpr auto fields() {
    return std::array{field<&EscrowOrder::escrow_id>(1, "escrowId"),
                      field<&EscrowOrder::reason>(2, "reason", length(1, 500))};
  }
};

struct ManualPayout {
  static constexpr std::string_view record_name = "ManualPayout";
  UserId user_id;
  std::optional<std::int64_t> amount;  // minor units; absent: all that is available
  std::optional<Currency> currency;
  static constexpr auto fields() {
    return std::array{field<&ManualPayout::user_id>(1, "userId"),
                      field<&ManualPayout::amount>(2, "amount", between(1, most_minor_units)),
                      field<&ManualPayout::currency>(3, "currency")};
  }
};

}  // namespace caravan::http
