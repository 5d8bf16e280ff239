#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "storage/journal/journal.hpp"
#include "storage/sqlite/connection.hpp"

namespace caravan::journal_file {

/// Where a row of an entity stands: its lane's table and its position there.
struct Place {
  Lane lane;
  std::uint64_t position;
};

/// Rows by entity and sequence.
using Places = std::map<std::pair<Address, std::uint64_t>, Place>;

/// Which rows are an entity's: the index by entity and sequence, over both lanes. The newest rows' part is in memory
/// and moves into the file's table `entity_index` by thousands, sorted. Written with each row it would dirty a page for
/// nearly every one, which took more than half of a commit's CPU time.
///
/// The file's table `indexed` says up to which positions the file's index is complete; at its start a process reads the
/// rows behind them from the lanes. Of one entity the file's index has the older rows, memory the newer ones. When
/// several processes write to the file, each learns the others' rows before it writes its own, and any may move them.
class EntityIndex {
 public:
  /// Rows move into the file when more than `rows_in_memory` have gathered.
  explicit EntityIndex(std::size_t rows_in_memory) : rows_in_memory_(rows_in_memory) {}

  /// Learns the rows that are neither in the file's index nor known yet, such as those that another process wrote, and
  /// forgets those that another one has moved. By one thread at a time, within a transaction or while nobody else
  /// writes.
  void catch_up(sqlite::Connection& database);
  /// Whether it knows every row that this connection sees. By any thread.
  bool knows_all(sqlite::Connection& database) const;

  // By one thread at a time, as catch_up:

  /// Whether the entity has a row of that sequence or a later one. `batch`: the rows of the transaction under way.
  bool is_taken(sqlite::Connection& database, const Places& batch, const Address& entity, std::uint64_t sequence) const;
  /// Within the transaction: writes up to `most` of the rows that are to move. How many it wrote.
  std::size_t move(sqlite::Connection& database, std::size_t most);
  /// The transaction landed, with these rows and that many moved.
  void landed(Places batch, std::size_t moved);

  /// The rows of an entity that may not be in the file's index yet, oldest first: sequence in [from, …]. To be asked
  /// before the read of the file begins: a row that moves meanwhile is then seen twice rather than missed.
  std::vector<std::pair<std::uint64_t, Place>> newest(const Address& entity, std::uint64_t from) const;

 private:
  using Positions = std::array<std::uint64_t, 2>;  // by lane
  void let_go();
  void know(const Positions& positions);

  const std::size_t rows_in_memory_;
  mutable std::mutex mutex_;     // guards the two maps from readers; one thread at a time changes them
  Places fresh_;                 // not in the file
  Places moving_;                // on their way; those before next_ are in the file
  Places::const_iterator next_;  // of moving_, where it is not empty
  std::array<std::atomic<std::uint64_t>, 2> last_ = {0, 0};  // by lane: up to there all rows are known
  Positions in_file_ = {0, 0};                               // up to there the file has them for sure
  Positions moving_to_ = {0, 0};                             // the last of moving_
};

}  // namespace caravan::journal_file
