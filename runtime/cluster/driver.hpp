#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "runtime/cluster/options.hpp"
#include "runtime/outbox.hpp"
#include "runtime/peer_search.hpp"
#include "storage/worker/worker.hpp"

namespace caravan::cluster {

/// Carries out what a ClusterNode asks for: reads and changes the store's rows, speaks with peers over links, opens and
/// drops shards of the runtime. One thread moves the state machine; two others wait for the store, so that what keeps
/// the lease alive never stands behind reads of many rows. A simulation does without threads and calls `step` and
/// `store_step`.
class Driver {
 public:
  struct Runtime {
    Journal& journal;
    Shards& shards;
    Residents& residents;
    Outbox& outbox;
    Router& router;
    TraceSearch& traces;
    StuckSearch& stuck;
    /// This process is no member any more and must end; `why` is for people.
    std::function<void(const std::string& why)> lost_membership;
    /// The state machine cannot go on, and the node must stop; `why` is for people.
    std::function<void(const std::string& why)> failed;
    /// The feed has grown to this position, a peer says.
    std::function<void(std::uint64_t position)> grown;
  };

  Driver(ClusterOptions options, Runtime runtime, Random& random);
  ~Driver();

  /// Listens, and begins to join. Throws std::runtime_error where it cannot listen.
  void start(bool threads);
  /// Hands all shards over to others.
  void leave();
  /// Ends the threads, the membership and the links. Other members may claim what this node still owns from now on.
  void stop();

  /// Nobody else can own our shards yet, so answers from memory are not stale.
  bool has_lease() const { return options_.clock() < Moment(Moment::duration(lease_until_.load())); }
  ClusterState state() const;

  // What the threads do.
  void step();
  /// Does one thing with the store; false where there is none.
  bool store_step() { return work(membership_work_, false) || work(bulk_work_, false); }

 private:
  using Event = std::function<void(Actions&)>;
  /// What is to be done with the store, one after the other.
  struct StoreWork {
    std::deque<std::function<void()>> queue;
    std::condition_variable woken;
    Worker worker;
  };

  /// Waits for an event, or for the next step's time; false at the end.
  bool wait_and_step();
  void post(Event event);
  void to_store(StoreWork& where, std::function<void()> what);
  /// With `wait`, waits for something to do; false at the end.
  bool work(StoreWork& where, bool wait);
  // One for each kind of action.
  void perform(const ReadStore& read);
  void perform(const PutMember& put);
  void perform(const ForgetMember& forget);
  void perform(const TouchMember& touch);
  void perform(const SendProbe& probe);
  void perform(const ClaimShard& claim);
  void perform(const PutMove& move);
  void perform(const OpenShard& open);
  void perform(const GiveUpShard& give_up);
  void perform(const DropShard& drop);
  /// What is done with the result of a write.
  auto written(std::uint64_t number);
  /// Does `change` of the store, and brings its result as an event; nothing where the store failed.
  template <class Change, class Result>
  void ask_store(StoreWork& where, Change change, Result result);
  void open_loaded(std::vector<OpenShard> shards);
  void settle();
  void publish();
  void follow_members();
  void tell_end(const MemberId& member) const;
  void tell_peers(const AnyRecord& message);
  void exchange_loads(Moment now);
  void tell_condition(Moment now);
  void keep_condition(const std::string& peer, const wire::NodeCondition& told);
  void received(const std::string& peer, const std::string& message);
  void abandon();

  const ClusterOptions options_;
  const Runtime runtime_;
  const std::uint64_t first_number_;
  ClusterNode node_;                                // the thread of `step` alone, as what follows
  std::map<std::uint32_t, std::uint64_t> opening_;  // shard → epoch, while its effects are loaded
  std::vector<OpenShard> to_open_;
  std::set<std::uint32_t> giving_;
  std::map<std::string, MemberId> peers_;      // alive, but for this one
  std::vector<double> rates_;                  // of work, by shard: measured where it is served, or told by a peer
  std::vector<ShardLoad> loads_, told_loads_;  // by shard; as this node has told the store
  int exchanges_ = 0;                          // of loads
  std::vector<std::uint64_t> work_seen_;
  Moment next_loads_{}, loads_since_{};
  Moment next_condition_{};
  bool told_lease_ = false;  // to the peers
  bool has_new_rows_ = false, rows_changed_ = false, told_end_ = false;

  std::unique_ptr<Links> links_;
  std::atomic<Moment::rep> lease_until_{0};
  std::atomic<bool> store_fails_{false};  // as it was told last
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::vector<Event> events_;
  StoreWork membership_work_, bulk_work_;
  ClusterState state_;
  std::map<std::string, Moment> heard_;  // when each peer has told of its condition
  bool stopping_ = false;
  Worker worker_;
};

}  // namespace caravan::cluster
