#include "http/routes/admin/last_administrator.hpp"

#include <algorithm>

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
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

/// By the account's own word: has it all these permissions now?
bool holds(Call& call, UserId user, std::uint32_t permissions) {
  const Reply reply = call.door().query(account_address(user), ViewAccount{}, edge_caller());
  const auto* account = reply.resource.get_if<AccountResource>();
  return account && account->status == UserStatus::active &&
         (permissions & ~permission_bits(account->permissions)) == 0;
}

}  // namespace

void keep_an_administrator(Call& call, UserId target, const std::function<void()>& change) {
  const ReadModels* models = call.services().read_models;
  constexpr auto users = static_cast<std::uint32_t>(Permission::users);
  if (!models || !holds(call, target, users)) return change();
  const Turn turn(call);
  // Nobody gives what they do not hold: a permission that the last account with all takes along is gone for good.
  const bool may_everything = holds(call, target, all_permissions);
  const std::uint32_t kept = may_everything ? all_permissions : users;
  const auto others = administrators(*models, kept);
  if (std::ranges::none_of(others, [&](UserId user) { return user != target && holds(call, user, kept); }))
    throw Problem{"last_administrator", may_everything ? "Give another account all permissions first."
                                                       : "Give another account the permission users first."};
  change();
}

}  // namespace caravan::http
