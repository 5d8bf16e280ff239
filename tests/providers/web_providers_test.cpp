#include <doctest/doctest.h>
#include <httplib.h>

#include <future>

#include "actors/messages/requests.hpp"
#include "http/providers/messages/web_messages.hpp"
#include "http/providers/payments/web_payments.hpp"
#include "runtime/spans.hpp"
#include "tests/testkit/entity.hpp"

namespace web_providers_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const std::string secret = "a secret that both sides know, and nobody else";
const EffectKey key{{EntityKind::escrow, test_id<EscrowId>(9).value}, 4};

/// Somebody else's server, which answers what the test says.
struct Outside {
  Outside() {
    server.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex);
      seen.push_back(request);
      response.status = status;
      response.set_content(answer, "application/json");
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
  }
  ~Outside() {
    server.stop();
    thread.join();
  }
  PostTarget target() const { return {"http://127.0.0.1:" + std::to_string(port) + "/hook", secret, 2'000ms}; }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return seen.size();
  }

  std::mutex mutex;
  int status = 200;
  std::string answer;
  std::vector<httplib::Request> seen;
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

/// The answer of a provider, or nothing where none came within the time.
template <class Answer>
std::optional<Answer> ask(Provider& provider, const AnyRecord& request, std::chrono::milliseconds within = 5'000ms) {
  auto answered = std::make_shared<std::promise<AnyRecord>>();
  auto future = answered->get_future();
  provider.handle(key, request, [answered](AnyRecord answer) { answered->set_value(std::move(answer)); });
  if (future.wait_for(within) != std::future_status::ready) return std::nullopt;
  const AnyRecord answer = future.get();
  const auto* found = answer.get_if<Answer>();
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
  const httplib::Request& post = outside.seen.at(0);
  CHECK(post.get_header_value("Idempotency-Key") == test_id<IntentId>(10).text());
  const std::string signature = post.get_header_value("X-Caravan-Signature");
  const std::int64_t seconds = std::stoll(signature.substr(2));
  CHECK(signature == post_signature(secret, seconds, test_id<IntentId>(10).text(), post.body));
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
  CHECK(outside.seen.at(0).get_header_value("X-Trace-Id") == "checkout-7");
  CHECK(outside.seen.at(0).get_header_value("traceparent") == parent);
  CHECK_FALSE(outside.seen.at(1).has_header("traceparent"));
}

TEST_CASE("web payments: what is no decision is not taken for one") {
  Outside outside;
  WebPayments payments(outside.target());
  for (const auto& [status, answer] : std::vector<std::pair<int, std::string>>{
           {200, "not json"}, {200, R"({"outcome":"maybe"})"}, {500, R"({"outcome":"done"})"}, {401, "{}"}}) {
    outside.status = status;
    outside.answer = answer;
    CHECK_FALSE(ask<PaymentAnswer>(payments, reservation(), 300ms));
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

TEST_CASE("web payments: a server that keeps failing is left in peace") {
  Outside outside;
  outside.status = 503;
  WebPayments payments(outside.target(), {.max_failures = 2, .pause = 60'000ms});
  for (int i = 0; i < 4; ++i) CHECK_FALSE(ask<PaymentAnswer>(payments, reservation(), 300ms));
  CHECK(outside.count() == 2);
}

TEST_CASE("web messages: the words are posted; a refusal for good is told from one for now") {
  Outside outside;
  WebMessages messages(outside.target(), message_templates(), "https://caravan.example");
  const auto sent = ask<MessageSent>(messages, mail());
  REQUIRE(sent);
  CHECK(sent->notification_id == mail().notification_id);
  CHECK(outside.seen.at(0).get_header_value("Idempotency-Key") == to_text(key.sender) + "#4");
  CHECK(outside.seen.at(0).body.find("mia@example.org") != std::string::npos);
  CHECK(outside.seen.at(0).body.find("https://caravan.example") != std::string::npos);
  outside.status = 422;
  CHECK(ask<MessageFailed>(messages, mail())->permanent);
  outside.status = 403;
  CHECK_FALSE(ask<MessageFailed>(messages, mail())->permanent);
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
