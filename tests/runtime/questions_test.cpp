// Effects to the outside: repeated by the runtime alone, given up at their deadline, withdrawn, and in operators'
// hands.
#include "runtime/questions.hpp"

#include <algorithm>

#include "actors/escrow/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "runtime/wire.hpp"
#include "storage/codec/codec.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace questions_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1);
const Address anns_wallet{EntityKind::wallet, ann.value};
const Address escrow{EntityKind::escrow, test_id<EscrowId>(2).value};
const PayoutAccountId account = test_id<PayoutAccountId>(3);
const Caller clerk = admin(test_id<UserId>(4), Permission::ops);
const Caller both = [] {
  Caller caller = clerk;
  caller.permissions |= static_cast<std::uint32_t>(Permission::finance);
  return caller;
}();

/// Notes what it is asked, and answers when the test says.
class Desk : public Provider {
 public:
  std::span<const Alternative> requests() const override { return payment_requests(); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override {
    calls.push_back({key, request, std::move(done)});
    if (!fails_with.empty()) calls.back().done(ProviderReply::failed(fails_with));
  }
  PaymentAnswer answer(std::size_t call, PaymentOutcome outcome = PaymentOutcome::done) const {
    return answer_to(calls.at(call).request, outcome);
  }
  template <class Request>
  std::size_t count() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(calls, [](const Call& call) { return call.request.get_if<Request>() != nullptr; }));
  }

  struct Call {
    EffectKey key;
    AnyRecord request;
    Done done;
  };
  std::vector<Call> calls;
  std::string fails_with;
};

