#pragma once

#include <list>
#include <set>

#include "runtime/residents.hpp"
#include "runtime/wire.hpp"

namespace caravan {

/// Brings work to the entity that it is for, wherever that lives: here, at a peer over its link, or, while its shard is
/// on its way between nodes, later. An owner that this node does not hear, though the cluster does, is reached over
/// another peer. What has not been done is tried again until it is, or patience ends; what may have
/// been done is tried again only where that is harmless. A node alone has everything here.
class Router {
 public:
  struct Limits {
    std::size_t waiting = 20'000;                // for a shard on its way
    std::size_t elsewhere = 50'000;              // at peers, without an answer
    std::chrono::milliseconds patience{10'000};  // for an answer, wherever it comes from
    std::chrono::milliseconds pause{20};         // before a repeat
    std::chrono::milliseconds detour{1'000};     // an owner's link is down for that long: over another peer
  };
  struct Stats {
    std::size_t waiting = 0, elsewhere = 0;
    std::uint64_t sent = 0, received = 0, repeated = 0;
  };
  /// False: the peer's link takes no more.
  using Send = std::function<bool(const std::string& peer, std::string message)>;

  Router(Residents& residents, const Shards& shards, Stopwatch stopwatch, Limits limits);

  /// From now on what is not here is elsewhere. `grown`: an answer tells that the feed has grown to a position.
  /// `first_number` differs from one process of a node to the next.
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
    WorkPtr work;  // its handler is ours, and new for each attempt
    ReplyHandler handler;
    Moment give_up;
    Moment await_until{};                        // await
    std::optional<std::uint64_t> after_version;  // await: has been answered with this one already
    Moment not_before{};
    bool is_passed_on = false;  // for a peer that does not reach the owner; goes no further than to that
  };
  using TaskPtr = std::shared_ptr<Task>;
  struct Elsewhere {
    TaskPtr task;
    std::string peer;
  };

  /// False, as the next two: refused by a limit; its handler is the caller's again.
  bool begin(const TaskPtr& task, const Address& to, WorkPtr work, Residents::RunBy run_by);
  bool pass_on(const Address& to, WorkPtr work);
  bool attempt(const TaskPtr& task, Residents::RunBy run_by);
  bool give_here(const TaskPtr& task, Residents::RunBy run_by);
  bool send(const TaskPtr& task, const std::string& peer);
  bool park(const TaskPtr& task, std::chrono::milliseconds pause);
  void attempt_again(const TaskPtr& task);
  void ended(const TaskPtr& task, Reply reply);
  static void answer(const TaskPtr& task, Reply reply);
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
