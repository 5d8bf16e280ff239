// What strangers send to a whole node wakes no entity, and its numbers are for operators.
#include <doctest/doctest.h>

#include <random>

#include "tests/process/client.hpp"
#include "tests/process/server.hpp"

namespace strangers_test {

using namespace caravan::testing;

namespace {

/// base64url of an id and of a secret, both invented.
std::string invented_token(std::mt19937_64& random) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string token(64, ' ');
  for (char& c : token) c = digits[random() % digits.size()];
  return token;
}

double number_in(const std::string& metrics, const std::string& name) {
  const std::size_t at = metrics.find('\n' + name + ' ');
  return at == std::string::npos ? -1 : std::stod(metrics.substr(at + name.size() + 2, 20));
}

}  // namespace

TEST_CASE("strangers: invented credentials wake no entity of a node") {
  const TemporaryFolder folder("strangers");
  const std::string operators = "127.0.0.1:" + std::to_string(free_port());
  ServerProcess node(CARAVAN_BINARY, folder.path(), {{"CARAVAN_ADMIN_HTTP", operators}});
  node.start();
  HttpClient inside(std::stoi(operators.substr(operators.find(':') + 1)));
  const auto metrics = [&] { return inside.call("GET", "/metrics").body; };
  // The first administrator's own effects come to an end.
  std::string text;
  do text = metrics();
  while (number_in(text, "caravan_work_items") != 0 || number_in(text, "caravan_effects_pending_entities") != 0 ||
         number_in(text, "caravan_effects_pending_providers") != 0);
  const double before = number_in(metrics(), "caravan_entity_activations_total");
  CHECK(before > 0);

  HttpClient client(node.port());
  std::mt19937_64 random(1);
  const auto post = [&](const std::string& path, const std::string& body) {
    return client.call("POST", "/api/v1/auth/" + path, {{"Content-Type", "application/json"}}, body).status;
  };
  for (int i = 0; i < 50; ++i) {
    const std::string token = invented_token(random), seal = '.' + invented_token(random).substr(0, 21) + 'A';
    for (const std::string& shown : {token, token + seal}) {
      CHECK(client.call("GET", "/health", {{"X-Api-Key", "cvk_" + shown}}).status == 200);
      CHECK(client.call("GET", "/api/v1/users/me", {{"X-Api-Key", "cvk_" + shown}}).status == 401);
      CHECK(client.call("GET", "/metrics", {{"Authorization", "Bearer " + shown}}).status == 401);
      CHECK(post("refresh", R"({"refreshToken":")" + shown + "\"}") == 401);
      CHECK(post("login/2fa", R"({"challengeToken":")" + shown + R"(","code":"123456"})") == 401);
      CHECK(post("verify-email", R"({"token":")" + shown + "\"}") == 422);
    }
    CHECK(post("login", R"({"email":")" + token + R"(@example.org","password":"a long enough one"})") == 401);
    CHECK(post("password/forgot", R"({"email":")" + token + R"(@example.org"})") == 202);
  }
  CHECK(number_in(metrics(), "caravan_entity_activations_total") == before);
  CHECK(client.call("GET", "/metrics").status == 401);
  CHECK(client.call("GET", "/health").body.find("dependencies") == std::string::npos);
  CHECK(inside.call("GET", "/health").body.find("dependencies") != std::string::npos);
  CHECK(inside.call("GET", "/api/v1/trips/search").status == 404);
}

}  // namespace strangers_test
