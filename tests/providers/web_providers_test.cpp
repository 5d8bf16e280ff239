#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "actors/messages/requests.hpp"
#include "http/providers/messages/web_messages.hpp"
#include "http/providers/payments/web_payments.hpp"
#include "runtime/spans.hpp"
#include "tests/providers/outside_server.hpp"
#include "tests/testkit/entity.hpp"

namespace web_providers_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const EffectKey key{{EntityKind::escrow, test_id<EscrowId>(9).value}, 4};

/// A server that answers what the test says.
struct Outside {
  std::atomic<int> status = 200;
  std::string answer;  // set before anything is asked
  OutsideServer server{[this](const httplib::Request&, httplib::Response& response) {
    response.status = status;
    response.set_content(answer, "application/json");
  }};
  PostTarget target() const { return server.target(); }
  std::size_t count() { return server.count(); }
  httplib::Request seen(std::size_t index) { return server.seen(index); }
};

/// What a provider says.
ProviderReply said(Provider& provider, const AnyRecord& request) {
  auto heard = std::make_shared<std::promise<ProviderReply>>();
  provider.handle(key, request, [heard](ProviderReply reply) { heard->set_value(std::move(reply)); });
  auto future = heard->get_future();
  REQUIRE(future.wait_for(20s) == std::future_status::ready);
  return future.get();
}
/// Its answer, or nothing where it failed.
template <class Answer>
std::optional<Answer> ask(Provider& provider, const AnyRecord& request) {
  const ProviderReply reply = said(provider, request);
  const auto* found = reply.answer ? reply.answer.get_if<Answer>() : nullptr;
  CHECK(reply.failure.empty() == (found != nullptr));
  return found ? std::optional(*found) : std::nullopt;
}

Authorize reservation() {
  return {test_id<IntentId>(10).value, test_id<IntentId>(1), {3500, *Currency::parse("USD")}, "tok_1"};
}

SendMessage mail() {
  SendMessage message;
  message.notification_id = test_id<UserId>(3).value;
  message.to = {"mia@example.org"};
  message.template_id = "email_verification_template";
  message.language = "en";
  message.variables = {{"verificationToken", "abc"}};
  message.time_zone = "UTC";
  message.at = test_start;
  return message;
}

}  // namespace

TEST_CASE("web payments: the answer decides; the post is signed and has the operation's identity") {
  Outside outside;
  outside.answer = R"({"outcome":"declined","code":"card_declined","reference":"ch_1"})";
  WebPayments payments(outside.target());
  const auto answer = ask<PaymentAnswer>(payments, reservation());
  REQUIRE(answer);
  CHECK(answer->outcome == PaymentOutcome::declined);
  CHECK(answer->code == "card_declined");
  CHECK(answer->reference == "ch_1");
  CHECK(answer->operation_id == test_id<IntentId>(10).value);
  const httplib::Request post = outside.seen(0);
  CHECK(post.get_header_value("Idempotency-Key") == test_id<IntentId>(10).text());
  const std::string signature = post.get_header_value("X-Caravan-Signature");
  const std::int64_t seconds = std::stoll(signature.substr(2));
  CHECK(signature == post_signature(OutsideServer::secret, seconds, test_id<IntentId>(10).text(), post.body));
  CHECK(signature != post_signature("another", seconds, test_id<IntentId>(10).text(), post.body));
  CHECK(post.body.find(R"("operation":"authorize")") != std::string::npos);
  CHECK(post.body.find(R"("amount":{"amount":3500,"currency":"USD"})") != std::string::npos);
  CHECK(post.body.find(R"("token":"tok_1")") != std::string::npos);
}

TEST_CASE("web payments: the post belongs to the trace of what led to it") {
  Outside outside;
  outside.answer = R"({"outcome":"declined","code":"card_declined","reference":"ch_1"})";
  WebPayments payments(outside.target());
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  {
    const WithTrace trace({"checkout-7", parent});
    REQUIRE(ask<PaymentAnswer>(payments, reservation()));
  }
  REQUIRE(ask<PaymentAnswer>(payments, reservation()));
  CHECK(outside.seen(0).get_header_value("X-Trace-Id") == "checkout-7");
  CHECK(outside.seen(0).get_header_value("traceparent") == parent);
  CHECK_FALSE(outside.seen(1).has_header("traceparent"));
}

