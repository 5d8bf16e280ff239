// The contract of a payment provider (actors/payments/requests.hpp), tried on every one that we have: the sandbox's,
// the simulation's bank, and the adapter for the web with a server behind it.
#include <doctest/doctest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "http/providers/payments/sandbox_payments.hpp"
#include "http/providers/payments/web_payments.hpp"
#include "tests/providers/outside_server.hpp"
#include "tests/simulation/bank.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace payment_contract_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const Currency dollars = *Currency::parse("USD"), euros = *Currency::parse("EUR");
const IntentId intent = test_id<IntentId>(1), other_intent = test_id<IntentId>(2);

Uuid operation(std::uint8_t number) { return test_id<IntentId>(number).value; }
Money usd(std::int64_t cents) { return {cents, dollars}; }

/// One provider under trial.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual std::string name() const = 0;
  virtual ProviderReply ask(const EffectKey& key, const AnyRecord& request) = 0;

  /// "done", "declined", or "failed".
  std::string ask(const AnyRecord& request) {
    // Each time under another effect: it is the operation that counts.
    const ProviderReply reply = ask({{EntityKind::escrow, intent.value}, ++effects_}, request);
    if (!reply.answer) return "failed";
    const PaymentAnswer answer = *reply.answer.get_if<PaymentAnswer>();
    const PaymentAnswer asked = answer_to(request, answer.outcome);
    CHECK(answer.operation == asked.operation);
    CHECK(answer.operation_id == asked.operation_id);
    CHECK((answer.outcome == PaymentOutcome::done) == answer.code.empty());
    return std::string(enum_labels(PaymentOutcome{})[static_cast<std::size_t>(answer.outcome)]);
  }

 protected:
  /// Waits for what is said on another thread.
  static ProviderReply heard(Provider& provider, const EffectKey& key, const AnyRecord& request) {
    auto said = std::make_shared<std::promise<ProviderReply>>();
    provider.handle(key, request, [said](ProviderReply reply) { said->set_value(std::move(reply)); });
    auto future = said->get_future();
    REQUIRE(future.wait_for(20s) == std::future_status::ready);
    return future.get();
  }

 private:
  std::uint64_t effects_ = 0;
};

class Sandbox : public Subject {
 public:
  using Subject::ask;
  std::string name() const override { return "sandbox"; }
  ProviderReply ask(const EffectKey& key, const AnyRecord& request) override { return heard(provider_, key, request); }

 private:
  TemporaryFolder folder_;
  SandboxPayments provider_{folder_.path + "/payments.sqlite", 20ms};
};

class SimulatedBank : public Subject {
 public:
  using Subject::ask;
  SimulatedBank() {
    bank_.date = [] { return test_start; };
  }
  std::string name() const override { return "simulated bank"; }
  ProviderReply ask(const EffectKey& key, const AnyRecord& request) override {
    const std::lock_guard lock(mutex_);  // behind a server it is asked on several threads
    std::optional<ProviderReply> said;
    bank_.handle(key, request, [&](ProviderReply reply) { said = std::move(reply); });
    while (bank_.act({}, test_start)) continue;
    REQUIRE(said);
    return *said;
  }

 private:
  std::mutex mutex_;
  simulation::Chance chance_{1};
  simulation::History history_{false};
  simulation::Bank bank_{chance_, history_};
};

/// The adapter for the web, and a server that does what it is posted as the bank does it.
class Web : public Subject {
 public:
  using Subject::ask;
  enum class Mood { well, refuses, fails, is_late, says_nonsense };

  ~Web() override { over_.set_value(); }
  std::string name() const override { return "web"; }
  ProviderReply ask(const EffectKey& key, const AnyRecord& request) override { return heard(provider_, key, request); }

  std::atomic<Mood> mood = Mood::well;
  std::atomic<int> status = 503;

 private:
  static AnyRecord request_in(const nlohmann::json& body) {
    const auto id = [&](const char* name) { return *Uuid::parse(body.at(name).get<std::string>()); };
    const auto amount = [&] {
      const auto& money = body.at("amount");
      return Money{money.at("amount").get<std::int64_t>(), *Currency::parse(money.at("currency").get<std::string>())};
    };
    const std::string kind = body.at("operation");
    if (kind == "authorize")
      return Authorize{id("operationId"), IntentId{id("intentId")}, amount(), body.at("token").get<std::string>()};
    if (kind == "capture") return Capture{id("operationId"), IntentId{id("intentId")}, amount()};
    if (kind == "refund")
      return Refund{id("operationId"), IntentId{id("intentId")}, RefundId{id("refundId")}, amount()};
    if (kind == "pay_out")
      return PayOut{id("operationId"), PayoutId{id("payoutId")}, UserId{id("userId")}, amount(),
                    body.at("account").get<std::string>()};
    if (kind == "verify_account")
      return VerifyAccount{id("operationId"), UserId{id("userId")}, body.at("account").get<std::string>()};
    Void undo{id("operationId"), IntentId{id("intentId")}};
    if (body.contains("authorisationId")) undo.authorisation_id = id("authorisationId");
    return undo;
  }

