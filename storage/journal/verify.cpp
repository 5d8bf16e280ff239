#include <map>

#include "storage/codec/codec.hpp"
#include "storage/journal/checks.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_reads.hpp"

namespace caravan::tools {

namespace {

Address address_at(const sqlite::Query& query, int column) {
  return {static_cast<EntityKind>(query.integer(column)), query.uuid(column + 1)};
}

/// A hash of one row. Two sets of rows are compared by the sums of their hashes, which do not depend on the order.
std::uint64_t row_hash(const Address& entity, std::uint64_t sequence, Lane lane, std::uint64_t position) {
  const std::string key = codec::encode(AnyRecord(entity)) + std::to_string(sequence) +
                          (lane == Lane::journal ? 'j' : 't') + std::to_string(position);
  return std::hash<std::string>{}(key);
}

/// One pass of checks over a journal's file.
class FileVerifier {
 public:
  FileVerifier(sqlite::Connection& database, const Progress& progress) : database_(database), checks_(progress) {}

  VerifyReport run() {
    sqlite::Transaction one_moment(database_, "BEGIN");
    structure();
    sqlite::Query lanes = database_.query("SELECT lane, position FROM indexed WHERE lane IN (0, 1)");
    while (lanes.step()) indexed_[lanes.integer(0)] = lanes.natural(1);
    checks_.expect(static_cast<std::uint64_t>(
        database_.integer("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM track)")));
    entries();
    track();
    sequences();
    snapshots();
    effects();
    one_moment.commit();
    return checks_.end();
  }

 private:
  void structure() {
    sqlite::Query query = database_.query("PRAGMA quick_check(20)");
    while (query.step())
      if (query.view(0) != "ok") checks_.problem("file: " + query.text(0));
  }

  void entries() {
    std::map<std::int64_t, std::uint64_t> last;  // number by shard
    sqlite::Query query = database_.query(
        "SELECT position, shard, number, kind, id, sequence, checksum, body FROM entry ORDER BY position");
    while (query.step()) {
      std::uint64_t& before = last[query.integer(1)];
      if (query.natural(2) != before + 1)
        checks_.problem("shard " + query.text(1) + ": number " + query.text(2) + " follows " + std::to_string(before));
      before = query.natural(2);
      index(address_at(query, 3), query.natural(5), Lane::journal, query.natural(0));
      checks_.entry(address_at(query, 3), query.natural(5), Lane::journal, query.integer(6), query.view(7));
    }
    sqlite::Query shards = database_.query("SELECT id, last FROM shard ORDER BY id");
    while (shards.step())
      if (shards.natural(1) != last[shards.integer(0)])
        checks_.problem("shard " + shards.text(0) + ": last is " + shards.text(1) + ", its entries end at " +
                        std::to_string(last[shards.integer(0)]));
  }

  void track() {
    sqlite::Query query =
        database_.query("SELECT position, kind, id, sequence, checksum, body FROM track ORDER BY position");
    while (query.step()) {
      index(address_at(query, 1), query.natural(3), Lane::track, query.natural(0));
      checks_.entry(address_at(query, 1), query.natural(3), Lane::track, query.integer(4), query.view(5));
    }
  }

  /// Adds up the rows that the file's index should have, to be compared with what it has, and keeps those that it need
  /// not have yet.
  void index(const Address& entity, std::uint64_t sequence, Lane lane, std::uint64_t position) {
    if (position <= indexed_[static_cast<std::size_t>(lane)])
      rows_sum_ += row_hash(entity, sequence, lane, position);
    else
      newest_.insert({{entity, sequence}, {lane, position}});
  }

  void sequences() {
    std::uint64_t sum = 0;
    auto newer = newest_.begin();
    sqlite::Query query =
        database_.query("SELECT kind, id, sequence, lane, position FROM entity_index ORDER BY kind, id, sequence");
    while (query.step()) {
      const std::pair key{address_at(query, 0), query.natural(2)};
      const auto lane = query.integer(3) == 0 ? Lane::journal : Lane::track;
      for (; newer != newest_.end() && newer->first < key; ++newer)
        checks_.follow(newer->first.first, newer->first.second);
      if (newer != newest_.end() && newer->first == key) ++newer;  // on its way into the file
      checks_.follow(key.first, key.second);
      if (query.natural(4) <= indexed_[static_cast<std::size_t>(lane)])
        sum += row_hash(key.first, key.second, lane, query.natural(4));
    }
    for (; newer != newest_.end(); ++newer) checks_.follow(newer->first.first, newer->first.second);
    if (sum != rows_sum_) checks_.problem("index by entity: its rows are not those of the entries");
  }

  void snapshots() {
    sqlite::Query query = database_.query("SELECT kind, id, sequence, checksum, body FROM snapshot");
    while (query.step()) checks_.snapshot(address_at(query, 0), query.natural(2), query.integer(3), query.view(4));
  }

  void effects() {
    sqlite::Query query = database_.query("SELECT sender_kind, sender_id, number, checksum, command FROM outbox");
    while (query.step()) checks_.effect({address_at(query, 0), query.natural(2)}, query.integer(3), query.view(4));
  }

  sqlite::Connection& database_;
  Checks checks_;
  std::uint64_t indexed_[2] = {0, 0};  // by lane: the last position that the file's index has
  std::uint64_t rows_sum_ = 0;
  journal_file::Places newest_;
};

}  // namespace

VerifyReport verify(const std::string& data_dir, const Progress& progress) {
  journal_file::Reader source(data_dir);
  return FileVerifier(source.database, progress).run();
}

}  // namespace caravan::tools
