#include "storage/journal/entity_index.hpp"

#include <algorithm>

namespace caravan::journal_file {

namespace {

std::optional<std::uint64_t> last_of(const Places& places, const Address& entity) {
  auto behind = places.upper_bound({entity, UINT64_MAX});
  if (behind == places.begin() || (--behind)->first.first != entity) return std::nullopt;
  return behind->first.second;
}

void collect(const Places& places, const Address& entity, std::uint64_t from,
             std::vector<std::pair<std::uint64_t, Place>>& out) {
  for (auto at = places.lower_bound({entity, from}); at != places.end() && at->first.first == entity; ++at)
    out.emplace_back(at->first.second, at->second);
}

constexpr std::string_view rows_behind[] = {"SELECT position, kind, id, sequence FROM entry WHERE position > ?",
                                            "SELECT position, kind, id, sequence FROM track WHERE position > ?"};

}  // namespace

void EntityIndex::catch_up(sqlite::Connection& database) {
  Places found;
  Positions known{last_[0], last_[1]};
  bool is_behind = false;
  for (const Lane lane : {Lane::journal, Lane::track}) {
    std::uint64_t& last = known[static_cast<std::size_t>(lane)];
    std::uint64_t& in_file = in_file_[static_cast<std::size_t>(lane)];
    {
      sqlite::Query query = database.query("SELECT position FROM indexed WHERE lane = ?");
      query.bind(lane);
      if (query.step() && query.natural(0) > in_file) {
        in_file = query.natural(0);
        is_behind = true;
      }
    }
    last = std::max(last, in_file);
    sqlite::Query query = database.query(rows_behind[static_cast<std::size_t>(lane)]);
    query.bind(last);
    while (query.step()) {
      last = query.natural(0);
      const Address entity{static_cast<EntityKind>(query.integer(1)), query.uuid(2)};
      found.insert({{entity, query.natural(3)}, {lane, last}});
    }
  }
  if (is_behind) let_go();
  landed(std::move(found), 0);
  know(known);
}

bool EntityIndex::knows_all(sqlite::Connection& database) const {
  const auto last = [&](std::string_view sql) { return static_cast<std::uint64_t>(database.integer(sql)); };
  return last("SELECT max(position) FROM entry") <= last_[0] && last("SELECT max(position) FROM track") <= last_[1];
}

void EntityIndex::know(const Positions& positions) {
  for (std::size_t lane = 0; lane < positions.size(); ++lane)
    last_[lane] = std::max<std::uint64_t>(last_[lane], positions[lane]);
}

void EntityIndex::let_go() {
  std::lock_guard lock(mutex_);
  const auto is_in_file = [this](const auto& row) {
    return row.second.position <= in_file_[static_cast<std::size_t>(row.second.lane)];
  };
  std::erase_if(fresh_, is_in_file);
  if (std::ranges::all_of(moving_, is_in_file)) moving_.clear();
}

bool EntityIndex::is_taken(sqlite::Connection& database, const Places& batch, const Address& entity,
                           std::uint64_t sequence) const {
  for (const Places* places : {&batch, &fresh_, &moving_})
    if (const auto last = last_of(*places, entity)) return *last >= sequence;
  sqlite::Query query =
      database.query("SELECT 1 FROM entity_index WHERE kind = ? AND id = ? AND sequence >= ? LIMIT 1");
  query.bind(entity.kind, entity.id, sequence);
  return query.step();
}

std::size_t EntityIndex::move(sqlite::Connection& database, std::size_t most) {
  if (moving_.empty()) return 0;
  std::size_t moved = 0;
  auto at = next_;
  // After a crash some of them are in the file already.
  sqlite::Query insert = database.query("INSERT OR IGNORE INTO entity_index VALUES(?, ?, ?, ?, ?)");
  for (; at != moving_.end() && moved < most; ++at, ++moved)
    insert.reset()
        .bind(at->first.first.kind, at->first.first.id, at->first.second, at->second.lane, at->second.position)
        .run();
  if (at != moving_.end()) return moved;
  for (const Lane lane : {Lane::journal, Lane::track})
    database
        .query("INSERT INTO indexed VALUES(?, ?) ON CONFLICT DO UPDATE SET position = max(position, excluded.position)")
        .bind(lane, moving_to_[static_cast<std::size_t>(lane)])
        .run();
  return moved;
}

void EntityIndex::landed(Places batch, std::size_t moved) {
  Positions last{0, 0};
  for (const auto& [key, place] : batch) {
    std::uint64_t& of_lane = last[static_cast<std::size_t>(place.lane)];
    of_lane = std::max(of_lane, place.position);
  }
  Places done;  // let go of without the lock
  std::lock_guard lock(mutex_);
  if (moved > 0) std::advance(next_, static_cast<std::ptrdiff_t>(moved));
  if (!moving_.empty() && next_ == moving_.end()) done.swap(moving_);
  fresh_.merge(batch);
  know(last);  // last: a reader on another thread would take the index for complete and miss the rows
  if (moving_.empty() && fresh_.size() > rows_in_memory_) {
    moving_.swap(fresh_);
    next_ = moving_.begin();
    moving_to_ = {last_[0], last_[1]};
  }
}

std::vector<std::pair<std::uint64_t, Place>> EntityIndex::newest(const Address& entity, std::uint64_t from) const {
  std::vector<std::pair<std::uint64_t, Place>> out;
  std::lock_guard lock(mutex_);
  collect(moving_, entity, from, out);
  collect(fresh_, entity, from, out);
  return out;
}

}  // namespace caravan::journal_file
