#include "http/access/own_writes.hpp"

#include <algorithm>

namespace caravan::http {

void OwnWrites::wrote(UserId user, std::uint64_t position) {
  Part& part = parts_[std::hash<UserId>{}(user) % part_count];
  const std::lock_guard lock(part.mutex);
  if (part.now.size() >= users_a_part) {
    part.before = std::move(part.now);
    part.now.clear();
  }
  std::uint64_t& newest = part.now[user];
  newest = std::max(newest, position);
}

std::uint64_t OwnWrites::newest(UserId user) const {
  const Part& part = parts_[std::hash<UserId>{}(user) % part_count];
  const std::lock_guard lock(part.mutex);
  if (auto found = part.now.find(user); found != part.now.end()) return found->second;
  auto found = part.before.find(user);
  return found == part.before.end() ? 0 : found->second;
}

}  // namespace caravan::http
