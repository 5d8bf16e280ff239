#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/services/commands.hpp"
#include "actors/user/commands.hpp"
#include "actors/user/state.hpp"
#include "actors/wallet/commands.hpp"
#include "actors/wallet/state.hpp"

/// What a thief of the account leaves behind ends with the owner's reset or undo.
namespace caravan {

using namespace account;

namespace {

/// "customer, traveler, admin (users, disputes)", as the API names them.
std::string role_text(UserType type, std::uint32_t permissions) {
  std::string out;
  for (const Role role : role_list(type, permissions))
    out += (out.empty() ? "" : ", ") + std::string(enum_labels(role)[static_cast<std::size_t>(role)]);
  std::string names;
  for (const PermissionName name : permission_list(permissions))
    names += (names.empty() ? " (" : ", ") + std::string(enum_labels(name)[static_cast<std::size_t>(name)]);
  return names.empty() ? out : out + names + ')';
}

/// Whom a grant came from since then: whoever gave it first, then the hands through which they had it.
std::vector<GrantRoot> hands(const Grant& grant, Time since) {
  std::vector<GrantRoot> out;
  if (!grant.by.is_nil() && grant.at > since) out.push_back({grant.by, grant.at});
  for (const GrantRoot& root : grant.roots)
    if (root.at > since) out.push_back(root);
  return out;
}

/// Whether it came through this person's hands since then.
bool came_from(const Grant& grant, UserId by, Time since) {
  return std::ranges::count(hands(grant, since), by, &GrantRoot::by) > 0;
}

void take_given_back(Decision& decision, const AccountState& state, const Context& context, Time since) {
  for (const RoleGiven& given : state.roles_given)
    if (given.at > since) decision.send(account_address(given.user), TakeRolesBack{owner(context), since});
}

}  // namespace

namespace account {

// What these keep has to be there still when an undo, as old as it can be, asks for it.
static_assert(thief_wait >= undo_life && former_preferences_kept >= undo_life);

Time thief_since(const AccountState& state, Time now) { return state.closing_since.value_or(now) - undo_life; }

void shut_thief_out(Decision& decision, const AccountState& state, const Context& context, const std::string& reason,
                    Removed removed) {
  const Time since = thief_since(state, context.now);
  decision.emit(SessionsRevoked{reason, {}, context.now});
  revoke_keys(decision, state, context, reason);
  decision.send(inbox_of(owner(context)), ForgetDevices{});
  decision.send(user_address(owner(context)), RestorePreferences{since});
  void_new_phone(decision, state, context);
  decision.send({EntityKind::wallet, context.self.id}, RemoveNewAccounts{since, removed == Removed::come_back});
  if (state.permissions != 0 || !state.roles_given.empty())
    decision.send(services_address, PauseServices{owner(context), state.permissions, since});
  take_given_back(decision, state, context, since);
}

void lose_permissions(Decision& decision, const AccountState& state, const Context& context, std::uint32_t kept) {
  if ((state.permissions & ~kept) != 0) pause_services(decision, context, kept);
  // A key with a permission that its owner lost would have it again with the owner's next promotion.
  for (const ApiKey& key : state.api_keys)
    if ((key.permissions & state.permissions & ~kept) != 0) {
      decision.emit(ApiKeyRevoked{key.id, context.now});
      decision.send(inbox_of(owner(context)), ForgetDevices{.of_key = key.id});
    }
}

void tell_roles(Decision& decision, const Context& context, UserType type, std::uint32_t permissions) {
  decision.send(inbox_of(owner(context)), Notify{"roles_changed", {{"roles", role_text(type, permissions)}}});
}

}  // namespace account

Decision decide(const AccountState& state, const Context& context, const NoteRolesGiven& command) {
  if (!context.caller.is_platform()) return reject(AccountRejection::not_owner);
  if (state.status == UserStatus::deleted) return {};
  const Time since = thief_since(state, context.now);
  const auto counts = [&](const RoleGiven& given) { return given.user != command.user && given.at > since; };
  // Whoever could not be found again keeps nothing.
  if (static_cast<std::size_t>(std::ranges::count_if(state.roles_given, counts)) >= max_roles_given)
    return Decision{}.send(account_address(command.user), TakeRolesBack{owner(context), since});
  return Decision{}.emit(RolesGiven{{command.user, context.now}});
}

Decision decide(const AccountState& state, const Context& context, const TakeRolesBack& command) {
  if (!context.caller.is_platform()) return reject(AccountRejection::not_owner);
  std::uint32_t taken = 0;
  for (const Grant& grant : state.grants)
    for (const GrantRoot& root : hands(grant, command.since))
      if (root.by == command.by) taken |= grant.permissions;
  if (state.status == UserStatus::deleted) return {};
  const bool was_tied = std::ranges::any_of(
      state.former_grants, [&](const Grant& grant) { return came_from(grant, command.by, command.since); });
  const TiesForgotten untied{command.by, command.since, context.now};
  if (taken == 0) return was_tied ? Decision{}.emit(untied) : Decision{};
  const std::uint32_t kept = state.permissions & ~taken;
  Decision decision;
  decision.emit(RolesSet{state.user_type, kept, {}, context.now, {}, std::min(command.since, context.now - tie_life)});
  tell_roles(decision, context, state.user_type, kept);
  lose_permissions(decision, state, context, kept);
  take_given_back(decision, state, context, command.since);
  if (was_tied) decision.emit(untied);
  return decision;
}

void evolve(AccountState& state, const TiesForgotten& event) {
  std::erase_if(state.former_grants, [&](const Grant& grant) {
    return !grant.by.is_nil() && grant.at > event.since && came_from(grant, event.by, event.since);
  });
  // What is older, and came back through their hands; or is a tie of what was given anew.
  for (Grant& grant : state.former_grants)
    if (came_from(grant, event.by, event.since))
      std::erase_if(grant.roots, [&](const GrantRoot& root) { return root.at > event.since; });
}

void evolve(AccountState& state, const RolesGiven& event) {
  const RoleGiven& given = event.given;
  // While the account is closing, an undo asks for what is older.
  std::erase_if(state.roles_given, [&](const RoleGiven& other) {
    return other.user == given.user || (!state.closes_at && given.at - other.at >= undo_life);
  });
  if (state.roles_given.size() < max_roles_given) state.roles_given.push_back(given);
}

Answer answer(const AccountState& state, const Context& context, const ListGrantRoots& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  GrantRoots out;
  std::vector<Grant> grants = state.grants;
  if (query.lost_too) grants.insert(grants.end(), state.former_grants.begin(), state.former_grants.end());
  for (const Grant& grant : grants) {
    if ((grant.permissions & query.permissions) == 0) continue;
    for (const GrantRoot& root : hands(grant, query.since)) {
      const auto known = std::ranges::find(out.roots, root.by, &GrantRoot::by);
      if (known == out.roots.end())
        out.roots.push_back(root);
      else
        known->at = std::max(known->at, root.at);
    }
  }
  return show(std::move(out));
}

Answer answer(const AccountState& state, const Context& context, const ListRolesGiven& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  RolesGivenList out;
  out.since = std::min(query.since, thief_since(state, context.now));
  for (const RoleGiven& given : state.roles_given)
    if (given.at > *out.since) out.users.push_back(given.user);
  out.administers = state.permissions != 0;
  return show(std::move(out));
}

}  // namespace caravan
