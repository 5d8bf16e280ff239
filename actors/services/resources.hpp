#pragma once

#include "actors/entity/decision.hpp"
#include "actors/entity/scope.hpp"

namespace caravan {

using ServiceId = Id<struct ServiceTag>;

inline constexpr Address services_address{EntityKind::services, {}};
/// The service of the key that the settings name.
inline constexpr ServiceId first_service{Uuid{{0, 0, 0, 0, 0, 0, 0x80, 0, 0x80, 0, 0, 0, 0, 0, 0, 1}}};

enum class ServiceStatus { active, paused };
constexpr auto enum_labels(ServiceStatus) { return std::to_array<std::string_view>({"active", "paused"}); }

struct ServiceKeyResource {
  static constexpr std::string_view record_name = "ServiceKey";
  Uuid key_id;
  std::optional<std::string> key = {};  // the key itself, once
  Time created_at;
  bool of_settings = false;
  static constexpr auto fields() {
    return std::array{field<&ServiceKeyResource::key_id>(1, "keyId"), field<&ServiceKeyResource::key>(2, "key"),
                      field<&ServiceKeyResource::created_at>(3, "createdAt"),
                      field<&ServiceKeyResource::of_settings>(4, "ofSettings")};
  }
};

struct ServiceResource {
  static constexpr std::string_view record_name = "Service";
  ServiceId service_id;
  std::string name;
  std::vector<Scope> scopes;
  ServiceStatus status = ServiceStatus::active;
  Time created_at;
  std::vector<ServiceKeyResource> keys;
  std::optional<UserId> made_by = {};  // absent: it is not known
  static constexpr auto fields() {
    return std::array{field<&ServiceResource::service_id>(1, "serviceId"), field<&ServiceResource::name>(2, "name"),
                      field<&ServiceResource::scopes>(3, "scopes"),        field<&ServiceResource::status>(4, "status"),
                      field<&ServiceResource::created_at>(5, "createdAt"), field<&ServiceResource::keys>(6, "keys"),
                      field<&ServiceResource::made_by>(7, "madeBy")};
  }
};

struct ServiceList {
  static constexpr std::string_view record_name = "ServiceList";
  std::vector<ServiceResource> items;
  static constexpr auto fields() { return std::array{field<&ServiceList::items>(1, "items")}; }
};

/// For the edge alone: whose key it is, and what it may be used for.
struct ServiceStanding {
  static constexpr std::string_view record_name = "ServiceStanding";
  bool active = false;
  std::string name;
  std::uint64_t scopes = 0;         // Scopes
  std::vector<UserId> makers = {};  // who made the service, widened it, or made this key
  static constexpr auto fields() {
    return std::array{field<&ServiceStanding::active>(1, "active"), field<&ServiceStanding::name>(2, "name"),
                      field<&ServiceStanding::scopes>(3, "scopes"), field<&ServiceStanding::makers>(4, "makers")};
  }
};

}  // namespace caravan
