#include "storage/read_models/read_model_file.hpp"

#include <algorithm>
#include <filesystem>

#include "actors/registry.hpp"
#include "actors/values/stable_hash.hpp"
#include "storage/codec/codec.hpp"
#include "storage/journal/checksum.hpp"

namespace caravan::read_models {

void remove_file(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
}

namespace {

constexpr std::int64_t application_id = 0x4352524D;  // "CRRM"
constexpr std::size_t live_limit = 10'000;

constexpr const char* own_tables = R"sql(
CREATE TABLE progress(one INTEGER PRIMARY KEY CHECK(one = 1), position INTEGER NOT NULL, checksum INTEGER NOT NULL);
INSERT INTO progress VALUES(1, 0, 0);
CREATE TABLE entity_state(
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY(kind, id)
);
)sql";

/// Changes with every projection's name, version and tables.
std::int64_t fingerprint() {
  std::uint64_t hash = stable_hash(own_tables);
  for (const Projection& projection : all_projections())
    hash = stable_hash(std::to_string(projection.version),
                       stable_hash(projection.schema, stable_hash(projection.name, hash)));
  return static_cast<std::int32_t>(hash & 0x7fff'ffffU);
}

bool is_current(const std::string& path) {
  if (!std::filesystem::exists(path)) return true;
  try {
    sqlite::Connection database(path, sqlite::Access::write);
    return database.integer("PRAGMA application_id") == application_id &&
           database.integer("PRAGMA user_version") == fingerprint();
  } catch (const StorageError&) {
    return false;  // damaged: it holds nothing that the journal does not
  }
}

bool follows_state(EntityKind kind) {
  for (const Projection& projection : all_projections())
    if (projection.on_state && projection.state_of == kind) return true;
  return false;
}

bool follows_entries(EntityKind kind) {
  for (const Projection& projection : all_projections())
    if (projection.on_entry && (projection.entries_of & bit(kind)) != 0) return true;
  return false;
}

/// Tells the entry from what another history has at its position.
std::uint32_t checksum_of(const FeedEntry& entry) {
  return journal_file::checksum(entry.entity, entry.sequence, entry.body);
}

/// The path, cleared of a file that other projections wrote.
const std::string& prepared(const std::string& path, ReadModelFile::Made made) {
  if (made == ReadModelFile::Made::before && !is_current(path)) remove_file(path);
  return path;
}

}  // namespace

bool forget_other_history(const std::string& path, Journal& journal) {
  if (!std::filesystem::exists(path) || !is_current(path)) return false;
  {
    sqlite::Connection database(path, sqlite::Access::write);
    sqlite::Query last = database.query("SELECT position, checksum FROM progress");
    if (!last.step() || last.natural(0) == 0) return false;
    const std::vector<FeedEntry> entries = journal.feed(last.natural(0) - 1, 1);
    if (!entries.empty() && entries[0].position == last.natural(0) && checksum_of(entries[0]) == last.natural(1))
      return false;
  }
  remove_file(path);
  return true;
}

ReadModelFile::ReadModelFile(const std::string& path, Made made)
    : database_(prepared(path, made), sqlite::Access::create) {
  // Commits need not survive loss of power: what that takes away is read from the journal again.
  database_.keep_write_ahead_log();
  database_.run("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768;");
  sqlite::Transaction transaction(database_);
  if (database_.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    database_.run(own_tables);
    for (const Projection& projection : all_projections()) database_.run(projection.schema);
    database_.run("PRAGMA application_id=" + std::to_string(application_id) +
                  "; PRAGMA user_version=" + std::to_string(fingerprint()));
  }
  position_ = static_cast<std::uint64_t>(database_.integer("SELECT position FROM progress"));
  transaction.commit();
}

void ReadModelFile::apply(std::span<const FeedEntry> entries) {
  const std::uint64_t before = position_;
  const FeedEntry* newest = nullptr;
  try {
    sqlite::Transaction transaction(database_);
    for (const FeedEntry& fed : entries) {
      if (fed.position <= position_) continue;
      position_ = fed.position;
      newest = &fed;
      const EntityClass* type = find_entity(fed.entity.kind);
      const bool by_state = follows_state(fed.entity.kind);
      if (!type || (!by_state && !follows_entries(fed.entity.kind))) continue;
      JournalEntry entry;
      entry.entity = fed.entity;
      entry.sequence = fed.sequence;
      if (!decode_body(*type, fed.body, entry))
        throw StorageError("entry " + std::to_string(fed.sequence) + " of " + to_text(fed.entity) +
                           " is not readable by this build: run the version of caravan that wrote it, or a newer one");
      if (entry.holds_more) leave_to_newer();
      if (by_state) evolve(*type, entry);
      for (const Projection& projection : all_projections())
        if (projection.on_entry && (projection.entries_of & bit(fed.entity.kind)) != 0)
          projection.on_entry(database_, {fed.position, entry});
    }
    write_changed();
    if (newest)
      database_.query("UPDATE progress SET position = ?, checksum = ?").bind(position_, checksum_of(*newest)).run();
    transaction.commit();
  } catch (...) {
    position_ = before;
    live_.clear();
    changed_.clear();
    throw;
  }
  if (live_.size() > live_limit) live_.clear();
}

/// What this build writes lacks what a newer one's fields brought. The next start, perhaps of that build, makes the
/// file anew.
void ReadModelFile::leave_to_newer() {
  if (database_.integer("PRAGMA user_version") != 0) database_.run("PRAGMA user_version=0");
}

ReadModelFile::Live& ReadModelFile::live(const Address& entity, const EntityClass& type) {
  auto [found, is_new] = live_.try_emplace(entity);
  if (!is_new) return found->second;
  found->second.state = type.new_state();
  sqlite::Query query = database_.query("SELECT sequence, body FROM entity_state WHERE kind = ? AND id = ?");
  query.bind(entity.kind, entity.id);
  if (query.step()) {
    found->second.sequence = query.natural(0);
    bool holds_more = false;
    if (!codec::decode(*type.state, query.view(1), found->second.state.get(), &holds_more))
      throw StorageError("the read model's state of " + to_text(entity) + " is damaged: rebuild the read models");
    if (holds_more) leave_to_newer();
  }
  return found->second;
}

void ReadModelFile::evolve(const EntityClass& type, const JournalEntry& entry) {
  Live& entity = live(entry.entity, type);
  for (const AnyRecord& event : entry.events) type.evolve(entity.state.get(), event);
  entity.sequence = entry.sequence;
  if (!entity.changed) changed_.push_back(entry.entity);
  entity.changed = true;
}

/// Writes all changed states before any projection runs, so that a projection that reads another entity's state finds
/// it as the batch left it. The order of addresses makes a file that is built anew come out the same.
void ReadModelFile::write_changed() {
  std::sort(changed_.begin(), changed_.end());
  for (const Address& address : changed_) {
    Live& entity = live_.at(address);
    std::string body;
    codec::encode(*find_entity(address.kind)->state, entity.state.get(), body);
    database_.query("INSERT OR REPLACE INTO entity_state(kind, id, sequence, body) VALUES(?, ?, ?, ?)")
        .bind(address.kind, address.id, entity.sequence, sqlite::Blob{body})
        .run();
    entity.changed = false;
  }
  for (const Address& address : changed_)
    for (const Projection& projection : all_projections())
      if (projection.on_state && projection.state_of == address.kind) {
        const Live& entity = live_.at(address);
        projection.on_state(database_, {address, entity.sequence, entity.state.get()});
      }
  changed_.clear();
}

void ReadModelFile::settle(std::unique_ptr<ReadModelFile> file) {
  file->database_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  file.reset();
}

}  // namespace caravan::read_models
