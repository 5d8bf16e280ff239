#include "storage/journal/tools.hpp"

#include <filesystem>
#include <map>

#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"
#include "storage/journal/json_line.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_reads.hpp"

namespace caravan::tools {

namespace {

constexpr std::size_t problems_shown = 100;
constexpr std::uint64_t progress_every = 10'000;  // rows
constexpr std::size_t dump_batch = 1'000;         // entries

/// A read connection to the folder's journal.
struct Source {
  sqlite::Connection database;
  explicit Source(const std::string& data_dir) : database(existing(data_dir), sqlite::Access::read) {
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    journal_file::check_version(database);
  }
  static std::string existing(const std::string& data_dir) {
    const std::string path = journal_file::path_in(data_dir);
    if (!std::filesystem::exists(path))
      throw StorageError(path + ": there is no journal: name the data folder with --data");
    return path;
  }
};

Address address_at(const sqlite::Query& query, int column) {
  return {static_cast<EntityKind>(query.integer(column)), query.uuid(column + 1)};
}

/// Sums of these over two sets of rows are equal where the sets are.
std::uint64_t row_hash(const Address& entity, std::uint64_t sequence, Lane lane, std::uint64_t position) {
  const std::string key = codec::encode(AnyRecord(entity)) + std::to_string(sequence) +
                          (lane == Lane::journal ? 'j' : 't') + std::to_string(position);
  return std::hash<std::string>{}(key);
}

/// One pass of checks over a journal.
class Verifier {
 public:
  Verifier(sqlite::Connection& database, const Progress& progress) : database_(database), progress_(progress) {}

  VerifyReport run() {
    sqlite::Transaction one_moment(database_, "BEGIN");
    structure();
    sqlite::Query lanes = database_.query("SELECT lane, position FROM indexed WHERE lane IN (0, 1)");
    while (lanes.step()) indexed_[lanes.integer(0)] = lanes.natural(1);
    total_ = static_cast<std::uint64_t>(
        database_.integer("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM track)"));
    entries();
    track();
    sequences();
    snapshots();
    effects();
    if (progress_) progress_(total_, total_);
    one_moment.commit();
    return std::move(report_);
  }

 private:
  void problem(std::string text) {
    ++report_.problem_count;
    if (report_.problems.size() < problems_shown) report_.problems.push_back(std::move(text));
  }
  void count_row() {
    if (++done_ % progress_every == 0 && progress_) progress_(done_, total_);
  }

  void structure() {
    sqlite::Query query = database_.query("PRAGMA quick_check(20)");
    while (query.step())
      if (query.view(0) != "ok") problem("file: " + query.text(0));
  }

  void body(const Address& entity, std::uint64_t sequence, std::int64_t sum, std::string_view bytes) {
    const std::string name = "entry " + std::to_string(sequence) + " of " + to_text(entity);
    if (sum != static_cast<std::int64_t>(journal_file::checksum(entity, sequence, bytes)))
      return problem(name + ": wrong checksum");
    const EntityClass* type = find_entity(entity.kind);
    JournalEntry entry;
    if (!type || !decode_body(*type, bytes, entry)) problem(name + ": this build cannot decode it");
  }

  void entries() {
    std::map<std::int64_t, std::uint64_t> last;  // number by shard
    sqlite::Query query = database_.query(
        "SELECT position, shard, number, kind, id, sequence, checksum, body FROM entry ORDER BY position");
    while (query.step()) {
      ++report_.entries;
      count_row();
      std::uint64_t& before = last[query.integer(1)];
      if (query.natural(2) != before + 1)
        problem("shard " + query.text(1) + ": number " + query.text(2) + " follows " + std::to_string(before));
      before = query.natural(2);
      index(address_at(query, 3), query.natural(5), Lane::journal, query.natural(0));
      body(address_at(query, 3), query.natural(5), query.integer(6), query.view(7));
    }
    sqlite::Query shards = database_.query("SELECT id, last FROM shard ORDER BY id");
    while (shards.step())
      if (shards.natural(1) != last[shards.integer(0)])
        problem("shard " + shards.text(0) + ": last is " + shards.text(1) + ", its entries end at " +
                std::to_string(last[shards.integer(0)]));
  }

  void track() {
    sqlite::Query query =
        database_.query("SELECT position, kind, id, sequence, checksum, body FROM track ORDER BY position");
    while (query.step()) {
      ++report_.track_entries;
      count_row();
      index(address_at(query, 1), query.natural(3), Lane::track, query.natural(0));
      body(address_at(query, 1), query.natural(3), query.integer(4), query.view(5));
    }
  }

  /// The rows that the file's index should have are summed up, to be compared with what it has; the others are kept.
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
      for (; newer != newest_.end() && newer->first < key; ++newer) follow(newer->first.first, newer->first.second);
      if (newer != newest_.end() && newer->first == key) ++newer;  // on its way into the file
      follow(key.first, key.second);
      if (query.natural(4) <= indexed_[static_cast<std::size_t>(lane)])
        sum += row_hash(key.first, key.second, lane, query.natural(4));
    }
    for (; newer != newest_.end(); ++newer) follow(newer->first.first, newer->first.second);
    if (sum != rows_sum_) problem("index by entity: its rows are not those of the entries");
  }

  /// The next row in the order of entities and sequences.
  void follow(const Address& entity, std::uint64_t sequence) {
    if (entity != entity_) {
      entity_ = entity;
      sequence_ = 0;
      ++report_.entities;
    }
    if (sequence != sequence_ + 1)
      problem(to_text(entity) + ": sequence " + std::to_string(sequence) + " follows " + std::to_string(sequence_));
    sequence_ = sequence;
  }

