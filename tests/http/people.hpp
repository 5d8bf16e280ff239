#pragma once

#include <doctest/doctest.h>

#include "actors/account/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/routes/admin/admin_users.hpp"
#include "http/routes/auth/auth.hpp"
#include "http/routes/notifications/notifications.hpp"
#include "http/routes/users/users.hpp"
#include "tests/http/edge.hpp"

namespace caravan::testkit {

inline std::vector<http::Route> people_rows() {
  static MemoryDoor door;
  static SeededRandom random;
  static http::Services services{.door = door, .random = random};
  std::vector<http::Route> rows;
  for (auto* rows_of : {http::auth_routes, http::password_routes, http::proof_routes, http::security_routes,
                        http::user_routes, http::notification_routes, http::admin_user_routes})
    for (http::Route& row : rows_of(services)) rows.push_back(std::move(row));
  return rows;
}

inline constexpr const char* password = "a-long-enough-Passw0rd";

/// The edge with people's rows, and with cheap password hashes.
struct People {
  explicit People(std::vector<http::Route> rows = people_rows()) : edge(std::move(rows)), client(edge.client()) {
    edge.services.passwords = &passwords;
    edge.services.secrets = &secrets;
    edge.sessions_live = true;
  }

  http::PasswordHasher passwords{{.cost = {.operations = 1, .memory_bytes = 8U << 10}}};
  Edge edge;
  http::SecretSealer secrets{edge.folder.path / "secrets"};
  httplib::Client client;

  httplib::Result post(const std::string& path, const std::string& body, const httplib::Headers& headers = {}) {
    return client.Post("/api/v1" + path, headers, body, "application/json");
  }
  httplib::Result put(const std::string& path, const std::string& body, const httplib::Headers& headers) {
    return client.Put("/api/v1" + path, headers, body, "application/json");
  }
  httplib::Result get(const std::string& path, const httplib::Headers& headers) {
    return client.Get("/api/v1" + path, headers);
  }

  /// Takes effects to their entities, as the runtime would; the newest mail's variable of that name is remembered.
  void deliver() {
    while (!edge.door.sent.empty()) {
      const Effect effect = edge.door.sent.front();
      edge.door.sent.erase(edge.door.sent.begin());
      if (const auto* notify = effect.command.get_if<Notify>())
        for (const auto& [name, value] : notify->variables) mailed[name] = value;
      if (is_outside(effect.to.kind)) continue;
      edge.door.ask({.to = effect.to, .command = effect.command, .origin = {.caller = entity(effect.to)}});
    }
  }
  std::map<std::string, std::string> mailed;

  UserId registered(const std::string& email) {
    const auto made = post("/auth/register", R"({"email":")" + email + R"(","password":")" + password +
                                                 R"(","firstName":"Mia","lastName":"Ex","userType":"both"})");
    REQUIRE(made);
    REQUIRE_MESSAGE(made->status == 201, made->body);
    deliver();
    return UserId{*Uuid::parse(field_of(made->body, "userId"))};
  }
  UserId active(const std::string& email) {
    const UserId id = registered(email);
    REQUIRE(post("/auth/verify-email", R"({"token":")" + mailed["verificationToken"] + "\"}")->status == 200);
    deliver();
    return id;
  }
  httplib::Result login(const std::string& email, const std::string& word = password) {
    auto answer = post("/auth/login", R"({"email":")" + email + R"(","password":")" + word + "\"}");
    deliver();
    return answer;
  }
  std::string code_of(httplib::Result& answer) { return field_of(answer->body, "code"); }
};

inline httplib::Headers bearer(const httplib::Result& login) {
  return {{"Authorization", "Bearer " + field_of(login->body, "accessToken")}};
}

}  // namespace caravan::testkit
