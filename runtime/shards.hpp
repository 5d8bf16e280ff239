#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>

#include "actors/entity/address.hpp"

namespace caravan {

/// The shard of an entity: by its id alone, so that a delivery and its tracker share one.
std::uint32_t shard_of(const Address& address, std::uint32_t shard_count);

/// Which shards this node serves, and under which epochs. Changed by Residents, read by any thread.
class Shards {
 public:
  explicit Shards(std::uint32_t count) : count_(count), shards_(std::make_unique<Shard[]>(count)) {}

  std::uint32_t count() const { return count_; }
  std::uint32_t of(const Address& address) const { return shard_of(address, count_); }

  /// Takes work from now on.
  void open(std::uint32_t shard, std::uint64_t epoch) {
    shards_[shard].epoch = epoch;
    shards_[shard].takes_work = true;
  }
  /// Takes no new work, finishes what it has.
  void give_up(std::uint32_t shard) { shards_[shard].takes_work = false; }
  /// Is not here any more.
  void close(std::uint32_t shard) {
    shards_[shard].takes_work = false;
    shards_[shard].epoch = 0;
  }

  bool takes_work(std::uint32_t shard) const { return shards_[shard].takes_work; }
  /// 0: not here.
  std::uint64_t epoch(std::uint32_t shard) const { return shards_[shard].epoch; }

  /// Work that came for the shard since the start, for the balance between nodes.
  void count_work(std::uint32_t shard) { shards_[shard].work.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t work(std::uint32_t shard) const { return shards_[shard].work.load(std::memory_order_relaxed); }
  /// One more entity of the shard is in memory, or one less.
  void count_actor(std::uint32_t shard, bool comes) {
    shards_[shard].actors.fetch_add(comes ? 1 : -1, std::memory_order_relaxed);
  }
  std::uint64_t actors(std::uint32_t shard) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(shards_[shard].actors, 0));
  }

 private:
  struct Shard {
    std::atomic<std::uint64_t> epoch{0};
    std::atomic<bool> takes_work{false};
    std::atomic<std::uint64_t> work{0};
    std::atomic<std::int64_t> actors{0};
  };
  const std::uint32_t count_;
  const std::unique_ptr<Shard[]> shards_;
};

}  // namespace caravan
