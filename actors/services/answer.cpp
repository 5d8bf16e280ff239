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
  return show(std::move(out));
}

}  // namespace caravan
