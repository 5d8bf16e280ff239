#include "http/access/sessions.hpp"

#include <algorithm>

namespace caravan::http {

namespace {
constexpr std::size_t max_sessions_a_user = 50;
}  // namespace

CachedSessions::CachedSessions(Ask ask, std::chrono::milliseconds remember)
    : ask_(std::move(ask)), remember_(remember) {}

bool CachedSessions::is_live(const Identity& identity) {
  Part& part = part_of(identity.caller.user);
  const auto now = Clock::now();
  std::uint64_t forgotten = 0;
  {
    const std::lock_guard lock(part.mutex);
    if (auto user = part.users.find(identity.caller.user); user != part.users.end())
      for (const Known& known : user->second)
        if (known.session == identity.session && known.until > now) return known.live;
    forgotten = part.forgotten;
  }
  const bool live = ask_(identity.caller.user, identity.session);
  const std::lock_guard lock(part.mutex);
  if (part.forgotten != forgotten) return live;
  if (part.users.size() >= users_a_part) part.users.clear();
  auto& sessions = part.users[identity.caller.user];
  std::erase_if(sessions, [&](const Known& known) { return known.session == identity.session || known.until <= now; });
  if (sessions.size() < max_sessions_a_user) sessions.push_back({identity.session, live, now + remember_});
  return live;
}

void CachedSessions::forget(UserId user_id) {
  Part& part = part_of(user_id);
  const std::lock_guard lock(part.mutex);
  part.users.erase(user_id);
  ++part.forgotten;
}

}  // namespace caravan::http
