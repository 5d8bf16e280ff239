#include "http/access/sessions.hpp"

#include <time.h>

#include <thread>

namespace caravan::http {

std::chrono::nanoseconds boot_time() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

void await_end(const RightsMemory& memory) {
  // A tenth more: the clocks of two machines may differ by that much in their rate, as for leases between nodes.
  if (memory.of_others.count() > 0) std::this_thread::sleep_for(memory.of_others * 11 / 10);
}

CachedSessions::CachedSessions(Ask ask, RightsMemory memory)
    : known_([ask = std::move(ask)](const Uuid& owner, const Uuid& session) { return ask(UserId{owner}, session); },
             memory) {}

std::optional<Rights> CachedSessions::rights(UserId user_id, const Uuid& session) {
  return known_.find(user_id.value, session);
}

std::optional<Rights> CachedSessions::rights_anew(UserId user_id, const Uuid& session) {
  return known_.find_anew(user_id.value, session);
}

void CachedSessions::forget(const std::vector<UserId>& users) {
  std::vector<Uuid> owners;
  for (const UserId user : users) owners.push_back(user.value);
  known_.forget(owners);
}

}  // namespace caravan::http
