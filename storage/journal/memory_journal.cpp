#include "storage/journal/memory_journal.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace caravan {

MemoryFile::MemoryFile(std::uint32_t shard_count) : shards(shard_count), numbers(shard_count) {
  for (std::uint32_t shard = 0; shard < shard_count; ++shard) shards[shard].shard = shard;
}

MemoryJournal::MemoryJournal(std::shared_ptr<MemoryFile> file)
    : file_(std::move(file)), leases_(file_->shards.size()) {}

std::uint32_t MemoryJournal::shard_count() const { return static_cast<std::uint32_t>(leases_.size()); }

std::vector<ShardLease> MemoryJournal::claim_all_shards(std::string_view owner) {
  std::lock_guard lock(file_->mutex);
  std::vector<ShardLease> leases;
  for (ShardRow& row : file_->shards) {
    row = {row.shard, row.epoch + 1, parse_member(owner), MovePhase::steady, {}};
    hold(row.shard);
    leases.push_back({row.shard, row.epoch});
  }
  return leases;
}

std::optional<ShardLease> MemoryJournal::claim_shard(std::uint32_t shard, std::uint64_t expected,
                                                     std::string_view owner) {
  std::lock_guard lock(file_->mutex);
  if (broken_) throw StorageError("a test broke the journal: restart it");
  if (shard >= leases_.size() || file_->shards[shard].epoch != expected) return std::nullopt;
  file_->shards[shard] = {shard, expected + 1, parse_member(owner), MovePhase::steady, {}};
  hold(shard);
  return ShardLease{shard, expected + 1};
}

void MemoryJournal::hold(std::uint32_t shard) { leases_[shard] = {file_->shards[shard].epoch, file_->numbers[shard]}; }

bool MemoryJournal::can_land(const Write& write) const {
  const auto found = file_->entities.find(write.entity);
  if (write.sequence != 0 && found != file_->entities.end() && !found->second.rows.empty() &&
      found->second.rows.rbegin()->first >= write.sequence)
    return false;
  return std::ranges::none_of(write.sends, [&](const auto& effect) { return file_->outbox.contains(effect.key); });
}

std::uint64_t MemoryJournal::land(const Write& write) {
  MemoryFile::Entity& entity = file_->entities[write.entity];
  std::uint64_t position = 0;
  if (write.sequence != 0) {
    entity.rows[write.sequence] = {write.sequence, write.lane, write.body};
    if (write.lane == Lane::journal) {
      position = ++file_->head;
      const std::uint64_t number = ++leases_[write.shard].number;
      file_->numbers[write.shard] = number;
      file_->feed.push_back({{position, write.entity, write.sequence, write.body}, write.shard, number});
    }
  }
  for (const PendingEffect& effect : write.sends) file_->outbox[effect.key] = effect;
  for (const EffectKey& key : write.settled) file_->outbox.erase(key);
  for (const StoredTimer& timer : write.timers) {
    entity.timers.erase(timer.name);
    if (timer.due) entity.timers[timer.name] = timer;
  }
  if (write.snapshot) entity.snapshot = write.snapshot;
  return position;
}

std::vector<Committed> MemoryJournal::commit(const std::vector<Write>& batch) {
  std::lock_guard lock(file_->mutex);
  std::vector<Committed> fates(batch.size());
  const Break how = std::exchange(break_next_, Break::none);
  const bool lands = !broken_ && how != Break::is_lost;
  broken_ = broken_ || how != Break::none;
  if (!lands) return fates;
  std::set<Address> conflicted;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Write& write = batch[i];
    if (write.shard >= leases_.size() || !write.may_land_under(leases_[write.shard].epoch) ||
        leases_[write.shard].epoch != file_->shards[write.shard].epoch) {
      fates[i].status = CommitStatus::fenced;
    } else if (conflicted.contains(write.entity) || !can_land(write)) {
      fates[i].status = CommitStatus::conflict;
      conflicted.insert(write.entity);
    } else {
      fates[i] = {CommitStatus::committed, land(write)};
    }
  }
  if (broken_) return std::vector<Committed>(batch.size());
  return fates;
}

std::string MemoryJournal::failure() const {
  std::lock_guard lock(file_->mutex);
  return broken_ ? "a test broke the journal: restart it" : "";
}

void MemoryJournal::check_reads() const {
  if (refuses_reads_) throw StorageError("a test keeps the journal from being read");
}

