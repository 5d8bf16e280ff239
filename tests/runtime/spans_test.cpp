#include "runtime/spans.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/account/commands.hpp"
#include "actors/claim/entity.hpp"
#include "runtime/shards.hpp"
#include "runtime/wire.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace spans_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const std::string trace = "0af7651916cd43dd8448eb211c80319c", request_step = "b7ad6b7169203331";
const std::string kept = "00-" + trace + '-' + request_step + "-01",
                  not_kept = "00-" + trace + '-' + request_step + "-00";
const UserId newcomer = test_id<UserId>(4);

Register registration() {
  Register command;
  command.email = "ann@example.com";
  command.first_name = "Ann";
  command.last_name = "Archer";
  command.password_hash = "hash";
  return command;
}

/// The steps of that name, oldest first.
std::vector<Span> named(const Spans& spans, std::string_view operation) {
  std::vector<Span> out = spans.of(trace);
  std::erase_if(out, [&](const Span& span) { return span.operation != operation; });
  return out;
}

Span some_span(int number) {
  return {.trace_id = trace, .id = fresh_span_id(), .parent = {}, .operation = std::to_string(number)};
}

/// Keeps what was logged, with the trace at hand.
struct TracedLines : spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  void sink_it_(const spdlog::details::log_msg& message) override {
    lines.push_back(std::string(message.payload.data(), message.payload.size()) + " | " +
                    std::string(trace_at_hand().trace_id) + " | " + std::string(trace_at_hand().traceparent));
  }
  void flush_() override {}
  std::vector<std::string> lines;
};

}  // namespace

TEST_CASE("spans: what a request asks of entities, and what these send on, hangs together by parents") {
  MemoryJournal journal;
  Spans spans(0, {});
  SimulatedNode node(journal, 1, {.spans = &spans});
  node.node().start();
  {
    const WithTrace at_hand({"the request", kept});
    node.begin_ask({.to = account_address(newcomer), .command = registration()});
  }
  node.settle();
  const auto asked = named(spans, "register"), committed = named(spans, "commit"), sent = named(spans, "send notify"),
             received = named(spans, "notify");
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].parent == request_step);
  CHECK(asked[0].kind == Span::Kind::internal);
  CHECK_FALSE(asked[0].failed);
  CHECK(std::get<std::string>(asked[0].facts.at(0).second) == to_text(account_address(newcomer)));
  CHECK(std::ranges::any_of(committed, [&](const Span& span) { return span.parent == asked[0].id; }));
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].parent == asked[0].id);
  CHECK(sent[0].kind == Span::Kind::producer);
  REQUIRE(received.size() == 1);
  CHECK(received[0].parent == sent[0].id);
  CHECK(received[0].kind == Span::Kind::consumer);
}

TEST_CASE("spans: queries have theirs, refusals are failures, and what is not kept leaves nothing") {
  MemoryJournal journal;
  Spans spans(10'000, {});
  SimulatedNode node(journal, 1, {.spans = &spans});
  const Address claim{EntityKind::claim, newcomer.value};
  node.ask(claim, TakeClaim{newcomer.value, "", {}});
  CHECK(spans.ended() == 0);
  {
    const WithTrace at_hand({"the request", not_kept});
    node.ask(claim, ReleaseClaim{newcomer.value});
    CHECK(spans.ended() == 0);
  }
  node.ask(account_address(newcomer), registration());
  const WithTrace at_hand({"the request", kept});
  node.query(claim, ViewClaim{});
  CHECK(named(spans, "view_claim").size() == 1);
  CHECK(node.ask(account_address(newcomer), registration()).outcome == Outcome::rejected);
  REQUIRE(named(spans, "register").size() == 1);
  CHECK(named(spans, "register")[0].failed);
}

TEST_CASE("spans: what is logged while an entity works for a request has its trace, kept or not") {
  MemoryJournal journal;
  const Address account = account_address(newcomer);
  journal.claim_all_shards("nobody");
  journal.commit({{.shard = shard_of(account, journal.shard_count()), .entity = account, .sequence = 1, .body = "?"}});
  SimulatedNode node(journal);
  const auto lines = std::make_shared<TracedLines>();
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("", lines));
  node.begin_ask(
      {.to = account, .command = registration(), .origin = {.trace_id = "order 7", .traceparent = not_kept}});
  node.run_actors();
  spdlog::set_default_logger(before);
  REQUIRE(lines->lines.size() == 1);
  CHECK(lines->lines[0].find("cannot be loaded") != std::string::npos);
  CHECK(lines->lines[0].ends_with(" | order 7 | "));
  CHECK(trace_at_hand().trace_id.empty());
}

