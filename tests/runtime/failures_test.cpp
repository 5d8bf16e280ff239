#include <atomic>
#include <future>
#include <limits>

#include "actors/claim/entity.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "runtime/commit_line.hpp"
#include "runtime/directory.hpp"
#include "storage/journal/memory_journal.hpp"
#include "storage/storage_error.hpp"
#include "storage/worker/failures.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace failures_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1);
const Address anns_wallet{EntityKind::wallet, ann.value};
const Address anns_user{EntityKind::user, ann.value};
const Caller an_escrow = entity({EntityKind::escrow, test_id<EscrowId>(3).value});
const Caller an_account = entity({EntityKind::account, ann.value});
const Currency usd{};
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

AddPayoutAccount account(std::uint8_t number) { return {test_id<PayoutAccountId>(number), "bank", "tok_ok", {}, {}}; }

CreditPending credit(std::uint8_t number, std::int64_t amount) {
  return {test_id<EscrowId>(number), test_id<DeliveryId>(number), {amount, usd}, test_start + 24h};
}

std::uint64_t failures_of(const std::string& part) {
  const auto all = failures_by_part();
  const auto found = all.find(part);
  return found == all.end() ? 0 : found->second;
}

Reply look(SimulatedNode& node) { return node.query(anns_wallet, ViewWallet{}, user(ann)); }

/// Nobody waits, nothing is half alive, and the wallet works.
void check_sound(SimulatedNode& node, std::uint64_t version) {
  node.settle();
  CHECK(node.node().stats().work == 0);
  CHECK(node.node().stats().gate_bytes == 0);
  const Reply next = node.ask(anns_wallet, account(99), user(ann));
  CHECK(next.outcome == Outcome::done);
  CHECK(next.version == version + 1);
  CHECK(node.node().stats().residents >= 1);
  node.clock.set(node.clock.now() + 1h);  // it can be passivated as any other
  node.tick();
  node.settle();
  CHECK(node.node().stats().residents == 0);
}

}  // namespace

TEST_CASE("failures: an entity whose decision throws answers unknown, is read anew, and goes on") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  const std::uint64_t before = failures_of("entity wallet");
  REQUIRE(node.ask(anns_wallet, account(1), user(ann)).outcome == Outcome::done);
  const std::uint64_t activations = node.node().stats().activations;
  node.chance_fails = [] { return true; };
  CHECK(node.ask(anns_wallet, account(2), user(ann)).outcome == Outcome::unknown);
  CHECK(failures_of("entity wallet") == before + 1);
  CHECK(node.node().stats().residents == 0);
  node.chance_fails = {};
  CHECK(node.ask(anns_wallet, account(2), user(ann)).outcome == Outcome::done);
  CHECK(node.node().stats().activations == activations + 1);
  check_sound(node, 2);
}

TEST_CASE("failures: whoever waits in the mailbox or for a change hears of it, each once") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  REQUIRE(node.ask(anns_wallet, account(1), user(ann)).outcome == Outcome::done);
  int awaited = 0;
  Outcome heard = Outcome::done;
  node.door().await(
      anns_wallet, ViewWallet{}, user(ann), [](const Reply& reply) { return reply.version > 1; }, 60s,
      [&](Reply reply) {
        ++awaited;
        heard = reply.outcome;
      });
  node.run_actors();
  node.chance_fails = [] { return true; };
  auto failing = node.begin_ask({.to = anns_wallet, .command = account(2), .origin = {.caller = user(ann)}});
  auto behind = node.begin_ask({.to = anns_wallet, .command = account(3), .origin = {.caller = user(ann)}});
  *failing = *behind = {.outcome = Outcome::done};
  node.run_actors();
  CHECK(failing->outcome == Outcome::unknown);
  CHECK(behind->outcome == Outcome::unavailable);  // it was not begun
  CHECK(awaited == 1);
  CHECK(heard == Outcome::unknown);
  node.chance_fails = {};
  check_sound(node, 1);
  CHECK(awaited == 1);
}

