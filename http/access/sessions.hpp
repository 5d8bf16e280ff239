#pragma once

#include "actors/account/commands.hpp"
#include "http/access/remembered.hpp"

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
  void forget(UserId user_id) { forget(std::vector{user_id}); }
  /// The same of many, with one wait.
  virtual void forget(const std::vector<UserId>& users) = 0;
};

/// Asks the account, or whoever else knows, and remembers the answer as `Remembered` says.
class CachedSessions : public Sessions {
 public:
  using Ask = std::function<std::optional<Rights>(UserId user_id, const Uuid& session)>;
  explicit CachedSessions(Ask ask, RightsMemory memory = {});

  std::optional<Rights> rights(UserId user_id, const Uuid& session) override;
  std::optional<Rights> rights_anew(UserId user_id, const Uuid& session) override;
  using Sessions::forget;
  void forget(const std::vector<UserId>& users) override;

 private:
  Remembered<Rights> known_;
};

}  // namespace caravan::http
