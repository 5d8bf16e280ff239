#include "tests/testkit/scripted_payments.hpp"

#include <algorithm>

namespace caravan::testkit {

namespace {

PaymentOutcome by_token(const AnyRecord& request) {
  const Authorize* authorize = request.get_if<Authorize>();
  return authorize && authorize->token == "tok_declined" ? PaymentOutcome::declined : PaymentOutcome::done;
}

}  // namespace

void ScriptedPayments::handle(const EffectKey&, const AnyRecord& request, Done done) {
  Operation made;
  const auto read = [&]<class Request>(PaymentOperation operation) {
    const Request* found = request.get_if<Request>();
    if (!found) return;
    made.operation = operation;
    made.answer.operation = operation;
    made.answer.operation_id = found->operation_id;
    if constexpr (requires { found->intent_id; }) made.intent = found->intent_id;
    if constexpr (requires { found->amount; }) made.amount = found->amount.amount;
  };
  read.operator()<Authorize>(PaymentOperation::authorize);
  read.operator()<Capture>(PaymentOperation::capture);
  read.operator()<Void>(PaymentOperation::cancel);
  read.operator()<Refund>(PaymentOperation::refund);
  read.operator()<PayOut>(PaymentOperation::pay_out);
  read.operator()<VerifyAccount>(PaymentOperation::verify_account);
  made.answer.outcome = script ? script(request) : by_token(request);
  const auto voided = [&](const auto& item) {
    return item.second.operation == PaymentOperation::cancel && item.second.intent == made.intent;
  };
  if (made.operation == PaymentOperation::authorize && std::ranges::any_of(operations_, voided))
    made.answer.outcome = PaymentOutcome::declined;  // it was overtaken on the way
  if (made.answer.outcome == PaymentOutcome::declined) made.answer.code = "card_declined";
  PaymentAnswer answer = made.answer;
  // What failed is not remembered: asking again may help.
  if (answer.outcome != PaymentOutcome::failed)
    answer = operations_.try_emplace(answer.operation_id, made).first->second.answer;
  done(AnyRecord(answer));
  if (answers_twice) done(AnyRecord(answer));
}

std::size_t ScriptedPayments::count(PaymentOperation operation) const {
  return static_cast<std::size_t>(std::ranges::count_if(operations_, [&](const auto& item) {
    return item.second.operation == operation && item.second.answer.outcome == PaymentOutcome::done;
  }));
}

std::int64_t ScriptedPayments::held() const {
  std::map<IntentId, std::int64_t> held;
  for (const auto& [id, made] : operations_) {
    if (made.answer.outcome != PaymentOutcome::done) continue;
    if (made.operation == PaymentOperation::authorize) held[made.intent] += made.amount;
  }
  for (const auto& [id, made] : operations_)
    if (made.answer.outcome == PaymentOutcome::done &&
        (made.operation == PaymentOperation::capture || made.operation == PaymentOperation::cancel))
      held.erase(made.intent);
  std::int64_t sum = 0;
  for (const auto& [intent, amount] : held) sum += amount;
  return sum;
}

std::int64_t ScriptedPayments::paid_out() const {
  std::int64_t sum = 0;
  for (const auto& [id, made] : operations_)
    if (made.operation == PaymentOperation::pay_out && made.answer.outcome == PaymentOutcome::done) sum += made.amount;
  return sum;
}

}  // namespace caravan::testkit