TEST_CASE("failures: what was decided before lands with its effects, and is answered") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  node.node().start();
  auto first = node.begin_ask({.to = anns_wallet, .command = account(1), .origin = {.caller = user(ann)}});
  node.run_actors();
  node.chance_fails = [] { return true; };
  auto failing = node.begin_ask({.to = anns_wallet, .command = account(2), .origin = {.caller = user(ann)}});
  node.run_actors();
  node.chance_fails = {};
  CHECK(node.node().stats().residents == 1);  // until what it decided is in the journal
  CHECK(node.commit());
  CHECK(first->outcome == Outcome::done);
  CHECK(first->version == 1);
  CHECK(node.node().stats().effects_to_providers == 1);
  CHECK(node.node().stats().residents == 2);  // the inbox and the login, which hear of the account
  CHECK(look(node).version == 1);
  check_sound(node, 1);
}

TEST_CASE("failures: an entity whose answer throws harms no later command") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  CHECK(node.ask(anns_wallet, credit(1, most), an_escrow).outcome == Outcome::done);
  CHECK(node.ask(anns_wallet, credit(2, most), an_escrow).outcome == Outcome::done);
  for (int i = 0; i < 3; ++i) CHECK(look(node).outcome == Outcome::unknown);  // a sum that fits nothing
  CHECK(node.query(anns_wallet, ListPayouts{}, user(ann)).outcome == Outcome::done);
  check_sound(node, 2);
}

TEST_CASE("failures: an entity whose evolution throws has not decided, in this life and the next") {
  MemoryJournal journal;
  const auto earned = [](std::int64_t amount) { return RecordMoney{test_id<DeliveryId>(1), Money{amount, usd}, {}}; };
  {
    SimulatedNode node(journal);
    REQUIRE(node.ask(anns_user, CreateProfile{}, an_account).outcome == Outcome::done);
    REQUIRE(node.ask(anns_user, earned(most), an_escrow).outcome == Outcome::done);
    CHECK(node.ask(anns_user, earned(most), an_escrow).outcome == Outcome::unknown);
    CHECK(node.ask(anns_user, earned(-1), an_escrow).outcome == Outcome::done);
  }
  CHECK(SimulatedNode(journal, 2).ask(anns_user, earned(1), an_escrow).version == 4);
}

TEST_CASE("failures: an effect that its receiver cannot take waits, and the node with all others goes on") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  const Address text{EntityKind::claim, test_id<UserId>(9).value};
  node.chance_fails = [] { return true; };
  CHECK(node.ask(anns_wallet, account(1), user(ann)).outcome == Outcome::unknown);
  CHECK(node.ask(text, TakeClaim{ann.value, "", {}}, user(ann)).outcome == Outcome::done);
  CHECK_FALSE(node.node().is_broken());
}

TEST_CASE("failures: a handler that throws holds up no other answer, nor the commits") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  const std::uint64_t before = failures_of("commit line");
  node.door().ask({.to = anns_wallet, .command = account(1), .origin = {.caller = user(ann)}},
                  [](const Reply&) { throw std::runtime_error("nobody is there"); });
  auto second = node.begin_ask({.to = anns_wallet, .command = account(2), .origin = {.caller = user(ann)}});
  node.settle();
  CHECK(second->outcome == Outcome::done);
  CHECK(failures_of("commit line") == before + 1);
  CHECK_FALSE(node.node().is_broken());
  check_sound(node, 2);
}

namespace {

/// Fails as no journal should.
class ThrowingJournal : public MemoryJournal {
 public:
  std::vector<Committed> commit(const std::vector<Write>& batch) override {
    if (throws) throw std::runtime_error("simulated: no memory");
    return MemoryJournal::commit(batch);
  }
  bool throws = false;
};

}  // namespace

TEST_CASE("failures: a commit that throws is one of unknown outcome: the node stops serving, and says so") {
  ThrowingJournal journal;
  bool was_told = false;
  SimulatedNode node(journal, 1, {.on_broken = [&] { was_told = true; }});
  journal.throws = true;
  CHECK(node.ask(anns_wallet, account(1), user(ann)).outcome == Outcome::unknown);
  CHECK(was_told);
  CHECK(node.node().is_broken());
  CHECK(node.node().why_broken().find("a commit failed, see the log") != std::string::npos);
}

namespace {

/// Answers nobody, by an exception.
class ThrowingProvider : public Provider {
 public:
  std::span<const Alternative> requests() const override { return detail::alternatives(List<VerifyAccount>{}); }
  void handle(const EffectKey&, const AnyRecord& request, Done done) override {
    if (++asked == 1) throw std::runtime_error("simulated: no connection");
    done(AnyRecord(PaymentAnswer{PaymentOperation::verify_account, request.get_if<VerifyAccount>()->operation_id,
                                 PaymentOutcome::done, "", "", ""}));
  }
  int asked = 0;
};

}  // namespace

