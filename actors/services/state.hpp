#pragma once

#include <algorithm>

#include "actors/services/resources.hpp"

namespace caravan {

inline constexpr std::size_t max_services = 100;
inline constexpr std::ptrdiff_t max_services_a_maker = 30;
inline constexpr std::size_t max_keys_a_service = 2;  // the one in use, and the one that takes its place
inline constexpr std::size_t max_revoked_settings_keys = 20;

/// A key: no more of it is kept than what tells it from others.
struct StoredServiceKey {
  static constexpr std::string_view record_name = "StoredServiceKey";
  Uuid id;
  Uuid mark;  // 16 bytes of its SHA-256, see AddService
  Time created_at;
  bool of_settings = false;  // it was not made here
  UserId made_by = {};
  static constexpr auto fields() {
    return std::array{field<&StoredServiceKey::id>(1, "id"), field<&StoredServiceKey::mark>(2, "mark", internal()),
                      field<&StoredServiceKey::created_at>(3, "createdAt"),
                      field<&StoredServiceKey::of_settings>(4, "ofSettings"),
                      field<&StoredServiceKey::made_by>(5, "madeBy")};
  }
};

/// Whether it was made after that; of no time: no.
inline bool is_new_key(const StoredServiceKey& key, std::optional<Time> since) {
  return since && key.created_at > *since;
}

struct StoredService {
  static constexpr std::string_view record_name = "StoredService";
  ServiceId id;
  std::string name;
  std::vector<Scope> scopes;
  bool paused = false;
  Time created_at;
  std::vector<StoredServiceKey> keys;  // oldest first
  UserId made_by = {};
  std::vector<UserId> widened_by = {};  // who gave it more than it had, each once
  std::optional<UserId> let_by = {};    // who widened or un-paused it last, and by that confirmed it
  Time let_at = {};

  bool has_from(UserId who) const { return made_by == who || std::ranges::find(widened_by, who) != widened_by.end(); }
  static constexpr auto fields() {
    return std::array{field<&StoredService::id>(1, "id"),
                      field<&StoredService::name>(2, "name"),
                      field<&StoredService::scopes>(3, "scopes"),
                      field<&StoredService::paused>(4, "paused"),
                      field<&StoredService::created_at>(5, "createdAt"),
                      field<&StoredService::keys>(6, "keys"),
                      field<&StoredService::made_by>(7, "madeBy"),
                      field<&StoredService::widened_by>(8, "widenedBy"),
                      field<&StoredService::let_by>(9, "letBy"),
                      field<&StoredService::let_at>(10, "letAt")};
  }
};

/// Whether that person made, widened or un-paused it since then, and nobody else confirmed it later.
bool is_let_by(const StoredService& service, UserId who, Time since);

/// Every service of the platform: there are few of them, and their names are unique.
struct ServicesState {
  std::vector<StoredService> services;
  std::vector<Uuid> revoked_settings_keys;  // marks; oldest first

  bool exists() const { return true; }

  static constexpr std::string_view record_name = "ServicesState";
  static constexpr auto fields() {
    return std::array{field<&ServicesState::services>(1, "services"),
                      field<&ServicesState::revoked_settings_keys>(2, "revokedSettingsKeys", internal())};
  }
};

/// not_found is first; the order of the others means nothing.
enum class ServicesRejection { not_found, permission_denied, already_exists, too_many };
constexpr auto enum_labels(ServicesRejection) {
  return std::to_array<std::string_view>({"not_found", "permission_denied", "already_exists", "too_many"});
}

}  // namespace caravan
