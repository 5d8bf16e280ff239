#pragma once

#include <string>
#include <string_view>

#include "actors/services/resources.hpp"
#include "http/access/remembered.hpp"
#include "runtime/door.hpp"

namespace caravan::http {

class TokenSeal;

/// What tells a service's key from others, where the key itself must not be kept.
Uuid mark_of(std::string_view key);
/// A new key of this service, as its holder shows it. Its mark is that of the part before the seal.
struct NewServiceKey {
  std::string key;
  Uuid mark;
};
NewServiceKey new_service_key(const TokenSeal& seal, ServiceId service, std::string_view secret);
/// The service and the mark that a key names; nothing where it is none of ours.
struct NamedService {
  ServiceId service;
  Uuid mark;
};
std::optional<NamedService> service_of(const TokenSeal& seal, std::string_view key);

/// The first service has the key of the settings from now on, unless an administrator revoked it. Returns what
/// happened, for the log. Throws std::runtime_error where it cannot.
std::string take_settings_key(Door& door, const std::string& key);

/// What services may do now, by service and mark of a key, as their register says.
class ServiceRights {
 public:
  ServiceRights(Door& door, RightsMemory memory);
  /// Nothing where the key is not good, or the service paused. Throws Problem where the register cannot be asked now.
  std::optional<ServiceStanding> find(ServiceId service, const Uuid& mark) { return known_.find(service.value, mark); }
  /// Something was taken away from a service. Returns once no node remembers it.
  void forget() { known_.forget_all(); }

 private:
  Remembered<ServiceStanding> known_;
};

}  // namespace caravan::http
