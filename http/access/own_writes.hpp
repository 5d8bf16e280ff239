#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "actors/values/uuid.hpp"

namespace caravan::http {

/// The feed position of each user's newest write through this node, so that its next list shows it. Bounded: the
/// oldest are forgotten, as the read models have long taken them. Thread-safe.
class OwnWrites {
 public:
  void wrote(UserId user_id, std::uint64_t position);
  /// 0 where nothing is known.
  std::uint64_t newest(UserId user_id) const;
  /// Of everybody's on this node.
  std::uint64_t newest() const { return newest_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t part_count = 16, users_a_part = 4'096;
  struct Part {
    mutable std::mutex mutex;
    /// When `now` is full it becomes `before`, whose users are forgotten.
    std::unordered_map<UserId, std::uint64_t> now, before;
  };
  std::array<Part, part_count> parts_;
  std::atomic<std::uint64_t> newest_{0};
};

}  // namespace caravan::http
