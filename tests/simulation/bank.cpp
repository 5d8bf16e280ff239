#include "tests/simulation/bank.hpp"

namespace caravan::simulation {

namespace {

constexpr int done_though_it_says_failed = 30;  // percent

template <class Enum>
std::string label(Enum value) {
  return std::string(enum_labels(value)[static_cast<std::size_t>(value)]);
}

PaymentAnswer declined(PaymentAnswer answer, std::string code) {
  answer.outcome = PaymentOutcome::declined;
  answer.code = std::move(code);
  return answer;
}

/// An answer to the request, done so far.
PaymentAnswer answer_to(const AnyRecord& request) {
  PaymentAnswer answer;
  answer.outcome = PaymentOutcome::done;
  const auto read = [&]<class Request>(PaymentOperation operation) {
    const auto* found = request.get_if<Request>();
    if (!found) return;
    answer.operation = operation;
    answer.operation_id = found->operation_id;
  };
  read.operator()<Authorize>(PaymentOperation::authorize);
  read.operator()<Capture>(PaymentOperation::capture);
  read.operator()<Void>(PaymentOperation::cancel);
  read.operator()<Refund>(PaymentOperation::refund);
  read.operator()<PayOut>(PaymentOperation::pay_out);
  read.operator()<VerifyAccount>(PaymentOperation::verify_account);
  return answer;
}

}  // namespace

void Bank::handle(const EffectKey&, const AnyRecord& request, Done done) {
  wire_.push_back({request, std::move(done)});
}

bool Bank::act(const Faults& faults, Time now) {
  if (wire_.empty()) return false;
  Letter letter = chance_.take_one(wire_);
  if (letter.answer) {
    if (chance_.percent(faults.bank_is_late)) {
      wire_.push_back(std::move(letter));
      return true;
    }
    letter.done(letter.answer);
    if (chance_.percent(faults.bank_answers_twice)) wire_.push_back(std::move(letter));
    return true;
  }
  if (chance_.percent(faults.bank_is_silent) && chance_.percent(50)) {
    history_.tell(now, "bank", std::string(letter.request.type().name) + " never reached it");
    return true;
  }
  const PaymentAnswer answer = carry_out(letter.request, faults);
  const bool is_silent = chance_.percent(faults.bank_is_silent);
  history_.tell(now, "bank",
                label(answer.operation) + ' ' + history_.name(answer.operation_id) + ": " + label(answer.outcome) +
                    (answer.code.empty() ? "" : " " + answer.code) + (is_silent ? ", and says nothing" : ""));
  if (is_silent) return true;
  letter.answer = AnyRecord(answer);
  wire_.push_back(std::move(letter));
  return true;
}

PaymentAnswer Bank::carry_out(const AnyRecord& request, const Faults& faults) {
  const PaymentAnswer asked = answer_to(request);
  const auto known = operations_.find(asked.operation_id);
  if (known != operations_.end() && !executes_twice) return known->second;
  PaymentAnswer failed = asked;
  failed.outcome = PaymentOutcome::failed;
  failed.code = failed.detail = "provider_error";
  const bool errs = chance_.percent(faults.bank_errs);
  if (errs && !chance_.percent(done_though_it_says_failed)) return failed;
  const PaymentAnswer answer = first_time(request, faults);
  operations_[answer.operation_id] = answer;
  return errs ? failed : answer;
}

PaymentAnswer Bank::first_time(const AnyRecord& request, const Faults& faults) {
  PaymentAnswer answer = answer_to(request);
  answer.reference = "bank";
  if (const auto* reserve = request.get_if<Authorize>()) {
    Standing& standing = standings_[reserve->intent_id];
    if (standing.voided) return declined(answer, "voided");
    if (reserve->token == "tok_declined" || chance_.percent(faults.bank_declines))
      return declined(answer, "card_declined");
    standing.reserved += reserve->amount.amount;
  } else if (const auto* take = request.get_if<Capture>()) {
    Standing& standing = standings_[take->intent_id];
    if (standing.captured > 0 || take->amount.amount > standing.reserved) return declined(answer, "not_reserved");
    standing.captured += take->amount.amount;
    standing.reserved = 0;
  } else if (const auto* let_go = request.get_if<Void>()) {
    Standing& standing = standings_[let_go->intent_id];
    if (standing.captured > 0) return declined(answer, "already_captured");
    standing.reserved = 0;
    standing.voided = true;
  } else if (const auto* back = request.get_if<Refund>()) {
    Standing& standing = standings_[back->intent_id];
    if (back->amount.amount > standing.captured - standing.refunded) return declined(answer, "nothing_to_refund");
    standing.refunded += back->amount.amount;
  } else if (const auto* out = request.get_if<PayOut>()) {
    if (chance_.percent(faults.bank_declines)) return declined(answer, "account_closed");
    paid_out_[out->user_id] += out->amount.amount;
  } else if (chance_.percent(faults.bank_declines)) {
    return declined(answer, "account_unknown");
  }
  return answer;
}

Bank::Standing Bank::standing(IntentId intent) const {
  const auto found = standings_.find(intent);
  return found == standings_.end() ? Standing{} : found->second;
}

std::int64_t Bank::paid_out(UserId user) const {
  const auto found = paid_out_.find(user);
  return found == paid_out_.end() ? 0 : found->second;
}

}  // namespace caravan::simulation