TEST_CASE("failures: a provider that throws is asked again") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  const auto provider = std::make_shared<ThrowingProvider>();
  node.node().add_provider(EntityKind::payments, provider);
  node.node().start();
  REQUIRE(node.ask(anns_wallet, account(1), user(ann)).outcome == Outcome::done);
  CHECK(provider->asked == 1);
  node.clock.set(node.clock.now() + 11s);
  node.settle();
  CHECK(provider->asked == 2);
  CHECK(node.node().stats().effects_to_providers == 0);
}

namespace {

const EffectKey question{anns_user, 7};

struct Asked {
  bool is_behind = false, is_away = false;
  int answers = 0;
  Directory::Sources sources() {
    return {.catch_up =
                [this] {
                  if (is_away) throw StorageError("PostgreSQL: the connection is lost");
                  return !is_behind;
                },
            .open_work =
                [](UserId user) {
                  return OpenWorkFound{{}, {TripId{user.value}}, {}};
                }};
  }
  void ask(Directory& directory, const EffectKey& key = question) {
    directory.handle(key, AnyRecord(FindOpenWork{ann}), [this](const ProviderReply& reply) {
      const auto* found = reply.answer.get_if<OpenWorkFound>();
      REQUIRE(found);
      CHECK(found->trips == std::vector{TripId{ann.value}});
      ++answers;
    });
  }
};

}  // namespace

TEST_CASE("directory: while the store is away, or the read models are behind, a question waits; then it is answered") {
  Asked asked;
  Directory directory(asked.sources(), Directory::Runs::by_hand);
  CHECK_FALSE(directory.answer_next());
  asked.ask(directory);
  asked.ask(directory);  // the runtime asks again: it is one question
  asked.is_away = true;
  CHECK_THROWS_AS(directory.answer_next(), StorageError);
  asked.is_away = false;
  asked.is_behind = true;
  CHECK_THROWS_AS(directory.answer_next(), StorageError);
  CHECK(asked.answers == 0);
  asked.is_behind = false;
  CHECK(directory.answer_next());
  CHECK(asked.answers == 1);
  CHECK_FALSE(directory.answer_next());
}

TEST_CASE("directory: a question that fails for itself holds up no other, and has an end") {
  int failed = 0, answered = 0;
  const Directory::Sources sources{.catch_up = [] { return true; },
                                   .open_work = [&](UserId user) -> OpenWorkFound {
                                     if (user != ann) return {};
                                     ++failed;
                                     throw std::runtime_error("its state cannot be read");
                                   }};
  Directory directory(sources, Directory::Runs::by_hand);
  directory.handle(question, AnyRecord(FindOpenWork{ann}), [](const ProviderReply&) {});
  directory.handle({anns_user, 8}, AnyRecord(FindOpenWork{test_id<UserId>(2)}),
                   [&](const ProviderReply&) { ++answered; });
  CHECK_THROWS(directory.answer_next());
  CHECK(directory.answer_next());
  CHECK(answered == 1);
  for (int i = 0; i < 1'000; ++i) try {
      if (!directory.answer_next()) break;
    } catch (const std::runtime_error&) {
    }
  CHECK_FALSE(directory.answer_next());
  CHECK(failed < 100);
}

TEST_CASE("directory: by itself it outlives an outage, and answers when that is over") {
  std::promise<OpenWorkFound> answer;
  std::atomic<int> tries{0};
  const Directory::Sources sources{.catch_up =
                                       [&] {
                                         if (++tries < 5) throw StorageError("PostgreSQL: the connection is lost");
                                         return true;
                                       },
                                   .open_work = [](UserId) { return OpenWorkFound{}; }};
  const std::uint64_t before = failures_of("thread directory");
  Directory directory(sources);
  directory.handle(question, AnyRecord(FindOpenWork{ann}),
                   [&](const ProviderReply& reply) { answer.set_value(*reply.answer.get_if<OpenWorkFound>()); });
  REQUIRE(answer.get_future().wait_for(30s) == std::future_status::ready);
  CHECK(tries == 5);
  CHECK(failures_of("thread directory") == before + 4);
}

}  // namespace failures_test
