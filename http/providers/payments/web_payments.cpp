#include "http/providers/payments/web_payments.hpp"

#include <algorithm>

#include "http/json/read.hpp"
#include "http/json/write.hpp"

namespace caravan {

namespace {

/// What is posted; of an operation, the parts that it has.
struct PaymentCall {
  static constexpr std::string_view record_name = "PaymentCall";
  PaymentOperation operation = PaymentOperation::authorize;
  Uuid operation_id = {};
  std::optional<IntentId> intent_id = {};
  std::optional<RefundId> refund_id = {};
  std::optional<PayoutId> payout_id = {};
  std::optional<Uuid> authorisation_id = {};  // void: of one authorisation alone
  std::optional<UserId> user_id = {};
  std::optional<Money> amount = {};
  std::optional<std::string> token = {};    // of the payment method
  std::optional<std::string> account = {};  // the payout account's token
  static constexpr auto fields() {
    return std::array{
        field<&PaymentCall::operation>(1, "operation"), field<&PaymentCall::operation_id>(2, "operationId"),
        field<&PaymentCall::intent_id>(3, "intentId"),  field<&PaymentCall::refund_id>(4, "refundId"),
        field<&PaymentCall::payout_id>(5, "payoutId"),  field<&PaymentCall::user_id>(6, "userId"),
        field<&PaymentCall::amount>(7, "amount"),       field<&PaymentCall::token>(8, "token"),
        field<&PaymentCall::account>(9, "account"),     field<&PaymentCall::authorisation_id>(10, "authorisationId")};
  }
};

struct PaymentVerdict {
  static constexpr std::string_view record_name = "PaymentVerdict";
  PaymentOutcome outcome = PaymentOutcome::failed;
  std::optional<std::string> code = {}, detail = {}, reference = {};
  static constexpr auto fields() {
    return std::array{field<&PaymentVerdict::outcome>(1, "outcome"), field<&PaymentVerdict::code>(2, "code"),
                      field<&PaymentVerdict::detail>(3, "detail"), field<&PaymentVerdict::reference>(4, "reference")};
  }
};

std::optional<PaymentCall> call_for(const AnyRecord& request) {
  using Operation = PaymentOperation;
  if (const auto* r = request.get_if<Authorize>())
    return PaymentCall{.operation = Operation::authorize,
                       .operation_id = r->operation_id,
                       .intent_id = r->intent_id,
                       .amount = r->amount,
                       .token = r->token};
  if (const auto* r = request.get_if<Capture>())
    return PaymentCall{.operation = Operation::capture,
                       .operation_id = r->operation_id,
                       .intent_id = r->intent_id,
                       .amount = r->amount};
  if (const auto* r = request.get_if<Void>())
    return PaymentCall{.operation = Operation::cancel,
                       .operation_id = r->operation_id,
                       .intent_id = r->intent_id,
                       .authorisation_id = r->authorisation_id};
  if (const auto* r = request.get_if<Refund>())
    return PaymentCall{.operation = Operation::refund,
                       .operation_id = r->operation_id,
                       .intent_id = r->intent_id,
                       .refund_id = r->refund_id,
                       .amount = r->amount};
  if (const auto* r = request.get_if<PayOut>())
    return PaymentCall{.operation = Operation::pay_out,
                       .operation_id = r->operation_id,
                       .payout_id = r->payout_id,
                       .user_id = r->user_id,
                       .amount = r->amount,
                       .account = r->account};
  if (const auto* r = request.get_if<VerifyAccount>())
    return PaymentCall{.operation = Operation::verify_account,
                       .operation_id = r->operation_id,
                       .user_id = r->user_id,
                       .account = r->account};
  return std::nullopt;
}

std::optional<PaymentVerdict> verdict_in(const std::string& body) {
  try {
    const auto read = http::record_from_json(body, schema::type_of<PaymentVerdict>(), http::Texts::repaired);
    return *static_cast<const PaymentVerdict*>(read.get());
  } catch (const http::Problem&) {
    return std::nullopt;
  }
}

bool is_refusal(int status) {
  static constexpr int of_the_moment[] = {401, 403, 404, 405, 407, 408, 425, 429};
  return status >= 400 && status < 500 && std::ranges::find(of_the_moment, status) == std::end(of_the_moment);
}

/// What the server's answer says of the request.
ProviderReply reply_to(const AnyRecord& request, const SignedPosts::Answer& answer) {
  if (answer.status == 0) return ProviderReply::failed(answer.failure);
  const auto verdict = verdict_in(answer.body);
  const bool refuses = is_refusal(answer.status);
  if (answer.status != 200 && !refuses) return ProviderReply::failed("status " + std::to_string(answer.status));
  if (!verdict && !refuses) return ProviderReply::failed("its answer cannot be read");
  const PaymentOutcome outcome = refuses ? PaymentOutcome::declined : verdict->outcome;
  const PaymentVerdict said = verdict.value_or(PaymentVerdict{});
  if (outcome != PaymentOutcome::done && outcome != PaymentOutcome::declined)
    return ProviderReply::failed(said.detail.value_or(said.code.value_or("the provider failed")));
  PaymentAnswer out = answer_to(request, outcome);
  out.code = said.code.value_or(refuses ? "refused_" + std::to_string(answer.status) : "");
  out.detail = said.detail.value_or("");
  out.reference = said.reference.value_or("");
  return out;
}

}  // namespace

void WebPayments::handle(const EffectKey&, const AnyRecord& request, Done done) {
  const auto call = call_for(request);
  if (!call) return;
  posts_.post(
      call->operation_id.text(), http::to_json(AnyRecord(*call)),
      [done = std::move(done), request](const SignedPosts::Answer& answer) { done(reply_to(request, answer)); });
}

}  // namespace caravan
