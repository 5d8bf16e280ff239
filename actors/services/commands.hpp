#pragma once

#include "actors/services/resources.hpp"

namespace caravan {

/// A service, with its first key. The edge makes the keys; here is their mark alone: 16 bytes of the SHA-256.
struct AddService {
  static constexpr Tag tag{1, "add_service"};
  std::string name;
  std::vector<Scope> scopes;
  ServiceId service_id = {};
  Uuid key_mark = {};
  static constexpr auto fields() {
    return std::array{field<&AddService::name>(1, "name", format(schema::Format::plain) | length(1, 60)),
                      field<&AddService::scopes>(2, "scopes", length(1, enum_labels(Scope{}).size())),
                      field<&AddService::service_id>(3, "serviceId", internal()),
                      field<&AddService::key_mark>(4, "keyMark", internal())};
  }
};

/// Its scopes, and whether its keys are taken.
struct ChangeService {
  static constexpr Tag tag{2, "change_service"};
  std::optional<std::vector<Scope>> scopes = {};
  std::optional<ServiceStatus> status = {};
  ServiceId service_id = {};
  static constexpr auto fields() {
    return std::array{field<&ChangeService::scopes>(1, "scopes", length(1, enum_labels(Scope{}).size())),
                      field<&ChangeService::status>(2, "status"),
                      field<&ChangeService::service_id>(3, "serviceId", internal())};
  }
};

/// A second key, so that the first can go once every program has the new one.
struct AddServiceKey {
  static constexpr Tag tag{3, "add_service_key"};
  ServiceId service_id = {};
  Uuid key_mark = {};
  static constexpr auto fields() {
    return std::array{field<&AddServiceKey::service_id>(1, "serviceId", internal()),
                      field<&AddServiceKey::key_mark>(2, "keyMark", internal())};
  }
};

struct RevokeServiceKey {
  static constexpr Tag tag{4, "revoke_service_key"};
  ServiceId service_id = {};
  Uuid key_id = {};
  static constexpr auto fields() {
    return std::array{field<&RevokeServiceKey::service_id>(1, "serviceId", internal()),
                      field<&RevokeServiceKey::key_id>(2, "keyId", internal())};
  }
};

/// A node has started whose settings name this key: the first service has it, unless it was revoked. Of three keys the
/// oldest goes. Platform only.
struct TakeSettingsKey {
  static constexpr Tag tag{5, "take_settings_key"};
  Uuid key_mark = {};
  static constexpr auto fields() { return std::array{field<&TakeSettingsKey::key_mark>(1, "keyMark", internal())}; }
};

/// The service and its keys, for good.
struct RemoveService {
  static constexpr Tag tag{6, "remove_service"};
  ServiceId service_id = {};
  static constexpr auto fields() { return std::array{field<&RemoveService::service_id>(1, "serviceId", internal())}; }
};

/// From an account that has these permissions left: services that it made, with a scope that it could not give any
/// more, are paused, and keys that it made for others' end. Whoever made a key knows it. `since`: its owner has shut a
/// thief out. What was made in its name since then goes no further either: services that it made, widened or un-paused
/// last, and keys. Platform only.
struct PauseServices {
  static constexpr Tag tag{7, "pause_services"};
  UserId made_by;
  std::uint32_t permissions = 0;
  std::optional<Time> since = {};
  static constexpr auto fields() {
    return std::array{field<&PauseServices::made_by>(1, "madeBy"), field<&PauseServices::permissions>(2, "permissions"),
                      field<&PauseServices::since>(3, "since")};
  }
};

/// Which services this person made, widened or un-paused since then, or has a key of: ServiceNames. Platform only.
struct ListServicesOf {
  static constexpr Tag tag{3, "list_services_of"};
  UserId made_by;
  Time since;
  static constexpr auto fields() {
    return std::array{field<&ListServicesOf::made_by>(1, "madeBy"), field<&ListServicesOf::since>(2, "since")};
  }
};
struct ServiceNames {
  static constexpr std::string_view record_name = "ServiceNames";
  std::vector<std::string> names;
  static constexpr auto fields() { return std::array{field<&ServiceNames::names>(1, "names")}; }
};

struct ListServices {
  static constexpr Tag tag{1, "list_services"};
  static constexpr auto fields() { return no_fields; }
};

/// Platform only.
struct CheckServiceKey {
  static constexpr Tag tag{2, "check_service_key"};
  ServiceId service_id = {};
  Uuid key_mark = {};
  static constexpr auto fields() {
    return std::array{field<&CheckServiceKey::service_id>(1, "serviceId", internal()),
                      field<&CheckServiceKey::key_mark>(2, "keyMark", internal())};
  }
};

/// Bits of Permission: what somebody must hold to give these scopes to a service.
std::uint32_t permissions_to_give(const std::vector<Scope>& scopes);

}  // namespace caravan
