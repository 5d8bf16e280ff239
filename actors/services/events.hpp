#pragma once

#include "actors/services/resources.hpp"

namespace caravan {

struct ServiceAdded {
  static constexpr Tag tag{1, "service.added"};
  ServiceId service_id;
  std::string name;
  std::vector<Scope> scopes;
  Time at;
  UserId made_by = {};  // nil: the platform did, or it is not known any more
  static constexpr auto fields() {
    return std::array{field<&ServiceAdded::service_id>(1, "serviceId"), field<&ServiceAdded::name>(2, "name"),
                      field<&ServiceAdded::scopes>(3, "scopes"), field<&ServiceAdded::at>(4, "at"),
                      field<&ServiceAdded::made_by>(5, "madeBy")};
  }
};

struct ServiceChanged {
  static constexpr Tag tag{2, "service.changed"};
  ServiceId service_id;
  std::vector<Scope> scopes;  // from now on
  bool paused = false;
  Time at;
  std::optional<UserId> widened_by = {};  // who gave it more than it had
  std::optional<UserId> let_by = {};      // who widened or un-paused it
  static constexpr auto fields() {
    return std::array{field<&ServiceChanged::service_id>(1, "serviceId"), field<&ServiceChanged::scopes>(2, "scopes"),
                      field<&ServiceChanged::paused>(3, "paused"),        field<&ServiceChanged::at>(4, "at"),
                      field<&ServiceChanged::widened_by>(5, "widenedBy"), field<&ServiceChanged::let_by>(6, "letBy")};
  }
};

struct ServiceKeyAdded {
  static constexpr Tag tag{3, "service.key_added"};
  ServiceId service_id;
  Uuid key_id;
  Uuid mark;
  bool of_settings = false;
  Time at;
  UserId made_by = {};  // nil: the platform did, or it is not known any more
  static constexpr auto fields() {
    return std::array{field<&ServiceKeyAdded::service_id>(1, "serviceId"),
                      field<&ServiceKeyAdded::key_id>(2, "keyId"),
                      field<&ServiceKeyAdded::mark>(3, "mark", internal()),
                      field<&ServiceKeyAdded::of_settings>(4, "ofSettings"),
                      field<&ServiceKeyAdded::at>(5, "at"),
                      field<&ServiceKeyAdded::made_by>(6, "madeBy")};
  }
};

struct ServiceKeyRevoked {
  static constexpr Tag tag{4, "service.key_revoked"};
  ServiceId service_id;
  Uuid key_id;
  bool replaced = false;  // by another key of the settings, which may come back
  Time at;
  static constexpr auto fields() {
    return std::array{field<&ServiceKeyRevoked::service_id>(1, "serviceId"),
                      field<&ServiceKeyRevoked::key_id>(2, "keyId"), field<&ServiceKeyRevoked::replaced>(3, "replaced"),
                      field<&ServiceKeyRevoked::at>(4, "at")};
  }
};

struct ServiceRemoved {
  static constexpr Tag tag{5, "service.removed"};
  ServiceId service_id;
  std::string name;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&ServiceRemoved::service_id>(1, "serviceId"), field<&ServiceRemoved::name>(2, "name"),
                      field<&ServiceRemoved::at>(3, "at")};
  }
};

}  // namespace caravan
