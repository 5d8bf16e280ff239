#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "actors/account/commands.hpp"

namespace caravan::http {

/// What the holder of a session may do now, as the account says.
struct Rights {
  UserType user_type = UserType::both;
  std::uint32_t permissions = 0;  // bits of Permission
  std::optional<Time> stepped_up_at = {};
};

/// Whether the session of an access token is still signed in, and what it may do. A token outlives both by minutes:
/// what it says of rights is not believed.
class Sessions {
 public:
  virtual ~Sessions() = default;
  /// Nothing where the session has ended.
  virtual std::optional<Rights> rights(UserId user_id, const Uuid& session) = 0;
  /// The same, from the account itself.
  virtual std::optional<Rights> rights_anew(UserId user_id, const Uuid& session) = 0;
  /// Rights of this user have been taken away. Returns once no node remembers them.
  virtual void forget(UserId user_id) = 0;
};

/// How long nodes remember what they were told of a session.
struct RightsMemory {
  std::chrono::milliseconds own{15'000};
  std::chrono::milliseconds of_others{0};  // 0: there are no other nodes
};

/// Asks somebody who knows (the account actor) and remembers the answer for a short time, which begins before the
/// question is asked: a memory is a lease. Whoever takes rights away forgets its own memory and waits until those of
/// all other nodes have ended, whether or not they can be reached. Bounded; thread-safe.
class CachedSessions : public Sessions {
 public:
  using Ask = std::function<std::optional<Rights>(UserId user_id, const Uuid& session)>;
  explicit CachedSessions(Ask ask, RightsMemory memory = {});

  std::optional<Rights> rights(UserId user_id, const Uuid& session) override;
  std::optional<Rights> rights_anew(UserId user_id, const Uuid& session) override { return ask_(user_id, session); }
  void forget(UserId user_id) override;

 private:
  using Moment = std::chrono::nanoseconds;  // of the clock that goes on while the process is stopped
  static constexpr std::size_t part_count = 16, users_a_part = 4'096;
  struct Known {
    Uuid session;
    std::optional<Rights> rights;
    Moment until;
  };
  struct Part {
    std::mutex mutex;
    std::unordered_map<UserId, std::vector<Known>> users;
    /// Counts calls of forget(): an answer that was asked for before one is stale and not kept.
    std::uint64_t forgotten = 0;
  };
  Part& part_of(UserId user_id) { return parts_[std::hash<UserId>{}(user_id) % part_count]; }

  Ask ask_;
  RightsMemory memory_;
  std::array<Part, part_count> parts_;
};

}  // namespace caravan::http
