#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "actors/values/time.hpp"

namespace caravan::http {

/// Counts failed sign-ins of e-mail addresses that have no account, and locks them as accounts are locked. A lock would
/// otherwise tell a guesser which addresses exist. Bounded: it is emptied when full, and each node
/// counts by itself. So whoever guesses at all nodes, or at 10,000 addresses meanwhile, sees such an address lock later
/// than one with an account, and learns at most that: the limits by network come first. Thread-safe.
class UnknownAddresses {
 public:
  /// Throws Problem account_locked while the address is, for that network or for all.
  void check(const std::string& email, const std::string& network, Time now);
  void failed(const std::string& email, const std::string& network, Time now);

 private:
  static constexpr std::size_t most = 20'000;
  struct Failures {
    int count = 0;
    Time last_at;
    Time locked_until;
  };
  /// One more failure, of which that many lock.
  void count(const std::string& key, int limit, Time now);

  std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace caravan::http