  void snapshots() {
    sqlite::Query query = database_.query("SELECT kind, id, sequence, checksum, body FROM snapshot");
    while (query.step()) {
      ++report_.snapshots;
      const Address entity = address_at(query, 0);
      if (query.integer(3) !=
          static_cast<std::int64_t>(journal_file::checksum(entity, query.natural(2), query.view(4))))
        problem("snapshot of " + to_text(entity) + ": wrong checksum");
    }
  }

  void effects() {
    sqlite::Query query = database_.query("SELECT sender_kind, sender_id, number, checksum, command FROM outbox");
    while (query.step()) {
      ++report_.effects;
      const Address sender = address_at(query, 0);
      if (query.integer(3) !=
          static_cast<std::int64_t>(journal_file::checksum(sender, query.natural(2), query.view(4))))
        problem("effect " + std::to_string(query.natural(2)) + " of " + to_text(sender) + ": wrong checksum");
    }
  }

  sqlite::Connection& database_;
  const Progress& progress_;
  VerifyReport report_;
  std::uint64_t done_ = 0, total_ = 0;
  std::uint64_t indexed_[2] = {0, 0};  // by lane: the last position that the file's index has
  std::uint64_t rows_sum_ = 0;
  journal_file::Places newest_;
  Address entity_;
  std::uint64_t sequence_ = 0;
};

std::string line_of(const Address& entity, const Stored::Row& row, std::uint64_t position) {
  const EntityClass* type = find_entity(entity.kind);
  JournalEntry entry;
  entry.entity = entity;
  entry.sequence = row.sequence;
  entry.lane = row.lane;
  if (!type || !decode_body(*type, row.body, entry))
    throw StorageError("entry " + std::to_string(row.sequence) + " of " + to_text(entity) +
                       ": this build cannot decode it: use the version of caravan that wrote it, or a newer one");
  return json_line(entry, position);
}

std::uint64_t bytes_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

VerifyReport verify(const std::string& data_dir, const Progress& progress) {
  Source source(data_dir);
  return Verifier(source.database, progress).run();
}

namespace {

using Lines = std::function<void(std::string_view line)>;

/// `history` and `feed` give a page each, of entries after a sequence or a position.
template <class History, class Feed>
void dump_pages(const DumpOptions& options, const Lines& line, History history, Feed feed) {
  std::uint64_t after = options.after, left = options.limit;
  while (left > 0) {
    const std::size_t most = std::min<std::uint64_t>(left, dump_batch);
    std::size_t found = 0;
    if (options.entity) {
      const std::vector<Stored::Row> rows = history(*options.entity, after + 1, most);
      for (const auto& row : rows) line(line_of(*options.entity, row, 0));
      if (!rows.empty()) after = rows.back().sequence;
      found = rows.size();
    } else {
      const std::vector<FeedEntry> entries = feed(after, most);
      for (const auto& entry : entries)
        line(line_of(entry.entity, {entry.sequence, Lane::journal, entry.body}, entry.position));
      if (!entries.empty()) after = entries.back().position;
      found = entries.size();
    }
    left -= found;
    if (found < most) return;
  }
}

}  // namespace

void dump(const std::string& data_dir, const DumpOptions& options, const Lines& line) {
  Source source(data_dir);
  journal_file::EntityIndex newest(SIZE_MAX);
  if (options.entity) newest.catch_up(source.database);
  dump_pages(
      options, line,
      [&](const Address& entity, std::uint64_t from, std::size_t most) {
        return journal_file::history(source.database, newest, entity, from, most);
      },
      [&](std::uint64_t after, std::size_t most) { return journal_file::feed(source.database, after, most); });
}

void dump(Journal& journal, const DumpOptions& options, const Lines& line) {
  dump_pages(
      options, line,
      [&](const Address& entity, std::uint64_t from, std::size_t most) { return journal.history(entity, from, most); },
      [&](std::uint64_t after, std::size_t most) { return journal.feed(after, most); });
}

JournalStats stats(const std::string& data_dir) {
  Source source(data_dir);
  sqlite::Connection& database = source.database;
  const auto number = [&](std::string_view sql) { return static_cast<std::uint64_t>(database.integer(sql)); };
  JournalStats out;
  out.format = database.integer("PRAGMA user_version");
  out.file_bytes = bytes_of(journal_file::path_in(data_dir));
  out.wal_bytes = bytes_of(journal_file::path_in(data_dir) + "-wal");
  out.head = number("SELECT max(position) FROM entry");
  out.entries = number("SELECT count(*) FROM entry");
  out.track_entries = number("SELECT count(*) FROM track");
  out.snapshots = number("SELECT count(*) FROM snapshot");
  out.pending_effects = number("SELECT count(*) FROM outbox");
  out.timers = number("SELECT count(*) FROM timer");
  out.next_due = journal_file::next_due(database);
  sqlite::Query kinds = database.query(
      "SELECT kind, count(DISTINCT id), count(*), sum(length(body)) FROM"
      " (SELECT kind, id, body FROM entry UNION ALL SELECT kind, id, body FROM track) GROUP BY kind ORDER BY kind");
  while (kinds.step())
    out.kinds.push_back(
        {static_cast<EntityKind>(kinds.integer(0)), kinds.natural(1), kinds.natural(2), kinds.natural(3)});
  sqlite::Query shards = database.query("SELECT id, epoch, last, owner FROM shard ORDER BY id");
  while (shards.step())
    out.shards.push_back(
        {static_cast<std::uint32_t>(shards.integer(0)), shards.natural(1), shards.natural(2), shards.text(3)});
  return out;
}

}  // namespace caravan::tools