  void serve(const httplib::Request& request, httplib::Response& response) {
    const Mood now = mood;
    if (now == Mood::refuses || now == Mood::fails) {
      response.status = status;
      return;
    }
    const auto body = nlohmann::json::parse(request.body);
    CHECK(request.get_header_value("Idempotency-Key") == body.at("operationId"));
    const ProviderReply reply = bank_.ask({}, request_in(body));
    if (now == Mood::is_late) is_over_.wait();
    if (now == Mood::says_nonsense) return response.set_content("done, I think", "text/plain");
    const PaymentAnswer answer = *reply.answer.get_if<PaymentAnswer>();
    const auto label = enum_labels(PaymentOutcome{})[static_cast<std::size_t>(answer.outcome)];
    response.set_content(nlohmann::json{{"outcome", label}, {"code", answer.code}}.dump(), "application/json");
  }

  SimulatedBank bank_;
  std::promise<void> over_;
  const std::shared_future<void> is_over_ = over_.get_future().share();
  OutsideServer server_{[this](const auto& request, auto& response) { serve(request, response); }};
  WebPayments provider_{server_.target(300ms), {.max_failures = 1'000, .pause = 1ms}};
};

template <class Trial>
void on_each(Trial trial) {
  Sandbox sandbox;
  SimulatedBank bank;
  Web web;
  for (Subject* subject :
       {static_cast<Subject*>(&sandbox), static_cast<Subject*>(&bank), static_cast<Subject*>(&web)}) {
    const std::string name = subject->name();
    CAPTURE(name);
    trial(*subject);
  }
}

Authorize reserve(std::uint8_t number, std::int64_t cents, IntentId of = intent) {
  return {operation(number), of, usd(cents), "tok_ok"};
}

}  // namespace

TEST_CASE("payment contract: an operation is done once, and answered alike ever after") {
  on_each([](Subject& provider) {
    for (int i = 0; i < 3; ++i) CHECK(provider.ask(reserve(10, 3'500)) == "done");
    CHECK(provider.ask(Capture{operation(11), intent, usd(3'501)}) == "declined");
    for (int i = 0; i < 3; ++i) CHECK(provider.ask(Capture{operation(12), intent, usd(3'500)}) == "done");
    CHECK(provider.ask(Capture{operation(11), intent, usd(3'501)}) == "declined");
    for (int i = 0; i < 3; ++i) CHECK(provider.ask(Refund{operation(13), intent, {}, usd(2'000)}) == "done");
    CHECK(provider.ask(Refund{operation(14), intent, {}, usd(1'501)}) == "declined");
    CHECK(provider.ask(Refund{operation(15), intent, {}, usd(1'500)}) == "done");
    CHECK(provider.ask(Refund{operation(14), intent, {}, usd(1'501)}) == "declined");
    for (int i = 0; i < 2; ++i) CHECK(provider.ask(PayOut{operation(16), {}, {}, usd(100), "acct"}) == "done");
    for (int i = 0; i < 2; ++i) CHECK(provider.ask(VerifyAccount{operation(17), {}, "acct"}) == "done");
    for (int i = 0; i < 2; ++i)
      CHECK(provider.ask(Authorize{operation(18), other_intent, usd(1), "tok_declined"}) == "declined");
    // An operation counts by itself, whatever it is told to do the second time.
    CHECK(provider.ask(Authorize{operation(18), other_intent, usd(1), "tok_ok"}) == "declined");
  });
}

TEST_CASE("payment contract: a capture takes what is reserved, once, and lets go of the rest") {
  on_each([](Subject& provider) {
    CHECK(provider.ask(Capture{operation(20), intent, usd(1)}) == "declined");
    CHECK(provider.ask(reserve(21, 3'500)) == "done");
    CHECK(provider.ask(Capture{operation(22), intent, usd(2'000)}) == "done");
    CHECK(provider.ask(Capture{operation(23), intent, usd(1'500)}) == "declined");
    CHECK(provider.ask(Refund{operation(24), intent, {}, usd(2'001)}) == "declined");
    CHECK(provider.ask(Refund{operation(25), intent, {}, usd(2'000)}) == "done");
    CHECK(provider.ask(Capture{operation(26), other_intent, usd(1)}) == "declined");
  });
}

TEST_CASE("payment contract: a void lets go of all that is reserved, is done where nothing is, and undoes no capture") {
  on_each([](Subject& provider) {
    CHECK(provider.ask(Void{operation(30), intent}) == "done");
    CHECK(provider.ask(reserve(31, 3'500)) == "done");
    CHECK(provider.ask(Void{operation(32), intent}) == "done");
    CHECK(provider.ask(Capture{operation(33), intent, usd(3'500)}) == "declined");
    CHECK(provider.ask(reserve(34, 700, other_intent)) == "done");
    CHECK(provider.ask(Capture{operation(35), other_intent, usd(700)}) == "done");
    CHECK(provider.ask(Void{operation(36), other_intent}) == "declined");
    CHECK(provider.ask(Refund{operation(37), other_intent, {}, usd(700)}) == "done");
  });
}

TEST_CASE("payment contract: a void of one authorisation leaves the others, captured or not") {
  on_each([](Subject& provider) {
    CHECK(provider.ask(reserve(40, 3'500)) == "done");
    CHECK(provider.ask(reserve(41, 3'500)) == "done");
    CHECK(provider.ask(Void{operation(42), intent, operation(40)}) == "done");
    CHECK(provider.ask(Capture{operation(43), intent, usd(7'000)}) == "declined");
    CHECK(provider.ask(Capture{operation(44), intent, usd(3'500)}) == "done");
    CHECK(provider.ask(Void{operation(45), intent, operation(40)}) == "done");
    CHECK(provider.ask(Void{operation(46), intent, operation(99)}) == "done");
    CHECK(provider.ask(Refund{operation(47), intent, {}, usd(3'500)}) == "done");
  });
}

TEST_CASE("payment contract: whether an authorisation that its own void has overtaken reserves money nobody promises") {
  on_each([](Subject& provider) {
    CHECK(provider.ask(Void{operation(50), intent, operation(51)}) == "done");
    // Our doubles do reserve it, so that whoever relied on more would be found out.
    CHECK(provider.ask(reserve(51, 3'500)) == "done");
    CHECK(provider.ask(Void{operation(52), intent, operation(51)}) == "done");
    CHECK(provider.ask(Capture{operation(53), intent, usd(3'500)}) == "declined");
    CHECK(provider.ask(reserve(51, 3'500)) == "done");  // a repeat reserves nothing anew
    CHECK(provider.ask(Capture{operation(54), intent, usd(3'500)}) == "declined");
  });
}

TEST_CASE("payment contract: an intent has one currency") {
  on_each([](Subject& provider) {
    CHECK(provider.ask(reserve(60, 3'500)) == "done");
    CHECK(provider.ask(Capture{operation(61), intent, {3'500, euros}}) == "declined");
    CHECK(provider.ask(Capture{operation(62), intent, usd(3'500)}) == "done");
    CHECK(provider.ask(Refund{operation(63), intent, {}, {100, euros}}) == "declined");
    CHECK(provider.ask(Refund{operation(64), intent, {}, usd(3'500)}) == "done");
  });
}

TEST_CASE("payment contract: a server that refuses what it is asked decides; one that is not well does not") {
  Web web;
  web.mood = Web::Mood::refuses;
  std::uint8_t number = 70;
  for (const int status : {400, 402, 406, 409, 410, 413, 415, 422}) {
    web.status = status;
    CAPTURE(status);
    CHECK(web.ask(reserve(++number, 100)) == "declined");
  }
  web.mood = Web::Mood::fails;
  for (const int status : {401, 403, 404, 405, 407, 408, 425, 429, 500, 502, 503, 504, 204, 302}) {
    web.status = status;
    CAPTURE(status);
    CHECK(web.ask(reserve(90, 3'500)) == "failed");
  }
  web.mood = Web::Mood::well;
  CHECK(web.ask(reserve(90, 3'500)) == "done");
  CHECK(web.ask(Capture{operation(91), intent, usd(3'501)}) == "declined");
  CHECK(web.ask(Capture{operation(92), intent, usd(3'500)}) == "done");
}

TEST_CASE("payment contract: what was done without a word is said when it is asked for again, and done once") {
  Web web;
  web.mood = Web::Mood::says_nonsense;
  CHECK(web.ask(reserve(100, 3'500)) == "failed");
  web.mood = Web::Mood::is_late;
  CHECK(web.ask(Capture{operation(101), intent, usd(3'500)}) == "failed");
  web.mood = Web::Mood::well;
  CHECK(web.ask(reserve(100, 3'500)) == "done");
  CHECK(web.ask(Capture{operation(101), intent, usd(3'500)}) == "done");
  CHECK(web.ask(Refund{operation(102), intent, {}, usd(3'501)}) == "declined");
  CHECK(web.ask(Refund{operation(103), intent, {}, usd(3'500)}) == "done");
}

TEST_CASE("payment contract: the sandbox fails and falls silent as its tokens say, and that decides nothing") {
  Sandbox sandbox;
  CHECK(sandbox.ask(Authorize{operation(110), intent, usd(3'500), "tok_error"}) == "failed");
  CHECK(sandbox.ask(Authorize{operation(110), intent, usd(3'500), "tok_error"}) == "failed");
  CHECK(sandbox.ask(Capture{operation(111), intent, usd(1)}) == "declined");
}

}  // namespace payment_contract_test
