#include "http/routes/auth/unknown_addresses.hpp"

#include <algorithm>

#include "actors/account/rules.hpp"
#include "http/problem/problem.hpp"

namespace caravan::http {

namespace {

std::string key_of(const std::string& email, const std::string& network) { return email + '\n' + network; }

}  // namespace

void UnknownAddresses::check(const std::string& email, const std::string& network, Time now) {
  const std::lock_guard lock(mutex_);
  Time until;
  for (const std::string& key : {email, key_of(email, network)})
    if (const auto found = failures_.find(key); found != failures_.end())
      until = std::max(until, found->second.locked_until);
  if (until > now)
    throw Problem{.code = "account_locked", .retry_after = std::chrono::ceil<std::chrono::seconds>(until - now)};
}

void UnknownAddresses::failed(const std::string& email, const std::string& network, Time now) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() >= most) failures_.clear();
  count(email, account::max_stranger_failures, now);
  count(key_of(email, network), max_login_failures, now);
}

void UnknownAddresses::count(const std::string& key, int limit, Time now) {
  Failures& failures = failures_[key];
  if (now - failures.last_at >= account::tries_for) failures.count = 0;
  failures.last_at = now;
  if (++failures.count < limit) return;
  failures.count = 0;
  failures.locked_until = now + account::lock_out;
}

}  // namespace caravan::http