TEST_CASE("spans: work for a peer brings its step along") {
  Work work;
  work.stimulus.command = TakeClaim{newcomer.value, "", {}};
  work.stimulus.origin.traceparent = kept;
  const Address claim{EntityKind::claim, newcomer.value};
  const auto there = [&](const Work& sent) {
    const AnyRecord message = wire::decode(wire::encode(wire::errand(1, claim, sent, {}, {})));
    REQUIRE(message.get_if<wire::Errand>());
    return wire::work_of(*message.get_if<wire::Errand>())->stimulus.origin.traceparent;
  };
  CHECK(there(work) == kept);
  work.kind = Work::Kind::query;
  work.query = ViewClaim{};
  CHECK(there(work) == kept);
}

TEST_CASE("spans: the newest are kept, a trace shows so many, and others see them all") {
  int seen = 0;
  Spans spans(0, {.kept = 3, .shown = 2}, [&](const Span&) { ++seen; });
  for (int i = 0; i < 5; ++i) spans.open(some_span(i));
  CHECK(seen == 5);
  CHECK(spans.ended() == 5);
  CHECK(spans.of(trace).size() == 2);
  CHECK(named(spans, "0").empty());
  CHECK(named(spans, "1").empty());
}

TEST_CASE("spans: a trace's id decides whether it is kept, on every node alike") {
  CHECK_FALSE(Spans(0, {}).samples(std::string(32, '0')));
  CHECK(Spans(10'000, {}).samples(std::string(32, 'f')));
  const Spans one_in_ten(1'000, {});
  CHECK(one_in_ten.samples(std::string(18, 'f') + std::string(14, '0')));
  CHECK_FALSE(one_in_ten.samples(std::string(18, '0') + std::string(14, 'f')));
  int samples = 0;
  for (int i = 0; i < 10'000; ++i) samples += one_in_ten.samples(trace_id_of(std::to_string(i))) ? 1 : 0;
  CHECK(samples > 850);
  CHECK(samples < 1'150);
}

TEST_CASE("spans: an effect that a restart held up goes on in its trace") {
  MemoryJournal journal;
  {
    SimulatedNode node(journal);
    const WithTrace at_hand({"the request", {}});
    node.begin_ask({.to = account_address(newcomer), .command = registration(), .origin = {.trace_id = trace}});
    node.run_actors();
    REQUIRE(node.commit());
  }
  Spans spans(10'000, {});
  SimulatedNode node(journal, 1, {.spans = &spans});
  node.node().start();
  node.settle();
  const auto taken_up = named(spans, "take up notify"), sent = named(spans, "send notify"),
             received = named(spans, "notify");
  REQUIRE(taken_up.size() == 1);
  CHECK(taken_up[0].parent.empty());
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].parent == taken_up[0].id);
  REQUIRE(received.size() == 1);
  CHECK(received[0].parent == sent[0].id);
}

TEST_CASE("spans: a timer begins a trace, which its entity's history names") {
  MemoryJournal journal;
  std::vector<Span> ended;
  Spans spans(10'000, {}, [&](const Span& span) { ended.push_back(span); });
  SimulatedNode node(journal, 1, {.spans = &spans});
  const Address claim{EntityKind::claim, newcomer.value};
  node.ask(claim, TakeClaim{newcomer.value, "", test_start + std::chrono::minutes{10}});
  CHECK(ended.empty());
  node.advance(std::chrono::minutes{11});
  REQUIRE(ended.size() == 3);  // each when it ends: the commit, what the entity did, the timer
  CHECK(ended[2].operation.starts_with("timer "));
  CHECK(ended[2].parent.empty());
  CHECK(ended[1].operation == "timer_fired");
  CHECK(ended[1].parent == ended[2].id);
  CHECK(ended[0].trace_id == ended[2].trace_id);
  CHECK(journal.load(claim).after.back().body.find(ended[2].trace_id) != std::string::npos);
}

TEST_CASE("spans: a traceparent is W3C's or none; any id is a trace id") {
  const auto parent = parse_traceparent(kept);
  REQUIRE(parent);
  CHECK(parent->trace_id == trace);
  CHECK(parent->span_id == request_step);
  CHECK(parent->sampled);
  CHECK_FALSE(parse_traceparent(not_kept)->sampled);
  for (std::string bad :
       {std::string(), kept.substr(1), "ff" + kept.substr(2), kept.substr(0, 53) + "0g",
        "00-" + std::string(32, '0') + kept.substr(35), kept.substr(0, 36) + std::string(16, '0') + "-01"})
    CHECK_FALSE_MESSAGE(parse_traceparent(bad), bad);
  CHECK(trace_id_of(trace) == trace);
  CHECK(trace_id_of("0af76519-16cd-43dd-8448-eb211c80319c") == trace);
  CHECK(trace_id_of("order 7").size() == 32);
  CHECK(trace_id_of("order 7") == trace_id_of("order 7"));
  CHECK(trace_id_of("order 7") != trace_id_of("order 8"));
}

}  // namespace spans_test