Stored MemoryJournal::load(const Address& address) {
  std::lock_guard lock(file_->mutex);
  Stored stored;
  const auto found = file_->entities.find(address);
  if (found == file_->entities.end()) return stored;
  stored.snapshot = found->second.snapshot;
  const auto& rows = found->second.rows;
  for (auto row = rows.lower_bound(stored.snapshot ? stored.snapshot->sequence + 1 : 0); row != rows.end(); ++row)
    stored.after.push_back(row->second);
  return stored;
}

std::vector<Stored::Row> MemoryJournal::history(const Address& address, std::uint64_t from, std::size_t limit,
                                                std::optional<Lane> lane) {
  std::lock_guard lock(file_->mutex);
  std::vector<Stored::Row> out;
  const auto found = file_->entities.find(address);
  if (found == file_->entities.end()) return out;
  const auto& rows = found->second.rows;
  for (auto row = rows.lower_bound(from); row != rows.end() && out.size() < limit; ++row)
    if (!lane || row->second.lane == *lane) out.push_back(row->second);
  return out;
}

std::optional<Stored::Row> MemoryJournal::entry(const Address& address, std::uint64_t sequence) {
  check_reads();
  auto rows = history(address, sequence, 1, std::nullopt);
  if (rows.empty() || rows.front().sequence != sequence) return std::nullopt;
  return std::move(rows.front());
}

std::vector<FeedEntry> MemoryJournal::feed(std::uint64_t after, std::size_t limit) {
  std::vector<FeedEntry> out;
  for (MemoryFile::Row& row : rows(after, limit)) out.push_back(std::move(row.entry));
  return out;
}

std::vector<MemoryFile::Row> MemoryJournal::rows(std::uint64_t after, std::size_t limit) {
  std::lock_guard lock(file_->mutex);
  const auto position = [](const MemoryFile::Row& row) { return row.entry.position; };
  const auto first = std::ranges::upper_bound(file_->feed, after, {}, position);
  const auto left = static_cast<std::size_t>(file_->feed.end() - first);
  return {first, first + static_cast<std::ptrdiff_t>(std::min(left, limit))};
}

std::uint64_t MemoryJournal::head() {
  std::lock_guard lock(file_->mutex);
  return file_->head;
}

std::vector<PendingEffect> MemoryJournal::pending_effects(const std::optional<EffectKey>& after, std::size_t limit) {
  std::lock_guard lock(file_->mutex);
  std::vector<PendingEffect> out;
  for (auto it = after ? file_->outbox.upper_bound(*after) : file_->outbox.begin();
       it != file_->outbox.end() && out.size() < limit; ++it)
    out.push_back(it->second);
  return out;
}

std::vector<PendingTimer> MemoryJournal::due_timers(Time until, std::size_t limit, std::size_t skip) {
  check_reads();
  std::lock_guard lock(file_->mutex);
  std::vector<PendingTimer> out;
  for (const auto& [address, entity] : file_->entities)
    for (const auto& [name, timer] : entity.timers)
      if (*timer.due <= until) out.push_back({address, timer});
  const auto key = [](const PendingTimer& p) { return std::tuple(*p.timer.due, p.entity, p.timer.name); };
  std::ranges::sort(out, {}, key);
  out.erase(out.begin(), out.begin() + std::ptrdiff_t(std::min(skip, out.size())));
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::optional<Time> MemoryJournal::next_due() {
  const auto first = due_timers(Time::max(), 1);
  if (first.empty()) return std::nullopt;
  return first.front().timer.due;
}

std::optional<std::string> MemoryJournal::setting(std::string_view name) {
  std::lock_guard lock(file_->mutex);
  const auto found = file_->settings.find(name);
  if (found == file_->settings.end()) return std::nullopt;
  return found->second;
}

void MemoryJournal::set_setting(std::string_view name, std::string_view value) {
  std::lock_guard lock(file_->mutex);
  file_->settings.insert_or_assign(std::string(name), std::string(value));
}

void MemoryJournal::break_next_commit(bool lands) {
  std::lock_guard lock(file_->mutex);
  break_next_ = lands ? Break::lands : Break::is_lost;
}

void MemoryJournal::restart() {
  std::lock_guard lock(file_->mutex);
  broken_ = false;
  std::ranges::fill(leases_, Lease{});
}

void MemoryJournal::take_away(std::uint32_t shard) {
  std::lock_guard lock(file_->mutex);
  ++file_->shards.at(shard).epoch;
}

void MemoryJournal::usurp(std::uint32_t shard) {
  std::lock_guard lock(file_->mutex);
  leases_.at(shard).epoch = file_->shards.at(shard).epoch;
}

}  // namespace caravan
