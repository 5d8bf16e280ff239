#pragma once

#include "storage/cluster/cluster_store.hpp"
#include "storage/journal/memory_journal.hpp"

namespace caravan {

/// Beside a journal in memory: its shards, and members that are forgotten with it.
class MemoryClusterStore final : public ClusterStore {
 public:
  explicit MemoryClusterStore(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}

  ClusterSnapshot read() override;
  bool put_member(const MemberRow& row, std::uint64_t expected) override;
  bool forget_member(const std::string& node, std::uint64_t expected) override;
  bool touch(const MemberId& member, Time alive) override;
  bool put_move(const ShardRow& was, MovePhase phase, const MemberId& target) override;

 private:
  void put_setting(std::string_view name, const std::string& value) override;

  std::shared_ptr<MemoryFile> file_;
};

}  // namespace caravan
