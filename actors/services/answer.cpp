#include <algorithm>

#include "actors/services/entity.hpp"

namespace caravan {

Answer answer(const ServicesState& state, const Context& context, const ListServices&) {
  if (!context.caller.may(Permission::security) && !context.caller.is_platform())
    return refuse(ServicesRejection::permission_denied);
  ServiceList out;
  for (const StoredService& service : state.services) {
    ServiceResource& item = out.items.emplace_back();
    item.service_id = service.id;
    item.name = service.name;
    item.scopes = service.scopes;
    item.status = service.paused ? ServiceStatus::paused : ServiceStatus::active;
    item.created_at = service.created_at;
    if (service.made_by != UserId{}) item.made_by = service.made_by;
    for (const StoredServiceKey& key : service.keys) item.keys.push_back({key.id, {}, key.created_at, key.of_settings});
  }
  return show(std::move(out));
}

Answer answer(const ServicesState& state, const Context& context, const ListServicesOf& query) {
  if (!context.caller.is_platform()) return refuse(ServicesRejection::permission_denied);
  ServiceNames out;
  for (const StoredService& service : state.services) {
    const bool has_key = std::ranges::any_of(service.keys, [&](const StoredServiceKey& key) {
      return key.made_by == query.made_by && is_new_key(key, query.since);
    });
    if (has_key || is_let_by(service, query.made_by, query.since)) out.names.push_back(service.name);
  }
  return show(std::move(out));
}

Answer answer(const ServicesState& state, const Context& context, const CheckServiceKey& query) {
  if (!context.caller.is_platform()) return refuse(ServicesRejection::permission_denied);
  ServiceStanding out;
  const auto service = std::ranges::find(state.services, query.service_id, &StoredService::id);
  if (service == state.services.end()) return show(std::move(out));
  out.active = !service->paused && std::ranges::any_of(service->keys, [&](const StoredServiceKey& key) {
    return key.mark == query.key_mark;
  });
  out.name = service->name;
  out.scopes = scope_bits(service->scopes);
  const auto add = [&](UserId maker) {
    if (!maker.is_nil() && std::ranges::find(out.makers, maker) == out.makers.end()) out.makers.push_back(maker);
  };
  add(service->made_by);
  for (const UserId who : service->widened_by) add(who);
  for (const StoredServiceKey& key : service->keys)
    if (key.mark == query.key_mark) add(key.made_by);
  return show(std::move(out));
}

}  // namespace caravan
