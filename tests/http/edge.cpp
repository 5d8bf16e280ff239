#include "tests/http/edge.hpp"

#include <unistd.h>

#include <atomic>

#include "http/access/accounts.hpp"
#include "http/json/tree.hpp"

namespace caravan::testkit {

ScratchFolder::ScratchFolder() {
  static std::atomic<int> count{0};
  path = std::filesystem::temp_directory_path() /
         ("caravan-http-" + std::to_string(::getpid()) + '-' + std::to_string(++count));
  std::filesystem::create_directories(path);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

http::RouteSettings Edge::quiet() {
  http::RouteSettings settings;
  settings.rate_limits = false;
  return settings;
}

http::ServerSettings Edge::small_server() {
  http::ServerSettings settings;
  settings.port = 0;
  settings.threads = 8;
  return settings;
}

Edge::Edge(std::vector<http::Route> rows, http::RouteSettings settings, http::ServerSettings server_settings)
    : tokens({.folder = folder.path / "keys"}),
      token_seal(folder.path / "keys" / "tokens"),
      sessions([this](UserId user, const Uuid& session) { return rights_of(user, session); },
               {.own = std::chrono::milliseconds{0}}),
      services{.door = door, .random = random, .settings = std::move(settings)},
      authenticator(&tokens, &sessions, {{"", test_service_key}, {"second", second_service_key}},
                    [this](std::string_view key) {
                      const auto find_unsealed = [this](const std::string& hash) {
                        const auto found = unsealed_keys.find(hash);
                        return found == unsealed_keys.end() ? std::nullopt : std::optional(found->second);
                      };
                      return http::find_key_owner(door, token_seal, find_unsealed, key);
                    }),
      router(std::move(rows)),
      metrics(router),
      dispatcher(services, router, authenticator, metrics),
      server(std::move(server_settings), dispatcher) {
  services.tokens = &tokens;
  services.token_seal = &token_seal;
  services.sessions = &sessions;
  services.own_writes = &own_writes;
}

std::optional<http::Rights> Edge::rights_of(UserId user, const Uuid& session) {
  if (!sessions_live) return std::nullopt;
  const auto found = rights.find(session);
  if (found == rights.end()) return http::session_rights(door, user, session);
  http::Rights known = found->second;
  if (stepped_up) known.stepped_up_at = door.now();
  return known;
}

std::string Edge::token(UserId user, std::string user_type, std::uint32_t permissions) {
  http::Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = user;
  identity.caller.permissions = permissions;
  identity.session = user.value;  // another one for each kind of rights
  for (std::size_t i = 0; i < 4; ++i) identity.session.bytes[i] ^= static_cast<std::uint8_t>(permissions >> (8 * i));
  for (std::size_t i = 0; i < user_type.size() && i < 8; ++i)
    identity.session.bytes[8 + i] ^= static_cast<std::uint8_t>(user_type[i]);
  const UserType type = user_type == "customer"   ? UserType::customer
                        : user_type == "traveler" ? UserType::traveler
                                                  : UserType::both;
  rights[identity.session] = {type, permissions};
  identity.user_type = std::move(user_type);
  return tokens.issue(identity);
}

httplib::Headers Edge::as(UserId user, std::string user_type, std::uint32_t permissions) {
  return {{"Authorization", "Bearer " + token(user, std::move(user_type), permissions)}};
}

httplib::Client Edge::client() { return httplib::Client("127.0.0.1", server.port()); }

namespace {

const http::JsonValue* find_member(const http::JsonValue& value, const std::string& name) {
  for (const http::JsonMember& member : value.members)
    if (member.name == name) return &member.value;
  for (const http::JsonMember& member : value.members)
    if (const auto* within = find_member(member.value, name)) return within;
  for (const http::JsonValue& element : value.items)
    if (const auto* within = find_member(element, name)) return within;
  return nullptr;
}

}  // namespace

std::string field_of(const std::string& body, const std::string& name) {
  std::string error;
  const auto json = http::parse_json(body, error);
  if (!json) return "(not JSON: " + error + ")";
  const http::JsonValue* found = find_member(*json, name);
  return found ? found->text : std::string();
}

}  // namespace caravan::testkit