TEST_CASE("web payments: what is no decision is not taken for one") {
  Outside outside;
  WebPayments payments(outside.target());
  for (const auto& [status, answer] : std::vector<std::pair<int, std::string>>{
           {200, "not json"}, {200, R"({"outcome":"maybe"})"}, {500, R"({"outcome":"done"})"}, {401, "{}"}}) {
    outside.status = status;
    outside.answer = answer;
    CHECK_FALSE(ask<PaymentAnswer>(payments, reservation()));
  }
  CHECK(outside.count() == 4);
  outside.status = 200;
  outside.answer = R"({"outcome":"done"})";
  CHECK(ask<PaymentAnswer>(payments, reservation())->outcome == PaymentOutcome::done);
}

TEST_CASE("web payments: a decision counts however its words are written") {
  Outside outside;
  outside.answer = R"({"outcome":"declined","code":"card\u200b","detail":")" + std::string(5'000, 'x') + "\"}";
  WebPayments payments(outside.target());
  const auto answer = ask<PaymentAnswer>(payments, reservation());
  REQUIRE(answer);
  CHECK(answer->outcome == PaymentOutcome::declined);
  CHECK(answer->code == "card\uFFFD");
  CHECK(answer->detail == std::string(schema::default_max_text, 'x'));
}

TEST_CASE("web payments: a server that keeps failing is left in peace, and each request is told why it failed") {
  Outside outside;
  outside.status = 503;
  WebPayments payments(outside.target(), {.max_failures = 2, .pause = 60'000ms});
  for (int i = 0; i < 2; ++i) CHECK(said(payments, reservation()).failure == "status 503");
  for (int i = 0; i < 2; ++i) CHECK(said(payments, reservation()).failure == "the provider's circuit is open");
  CHECK(outside.count() == 2);
}

TEST_CASE("web messages: a restored store's messages are no repeats of those that it has forgotten") {
  Outside outside;
  WebMessages before(outside.target(), message_templates(), "https://caravan.example", "one");
  WebMessages restored(outside.target(), message_templates(), "https://caravan.example", "another");
  for (WebMessages* messages : {&before, &before, &restored}) REQUIRE(ask<MessageSent>(*messages, mail()));
  const auto identity = [&](std::size_t index) { return outside.seen(index).get_header_value("Idempotency-Key"); };
  CHECK(identity(0) == identity(1));
  CHECK(identity(0) != identity(2));
}

TEST_CASE("web messages: the words are posted; a refusal for good is told from one for now") {
  Outside outside;
  WebMessages messages(outside.target(), message_templates(), "https://caravan.example", "store-7");
  const auto sent = ask<MessageSent>(messages, mail());
  REQUIRE(sent);
  CHECK(sent->notification_id == mail().notification_id);
  CHECK(outside.seen(0).get_header_value("Idempotency-Key") == "store-7/" + to_text(key.sender) + "#4");
  CHECK(outside.seen(0).body.find("mia@example.org") != std::string::npos);
  CHECK(outside.seen(0).body.find("https://caravan.example") != std::string::npos);
  CHECK(outside.seen(0).body.find("List-Unsubscribe") == std::string::npos);
  outside.status = 422;
  SendMessage optional = mail();
  optional.variables["unsubscribeToken"] = "a-token";
  CHECK(ask<MessageFailed>(messages, optional)->permanent);
  CHECK(outside.seen(1).body.find(R"("List-Unsubscribe":"<https://caravan.example/unsubscribe?token=a-token>")") !=
        std::string::npos);
  outside.status = 403;
  CHECK(said(messages, mail()).failure == "status 403");
  SendMessage unknown = mail();
  unknown.template_id = "no_such_template";
  CHECK(ask<MessageFailed>(messages, unknown)->permanent);
  SendMessage night = mail();
  night.quiet_from = 9 * 60;
  night.quiet_to = 11 * 60;
  CHECK(ask<MessageDeferred>(messages, night)->until == test_start + 1h);
  CHECK(outside.count() == 3);
}

}  // namespace web_providers_test
