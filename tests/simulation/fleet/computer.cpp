#include "tests/simulation/fleet/computer.hpp"

#include "runtime/cluster/driver.hpp"
#include "tests/simulation/world.hpp"

namespace caravan::simulation {

namespace {

using Inbox = std::vector<std::function<void()>>;

/// A provider as one process reaches it: answers come in while the process runs, and are lost after its end.
class Line : public Provider {
 public:
  Line(std::shared_ptr<Provider> far, std::weak_ptr<Inbox> inbox) : far_(std::move(far)), inbox_(std::move(inbox)) {}

  std::span<const Alternative> requests() const override { return far_->requests(); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override {
    far_->handle(key, request, [inbox = inbox_, done = std::move(done)](const ProviderReply& answer) {
      if (const auto open = inbox.lock()) open->push_back([done, answer] { done(answer); });
    });
  }

 private:
  std::shared_ptr<Provider> far_;
  std::weak_ptr<Inbox> inbox_;
};

}  // namespace

/// The journal of a store that may not answer.
class Computer::FailingJournal : public JournalSeam {
 public:
  FailingJournal(MemoryJournal& journal, const SeamRules& rules, ClusterStoreSeam::Fails fails)
      : JournalSeam(journal, rules), fails_(std::move(fails)) {}

  std::optional<ShardLease> claim_shard(std::uint32_t shard, std::uint64_t expected, std::string_view owner) override {
    check();
    auto lease = JournalSeam::claim_shard(shard, expected, owner);
    check();
    return lease;
  }
  Stored load(const Address& entity) override {
    check();
    return JournalSeam::load(entity);
  }
  std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) override {
    check();
    return JournalSeam::entry(entity, sequence);
  }
  std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) override {
    check();
    return JournalSeam::pending_effects(after, limit);
  }
  std::vector<PendingTimer> due_timers(Time until, std::size_t limit, std::size_t skip) override {
    check();
    return JournalSeam::due_timers(until, limit, skip);
  }

 private:
  void check() const {
    if (fails_()) throw StorageError("simulated: the store does not answer");
  }

  ClusterStoreSeam::Fails fails_;
};

struct Computer::Process {
  Process(World& world, ClusterStoreSeam::Fails fails, const BrokenRules& sabotage)
      : journal(world.journal.file()), seam(journal, world.seam, fails), store(world.journal.file(), fails, sabotage) {}

  MemoryJournal journal;
  FailingJournal seam;
  ClusterStoreSeam store;
  std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>();
  std::unique_ptr<testkit::SimulatedNode> node;
};

Computer::Computer(World& world, Network& network, const TrueTime& now, std::string name)
    : world_(world),
      network_(network),
      now_(now),
      name_(std::move(name)),
      rate_(1 + static_cast<double>(world.chance.between(-50, 50)) / 1'000),
      start_(std::chrono::seconds(world.chance.between(10, 1'000'000))),
      skew_(world.chance.between(-2'000, 2'000)) {}

Computer::~Computer() = default;

bool Computer::is_up() const { return process_ != nullptr; }
testkit::SimulatedNode& Computer::node() { return *process_->node; }

cluster::Moment Computer::moment() const {
  const TrueTime passed = sabotage.clock_stops_when_frozen ? now_ - frozen_in_all_ : now_;
  const auto shown = static_cast<double>(passed.count()) * rate_ + static_cast<double>(start_.count());
  return cluster::Moment(TrueTime(static_cast<TrueTime::rep>(shown)));
}

NodeOptions Computer::options(Process& process) {
  NodeOptions options = world_.faults.node;
  cluster::ClusterOptions& cluster = options.cluster.emplace();
  cluster.store = &process.store;
  cluster.self = {name_, name_ + ":7000", name_ + ":8080", "simulated", 1, newest_version};
  cluster.clock = [this] { return moment(); };
  cluster.wall = [this] { return date_; };
  cluster.make_links = [this](LinkOptions links, LinkEvents events) {
    return network_.join(std::move(links), std::move(events),
                         {.clock = [this] { return moment(); }, .is_frozen = [this] { return is_frozen(); }});
  };
  return options;
}

void Computer::start() {
  world_.history.tell(world_.now(), name_, "starts");
  is_leaving = false;
  next_commit = Break::none;
  is_killed_ = false;
  process_ = std::make_unique<Process>(
      world_, [this] { return is_killed_ || (store_fails_until > now_ && world_.chance.percent(70)); }, sabotage);
  Process* process = process_.get();
  process->seam.on_landed = [this, process](const Write& write) {
    const ShardRow& row = process->journal.file()->shards.at(write.shard);
    const std::string what = name_ + " wrote to shard " + std::to_string(write.shard);
    if (row.owner != process->node->node().cluster_state()->id)
      world_.checker.fault(what + ", which is " + to_text(row.owner) + "'s");
    else if (write.epoch != row.epoch)
      world_.checker.fault(what + " under epoch " + std::to_string(write.epoch) + ", and has it under " +
                           std::to_string(row.epoch));
  };
  process->node = std::make_unique<testkit::SimulatedNode>(process->seam, world_.chance.next(), options(*process),
                                                           [this] { return moment(); });
  process->node->clock.set(date_);
  process->node->order = world_.faults.order;
  Node& node = process->node->node();
  for (const auto& [kind, provider] : world_.providers())
    node.add_provider(kind, std::make_shared<Line>(provider, process->inbox));
  node.start();
}

void Computer::stop() { process_.reset(); }

void Computer::kill() {
  const bool is_silent = world_.chance.percent(50);
  world_.history.tell(world_.now(), name_, is_silent ? "loses its power" : "is killed");
  if (is_silent) network_.unplug(name_);
  is_killed_ = true;
  process_.reset();
}

void Computer::freeze(TrueTime until) {
  frozen_until_ = until;
  dreams_ = true;
  frozen_in_all_ += until - now_;
  world_.history.tell(world_.now(), name_, "freezes for " + std::to_string((until - now_).count() / 1'000) + " ms");
}

bool Computer::wakes_up() { return works() && std::exchange(dreams_, false); }

void Computer::pulse() {
  for (const auto& work : std::exchange(*process_->inbox, {})) work();
  cluster::Driver& driver = *node().cluster();
  driver.step();
  if (store_stalls_until <= now_)
    while (driver.store_step()) continue;
  node().tick();
}

bool Computer::commit() {
  if (!store_works()) return false;
  MemoryJournal& journal = process_->journal;
  if (sabotage.ignores_fences)
    for (std::uint32_t shard = 0; shard < journal.shard_count(); ++shard) journal.usurp(shard);
  if (next_commit != Break::none && node().node().stats().commit_queue > 0)
    journal.break_next_commit(std::exchange(next_commit, Break::none) == Break::lands);
  return node().commit();
}

void Computer::set_date(Time date) {
  date_ = date + skew_;
  if (process_) node().clock.set(date_);
}

}  // namespace caravan::simulation
