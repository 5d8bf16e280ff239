#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/entity/appointment.hpp"

namespace caravan {

using namespace account;

Scopes scopes_of(const ApiKey& key) {
  if (!key.scopes.empty()) return scope_bits(key.scopes);
  return (key.read_only ? read_scopes() : user_scopes) | scopes_of_permissions(key.permissions);
}

std::vector<PermissionName> permission_list(std::uint32_t bits) {
  std::vector<PermissionName> out;
  for (unsigned i = 0; i < enum_labels(PermissionName{}).size(); ++i)
    if ((bits & (1U << i)) != 0) out.push_back(static_cast<PermissionName>(i));
  return out;
}

std::uint32_t permission_bits(const std::vector<PermissionName>& names) {
  std::uint32_t bits = 0;
  for (const PermissionName name : names) bits |= 1U << static_cast<unsigned>(name);
  return bits;
}

std::vector<Role> role_list(UserType type, std::uint32_t permissions) {
  std::vector<Role> out;
  if (type != UserType::traveler) out.push_back(Role::customer);
  if (type != UserType::customer) out.push_back(Role::traveler);
  if (permissions != 0) out.push_back(Role::admin);
  return out;
}

Answer answer(const AccountState& state, const Context& context, const ViewAccount&) {
  if (!by_owner(context) && !context.caller.may(Permission::users) && !context.caller.is_platform() &&
      !context.caller.is_service())
    return refuse(AccountRejection::not_owner);
  AccountResource out;
  out.user_id = UserId{context.self.id};
  out.email = state.email;
  out.status = state.status;
  out.user_type = state.user_type;
  out.roles = role_list(state.user_type, state.permissions);
  out.permissions = permission_list(state.permissions);
  out.email_verified = state.email_verified;
  if (!state.phone.empty()) out.phone_number = state.phone;
  out.phone_verified = state.phone_verified;
  out.two_factor_enabled = state.two_factor();
  if (state.two_factor_removal) out.two_factor_removal_at = state.two_factor_removal->due;
  out.last_login_at = state.last_login_at;
  out.locked_until = longest_lock(state, context.now);
  out.created_at = state.created_at;
  if (state.is_leaving())
    out.deletion = DeletionProgress{state.deletion_finished, state.deletion_open, state.deletion_rounds,
                                    state.deletion_check_at, state.closes_at};
  return show(std::move(out));
}

Answer answer(const AccountState& state, const Context& context, const ViewAppointment& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  for (const Grant& grant : state.grants)
    if ((grant.permissions & permission_bits({query.permission})) != 0 && !grant.by.is_nil())
      return show(Appointment{grant.by, grant.at});
  return show(Appointment{});
}

Answer answer(const AccountState& state, const Context& context, const ViewDeparture& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  if (state.suspension) return show(*state.suspension);
  for (const Grant& loss : state.losses)
    if ((loss.permissions & permission_bits({query.permission})) != 0) return show(Appointment{loss.by, loss.at});
  return show(Appointment{});
}

Answer answer(const AccountState& state, const Context& context, const CheckClient& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  return show(ClientStanding{is_young_client(state, query.client, context.now)});
}

Answer answer(const AccountState& state, const Context& context, const ViewCredentials& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  Credentials out;
  out.user_id = UserId{context.self.id};
  out.email = state.email;
  out.status = state.status;
  out.password_hash = state.password_hash;
  out.version = state.credentials_version;
  const Source source = source_of(state, query.client, query.session_id, context.now);
  out.locked_until = locked_until(state, source, context.now);
  out.two_factor_enabled = state.two_factor();
  out.totp_secret = state.two_factor() ? state.totp_secret : state.pending_totp_secret;
  out.secured_at = state.secured_at;
  out.absence = state.absence;
  return show(std::move(out));
}

Answer answer(const AccountState& state, const Context& context, const ListSessions&) {
  if (!by_owner(context) && !context.caller.may(Permission::users)) return refuse(AccountRejection::not_owner);
  SessionList list;
  for (const Session& session : state.sessions)
    if (session.expires_at > context.now)
      list.items.push_back({session.id, session.client.device, session.client.ip, session.created_at,
                            session.last_used_at, session.expires_at, false});
  std::ranges::sort(list.items, std::ranges::greater{}, &SessionResource::last_used_at);
  return show(std::move(list));
}

Answer answer(const AccountState& state, const Context& context, const ListSecurityEvents& query) {
  if (!by_owner(context) && !context.caller.may(Permission::security) && !context.caller.may(Permission::users))
    return refuse(AccountRejection::not_owner);
  SecurityEventList list;
  const auto limit = static_cast<std::size_t>(query.limit.value_or(50));
  for (auto it = state.security_events.rbegin(); it != state.security_events.rend() && list.items.size() < limit; ++it)
    list.items.push_back(*it);
  return show(std::move(list));
}

Answer answer(const AccountState& state, const Context& context, const ListApiKeys&) {
  if (!by_owner(context)) return refuse(AccountRejection::not_owner);
  ApiKeyList list;
  for (const ApiKey& key : state.api_keys)
    list.items.push_back({key.id,
                          key.name,
                          {},
                          key.created_at,
                          permission_list(key.permissions),
                          key.read_only,
                          scope_list(scopes_of(key)),
                          key.expires_at});
  return show(std::move(list));
}

Answer answer(const AccountState& state, const Context& context, const CheckSession& query) {
  if (!context.caller.is_platform() && !context.caller.is_service()) return refuse(AccountRejection::not_owner);
  SessionStanding out;
  const auto session = std::ranges::find(state.sessions, query.session_id, &Session::id);
  if (session != state.sessions.end()) {
    out.active = state.status == UserStatus::active && session->expires_at > context.now;
    out.stepped_up_at = session->stepped_up_at;
  }
  out.user_id = UserId{context.self.id};
  out.email = state.email;
  out.status = state.status;
  out.user_type = state.user_type;
  out.roles = role_list(state.user_type, state.permissions);
  out.permissions = state.permissions;
  return show(std::move(out));
}

Answer answer(const AccountState& state, const Context& context, const CheckEmailChange& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  ProvenContact out;
  if (state.status == UserStatus::active &&
      is_live(state.pending_email.token, context.crypto, context.crypto.sha256_hex(query.token), context.now))
    out.contact = state.pending_email.email;
  return show(std::move(out));
}

Answer answer(const AccountState& state, const Context& context, const CheckPhoneCode& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  ProvenContact out;
  if (is_phone_code(state, context, query.code)) out.contact = state.phone_code.phone;
  return show(std::move(out));
}

Answer answer(const AccountState& state, const Context& context, const CheckApiKey& query) {
  if (!context.caller.is_platform()) return refuse(AccountRejection::not_owner);
  SessionStanding out;
  for (const ApiKey& key : state.api_keys) {
    if (!context.crypto.equal(key.hash, query.key_hash)) continue;
    out.active = state.status == UserStatus::active && (!key.expires_at || *key.expires_at > context.now);
    out.permissions = key.permissions & state.permissions;  // a key keeps no permission that its owner has lost
    out.read_only = key.read_only;
    out.key_id = key.id;
    out.key_until = key.expires_at;
    out.scopes = scopes_of(key);
  }
  out.user_id = UserId{context.self.id};
  out.email = state.email;
  out.status = state.status;
  out.user_type = state.user_type;
  out.roles = role_list(state.user_type, out.permissions);
  return show(std::move(out));
}

}  // namespace caravan
