#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "http/access/identity.hpp"

namespace caravan::http {

/// Whether the session of an access token is still signed in. A token outlives its session by minutes otherwise.
class Sessions {
 public:
  virtual ~Sessions() = default;
  /// Is the session of this token still signed in?
  virtual bool is_live(const Identity& identity) = 0;
  /// The caller has just revoked sessions of this user: ask again at the next request.
  virtual void forget(UserId user_id) = 0;
};

/// Asks somebody who knows (the account actor) and remembers the answer for a short time. Bounded; thread-safe.
class CachedSessions : public Sessions {
 public:
  using Ask = std::function<bool(UserId user_id, const Uuid& session)>;
  explicit CachedSessions(Ask ask, std::chrono::milliseconds remember = std::chrono::seconds{15});

  bool is_live(const Identity& identity) override;
  void forget(UserId user_id) override;

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t part_count = 16, users_a_part = 4'096;
  struct Known {
    Uuid session;
    bool live = false;
    Clock::time_point until;
  };
  struct Part {
    std::mutex mutex;
    std::unordered_map<UserId, std::vector<Known>> users;
    /// Counts calls of forget(): an answer that was asked for before one is stale and not kept.
    std::uint64_t forgotten = 0;
  };
  Part& part_of(UserId user_id) { return parts_[std::hash<UserId>{}(user_id) % part_count]; }

  Ask ask_;
  std::chrono::milliseconds remember_;
  std::array<Part, part_count> parts_;
};

}  // namespace caravan::http
