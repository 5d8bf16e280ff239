#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/door.hpp"
#include "storage/journal/entry.hpp"
#include "tests/testkit/entity.hpp"

namespace caravan::testkit {

/// A door to real entities in memory, without CAF or a journal: for tests of the edge. Effects are kept, not delivered,
/// except to those kinds that `deliver` names.
class MemoryDoor : public Door {
 public:
  void ask(Ask ask, ReplyHandler handler) override;
  void query(Address to, AnyRecord query, Caller caller, ReplyHandler handler) override;
  void await(Address to, AnyRecord query, Caller caller, std::function<bool(const Reply&)> done,
             std::chrono::milliseconds deadline, ReplyHandler handler) override;
  std::vector<JournalEntry> history(Address entity, std::uint64_t from, std::size_t limit,
                                    std::optional<Lane> lane) override;
  bool exists(Address entity) override;
  Time now() const override { return now_; }
  using Door::ask;
  using Door::await;
  using Door::query;

  /// Puts an entity into a state. Only between requests: those read it behind the lock, this does not.
  template <class Entity>
  typename Entity::State& state(Uuid id) {
    Cell& cell = cell_of({Entity::kind, id});
    if (cell.version == 0) cell.version = 1;
    return *static_cast<typename Entity::State*>(cell.state.get());
  }
  /// One version more, as after a change.
  void grow(Address address) { ++cell_of(address).version; }
  /// The next ask or query is answered with this reply, whatever it asks.
  void end_next_with(Reply reply) { forced_.push_back(std::move(reply)); }
  /// The next command is answered with this reply; queries before it are answered as they are.
  void end_next_ask_with(Reply reply) { forced_asks_.push_back(std::move(reply)); }
  /// Queries of this entity are never answered, as where its store hangs.
  void hush(Address address) { silent_ = address; }
  void advance(Duration by) { now_ += by; }
  /// Puts an event into an entity's history, without a word to the entity.
  void remember(Address entity, AnyRecord event);

  /// Those that were asked something, and are nothing afterwards: they were woken in vain.
  std::vector<Address> woken_in_vain();

  std::vector<Ask> asked;  // newest last
  std::vector<Effect> sent;
  std::size_t most_read = 0;  // entries of a history at once
  std::size_t questions = 0;  // queries

 private:
  struct Cell {
    std::shared_ptr<void> state;
    std::uint64_t version = 0;
    std::map<std::string, std::pair<std::string, Reply>> replies;  // by key: request hash and reply
    std::vector<JournalEntry> entries;
  };
  Cell& cell_of(Address address);
  Reply take(const Ask& ask);
  Reply look(Address to, const AnyRecord& query, const Caller& caller);

  std::recursive_mutex mutex_;
  std::map<Address, Cell> cells_;
  std::vector<Reply> forced_;
  std::vector<Reply> forced_asks_;
  std::optional<Address> silent_;
  SeededRandom random_;
  Time now_ = test_start;
  std::uint64_t position_ = 0;
};

}  // namespace caravan::testkit
