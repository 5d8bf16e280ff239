#pragma once

#include "actors/entity/entity.hpp"
#include "actors/payments/ids.hpp"
#include "actors/values/money.hpp"

/// What escrows and wallets ask of the payment provider (EntityKind::payments), and what comes back.
/// `operationId` is the request's identity at the provider: the same operation with the same id has one effect, however
/// often and under whatever effect number it is asked.
namespace caravan {

enum class PaymentOperation : std::uint8_t { authorize, capture, cancel, refund, pay_out, verify_account };
constexpr auto enum_labels(PaymentOperation) {
  return std::to_array<std::string_view>({"authorize", "capture", "void", "refund", "pay_out", "verify_account"});
}

enum class PaymentOutcome : std::uint8_t {
  done,
  declined,  // final: asking again gives the same
  failed,    // the provider could not say; asking again may help
};
constexpr auto enum_labels(PaymentOutcome) { return std::to_array<std::string_view>({"done", "declined", "failed"}); }

/// Reserves `amount` on the customer's method.
struct Authorize {
  static constexpr Tag tag{1, "authorize"};
  Uuid operation_id;
  IntentId intent_id;
  Money amount;
  std::string token;  // of the payment method
  static constexpr auto fields() {
    return std::array{field<&Authorize::operation_id>(1, "operationId"), field<&Authorize::intent_id>(2, "intentId"),
                      field<&Authorize::amount>(3, "amount"), field<&Authorize::token>(4, "token", internal())};
  }
};

/// Takes `amount` of what is reserved for the intent and lets go of the rest.
struct Capture {
  static constexpr Tag tag{2, "capture"};
  Uuid operation_id;
  IntentId intent_id;
  Money amount;
  static constexpr auto fields() {
    return std::array{field<&Capture::operation_id>(1, "operationId"), field<&Capture::intent_id>(2, "intentId"),
                      field<&Capture::amount>(3, "amount")};
  }
};

/// Lets go of what is reserved for the intent; done too where nothing is.
struct Void {
  static constexpr Tag tag{3, "void"};
  Uuid operation_id;
  IntentId intent_id;
  static constexpr auto fields() {
    return std::array{field<&Void::operation_id>(1, "operationId"), field<&Void::intent_id>(2, "intentId")};
  }
};

/// Gives `amount` of what was captured back to the customer.
struct Refund {
  static constexpr Tag tag{4, "refund"};
  Uuid operation_id;
  IntentId intent_id;
  RefundId refund_id;
  Money amount;
  static constexpr auto fields() {
    return std::array{field<&Refund::operation_id>(1, "operationId"), field<&Refund::intent_id>(2, "intentId"),
                      field<&Refund::refund_id>(3, "refundId"), field<&Refund::amount>(4, "amount")};
  }
};

/// Sends `amount` to a traveler.
struct PayOut {
  static constexpr Tag tag{5, "pay_out"};
  Uuid operation_id;
  PayoutId payout_id;
  UserId user_id;
  Money amount;
  std::string account;  // the payout account's token; empty: the account that the provider keeps for the user
  static constexpr auto fields() {
    return std::array{field<&PayOut::operation_id>(1, "operationId"), field<&PayOut::payout_id>(2, "payoutId"),
                      field<&PayOut::user_id>(3, "userId"), field<&PayOut::amount>(4, "amount"),
                      field<&PayOut::account>(5, "account", internal())};
  }
};

/// Asks whether money can be sent to an account.
struct VerifyAccount {
  static constexpr Tag tag{6, "verify_account"};
  Uuid operation_id;
  UserId user_id;
  std::string account;  // the payout account's token
  static constexpr auto fields() {
    return std::array{field<&VerifyAccount::operation_id>(1, "operationId"),
                      field<&VerifyAccount::user_id>(2, "userId"),
                      field<&VerifyAccount::account>(3, "account", internal())};
  }
};

/// The provider's answer to any of the requests; a command of the entity that asked.
struct PaymentAnswer {
  static constexpr Tag tag{60'010, "payment_answer"};
  PaymentOperation operation = PaymentOperation::authorize;
  Uuid operation_id;
  PaymentOutcome outcome = PaymentOutcome::failed;
  std::string code;       // why not: "card_declined", "insufficient_funds", …; empty where done
  std::string detail;     // for a person
  std::string reference;  // the provider's own name for it
  static constexpr auto fields() {
    return std::array{
        field<&PaymentAnswer::operation>(1, "operation"), field<&PaymentAnswer::operation_id>(2, "operationId"),
        field<&PaymentAnswer::outcome>(3, "outcome"),     field<&PaymentAnswer::code>(4, "code"),
        field<&PaymentAnswer::detail>(5, "detail"),       field<&PaymentAnswer::reference>(6, "reference")};
  }
};

/// Every request that an effect to EntityKind::payments can carry.
std::span<const Alternative> payment_requests();
/// Where effects to the payment provider go.
constexpr Address payments_address() { return {EntityKind::payments, {}}; }

}  // namespace caravan
