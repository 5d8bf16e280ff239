#include "runtime/runtime.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include "actors/registry.hpp"
#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr auto tick_every = 10ms, idle_tick_every = 30ms;  // ticks were a third of what an idle node costs

class SystemRandom : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { randombytes_buf(out.data(), out.size()); }
};

}  // namespace

Random& system_random() {
  static SystemRandom random;
  return random;
}

Runtime::Runtime(caf::actor_system_config& config, Journal& journal, Clock& clock, Random& random, NodeOptions options,
                 bool threads)
    : journal_(journal),
      clock_(clock),
      options_(std::move(options)),
      threads_(threads),
      system_(std::make_unique<caf::actor_system>(config)),
      shards_(journal.shard_count()),
      commits_(journal, {options_.batch_items, options_.batch_bytes},
               {.landed = [this](CommitItem& item, std::uint64_t position) { landed(item, position); },
                .lost = [this](const std::shared_ptr<Activation>& activation) { residents_.drop(activation); },
                .broken =
                    [this] {
                      broken_ = true;
                      residents_.close();
                      spdlog::critical("the journal takes no more writes; this node stops serving: restart it");
                      if (options_.on_broken) options_.on_broken();
                    }}),
      around_{.journal = journal,
              .commits = commits_,
              .clock = clock,
              .random = random,
              .shards = shards_,
              .snapshot_every = options_.snapshot_every,
              .key_life = options_.key_life,
              .most_marks = options_.most_marks,
              .spans = options_.spans,
              .worked = [this](const std::shared_ptr<Activation>& activation) { residents_.worked(activation); },
              .dropped = [this](const std::shared_ptr<Activation>& activation) { residents_.drop(activation); }},
      residents_(*system_, around_, options_.stopwatch,
                 {options_.resident_limit, options_.mailbox_limit, options_.work_limit, options_.idle}),
      router_(residents_, shards_, options_.stopwatch, {}),
      outbox_(router_, shards_, clock, options_.stopwatch, options_.spans, {}),
      timers_(residents_, shards_, journal, options_.stopwatch, options_.spans,
              options_.cluster ? Timers::Store::shared : Timers::Store::own),
      traces_(options_.spans),
      stuck_(outbox_.questions(), options_.stopwatch) {
  if (options_.cluster)
    join_cluster();
  else
    for (const ShardLease& lease : journal_.claim_all_shards(options_.name)) {
      residents_.open(lease.shard, lease.epoch);
      opened_.push_back(lease.shard);
    }
  if (threads_)
    committer_.start({.name = "commit",
                      .doing = "committing",
                      .step = [this](const std::stop_token&) { return commits_.commit_batch(true); },
                      .on_failure = stops_node()});
}

Runtime::~Runtime() { stop(); }

void Runtime::join_cluster() {
  cluster_ = std::make_unique<cluster::Driver>(
      *options_.cluster,
      cluster::Driver::Runtime{.journal = journal_,
                               .shards = shards_,
                               .residents = residents_,
                               .outbox = outbox_,
                               .router = router_,
                               .traces = traces_,
                               .stuck = stuck_,
                               .lost_membership = [this](const std::string& why) { lose(why); },
                               .failed = stops_node().tell,
                               .grown =
                                   [this](std::uint64_t position) {
                                     if (options_.on_commit) options_.on_commit(position);
                                   }},
      around_.random);
  around_.has_lease = [driver = cluster_.get()] { return driver->has_lease(); };
}

void Runtime::lose(const std::string& why) {
  if (stopping_ || leaving_) return;  // it ends anyway: nobody has to restart it
  std::string text = "this node works alone no more: " + why + ": restart it";
  if (cluster_ && !cluster_->state().was_active)
    text = "this node cannot join the cluster: " + why;
  else if (cluster_)
    text = "this node is no member of the cluster any more (" + why + "): restart it";
  stop_serving(std::move(text));
}

void Runtime::stop_serving(std::string why) {
  spdlog::critical(why);
  {
    std::lock_guard lock(loss_mutex_);
    if (loss_.empty()) loss_ = std::move(why);
  }
  broken_ = true;
  residents_.close();
  router_.close();  // what waits for a shard would only keep the node from ending
  if (options_.on_broken) options_.on_broken();
}

std::string Runtime::why_broken() const {
  {
    std::lock_guard lock(loss_mutex_);
    if (!loss_.empty()) return loss_;
  }
  const std::string failure = journal_.failure();
  return "the journal takes no more writes: " + (failure.empty() ? "a commit failed, see the log" : failure);
}

void Runtime::leave() {
  leaving_ = true;
  if (cluster_) cluster_->leave();
}

