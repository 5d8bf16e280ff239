#include "storage/cluster/memory_cluster_store.hpp"

namespace caravan {

ClusterSnapshot MemoryClusterStore::read() {
  std::lock_guard lock(file_->mutex);
  ClusterSnapshot snapshot;
  snapshot.version = file_->members_version;
  snapshot.shards = file_->shards;
  snapshot.members.reserve(file_->members.size());
  for (const auto& [node, row] : file_->members) snapshot.members.push_back(row);
  for (const auto& [name, value] : file_->settings) take_setting(name, value, snapshot);
  return snapshot;
}

void MemoryClusterStore::put_setting(std::string_view name, const std::string& value) {
  std::lock_guard lock(file_->mutex);
  file_->settings.insert_or_assign(std::string(name), value);
}

bool MemoryClusterStore::put_member(const MemberRow& row, std::uint64_t expected) {
  std::lock_guard lock(file_->mutex);
  if (file_->members_version != expected) return false;
  ++file_->members_version;
  MemberRow& stored = file_->members[row.id.node];
  const Time alive = stored.id == row.id ? stored.alive : row.alive;
  stored = row;
  stored.alive = alive;
  return true;
}

bool MemoryClusterStore::forget_member(const std::string& node, std::uint64_t expected) {
  std::lock_guard lock(file_->mutex);
  if (file_->members_version != expected) return false;
  ++file_->members_version;
  file_->members.erase(node);
  return true;
}

bool MemoryClusterStore::touch(const MemberId& member, Time alive) {
  std::lock_guard lock(file_->mutex);
  const auto found = file_->members.find(member.node);
  if (found == file_->members.end() || found->second.id != member || found->second.status == MemberStatus::dead)
    return false;
  found->second.alive = alive;
  return true;
}

bool MemoryClusterStore::put_move(const ShardRow& was, MovePhase phase, const MemberId& target) {
  std::lock_guard lock(file_->mutex);
  if (was.shard >= file_->shards.size()) return false;
  ShardRow& row = file_->shards[was.shard];
  if (row.epoch != was.epoch || row.phase != was.phase || row.target != was.target) return false;
  row.phase = phase;
  row.target = target;
  return true;
}

}  // namespace caravan
