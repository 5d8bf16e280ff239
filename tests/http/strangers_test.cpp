#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <regex>

#include "actors/account/entity.hpp"
#include "actors/values/token.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/documents/schemas.hpp"
#include "http/routes/all.hpp"
#include "storage/codec/digest.hpp"
#include "tests/http/edge.hpp"

/// Whatever bytes a stranger sends, no entity is woken that is nothing: not by what looks like a credential, not by an
/// id in a path, not by a token in a body.
namespace strangers_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;

namespace {

std::vector<Route> every_row() {
  static MemoryDoor door;
  static SeededRandom random;
  static http::Services services{.door = door, .random = random};
  return all_routes(services);
}

/// Invented ids and tokens, another at each call.
class Inventor {
 public:
  Uuid id() { return Context{test_start, {}, {}, random_, sodium_crypto}.new_uuid(); }
  std::string token() {
    return make_token(sodium_crypto, id(), Context{test_start, {}, {}, random_, sodium_crypto}.secret(32));
  }
  std::string sealed() { return token() + '.' + base64(16); }
  std::string signed_token() {
    return "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6IjEtMDAwMDAwMDAifQ." + base64(120) + '.' + base64(64);
  }
  std::string base64(std::size_t bytes) {
    std::string text;
    while (text.size() < bytes * 4 / 3) text += token();
    return text.substr(0, (bytes * 8 + 5) / 6 - 1) + 'A';
  }

 private:
  SeededRandom random_{7};
};

/// Every way to show a credential, each invented.
std::vector<httplib::Headers> credentials(Inventor& invent) {
  return {{{"X-Api-Key", "cvk_" + invent.token()}},
          {{"X-Api-Key", "cvk_" + invent.sealed()}},
          {{"X-Api-Key", invent.token()}},
          {{"X-Api-Key", "cvk_"}},
          {{"Authorization", "Bearer " + invent.signed_token()}},
          {{"Authorization", "Bearer cvk_" + invent.sealed()}},
          {{"Authorization", "Bearer " + invent.sealed()}},
          {{"Authorization", "Basic " + invent.token()}}};
}

std::string path_of(const Route& row, Inventor& invent) {
  std::string path(row.at_root ? "" : base_path);
  std::string_view rest = row.path;
  while (!rest.empty()) {
    const std::string_view segment = rest.substr(1, rest.find('/', 1) - 1);
    rest.remove_prefix(segment.size() + 1);
    path += '/' + (segment == ":token"        ? invent.sealed()
                   : segment.starts_with(':') ? invent.id().text()
                                              : std::string(segment));
  }
  return path;
}

/// The body of the contract's example, with invented tokens, an e-mail address of nobody and a strong password.
std::string body_of(const Route& row, const std::string& token, Inventor& invent) {
  if (!row.body_type) return "";
  std::string body = Schemas::example(*row.body_type, {}, {}).dump();
  body = std::regex_replace(body, std::regex(R"re("(\w*[tT]oken)":"[^"]*")re"), "\"$1\":\"" + token + '"');
  body = std::regex_replace(body, std::regex(R"re("email":"[^"]*")re"),
                            "\"email\":\"" + invent.id().text() + "@example.org\"");
  return std::regex_replace(body, std::regex(R"re("(\w*[pP]assword)":"[^"]*")re"), R"("$1":"a long enough one")");
}

httplib::Result send(httplib::Client& client, const Route& row, const std::string& path,
                     const httplib::Headers& headers, const std::string& body) {
  httplib::Request request;
  request.method = to_text(row.method);
  request.path = path;
  request.headers = headers;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  return client.send(request);
}

}  // namespace

TEST_CASE("strangers: no invented credential, id or token wakes an entity") {
  Edge edge(every_row());
  PasswordHasher passwords({.cost = {.operations = 1, .memory_bytes = 8U << 10}});
  SecretSealer secrets(edge.folder.path / "secrets");
  edge.services.passwords = &passwords;
  edge.services.secrets = &secrets;
  auto client = edge.client();
  client.set_keep_alive(true);
  Inventor invent;
  std::size_t sent = 0, good = 0;
  for (const Route& row : edge.router.rows()) {
    CAPTURE(to_text(row.method));
    CAPTURE(row.path);
    const bool is_public = row.access.kind == Access::Kind::anyone;
    auto all = credentials(invent);
    if (is_public) all.push_back({});
    for (httplib::Headers& headers : all) {
      headers.emplace("Idempotency-Key", invent.id().text());
      for (const std::string& token : {invent.token(), invent.sealed(), invent.signed_token()}) {
        const auto answer = send(client, row, path_of(row, invent), headers, body_of(row, token, invent));
        REQUIRE(answer);
        ++sent;
        if (answer->status < 300) ++good;
        if (!is_public) CHECK(answer->status == 401);
        CHECK(answer->status != 500);
        if (!is_public) break;
      }
    }
    CHECK(edge.door.woken_in_vain().empty());
  }
  CHECK(sent > 1'000);
  CHECK(good > 0);  // registrations are among them: what they made is something
}

TEST_CASE("strangers: a key or a token of a real account, with another secret, does not ask the account") {
  Edge edge(every_row());
  const UserId ann = test_id<UserId>(1);
  edge.door.state<Account>(ann.value).email = "ann@example.org";
  Inventor invent;
  auto client = edge.client();
  const std::string key = "cvk_" + make_token(sodium_crypto, ann.value, std::string(32, 'x'));
  for (const std::string& forged : {key, key + '.' + invent.base64(16)}) {
    const auto answer = client.Get("/api/v1/users/me", {{"X-Api-Key", forged}});
    REQUIRE(answer);
    CHECK(answer->status == 401);
  }
  const std::string refresh = make_token(sodium_crypto, ann.value, std::string(64, 'x')) + '.' + invent.base64(16);
  const auto answer = client.Post("/api/v1/auth/refresh", R"({"refreshToken":")" + refresh + "\"}", "application/json");
  CHECK(answer->status == 401);
  CHECK(edge.door.asked.empty());
  CHECK(edge.door.questions == 0);
}

TEST_CASE("strangers: a key of a build that did not seal keys is good still") {
  Edge edge(every_row());
  const UserId ann = test_id<UserId>(1);
  const std::string key = "cvk_" + make_token(sodium_crypto, ann.value, std::string(32, 'x'));
  AccountState& account = edge.door.state<Account>(ann.value);
  account.registered = true;
  account.status = UserStatus::active;
  account.api_keys.push_back({.id = test_id<TripId>(2).value, .name = "old", .hash = sha256_hex(key)});
  auto client = edge.client();
  const auto status = [&](const std::string& shown) {
    return client.Get("/api/v1/auth/me", {{"X-Api-Key", shown}})->status;
  };
  CHECK(status(key) == 401);
  edge.unsealed_keys[sha256_hex(key)] = ann;
  CHECK(status(key) == 200);
  CHECK(status(edge.token_seal.seal(key)) == 200);
  edge.unsealed_keys[sha256_hex(key)] = test_id<UserId>(3);  // another's
  CHECK(status(key) == 401);
}

}  // namespace strangers_test