struct Office {
  Office() { open(); }
  /// The process ends and starts again.
  void open() {
    const Time now = node ? node->clock.now() : test_start;
    node.reset();
    journal.restart();
    node = std::make_unique<SimulatedNode>(journal);
    node->clock.set(now);
    desk = std::make_shared<Desk>();
    node->node().add_provider(EntityKind::payments, desk);
    node->node().add_provider(EntityKind::messages, std::make_shared<Desk>());
    node->node().start();
    node->settle();
  }
  void add_account() {
    REQUIRE(node->ask(anns_wallet, AddPayoutAccount{account, "bank", "acct", "Ann", {}}, user(ann)).outcome ==
            Outcome::done);
  }
  void open_escrow() {
    const Money amount{3'500, {}};
    const CreateEscrow terms{test_id<DeliveryId>(5),
                             test_id<IntentId>(6),
                             ann,
                             test_id<UserId>(7),
                             amount,
                             platform_fee(amount),
                             "tok",
                             {},
                             "bank"};
    REQUIRE(node->ask(escrow, terms, service()).outcome == Outcome::done);
  }
  std::string account_status() {
    const Reply reply = node->query(anns_wallet, ListPayoutAccounts{}, user(ann));
    const auto& accounts = *reply.resource.get_if<PayoutAccountList>();
    if (accounts.items.empty()) return "none";
    return std::string(enum_labels(AccountStatus{})[static_cast<std::size_t>(accounts.items.front().status)]);
  }
  std::vector<OpenQuestion> stuck() { return node->node().stuck_effects(0ms); }
  std::size_t entries(const Address& of) { return node->door().history(of, 1, 1'000).size(); }
  void tell(std::size_t call, PaymentOutcome outcome = PaymentOutcome::done) {
    desk->calls.at(call).done(desk->answer(call, outcome));
    node->settle();
  }

  MemoryJournal journal;
  std::unique_ptr<SimulatedNode> node;
  std::shared_ptr<Desk> desk;
};

}  // namespace

TEST_CASE("questions: asked again with growing pauses, under one identity, until the term is over and no longer") {
  Office office;
  office.add_account();
  std::vector<Duration> asked{0ms};
  for (Time start = office.node->clock.now(); office.node->clock.now() < start + 48h;) {
    const std::size_t before = office.desk->calls.size();
    office.node->clock.set(office.node->clock.now() + 5s);
    office.node->settle();
    if (office.desk->calls.size() > before) asked.push_back(office.node->clock.now() - start);
  }
  CHECK(asked.size() < 160);
  CHECK(asked.at(1) == 10s);
  CHECK(asked.at(2) == 30s);
  CHECK(asked.at(3) == 70s);
  CHECK(asked.back() < 24h);
  CHECK(asked.back() > 23h);
  for (const Desk::Call& call : office.desk->calls) CHECK(call.key == office.desk->calls.front().key);
  CHECK(office.account_status() == "failed");
  CHECK(office.node->node().stats().effects_to_providers == 0);
  CHECK(office.node->node().stats().effects_given_up == 1);
}

TEST_CASE("questions: an answer that comes after it was given up is heard, and ends it") {
  Office office;
  office.add_account();
  office.node->advance(25h);
  CHECK(office.account_status() == "failed");
  office.tell(0);
  CHECK(office.account_status() == "verified");
  CHECK(office.stuck().empty());
  CHECK(office.journal.pending_effects({}, 10).empty());
}

TEST_CASE("questions: what was given up stays so over a restart, and its sender hears of it without a new entry") {
  Office office;
  office.add_account();
  office.node->advance(25h);
  const std::size_t entries = office.entries(anns_wallet);
  office.open();
  CHECK(office.desk->calls.empty());
  CHECK(office.node->node().stats().effects_given_up == 1);
  CHECK(office.entries(anns_wallet) == entries);
}

TEST_CASE("questions: operators see what is stuck and why, have it asked for again, or end it") {
  Office office;
  office.desk->fails_with = "status 503";
  office.add_account();
  office.node->advance(1h);
  REQUIRE(office.stuck().size() == 1);
  OpenQuestion question = office.stuck().front();
  CHECK(question.key.sender == anns_wallet);
  CHECK(question.request == "verify_account");
  CHECK(question.about == office.desk->calls.front().request.get_if<VerifyAccount>()->operation_id.text());
  CHECK(wire::question_of(wire::question_record(question)).about == question.about);
  CHECK(question.failure == "status 503");
  CHECK(question.asked_at == test_start);
  CHECK(question.deadline == test_start + 24h);
  CHECK(question.tries == 2);
  CHECK_FALSE(question.is_given_up);
  office.node->advance(24h);
  CHECK(office.stuck().front().is_given_up);

  const RetryEffect retry{question.key.number, "verify_account again"};
  CHECK(office.node->ask(anns_wallet, retry, user(ann)).rejection->code == "not_found");
  CHECK(office.node->ask(anns_wallet, RetryEffect{77}, clerk).rejection->code == "not_found");
  CHECK(office.node->ask(anns_wallet, retry, admin(ann, Permission::ops)).rejection->code == "self_not_allowed");
  CHECK(office.node->ask(anns_wallet, DropEffect{question.key.number, "mine"}, admin(ann, Permission::ops))
            .rejection->code == "self_not_allowed");
  const std::size_t before = office.desk->calls.size();
  CHECK(office.node->ask(anns_wallet, retry, clerk).outcome == Outcome::done);
  CHECK(office.desk->calls.size() == before + 1);
  CHECK_FALSE(office.stuck().front().is_given_up);
  CHECK(office.stuck().front().deadline == office.node->clock.now() + 24h);

  // It is asked for again, so it may succeed; and what a payment provider was asked, operators alone do not end.
  const DropEffect drop{question.key.number, "the bank knows no such account", "verify_account for good"};
  CHECK(office.node->ask(anns_wallet, drop, both).outcome == Outcome::done);
  CHECK(office.stuck().size() == 1);
  office.node->advance(25h);
  REQUIRE(office.stuck().front().is_given_up);
  const std::size_t calls = office.desk->calls.size();
  CHECK(office.node->ask(anns_wallet, drop, clerk).outcome == Outcome::done);
  CHECK(office.stuck().size() == 1);
  CHECK(office.node->ask(anns_wallet, drop, both).outcome == Outcome::done);
  CHECK(office.stuck().empty());
  CHECK(office.journal.pending_effects({}, 10).empty());
  const auto history = office.node->door().history(anns_wallet, 1, 100);
  CHECK(std::ranges::count(history, "drop_effect", [](const JournalEntry& entry) { return entry.origin.command; }) ==
        3);
  CHECK(std::ranges::count(history, drop.reason, &JournalEntry::note) == 3);
  CHECK(std::ranges::count(history, retry.about, &JournalEntry::about) == 1);
  CHECK(std::ranges::count(history, drop.about, &JournalEntry::about) == 3);
  CHECK(std::ranges::count(history, clerk.user, [](const JournalEntry& entry) { return entry.origin.caller.user; }) ==
        4);
  office.node->advance(48h);
  CHECK(office.desk->calls.size() == calls);
  office.open();
  CHECK(office.desk->calls.empty());
}

TEST_CASE("questions: an authorisation ends after three failures, and a late success is voided") {
  Office office;
  office.desk->fails_with = "status 503";
  office.open_escrow();
  for (int second = 0; second < 20; ++second) office.node->advance(1s);
  CHECK(office.desk->count<Authorize>() == 3);
  CHECK(office.desk->count<Void>() > 0);
  const EffectKey given_up = office.desk->calls.front().key;
  for (const PendingEffect& effect : office.journal.pending_effects({}, 10)) CHECK(effect.key != given_up);
  const std::size_t voids = office.desk->count<Void>();
  office.desk->fails_with.clear();
  for (std::size_t call = 0; call < office.desk->calls.size(); ++call)
    if (office.desk->calls[call].request.get_if<Void>()) office.tell(call);
  office.tell(0);
  CHECK(office.desk->count<Void>() > voids);
  CHECK(office.desk->calls.back().request.get_if<Void>()->authorisation_id ==
        office.desk->calls.front().request.get_if<Authorize>()->operation_id);
}

TEST_CASE("questions: who takes part in a delivery does not end what the provider was asked for it") {
  Office office;
  office.open_escrow();
  const std::uint64_t number = office.desk->calls.front().key.number;
  for (const UserId party : {ann, test_id<UserId>(7)})
    CHECK(office.node->ask(escrow, DropEffect{number, "mine"}, admin(party, Permission::ops)).rejection->code ==
          "self_not_allowed");
  CHECK(office.node->ask(escrow, DropEffect{number, "the bank says no"}, clerk).outcome == Outcome::done);
}

TEST_CASE("questions: what its sender withdraws is asked for no more, after a restart neither") {
  Office office;
  office.add_account();
  REQUIRE(office.node->ask(anns_wallet, RemovePayoutAccount{account}, user(ann)).outcome == Outcome::done);
  CHECK(office.journal.pending_effects({}, 10).empty());
  office.node->advance(48h);
  CHECK(office.desk->calls.size() == 1);
  CHECK(office.stuck().empty());
  office.tell(0);
  CHECK(office.account_status() == "none");
  office.open();
  CHECK(office.desk->calls.empty());
}

TEST_CASE("questions: many answers to one are taken once") {
  Office office;
  office.add_account();
  office.tell(0);
  const std::size_t entries = office.entries(anns_wallet);
  office.tell(0);
  office.tell(0, PaymentOutcome::declined);
  CHECK(office.entries(anns_wallet) == entries);
  CHECK(office.account_status() == "verified");
}

TEST_CASE("questions: a message that was given up is kept for operators for a month; money for as long as it takes") {
  Office office;
  office.add_account();  // of which nobody can be told yet
  const Address inbox = inbox_of(ann);
  office.node->ask(inbox, UpdateContact{"ann@example.com"}, entity({EntityKind::account, ann.value}));
  REQUIRE(office.node->ask(inbox, Notify{"offer_received", {}}, service()).outcome == Outcome::done);
  office.node->advance(25h);
  CHECK(office.node->node().stats().effects_given_up == 2);
  office.node->advance(29 * 24h);
  CHECK(office.node->node().stats().effects_given_up == 2);
  office.node->advance(2 * 24h);
  CHECK(office.node->node().stats().effects_given_up == 1);
  REQUIRE(office.journal.pending_effects({}, 10).size() == 1);
  CHECK(office.journal.pending_effects({}, 10).front().key.sender == anns_wallet);
}

TEST_CASE("questions: one of an earlier build, which has no term, is asked, answered, and has an end too") {
  for (const bool is_answered : {true, false}) {
    Office office;
    office.add_account();
    PendingEffect old = office.journal.pending_effects({}, 1).front();
    VerifyAccount request = *office.desk->calls.front().request.get_if<VerifyAccount>();
    request.term = {};
    old.command.clear();
    codec::encode_tagged(AnyRecord(request), old.command);
    office.journal.file()->outbox[old.key] = old;
    office.open();
    REQUIRE(office.desk->calls.size() == 1);
    if (is_answered)
      office.tell(0);
    else
      office.node->advance(8 * 24h);
    CHECK(office.account_status() == (is_answered ? "verified" : "failed"));
    CHECK(office.stuck().size() == (is_answered ? 0 : 1));
  }
}

}  // namespace questions_test
