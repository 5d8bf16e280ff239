#include <algorithm>

#include "actors/services/entity.hpp"

namespace caravan {

namespace {

/// What no service can have: an administrator's permissions belong to people.
constexpr Scopes admin_scopes = scopes_of_permissions(~0U);

const StoredService* find(const ServicesState& state, ServiceId id) {
  const auto found = std::ranges::find(state.services, id, &StoredService::id);
  return found == state.services.end() ? nullptr : &*found;
}

bool is_allowed(const Context& context) { return context.caller.may(Permission::security); }

/// What a service could do or read with a scope, an administrator may only with a permission: nobody gives a service,
/// takes from it, or takes by its key, what they do not hold. Scopes that are not here read what every administrator
/// sees, or concern the service's own things.
constexpr std::pair<Scope, Permission> held_by[] = {{Scope::auth_read, Permission::users},
                                                    {Scope::auth_write, Permission::users},
                                                    {Scope::users_read, Permission::users},
                                                    {Scope::users_write, Permission::users},
                                                    {Scope::act_users, Permission::users},
                                                    {Scope::trips_write, Permission::deliveries},
                                                    {Scope::delivery_requests_write, Permission::deliveries},
                                                    {Scope::offers_write, Permission::deliveries},
                                                    {Scope::deliveries_write, Permission::deliveries},
                                                    {Scope::qr_codes_write, Permission::deliveries},
                                                    {Scope::qr_scan, Permission::deliveries},
                                                    {Scope::location_write, Permission::deliveries},
                                                    {Scope::tracking_write, Permission::deliveries},
                                                    {Scope::payments_read, Permission::finance},
                                                    {Scope::payments_write, Permission::finance},
                                                    {Scope::payments_move, Permission::finance},
                                                    {Scope::notifications_write, Permission::notifications},
                                                    {Scope::disputes_read, Permission::disputes},
                                                    {Scope::disputes_write, Permission::disputes},
                                                    {Scope::ops_read, Permission::ops},
                                                    {Scope::private_read, Permission::private_data}};

/// Whether somebody with these permissions could give all these scopes.
bool may_give(std::uint32_t permissions, const std::vector<Scope>& scopes) {
  return (permissions_to_give(scopes) & ~permissions) == 0;
}

/// Why this caller cannot give these scopes to a service, or take them from one; nothing where they can.
std::optional<Decision> refusal(const Context& context, const std::vector<Scope>& scopes) {
  if ((scope_bits(scopes) & admin_scopes) != 0)
    return reject(ServicesRejection::permission_denied, "permissions of administrators are for people alone");
  if (!may_give(context.caller.permissions, scopes))
    return reject(ServicesRejection::permission_denied, "a scope whose permission you do not hold");
  return std::nullopt;
}

/// Names that people take for one another in the activity log.
bool look_alike(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

std::uint32_t permissions_to_give(const std::vector<Scope>& scopes) {
  const Scopes wanted = scope_bits(scopes);
  std::uint32_t out = 0;
  for (const auto& [scope, permission] : held_by)
    if ((wanted & bit(scope)) != 0) out |= static_cast<std::uint32_t>(permission);
  return out;
}

bool is_let_by(const StoredService& service, UserId who, Time since) {
  if (service.let_by) return *service.let_by == who && service.let_at > since;
  return service.made_by == who && service.created_at > since;
}

Decision decide(const ServicesState& state, const Context& context, const AddService& command) {
  if (!is_allowed(context)) return reject(ServicesRejection::permission_denied);
  if (auto no = refusal(context, command.scopes)) return *std::move(no);
  if (std::ranges::any_of(state.services,
                          [&](const StoredService& other) { return look_alike(other.name, command.name); }))
    return reject(ServicesRejection::already_exists, "another service has this name");
  if (state.services.size() >= max_services) return reject(ServicesRejection::too_many);
  if (std::ranges::count(state.services, context.caller.user, &StoredService::made_by) >= max_services_a_maker)
    return reject(ServicesRejection::too_many, "you made as many as one person may: delete one first");
  const Uuid key = context.new_uuid();
  const auto scopes = scope_list(scope_bits(command.scopes));
  return Decision{}
      .emit(ServiceAdded{command.service_id, command.name, scopes, context.now, context.caller.user})
      .emit(ServiceKeyAdded{command.service_id, key, command.key_mark, false, context.now, context.caller.user})
      .answer(ServiceResource{command.service_id,
                              command.name,
                              scopes,
                              ServiceStatus::active,
                              context.now,
                              {{key, {}, context.now, false}},
                              context.caller.user});
}

Decision decide(const ServicesState& state, const Context& context, const ChangeService& command) {
  if (!is_allowed(context)) return reject(ServicesRejection::permission_denied);
  const StoredService* service = find(state, command.service_id);
  if (!service) return reject(ServicesRejection::not_found);
  // Who un-pauses it gives all that it has once more, and who pauses it takes all.
  if (auto no = refusal(context, service->scopes)) return *std::move(no);
  ServiceChanged event{service->id, service->scopes, service->paused, context.now};
  if (command.scopes) {
    if (auto no = refusal(context, *command.scopes)) return *std::move(no);
    event.scopes = scope_list(scope_bits(*command.scopes));
    if ((scope_bits(*command.scopes) & ~scope_bits(service->scopes)) != 0) event.widened_by = context.caller.user;
  }
  if (command.status) event.paused = *command.status == ServiceStatus::paused;
  if (event.scopes == service->scopes && event.paused == service->paused) return {};
  if (event.widened_by || (service->paused && !event.paused)) event.let_by = context.caller.user;
  return Decision{}.emit(std::move(event));
}

Decision decide(const ServicesState& state, const Context& context, const AddServiceKey& command) {
  if (!is_allowed(context)) return reject(ServicesRejection::permission_denied);
  const StoredService* service = find(state, command.service_id);
  if (!service) return reject(ServicesRejection::not_found);
  if (service->keys.size() >= max_keys_a_service)
    return reject(ServicesRejection::too_many, "two keys are valid at a time: revoke one first");
  if (auto no = refusal(context, service->scopes)) return *std::move(no);
  const Uuid key = context.new_uuid();
  return Decision{}
      .emit(ServiceKeyAdded{service->id, key, command.key_mark, false, context.now, context.caller.user})
      .answer(ServiceKeyResource{key, {}, context.now, false});
}

Decision decide(const ServicesState& state, const Context& context, const RevokeServiceKey& command) {
  if (!is_allowed(context)) return reject(ServicesRejection::permission_denied);
  const StoredService* service = find(state, command.service_id);
  if (!service || std::ranges::find(service->keys, command.key_id, &StoredServiceKey::id) == service->keys.end())
    return reject(ServicesRejection::not_found);
  if (auto no = refusal(context, service->scopes)) return *std::move(no);
  return Decision{}.emit(ServiceKeyRevoked{service->id, command.key_id, false, context.now});
}

Decision decide(const ServicesState& state, const Context& context, const RemoveService& command) {
  if (!is_allowed(context)) return reject(ServicesRejection::permission_denied);
  const StoredService* service = find(state, command.service_id);
  if (!service) return reject(ServicesRejection::not_found);
  if (auto no = refusal(context, service->scopes)) return *std::move(no);
  // The next start would make it anew, with the scopes that it had at first.
  if (service->id == first_service)
    return reject(ServicesRejection::permission_denied, "the service of the settings' key can be paused, not deleted");
  return Decision{}.emit(ServiceRemoved{service->id, service->name, context.now});
}

Decision decide(const ServicesState& state, const Context& context, const TakeSettingsKey& command) {
  if (!context.caller.is_platform()) return reject(ServicesRejection::permission_denied);
  const auto& revoked = state.revoked_settings_keys;
  if (std::ranges::find(revoked, command.key_mark) != revoked.end())
    return reject(ServicesRejection::not_found, "this key was revoked");
  Decision decision;
  const StoredService* service = find(state, first_service);
  if (!service)
    decision.emit(ServiceAdded{first_service, "first", scope_list(first_service_scopes), context.now, {}});
  else if (std::ranges::find(service->keys, command.key_mark, &StoredServiceKey::mark) != service->keys.end())
    return {};
  else if (service->keys.size() >= max_keys_a_service)
    decision.emit(ServiceKeyRevoked{first_service, service->keys.front().id, true, context.now});
  return decision.emit(ServiceKeyAdded{first_service, context.new_uuid(), command.key_mark, true, context.now});
}

Decision decide(const ServicesState& state, const Context& context, const PauseServices& command) {
  if (!context.caller.is_platform()) return reject(ServicesRejection::permission_denied);
  Decision decision;
  const bool makes_services = (command.permissions & static_cast<std::uint32_t>(Permission::security)) != 0;
  for (const StoredService& service : state.services) {
    const bool may_stay = makes_services && may_give(command.permissions, service.scopes);
    const bool is_own = service.has_from(command.made_by);
    const bool is_let = command.since && is_let_by(service, command.made_by, *command.since);
    if (!service.paused && (is_let || (is_own && !may_stay)))
      decision.emit(ServiceChanged{service.id, service.scopes, true, context.now});
    for (const StoredServiceKey& key : service.keys) {
      if (key.made_by != command.made_by) continue;
      if ((!is_own && !may_stay) || is_new_key(key, command.since))
        decision.emit(ServiceKeyRevoked{service.id, key.id, false, context.now});
    }
  }
  return decision;
}

}  // namespace caravan
