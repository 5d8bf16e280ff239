#include "tests/simulation/bank.hpp"

namespace caravan::simulation {

namespace {

constexpr int done_though_it_says_failed = 30;  // percent

PaymentAnswer declined(PaymentAnswer answer, std::string code) {
  answer.outcome = PaymentOutcome::declined;
  answer.code = std::move(code);
  return answer;
}

}  // namespace

void Bank::handle(const EffectKey&, const AnyRecord& request, Done done) {
  ++asked;
  wire_.push_back({request, std::move(done), {}, date ? date() : Time{}});
}

bool Bank::act(const Faults& faults, Time now) {
  if (wire_.empty()) return false;
  Letter letter = chance_.take_one(wire_);
  if (letter.said) {
    if (chance_.percent(faults.bank_is_late)) {
      wire_.push_back(std::move(letter));
      return true;
    }
    letter.done(*letter.said);
    if (chance_.percent(faults.bank_answers_twice)) wire_.push_back(std::move(letter));
    return true;
  }
  if (now > letter.sent_at + longest_way || (chance_.percent(faults.bank_is_silent) && chance_.percent(50))) {
    history_.tell(now, "bank", std::string(letter.request.type().name) + " never reached it");
    return true;
  }
  const PaymentAnswer answer = carry_out(letter.request, faults);
  const bool is_silent = chance_.percent(faults.bank_is_silent);
  history_.tell(now, "bank",
                label(answer.operation) + ' ' + history_.name(answer.operation_id) + ": " + label(answer.outcome) +
                    (answer.code.empty() ? "" : " " + answer.code) + (is_silent ? ", and says nothing" : ""));
  if (is_silent) return true;
  letter.said = answer.outcome == PaymentOutcome::failed ? ProviderReply::failed(answer.code) : ProviderReply(answer);
  wire_.push_back(std::move(letter));
  return true;
}

PaymentAnswer Bank::carry_out(const AnyRecord& request, const Faults& faults) {
  const PaymentAnswer asked = answer_to(request, PaymentOutcome::done);
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
  PaymentAnswer answer = answer_to(request, PaymentOutcome::done);
  answer.reference = "bank";
  const bool moves_back_or_forth = request.get_if<Capture>() || request.get_if<Refund>();
  if (moves_back_or_forth && chance_.percent(faults.bank_refuses)) return declined(answer, "refused");
  if (const auto* reserve = request.get_if<Authorize>()) {
    if (reserve->token == "tok_declined" || chance_.percent(faults.bank_declines))
      return declined(answer, "card_declined");
    Intent& intent = intents_[reserve->intent_id];
    if (!intent.reservations.empty() && intent.currency != reserve->amount.currency)
      return declined(answer, "wrong_currency");
    intent.currency = reserve->amount.currency;
    intent.reservations[reserve->operation_id] += reserve->amount.amount;
  } else if (const auto* take = request.get_if<Capture>()) {
    Intent& intent = intents_[take->intent_id];
    if (intent.captured > 0 || take->amount.amount > intent.reserved() || take->amount.currency != intent.currency)
      return declined(answer, "not_reserved");
    intent.captured += take->amount.amount;
    intent.reservations.clear();
  } else if (const auto* let_go = request.get_if<Void>()) {
    Intent& intent = intents_[let_go->intent_id];
    if (intent.captured > 0 && !let_go->authorisation_id) return declined(answer, "already_captured");
    if (let_go->authorisation_id)
      intent.reservations.erase(*let_go->authorisation_id);
    else
      intent.reservations.clear();
  } else if (const auto* back = request.get_if<Refund>()) {
    Intent& intent = intents_[back->intent_id];
    if (back->amount.amount > intent.captured - intent.refunded || back->amount.currency != intent.currency)
      return declined(answer, "nothing_to_refund");
    intent.refunded += back->amount.amount;
  } else if (const auto* out = request.get_if<PayOut>()) {
    if (chance_.percent(faults.bank_declines_payouts)) return declined(answer, "account_closed");
    paid_out_[out->user_id] += out->amount.amount;
  } else if (chance_.percent(faults.bank_declines)) {
    return declined(answer, "account_unknown");
  }
  return answer;
}

std::int64_t Bank::Intent::reserved() const {
  std::int64_t sum = 0;
  for (const auto& [authorisation, amount] : reservations) sum += amount;
  return sum;
}

Bank::Standing Bank::standing(IntentId intent) const {
  const auto found = intents_.find(intent);
  if (found == intents_.end()) return {};
  return {found->second.reserved(), found->second.captured, found->second.refunded};
}

std::int64_t Bank::paid_out(UserId user) const {
  const auto found = paid_out_.find(user);
  return found == paid_out_.end() ? 0 : found->second;
}

}  // namespace caravan::simulation