std::optional<cluster::ClusterState> Runtime::cluster_state() const {
  if (!cluster_) return std::nullopt;
  return cluster_->state();
}

std::vector<std::string> Runtime::reachable_peers() const {
  std::vector<std::string> peers;
  if (cluster_)
    for (const LinkState& link : cluster_->state().links)
      if (link.open) peers.push_back(link.peer.name);
  return peers;
}

std::vector<NodeSpan> Runtime::find_trace(const std::string& trace_id, std::chrono::milliseconds patience) {
  return traces_.find(trace_id, reachable_peers(), patience);
}

std::vector<OpenQuestion> Runtime::stuck_effects(std::chrono::milliseconds patience) {
  return stuck_.find(reachable_peers(), patience);
}

std::optional<Time> Runtime::next_timer() const {
  const auto due = timers_.next_due(), deadline = outbox_.questions().next_deadline();
  return due && deadline ? std::min(due, deadline) : due ? due : deadline;
}

void Runtime::add_provider(EntityKind kind, std::shared_ptr<Provider> provider) {
  outbox_.questions().add_provider(kind, std::move(provider));
}

void Runtime::start() {
  if (cluster_)
    cluster_->start(threads_);
  else
    outbox_.open(journal_, opened_);
  if (!threads_) return;
  // When a provider throws, its request is asked again after the usual pause.
  asker_.start({.name = "providers",
                .doing = "asking providers",
                .step = [this](const std::stop_token&) { return outbox_.questions().ask_next(true); },
                .on_failure = Worker::Retry{}});
  ticker_.start({.name = "ticker",
                 .doing = "firing what is due",
                 .step =
                     [this](const std::stop_token& stop) {
                       if (!pause_for(idle(0ms) ? idle_tick_every : tick_every, stop)) return false;
                       tick();
                       return true;
                     },
                 .on_failure = Worker::Retry{}});
}

Worker::GiveUp Runtime::stops_node() {
  return {[this](const std::string& why) { stop_serving(why + ": restart this node"); }};
}

void Runtime::tick() {
  const auto now = options_.stopwatch();
  // A part that throws does not keep the others from their turn.
  const auto part = [](const char* doing, const auto& what) {
    try {
      what();
    } catch (...) {
      tell_failure("ticker", doing);
    }
  };
  part("firing timers", [&] { timers_.fire(clock_.now()); });
  part("sending effects again", [&] { outbox_.retry(now); });
  part("giving work to other nodes", [&] { router_.tick(); });
  if (!threads_)
    part("asking providers", [&] {
      while (outbox_.questions().ask_next(false)) continue;
    });
  if (now - last_sweep_ < 1s) return;
  last_sweep_ = now;
  part("letting entities rest", [&] { residents_.sweep(now); });
}

void Runtime::stop() {
  if (stopping_.exchange(true)) return;
  ticker_.stop();
  outbox_.close();
  asker_.stop();
  // A thread that has sent a message keeps CAF's logger alive, and the actor system waits for the logger for ever.
  outbox_.questions().release_providers();
  residents_.close();
  router_.close();
  if (threads_) {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (residents_.busy() > 0 && std::chrono::steady_clock::now() < limit) std::this_thread::sleep_for(1ms);
  }
  commits_.close();
  committer_.stop();
  if (cluster_) cluster_->stop();
  residents_.clear();
  system_.reset();  // joins the workers while everything that actors refer to still stands
}

void Runtime::landed(CommitItem& item, std::uint64_t position) {
  for (const StoredTimer& timer : item.write->timers)
    if (timer.due) timers_.set(*timer.due);
  for (OutgoingEffect& effect : item.outgoing) outbox_.push(std::move(effect));
  for (const EffectOrder& order : item.orders) outbox_.questions().obey(order);
  if (position != 0 && options_.on_commit) options_.on_commit(position);
}

bool Runtime::give(const Address& to, std::shared_ptr<Work> work, ReplyHandler handler) {
  RequestOrigin& origin = work->stimulus.origin;
  const TraceAtHand at_hand = trace_at_hand();
  if (origin.trace_id.empty()) origin.trace_id = at_hand.trace_id;
  if (at_hand.is_kept()) origin.traceparent = at_hand.traceparent;
  work->handler = std::move(handler);
  const std::shared_ptr<Work> kept = work;
  if (router_.deliver(to, std::move(work), threads_ ? Residents::RunBy::caller : Residents::RunBy::workers))
    return true;
  kept->handler({.outcome = stopping_ || broken_ ? Outcome::unavailable : Outcome::overloaded, .retry_after = 1s});
  return false;
}

