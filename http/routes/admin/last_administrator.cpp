#include "http/routes/admin/last_administrator.hpp"

#include <algorithm>

#include "actors/account/queries.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "http/access/accounts.hpp"
#include "storage/codec/digest.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::seconds turn_time{10};  // far more than a change takes

/// The turn to take an administrator away. Given back at the end; it ends by itself where the node dies.
class Turn {
 public:
  explicit Turn(Call& call)
      : door_(call.door()),
        id_(Context{door_.now(), {}, {}, call.services().random, sodium_crypto}.new_uuid()),
        claim_(claim_address(sodium_crypto, "administrators")) {
    const Reply reply = door_.ask(
        {.to = claim_, .command = TakeClaim{id_, "", door_.now() + turn_time}, .origin = {.caller = edge_caller()}});
    const auto* holder = reply.resource.get_if<ClaimHolder>();
    if (!holder || holder->owner != id_) throw Problem{.code = "unavailable", .retry_after = std::chrono::seconds{1}};
  }
  ~Turn() {
    door_.ask({.to = claim_, .command = ReleaseClaim{id_}, .origin = {.caller = edge_caller()}}, [](const Reply&) {});
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Door& door_;
  Uuid id_;
  Address claim_;
};

/// By the account's own word: may it administer users now?
bool administers(Call& call, UserId user) {
  const Reply reply = call.door().query(account_address(user), ViewAccount{}, edge_caller());
  const auto* account = reply.resource.get_if<AccountResource>();
  return account && account->status == UserStatus::active &&
         std::ranges::find(account->permissions, PermissionName::users) != account->permissions.end();
}

}  // namespace

void keep_an_administrator(Call& call, UserId target, const std::function<void()>& change) {
  const ReadModels* models = call.services().read_models;
  if (!models || !administers(call, target)) return change();
  const Turn turn(call);
  const auto others = administrators(*models, Permission::users);
  if (std::ranges::none_of(others, [&](UserId user) { return user != target && administers(call, user); }))
    throw Problem{"last_administrator", "Give another account the permission users first."};
  change();
}

}  // namespace caravan::http
