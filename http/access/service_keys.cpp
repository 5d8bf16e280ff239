#include "http/access/service_keys.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/services/commands.hpp"
#include "actors/values/token.hpp"
#include "http/access/accounts.hpp"
#include "http/access/token_seal.hpp"
#include "http/outcome.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

namespace {

constexpr std::string_view prefix = "cvs_";

std::optional<ServiceStanding> ask_register(Door& door, ServiceId service, const Uuid& mark) {
  const Reply reply = door.query(services_address, CheckServiceKey{service, mark}, edge_caller());
  require_answer(reply);
  const auto* standing = reply.resource.get_if<ServiceStanding>();
  if (!standing || !standing->active) return std::nullopt;
  return *standing;
}

}  // namespace

Uuid mark_of(std::string_view key) {
  const Sha256 hash = sodium_crypto.sha256(key);
  Uuid mark;
  std::copy_n(hash.begin(), mark.bytes.size(), mark.bytes.begin());
  return mark;
}

NewServiceKey new_service_key(const TokenSeal& seal, ServiceId service, std::string_view secret) {
  const std::string key = std::string(prefix) + make_token(sodium_crypto, service.value, secret);
  return {seal.seal(key), mark_of(key)};
}

std::optional<NamedService> service_of(const TokenSeal& seal, std::string_view key) {
  if (!key.starts_with(prefix)) return std::nullopt;
  const auto opened = seal.open(key);
  if (!opened || !opened->sealed) return std::nullopt;
  const auto parts = parse_token(sodium_crypto, std::string_view(opened->token).substr(prefix.size()));
  if (!parts) return std::nullopt;
  return NamedService{ServiceId{parts->owner}, mark_of(opened->token)};
}

std::string take_settings_key(Door& door, const std::string& key) {
  const Reply reply =
      door.ask({.to = services_address, .command = TakeSettingsKey{mark_of(key)}, .origin = {.caller = edge_caller()}});
  if (reply.outcome == Outcome::done) return "the first service has the key of the settings";
  if (reply.outcome == Outcome::rejected)
    return "the key of the settings was revoked by an administrator: no service has it; choose another service-key";
  throw std::runtime_error("the key of the settings cannot be registered now");
}

ServiceRights::ServiceRights(Door& door, RightsMemory memory)
    : known_([&door](const Uuid& service, const Uuid& mark) { return ask_register(door, ServiceId{service}, mark); },
             memory) {}

}  // namespace caravan::http
