#pragma once

#include <unordered_map>

#include "actors/values/time.hpp"

namespace caravan {

/// The idempotency keys that an entity has seen, each with the entry that holds its first answer. A key ends after
/// `life`; of more than `most` passing ones the oldest are forgotten first. What lasts goes with the entity: how much
/// of that there is, the entity bounds.
class SeenKeys {
 public:
  struct Seen {
    std::uint64_t sequence = 0;
    Time at;  // of the entry; the epoch: a snapshot of an older build did not tell
    bool lasts = false;
  };
  static constexpr std::size_t most = 10'000;

  /// The entry of the first answer; 0 where the key is new, or has ended.
  std::uint64_t find(std::uint64_t key, Time now, Duration life) const;
  /// Remembers a key at the time of its entry, and forgets what ended before.
  void add(std::uint64_t key, Seen seen, Duration life);
  /// As a snapshot has it.
  void restore(std::uint64_t key, Seen seen);

  const std::unordered_map<std::uint64_t, Seen>& all() const { return seen_; }

 private:
  void forget_ended(Time now, Duration life);
  void forget_oldest();

  std::unordered_map<std::uint64_t, Seen> seen_;
  std::size_t passing_ = 0;  // at most so many of them do not last
  Time next_look_ = {};      // for keys that have ended
};

}  // namespace caravan
