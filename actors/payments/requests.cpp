#include "actors/payments/requests.hpp"

namespace caravan {

namespace {

using Requests = List<Authorize, Capture, Void, Refund, PayOut, VerifyAccount>;

template <class Read, class... Rs>
void read_request(const AnyRecord& request, Read read, List<Rs...>) {
  const auto read_if = [&](const auto* found) {
    if (found) read(*found);
    return found != nullptr;
  };
  static_cast<void>((read_if(request.get_if<Rs>()) || ...));
}

Term term_of(const AnyRecord& request) {
  Term term;
  read_request(
      request, [&](const auto& found) { term = found.term; }, Requests{});
  return term;
}

AnyRecord undelivered(const AnyRecord& request, Undelivered how, std::string detail) {
  const bool is_final = how == Undelivered::dropped;
  PaymentAnswer answer = answer_to(request, is_final ? PaymentOutcome::dropped : PaymentOutcome::undelivered);
  answer.code = is_final ? "dropped" : "provider_unreachable";
  answer.detail = std::move(detail);
  return AnyRecord(std::move(answer));
}

}  // namespace

std::span<const Alternative> payment_requests() { return detail::alternatives(Requests{}); }

PaymentAnswer answer_to(const AnyRecord& request, PaymentOutcome outcome) {
  PaymentAnswer answer;
  answer.outcome = outcome;
  read_request(
      request,
      [&]<class Request>(const Request& found) {
        answer.operation = Request::operation;
        answer.operation_id = found.operation_id;
      },
      Requests{});
  return answer;
}

const OutsideClass& payments_class() {
  static const OutsideClass payments{
      .kind = EntityKind::payments,
      .requests = payment_requests(),
      .term = term_of,
      .subject = [](const AnyRecord& request) { return answer_to(request, PaymentOutcome::failed).operation_id; },
      .undelivered = undelivered,
      .kept = {},
      .about = [](const AnyRecord& request) { return answer_to(request, PaymentOutcome::failed).operation_id.text(); },
      .drop_needs = Permission::finance};
  return payments;
}

Term authorisation_term(Time now) { return {now, now + std::chrono::seconds{30}, 3}; }
Term payment_term(Time now) { return {now, now + std::chrono::hours{24}, 0}; }

}  // namespace caravan
