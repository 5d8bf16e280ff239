#pragma once

#include "actors/entity/outside.hpp"
#include "actors/payments/ids.hpp"
#include "actors/values/money.hpp"

/// What escrows and wallets ask of the payment provider (EntityKind::payments), and what comes back.
///
/// The contract: what a provider promises, and all that the platform relies on. `tests/providers` tries each promise on
/// each of our providers.
/// 1. `operationId` is the request's identity. An operation that was answered `done` or `declined` is answered alike
///    ever after, and moves money once, however often and under whatever effect it is asked. The ids are random, so
///    that a restored journal uses none twice.
/// 2. `done` and `declined` are final. A provider that refuses a request for what it says declines it. Whatever else
///    comes, or does not come, decides nothing: the operation may have been done, and is asked for again.
/// 3. Requests overtake one another. One is carried out within `longest_way` after it was sent, or never.
/// 4. A capture takes no more than is reserved for its intent, and lets go of the rest. An intent is captured once.
/// 5. A void of one authorisation lets go of what that reserved; without one, of all that is reserved for the intent,
///    unless it was captured: that is declined. It is done too where nothing is reserved.
///    *Not promised:* that an authorisation which arrives after its void reserves nothing. So whoever gave one up voids
///    it again when its answer comes late, and once more after twice `longest_way`.
/// 6. All refunds of an intent together give back no more than was captured.
/// 7. Amounts of one intent are in one currency; another one is declined.
namespace caravan {

inline constexpr std::chrono::minutes longest_way{5};

enum class PaymentOperation : std::uint8_t { authorize, capture, cancel, refund, pay_out, verify_account };
constexpr auto enum_labels(PaymentOperation) {
  return std::to_array<std::string_view>({"authorize", "capture", "void", "refund", "pay_out", "verify_account"});
}

enum class PaymentOutcome : std::uint8_t {
  done,
  declined,     // final: asking again gives the same
  failed,       // the provider could not say; the runtime asks again, and the sender does not hear of it
  undelivered,  // given up without an answer; it may have been done, and an answer may still come
  dropped,      // an operator ended it; it may have been done
};
constexpr auto enum_labels(PaymentOutcome) {
  return std::to_array<std::string_view>({"done", "declined", "failed", "undelivered", "dropped"});
}

/// Reserves `amount` on the customer's method.
struct Authorize {
  static constexpr Tag tag{1, "authorize"};
  static constexpr PaymentOperation operation = PaymentOperation::authorize;
  Uuid operation_id;
  IntentId intent_id;
  Money amount;
  std::string token;  // of the payment method
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&Authorize::operation_id>(1, "operationId"), field<&Authorize::intent_id>(2, "intentId"),
                      field<&Authorize::amount>(3, "amount"), field<&Authorize::token>(4, "token", internal()),
                      field<&Authorize::term>(5, "term")};
  }
};

/// Takes `amount` of what is reserved for the intent and lets go of the rest.
struct Capture {
  static constexpr Tag tag{2, "capture"};
  static constexpr PaymentOperation operation = PaymentOperation::capture;
  Uuid operation_id;
  IntentId intent_id;
  Money amount;
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&Capture::operation_id>(1, "operationId"), field<&Capture::intent_id>(2, "intentId"),
                      field<&Capture::amount>(3, "amount"), field<&Capture::term>(4, "term")};
  }
};

/// Lets go of what one authorisation reserved, or of all that is reserved for the intent; done too where nothing is.
struct Void {
  static constexpr Tag tag{3, "void"};
  static constexpr PaymentOperation operation = PaymentOperation::cancel;
  Uuid operation_id;
  IntentId intent_id;
  std::optional<Uuid> authorisation_id = {};  // the operation that reserved it; none: all of the intent
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&Void::operation_id>(1, "operationId"), field<&Void::intent_id>(2, "intentId"),
                      field<&Void::authorisation_id>(3, "authorisationId"), field<&Void::term>(4, "term")};
  }
};

/// Gives `amount` of what was captured back to the customer.
struct Refund {
  static constexpr Tag tag{4, "refund"};
  static constexpr PaymentOperation operation = PaymentOperation::refund;
  Uuid operation_id;
  IntentId intent_id;
  RefundId refund_id;
  Money amount;
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&Refund::operation_id>(1, "operationId"), field<&Refund::intent_id>(2, "intentId"),
                      field<&Refund::refund_id>(3, "refundId"), field<&Refund::amount>(4, "amount"),
                      field<&Refund::term>(5, "term")};
  }
};

/// Sends `amount` to a traveler.
struct PayOut {
  static constexpr Tag tag{5, "pay_out"};
  static constexpr PaymentOperation operation = PaymentOperation::pay_out;
  Uuid operation_id;
  PayoutId payout_id;
  UserId user_id;
  Money amount;
  std::string account;  // its token; empty (earlier builds): the account that the provider keeps for the user
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&PayOut::operation_id>(1, "operationId"),
                      field<&PayOut::payout_id>(2, "payoutId"),
                      field<&PayOut::user_id>(3, "userId"),
                      field<&PayOut::amount>(4, "amount"),
                      field<&PayOut::account>(5, "account", internal()),
                      field<&PayOut::term>(6, "term")};
  }
};

/// Asks whether money can be sent to an account.
struct VerifyAccount {
  static constexpr Tag tag{6, "verify_account"};
  static constexpr PaymentOperation operation = PaymentOperation::verify_account;
  Uuid operation_id;
  UserId user_id;
  std::string account;  // the payout account's token
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&VerifyAccount::operation_id>(1, "operationId"),
                      field<&VerifyAccount::user_id>(2, "userId"),
                      field<&VerifyAccount::account>(3, "account", internal()), field<&VerifyAccount::term>(4, "term")};
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
/// An answer to the request, which says no more than how it ended.
PaymentAnswer answer_to(const AnyRecord& request, PaymentOutcome outcome);
const OutsideClass& payments_class();
/// For how long an entity asks. A person waits for an authorisation; nobody for the others.
Term authorisation_term(Time now);
Term payment_term(Time now);
/// Where effects to the payment provider go.
constexpr Address payments_address() { return {EntityKind::payments, {}}; }

}  // namespace caravan
