#include <algorithm>

#include "actors/account/closing.hpp"
#include "actors/account/rules.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/wallet/commands.hpp"

namespace caravan {

using namespace account;

namespace {

/// What a ban held goes out a day after its end: others than who ended it can look until then.
void let_payouts_go(Decision& decision, const Context& context) {
  const Time from = context.now + std::chrono::seconds{policy.payout.unbanned_hold_seconds};
  decision.send({EntityKind::wallet, context.self.id}, ReleasePayouts{.reason = {}, .from = from});
}

/// Since when somebody who comes back was away. A suspension that followed another one within `absence_heals` counts
/// from that one on: or a moment between them would end what the first one gave.
std::optional<Time> away_since(const AccountState& state) {
  if (!state.suspension) return std::nullopt;
  const Time since = state.suspension->since;
  return state.absence && since < state.absence->until + absence_heals ? state.absence->since : since;
}

/// Whether that change ends or lessens a ban against somebody whom the administrator is tied to, or the suspension that
/// was made of one. What they made of it themselves, before there was a tie, they take back.
bool lets_friend_go(const AccountState& state, const Context& context, const SetAccountStatus& command) {
  const bool is_banned = state.status == UserStatus::banned;
  const bool is_lessened = state.status == UserStatus::suspended && state.was_banned;
  if (command.status == UserStatus::banned || command.status == state.status || !(is_banned || is_lessened))
    return false;
  if (is_lessened && state.suspension && context.caller.is_user(state.suspension->by)) return false;
  return command.office.is_tied_to(owner(context));
}

}  // namespace

Decision decide(const AccountState& state, const Context& context, const SetAccountStatus& command) {
  if (!context.caller.may(Permission::users)) return reject(AccountRejection::permission_denied);
  if (by_owner(context)) return reject(AccountRejection::self_not_allowed);
  if (state.status == UserStatus::deleted) return reject(AccountRejection::account_deleted);
  // Whoever is about to be banned does not get out of it by leaving.
  const bool is_closing = state.status == UserStatus::closing;
  if (is_closing && command.status != UserStatus::banned) return refuse_closing(state);
  if (command.status != UserStatus::active && command.status != UserStatus::suspended &&
      command.status != UserStatus::banned)
    return reject(AccountRejection::invalid_transition, "active, suspended or banned");
  if (lets_friend_go(state, context, command))
    return reject(AccountRejection::self_not_allowed,
                  "You have your permission from them, or they have one from you: somebody else ends their ban, and "
                  "what was made of it.");
  // Only an administrator who holds all permissions of this account changes its status. Otherwise one with few
  // permissions could lock out one with many.
  if (!outranked(state, context)) return reject(AccountRejection::permission_denied);
  if (state.status == command.status) return Decision{}.answer(StatusAnswer{state.status});
  Decision decision;
  if (command.status == UserStatus::active) {
    // No administrator proves somebody's address: its owner does.
    if (state.status == UserStatus::pending_verification) return reject(AccountRejection::email_not_verified);
    decision.emit(UserReactivated{context.caller.user, context.now, !state.email_verified, away_since(state)});
    let_payouts_go(decision, context);
    if (!state.email_verified) {
      decision.set_timer(std::string(unverified_timer), context.now + unverified_life);
      return decision.answer(StatusAnswer{UserStatus::pending_verification});
    }
    decision.send(inbox_of(owner(context)), Notify{"account_reactivated", {}});
  } else {
    decision.emit(UserSuspended{command.status, command.reason, context.caller.user, context.now, true});
    if (is_closing) decision.clear_timer(std::string(closing_timer)).clear_timer(std::string(open_work_timer));
    decision.emit(SessionsRevoked{"suspended", {}, context.now});
    revoke_keys(decision, state, context, "suspended");
    if (state.permissions != 0) pause_services(decision, context, 0);
    decision.send(inbox_of(owner(context)), ForgetDevices{});
    Notify notice{"account_suspended", {{"reason", command.reason}}};
    if (command.status == UserStatus::banned) {
      const Time until = context.now + std::chrono::days{policy.payout.banned_hold_days};
      decision.send({EntityKind::wallet, context.self.id}, HoldPayouts{until});
      notice.variables.emplace("payoutsHeldUntil", to_rfc3339(until));
    }
    decision.send(inbox_of(owner(context)), std::move(notice));
    // The other sides of the deliveries under way hear of it.
    decision.send(directory_address, FindOpenWork{owner(context)});
  }
  return decision.answer(StatusAnswer{command.status});
}

Decision decide(const AccountState& state, const Context& context, const SetRoles& command) {
  if (!context.caller.may(Permission::users)) return reject(AccountRejection::permission_denied);
  if (by_owner(context)) return reject(AccountRejection::self_not_allowed);
  if (state.status == UserStatus::deleted) return reject(AccountRejection::account_deleted);
  if (!outranked(state, context)) return reject(AccountRejection::permission_denied, "it may do more than you");
  const auto has = [&](Role role) { return std::ranges::find(command.roles, role) != command.roles.end(); };
  std::uint32_t permissions = permission_bits(command.permissions);
  if (has(Role::admin)) {
    permissions |= static_cast<std::uint32_t>(Permission::read);
  } else if (permissions != 0) {
    return reject(AccountRejection::permission_denied, "permissions need the role admin");
  }
  // Administrators neither give nor take a permission that they do not hold. Nor do they change anything else of
  // whoever may do more than they. A permission that nobody holds comes by the bootstrap setting: RestoreAdministrator.
  if (((permissions | state.permissions) & ~context.caller.permissions) != 0)
    return reject(AccountRejection::permission_denied, "a permission that you do not hold");
  UserType type = state.user_type;
  if (has(Role::customer) && has(Role::traveler))
    type = UserType::both;
  else if (has(Role::customer))
    type = UserType::customer;
  else if (has(Role::traveler))
    type = UserType::traveler;
  if (type == state.user_type && permissions == state.permissions) return {};
  const bool gives = (permissions & ~state.permissions) != 0;
  if (gives && command.roots.size() > max_grant_roots)
    return reject(AccountRejection::limit_reached,
                  "Your permissions came through too many hands: somebody who is nearer to the first gives them.");
  Decision decision;
  RolesSet event{type, permissions, context.caller.user, context.now, {}, context.now - tie_life};
  if (gives) event.roots = command.roots;
  decision.emit(std::move(event));
  tell_roles(decision, context, type, permissions);
  // Whoever gave them may be a thief of that account, or have them from one: its owner takes them back.
  if (gives && context.caller.kind == Caller::Kind::user) {
    decision.send(account_address(context.caller.user), NoteRolesGiven{owner(context)});
    for (const GrantRoot& root : command.roots)
      if (root.by != owner(context) && root.by != context.caller.user && root.at > context.now - undo_life)
        decision.send(account_address(root.by), NoteRolesGiven{owner(context)});
  }
  lose_permissions(decision, state, context, permissions);
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const RestoreAdministrator&) {
  if (!context.caller.is_platform()) return reject(AccountRejection::permission_denied);
  if (state.status == UserStatus::deleted) return reject(AccountRejection::account_deleted);
  // Whoever registered the address need not own it: they must not become the administrator.
  if (!state.email_verified) return reject(AccountRejection::email_not_verified);
  // A thief may have asked for the deletion, and knows the password: the mailed link ends that one, and a start does
  // not.
  if (state.status == UserStatus::closing) return refuse_closing(state);
  Decision decision;
  if (state.status != UserStatus::active) {
    decision.emit(UserReactivated{{}, context.now, false, away_since(state)});
    let_payouts_go(decision, context);
    decision.send(inbox_of(owner(context)), Notify{"account_reactivated", {}});
  }
  if (state.permissions != all_permissions) decision.emit(RolesSet{state.user_type, all_permissions, {}, context.now});
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const AskStanding&) {
  if (context.caller.kind != Caller::Kind::entity) return reject(AccountRejection::permission_denied);
  SideStanding standing{owner(context)};
  standing.is_away = state.status == UserStatus::suspended || state.status == UserStatus::banned;
  standing.is_closed = state.is_leaving();
  if (state.absence) standing.back_at = state.absence->until;
  return Decision{}.send(context.caller.entity, standing);
}

Decision decide(const AccountState& state, const Context& context, const TimerFired& command) {
  if (command.name == unverified_timer && state.status == UserStatus::pending_verification)
    return close_account(state, context, "never_verified");
  if (command.name == undo_timer) return end_undos(state, context);
  if (command.name == removal_timer) return remove_two_factor(state, context);
  if (command.name == sessions_timer) return end_sessions(state, context);
  if (command.name == closing_timer) return end_closing(state, context);
  if (command.name != open_work_timer || !state.is_leaving()) return {};
  return Decision{}.send(directory_address, FindOpenWork{owner(context)});
}

}  // namespace caravan
