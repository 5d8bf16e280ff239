#include "http/access/sessions.hpp"

#include <time.h>

#include <algorithm>
#include <thread>

namespace caravan::http {

namespace {

constexpr std::size_t max_sessions_a_user = 50;

/// As leases between nodes are measured: while the process is stopped, what it remembers grows old.
std::chrono::nanoseconds boot_time() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

}  // namespace

CachedSessions::CachedSessions(Ask ask, RightsMemory memory) : ask_(std::move(ask)), memory_(memory) {}

std::optional<Rights> CachedSessions::rights(UserId user_id, const Uuid& session) {
  Part& part = part_of(user_id);
  const auto now = boot_time();
  std::uint64_t forgotten = 0;
  {
    const std::lock_guard lock(part.mutex);
    if (auto user = part.users.find(user_id); user != part.users.end())
      for (const Known& known : user->second)
        if (known.session == session && known.until > now) return known.rights;
    forgotten = part.forgotten;
  }
  const auto rights = ask_(user_id, session);
  const std::lock_guard lock(part.mutex);
  if (part.forgotten != forgotten) return rights;
  if (part.users.size() >= users_a_part) part.users.clear();
  auto& sessions = part.users[user_id];
  std::erase_if(sessions, [&](const Known& known) { return known.session == session || known.until <= now; });
  if (sessions.size() < max_sessions_a_user) sessions.push_back({session, rights, now + memory_.own});
  return rights;
}

void CachedSessions::forget(UserId user_id) {
  {
    Part& part = part_of(user_id);
    const std::lock_guard lock(part.mutex);
    part.users.erase(user_id);
    ++part.forgotten;
  }
  // A tenth more: the clocks of two machines may differ by that much in their rate, as for leases between nodes.
  if (memory_.of_others.count() > 0) std::this_thread::sleep_for(memory_.of_others * 11 / 10);
}

}  // namespace caravan::http
