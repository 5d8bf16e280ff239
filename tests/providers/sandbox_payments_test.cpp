#include "http/providers/payments/sandbox_payments.hpp"

#include <doctest/doctest.h>

#include <future>

#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace sandbox_payments_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const Currency dollars = *Currency::parse("USD");
const IntentId intent = test_id<IntentId>(1);
const EffectKey key{{EntityKind::escrow, test_id<EscrowId>(9).value}, 1};

Uuid operation(std::uint8_t number) { return test_id<IntentId>(number).value; }
Authorize reservation(std::string token, std::uint8_t number = 10) {
  return {operation(number), intent, {3500, dollars}, std::move(token)};
}

/// A provider on a file, which answers tests one request at a time.
class Desk {
 public:
  explicit Desk(const std::string& path) : provider_(path, 20ms) {}

  std::future<ProviderReply> send(const AnyRecord& request) {
    auto answered = std::make_shared<std::promise<ProviderReply>>();
    provider_.handle(key, request, [answered](ProviderReply reply) { answered->set_value(std::move(reply)); });
    return answered->get_future();
  }
  /// "done", "declined card_declined"
  std::string ask(const AnyRecord& request) {
    const ProviderReply reply = send(request).get();
    if (!reply.answer) return "failed " + reply.failure;
    const PaymentAnswer answer = *reply.answer.get_if<PaymentAnswer>();
    std::string text(enum_labels(PaymentOutcome{})[static_cast<std::size_t>(answer.outcome)]);
    return answer.code.empty() ? text : text + ' ' + answer.code;
  }

 private:
  SandboxPayments provider_;
};

}  // namespace

TEST_CASE("sandbox payments: tokens say how the provider behaves") {
  const TemporaryFolder folder;
  Desk desk(folder.path + "/payments.sqlite");
  CHECK(desk.ask(reservation("tok_ok", 11)) == "done");
  CHECK(desk.ask(reservation("tok_declined", 12)) == "declined card_declined");
  CHECK(desk.ask(reservation("tok_insufficient", 13)) == "declined insufficient_funds");
  CHECK(desk.ask(reservation("tok_error", 14)) == "failed provider_error");
  CHECK(desk.ask(reservation("tok_slow", 15)) == "done");
  CHECK(desk.ask(reservation("tok_unheard_of", 16)) == "declined unknown_token");
  CHECK(desk.ask(PayOut{operation(17), {}, {}, {100, dollars}, ""}) == "done");
  CHECK(desk.ask(PayOut{operation(18), {}, {}, {100, dollars}, "tok_declined"}) == "declined account_closed");
  CHECK(desk.ask(VerifyAccount{operation(19), {}, "acct_1"}) == "done");
  CHECK(sandbox_card("tok_ok")->last4 == "4242");
  CHECK_FALSE(sandbox_card("tok_unheard_of"));
}

TEST_CASE("sandbox payments: one that never answers holds nobody up, and closes once its reservation is let go of") {
  const TemporaryFolder folder;
  Desk desk(folder.path + "/payments.sqlite");
  auto silent = desk.send(reservation("tok_timeout"));
  CHECK(desk.ask(Void{operation(20), intent}) == "done");
  CHECK(desk.ask(reservation("tok_timeout")) == "declined voided");
  CHECK(desk.ask(Capture{operation(21), intent, {3500, dollars}}) == "declined not_reserved");
}

TEST_CASE("sandbox payments: a repeat has no second effect, after a restart neither") {
  const TemporaryFolder folder;
  const std::string path = folder.path + "/payments.sqlite";
  {
    Desk desk(path);
    desk.ask(reservation("tok_ok"));
    desk.ask(reservation("tok_ok"));
    desk.ask(Capture{operation(21), intent, {3500, dollars}});
  }
  Desk desk(path);
  CHECK(desk.ask(reservation("tok_ok")) == "done");
  CHECK(desk.ask(Capture{operation(21), intent, {3500, dollars}}) == "done");
  CHECK(desk.ask(Refund{operation(22), intent, {}, {3500, dollars}}) == "done");
  CHECK(desk.ask(Refund{operation(22), intent, {}, {3500, dollars}}) == "done");
  PaymentBook book(path);
  CHECK(book.count(PaymentOperation::authorize, PaymentOutcome::done) == 1);
  CHECK(book.count(PaymentOperation::capture, PaymentOutcome::done) == 1);
  CHECK(book.standing(intent).refunded == 3500);
}

}  // namespace sandbox_payments_test
