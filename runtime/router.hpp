#pragma once

#include <list>
#include <set>

#include "runtime/residents.hpp"
#include "runtime/wire.hpp"

namespace caravan {

/// Brings work to the entity that it is for: here, or over a link to the node that owns its shard. While the shard is
/// on its way between nodes, the work waits. When this node's link to a living owner is down, the work goes over
/// another peer. Work that was certainly not done is tried again until it is, or patience ends; work that may have been
/// done is tried again only if doing it twice does no harm. In a node alone everything is here.
class Router {
 public:
  struct Limits {
    std::size_t waiting = 20'000;                // for a shard on its way
    std::size_t elsewhere = 50'000;              // at peers, without an answer
    std::chrono::milliseconds patience{10'000};  // for an answer, wherever it comes from
    std::chrono::milliseconds pause{20};         // before the first repeat; doubles
    std::chrono::milliseconds longest_pause{500};
    std::chrono::milliseconds detour{1'000};  // when an owner's link is down for so long, work goes over another peer
  };
  struct Stats {
    std::size_t waiting = 0, elsewhere = 0;
    std::uint64_t sent = 0, received = 0, repeated = 0;
  };
  /// False: the peer's link takes no more.
  using Send = std::function<bool(const std::string& peer, std::string message)>;

  Router(Residents& residents, const Shards& shards, Stopwatch stopwatch, Limits limits);

  /// Makes the node one of a cluster: from now on work for shards that are not open here goes to peers. `grown` is
  /// called when an answer tells how far the feed has grown. `first_number` must differ from one process of a node to
  /// the next, so that a late answer to a former process fits no errand of this one.
  void join(Send send, std::function<void(std::uint64_t position)> grown, std::uint64_t first_number);

  /// Gives work to an entity. False where a limit forbids it; nothing happened then, nor is the handler called.
  bool deliver(const Address& to, WorkPtr work, Residents::RunBy run_by = Residents::RunBy::workers);

  /// Which peer owns each shard, as far as is known; "" where nobody else does.
  void set_owners(std::vector<std::string> owners);
  void link_changed(const std::string& peer, bool is_open);
  /// The peer's process is gone: what became of the work that it has is unknown.
  void lost(const std::string& peer);
  void received(const std::string& peer, const wire::Errand& errand);
  void received(const wire::Answered& answered);

  /// Tries again what can be tried, gives up what has waited too long. A few times a second, and when shards have
  /// moved.
  void tick();
  /// Answers everything that waits.
  void close();
  Stats stats() const;

 private:
  using Moment = std::chrono::steady_clock::time_point;
  struct Task {
    Address to;
    WorkPtr work;  // its handler is the router's, and new for each attempt
    ReplyHandler handler;
    Moment give_up;
    Moment await_until{};                        // await
    std::optional<std::uint64_t> after_version;  // await: of the last answer, which was not accepted
    Moment not_before{};
    int repeats = 0;
    Outcome last = Outcome::unavailable;  // of the attempts so far: `unknown` once one of them may have done it
    bool is_passed_on = false;            // came from a peer that does not reach the owner; goes to the owner alone
  };
  using TaskPtr = std::shared_ptr<Task>;
  struct Elsewhere {
    TaskPtr task;
    std::string peer;
  };

  // False of all these: a limit refuses it. `begin` and `pass_on` then give the work its own handler back.
  bool begin(const TaskPtr& task, const Address& to, WorkPtr work, Residents::RunBy run_by);
  bool pass_on(const Address& to, WorkPtr work);
  bool attempt(const TaskPtr& task, Residents::RunBy run_by);
  bool give_here(const TaskPtr& task, Residents::RunBy run_by);
  bool send(const TaskPtr& task, const std::string& peer);
  bool park(const TaskPtr& task, std::chrono::milliseconds pause);
  void attempt_again(const TaskPtr& task);
  std::chrono::milliseconds pause_before_repeat(Task& task) const;
  void ended(const TaskPtr& task, Reply reply);
  static void answer(const TaskPtr& task, Reply reply);
  /// Does it to each task; one that throws is answered `unknown`, and keeps no other from its turn.
  template <class What>
  static void with_each(const std::vector<TaskPtr>& tasks, const char* doing, What what);
  /// Whom to send it to: the owner, or who may pass it on; "" where there is no way now.
  std::string way_to(std::uint32_t shard, bool is_passed_on) const;

  Residents& residents_;
  const Shards& shards_;
  const Stopwatch stopwatch_;
  const Limits limits_;
  Send send_;  // empty: a node alone
  std::function<void(std::uint64_t)> grown_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::string> owners_;
  std::set<std::string> open_;          // links
  std::map<std::string, Moment> down_;  // owners whose links are not open, since when
  std::uint64_t numbers_ = 0;
  std::unordered_map<std::uint64_t, Elsewhere> elsewhere_;
  std::list<TaskPtr> waiting_;
  std::uint64_t sent_ = 0, received_ = 0, repeated_ = 0;
};

}  // namespace caravan
