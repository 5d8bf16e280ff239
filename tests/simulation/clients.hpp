#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "runtime/door.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/history.hpp"

namespace caravan::simulation {

/// What a client was told of a write, and may rely on.
struct Acknowledged {
  Address to;
  UserId by;
  std::string key;
  std::string command;
  Outcome outcome = Outcome::unknown;
  std::string_view rejection;
  std::uint64_t version = 0;
};

/// The programs that people use. Each write has an idempotency key and is repeated, over lost answers, overload and
/// crashes, until it is answered, or so late that its key may be forgotten. The answers are remembered for the checker.
class Clients {
 public:
  using Then = std::function<void(const Reply&)>;

  Clients(Chance& chance, const History& history) : chance_(chance), history_(history) {}

  void write(const Address& to, AnyRecord command, const Caller& caller, Time now, Then then = {});
  /// Asks once; there may be no answer.
  void read(Door& door, const Address& to, AnyRecord query, const Caller& caller, Then then);

  /// Stands for the edge, which lets nobody in who has left the platform.
  std::function<bool(const Caller&)> may_enter;

  /// Sends requests that are due, for the first time or again, and takes answers. False when there was nothing to do.
  bool act(Door& door, const Faults& faults, Time now);
  /// What was under way gets no answer any more.
  void connection_lost();
  /// Something waits for its answer.
  bool is_waiting() const { return !pending_.empty() || !answers_->empty(); }

  /// Of those that are no repeats.
  bool is_asking() const;

  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  /// Repeats that were answered otherwise than the first time.
  const std::vector<std::string>& contradictions() const { return contradictions_; }
  std::uint64_t repeats() const { return repeats_; }

 private:
  struct Pending {
    Ask ask;
    Then then;
    Time send_at;
    Time begun;              // when it was wanted
    bool is_repeat = false;  // after its answer
    std::size_t first = 0;   // of a repeat: which acknowledgement must come again
  };
  struct Answered {
    std::uint64_t call;
    Reply reply;
  };
  void send(Door& door, std::uint64_t call, const Ask& ask);
  void take(const Faults& faults, Time now, const Answered& answered);
  void compare(const Acknowledged& first, const Acknowledged& again, bool is_replay);

  Chance& chance_;
  const History& history_;
  std::uint64_t last_call_ = 0;
  std::map<std::uint64_t, Pending> pending_;
  std::shared_ptr<std::vector<Answered>> answers_ = std::make_shared<std::vector<Answered>>();
  std::vector<Acknowledged> acknowledged_;
  std::vector<std::string> contradictions_;
  std::uint64_t repeats_ = 0;
};

}  // namespace caravan::simulation
