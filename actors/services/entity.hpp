#pragma once

#include "actors/entity/entity.hpp"
#include "actors/services/commands.hpp"
#include "actors/services/events.hpp"
#include "actors/services/state.hpp"

namespace caravan {

struct Services {
  static constexpr EntityKind kind = EntityKind::services;
  using State = ServicesState;
  using Rejection = ServicesRejection;
  using Creates = List<AddService, TakeSettingsKey>;
  using Commands =
      List<AddService, ChangeService, AddServiceKey, RevokeServiceKey, TakeSettingsKey, RemoveService, PauseServices>;
  using Events = List<ServiceAdded, ServiceChanged, ServiceKeyAdded, ServiceKeyRevoked, ServiceRemoved>;
  using Queries = List<ListServices, CheckServiceKey, ListServicesOf>;
};

}  // namespace caravan
