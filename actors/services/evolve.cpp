#include <algorithm>

#include "actors/services/entity.hpp"

namespace caravan {

namespace {

StoredService* find(ServicesState& state, ServiceId id) {
  const auto found = std::ranges::find(state.services, id, &StoredService::id);
  return found == state.services.end() ? nullptr : &*found;
}

}  // namespace

void evolve(ServicesState& state, const ServiceAdded& event) {
  state.services.push_back({event.service_id, event.name, event.scopes, false, event.at, {}, event.made_by});
}

void evolve(ServicesState& state, const ServiceChanged& event) {
  StoredService* service = find(state, event.service_id);
  if (!service) return;
  service->scopes = event.scopes;
  service->paused = event.paused;
  if (event.let_by) {
    service->let_by = event.let_by;
    service->let_at = event.at;
  }
  if (event.widened_by && !service->has_from(*event.widened_by)) service->widened_by.push_back(*event.widened_by);
}

void evolve(ServicesState& state, const ServiceRemoved& event) {
  std::erase_if(state.services, [&](const StoredService& service) { return service.id == event.service_id; });
}

void evolve(ServicesState& state, const ServiceKeyAdded& event) {
  if (StoredService* service = find(state, event.service_id))
    service->keys.push_back({event.key_id, event.mark, event.at, event.of_settings, event.made_by});
}

void evolve(ServicesState& state, const ServiceKeyRevoked& event) {
  StoredService* service = find(state, event.service_id);
  if (!service) return;
  const auto key = std::ranges::find(service->keys, event.key_id, &StoredServiceKey::id);
  if (key == service->keys.end()) return;
  if (key->of_settings && !event.replaced) {
    auto& revoked = state.revoked_settings_keys;
    if (revoked.size() >= max_revoked_settings_keys) revoked.erase(revoked.begin());
    revoked.push_back(key->mark);
  }
  service->keys.erase(key);
}

}  // namespace caravan