void Runtime::ask(Ask ask, ReplyHandler handler) {
  auto work = std::make_shared<Work>();
  work->stimulus = {.kind = Stimulus::Kind::client,
                    .command = std::move(ask.command),
                    .then = std::move(ask.then),
                    .expected_versions = std::move(ask.expected_versions),
                    .origin = std::move(ask.origin)};
  give(ask.to, std::move(work), std::move(handler));
}

void Runtime::query(Address to, AnyRecord query, Caller caller, ReplyHandler handler) {
  auto work = std::make_shared<Work>();
  work->kind = Work::Kind::query;
  work->query = std::move(query);
  work->caller = caller;
  give(to, std::move(work), std::move(handler));
}

void Runtime::await(Address to, AnyRecord query, Caller caller, std::function<bool(const Reply&)> done,
                    std::chrono::milliseconds deadline, ReplyHandler handler) {
  auto work = std::make_shared<Work>();
  work->kind = Work::Kind::await;
  work->query = std::move(query);
  work->caller = caller;
  work->accepts = std::move(done);
  work->deadline = deadline;
  give(to, std::move(work), std::move(handler));
}

std::vector<JournalEntry> Runtime::history(Address entity, std::uint64_t from, std::size_t limit,
                                           std::optional<Lane> lane) {
  std::vector<JournalEntry> entries;
  const EntityClass* known = find_entity(entity.kind);
  if (!known) return entries;
  for (const Stored::Row& row : journal_.history(entity, from, limit, lane)) {
    JournalEntry& entry = entries.emplace_back();
    entry.entity = entity;
    entry.sequence = row.sequence;
    entry.lane = row.lane;
    if (!decode_body(*known, row.body, entry))
      throw StorageError("entry " + std::to_string(row.sequence) + " of " + to_text(entity) +
                         " cannot be read; run `caravan journal verify`");
  }
  return entries;
}

bool Runtime::idle(std::chrono::milliseconds provider_patience) const {
  return residents_.busy() == 0 && commits_.stats().waiting == 0 &&
         outbox_.idle(options_.stopwatch(), provider_patience) && timers_.idle(clock_.now());
}

NodeStats Runtime::stats() const {
  const auto residents = residents_.stats();
  const auto commits = commits_.stats();
  const auto outbox = outbox_.stats();
  const auto questions = outbox_.questions().stats();
  const auto router = router_.stats();
  const Time now = clock_.now();
  const double overdue = std::chrono::duration<double>(now - std::min(now, timers_.oldest_due().value_or(now))).count();
  return {.residents = residents.entities,
          .at_rest = residents.at_rest,
          .work = residents.work,
          .activations = residents.activations,
          .passivations = residents.passivations,
          .refused = residents.refused,
          .batches = commits.batches,
          .writes = commits.writes,
          .written_bytes = commits.bytes,
          .commit_seconds = commits.commit_seconds,
          .batch_writes = commits.batch_writes,
          .commit_queue = commits.waiting,
          .gate_bytes = commits.gate_bytes,
          .effects_to_entities = outbox.to_entities,
          .effects_to_providers = questions.open,
          .effects_given_up = questions.given_up,
          .effects_delivered = outbox.delivered + questions.answered,
          .effects_retried = outbox.retried + questions.repeated,
          .timers_fired = timers_.fired(),
          .oldest_to_entity = outbox.oldest_to_entity,
          .oldest_to_provider = questions.oldest,
          .oldest_overdue_timer = overdue,
          .waiting_for_shards = router.waiting,
          .at_peers = router.elsewhere,
          .sent_to_peers = router.sent,
          .received_from_peers = router.received,
          .repeated = router.repeated,
          .fenced = commits.fenced};
}

namespace {

/// CAF's defaults that do not fit a node: see runtime/README.md.
struct NodeConfig : caf::actor_system_config {
  explicit NodeConfig(std::size_t threads) {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", std::size_t{50});
    set("logger.verbosity", caf::atom("quiet"));
  }
};

/// Keeps the configuration alive for as long as the actor system that refers to it.
class ThreadedNode : private NodeConfig, public Runtime {
 public:
  ThreadedNode(Journal& journal, Clock& clock, Random& random, NodeOptions options)
      : NodeConfig(options.worker_threads),
        Runtime(static_cast<NodeConfig&>(*this), journal, clock, random, std::move(options), true) {}
};

}  // namespace

std::unique_ptr<Node> make_node(Journal& journal, Clock& clock, Random& random, NodeOptions options) {
  return std::make_unique<ThreadedNode>(journal, clock, random, std::move(options));
}

}  // namespace caravan
