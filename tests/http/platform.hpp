#pragma once

#include <doctest/doctest.h>

#include "actors/account/entity.hpp"
#include "http/access/service_keys.hpp"
#include "http/edge.hpp"
#include "http/routes/all.hpp"
#include "tests/http/edge.hpp"

/// Services with names, scopes and keys over an edge, made by its administrator.
namespace caravan::platform {

using namespace caravan::http;
using namespace caravan::testkit;

inline const UserId boss = test_id<UserId>(1), mia = test_id<UserId>(2), tom = test_id<UserId>(3);

/// A whole edge over entities in memory, with a register of services.
struct Platform {
  Platform()
      : tokens({.folder = folder.path / "keys"}),
        seal(folder.path / "keys" / "tokens"),
        rights(door, {.own = std::chrono::milliseconds{0}}),
        sessions([this](UserId, const Uuid& session) { return std::optional(of_sessions.at(session)); },
                 {.own = std::chrono::milliseconds{0}}),
        services{.door = door, .random = random, .settings = Edge::quiet(), .tokens = &tokens, .token_seal = &seal},
        edge(registered(), all_routes(services), settings()),
        client("127.0.0.1", edge.start().port()) {
    for (const UserId user : {mia, tom}) {
      AccountState& account = door.state<Account>(user.value);
      account.registered = true;
      account.status = UserStatus::active;
    }
  }
  http::Services& registered() {
    services.service_rights = &rights;
    services.sessions = &sessions;
    take_settings_key(door, test_service_key);
    return services;
  }
  static EdgeSettings settings() {
    EdgeSettings out;
    out.server.port = 0;
    out.server.threads = 8;
    out.service_keys = {{"", test_service_key}};
    out.access_log = false;
    return out;
  }
  /// Signed in by password a moment ago, or long ago.
  httplib::Headers admin(std::uint32_t permissions = all_permissions, bool stepped_up = true) {
    Identity identity;
    identity.caller = {.kind = Caller::Kind::user, .user = boss, .permissions = permissions};
    identity.user_type = "both";
    identity.session = test_id<ServiceId>(static_cast<std::uint8_t>(100 + of_sessions.size())).value;
    of_sessions[identity.session] = {UserType::both, permissions,
                                     stepped_up ? std::optional(door.now()) : std::nullopt};
    return {{"Authorization", "Bearer " + tokens.issue(identity)}};
  }
  httplib::Result post(const std::string& path, const std::string& body, const httplib::Headers& headers) {
    return client.Post("/api/v1" + path, headers, body, "application/json");
  }
  httplib::Result patch(const std::string& path, const std::string& body, const httplib::Headers& headers) {
    return client.Patch("/api/v1" + path, headers, body, "application/json");
  }
  httplib::Result remove(const std::string& path, const httplib::Headers& headers) {
    return client.Delete("/api/v1" + path, headers);
  }
  httplib::Result get(const std::string& path, const httplib::Headers& headers) {
    return client.Get("/api/v1" + path, headers);
  }
  httplib::Headers add(const std::string& name, const std::string& scopes) {
    const auto made = post("/admin/services", R"({"name":")" + name + R"(","scopes":[)" + scopes + "]}", admin());
    REQUIRE_MESSAGE(made->status == 201, made->body);
    service_id = field_of(made->body, "serviceId");
    return {{"X-Api-Key", field_of(made->body, "key")}};
  }
  static httplib::Headers acting(httplib::Headers service, const std::string& user) {
    service.emplace("Caravan-On-Behalf-Of", user);
    return service;
  }

  ScratchFolder folder;
  MemoryDoor door;
  SeededRandom random;
  TokenAuthority tokens;
  TokenSeal seal;
  ServiceRights rights;
  std::map<Uuid, Rights> of_sessions;
  CachedSessions sessions;
  http::Services services;
  HttpEdge edge;
  httplib::Client client;
  std::string service_id;
};

inline std::string code_of(const httplib::Result& answer) { return field_of(answer->body, "code"); }

}  // namespace caravan::platform
