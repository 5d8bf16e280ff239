#include "http/access/own_writes.hpp"

#include <algorithm>

namespace caravan::http {

void OwnWrites::wrote(UserId user_id, std::uint64_t position) {
  for (std::uint64_t known = newest_.load(); known < position && !newest_.compare_exchange_weak(known, position);) {
  }
  Part& part = parts_[std::hash<UserId>{}(user_id) % part_count];
  const std::lock_guard lock(part.mutex);
  if (part.now.size() >= users_a_part) {
    part.before = std::move(part.now);
    part.now.clear();
  }
  std::uint64_t& newest = part.now[user_id];
  newest = std::max(newest, position);
}

std::uint64_t OwnWrites::newest(UserId user_id) const {
  const Part& part = parts_[std::hash<UserId>{}(user_id) % part_count];
  const std::lock_guard lock(part.mutex);
  if (auto found = part.now.find(user_id); found != part.now.end()) return found->second;
  auto found = part.before.find(user_id);
  return found == part.before.end() ? 0 : found->second;
}

}  // namespace caravan::http
