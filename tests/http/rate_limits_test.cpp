#include <doctest/doctest.h>

#include "http/server/rate_limiter.hpp"
#include "tests/http/edge.hpp"
#include "tests/http/people.hpp"

/// Limits by address come before anything is done for whoever is not known.
namespace rate_limits_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::People;
using testkit::test_id;

namespace {

constexpr int patience = 3'000;  // requests; buckets fill again meanwhile

std::vector<Route> rows() {
  const auto nothing = [](Call& call) { return call.nothing(); };
  std::vector<Route> rows{get("/open", anyone, "For all").handle(nothing),
                          get("/own", user, "For who is signed in").handle(nothing),
                          post("/login", anyone, "Signs in").rated(RateClass::sign_in).without_key().handle(nothing),
                          get("/page", anyone, "A page").rated(RateClass::page).handle(nothing),
                          get("/probe", anyone, "A probe").rated(RateClass::unlimited).handle(nothing)};
  return rows;
}

RouteSettings limited() {
  RouteSettings settings;
  settings.rate_limits = true;
  return settings;
}

/// Sends until it is told to wait; how many were let through. `patience`: it never was.
int let_through(httplib::Client& client, const std::string& path, const httplib::Headers& headers) {
  for (int i = 0; i < patience; ++i) {
    const auto answer = client.Get("/api/v1" + path, headers);
    REQUIRE(answer);
    if (answer->status != 429) continue;
    CHECK(field_of(answer->body, "code") == "rate_limited");
    CHECK(std::stoi(answer->get_header_value("Retry-After")) >= 1);
    return i;
  }
  return patience;
}

}  // namespace

TEST_CASE("rate limits: an address stands for its /64, and IPv4 within IPv6 for itself") {
  CHECK(address_block("203.0.113.7") == "203.0.113.7");
  CHECK(address_block("::ffff:203.0.113.7") == "203.0.113.7");
  CHECK(address_block("2001:db8:1:2:3:4:5:6") == address_block("2001:db8:1:2::1"));
  CHECK(address_block("2001:DB8:1:2:ffff:ffff:ffff:ffff") == address_block("2001:db8:1:2::"));
  CHECK(address_block("2001:db8:1:3::1") != address_block("2001:db8:1:2::1"));
  CHECK(address_block("nonsense") == "nonsense");
}

TEST_CASE("rate limits: all addresses of a /64 have one limit, each other one its own") {
  ServerSettings server = Edge::small_server();
  server.proxies = TrustedProxies("127.0.0.1");
  Edge edge(rows(), limited(), server);
  auto client = edge.client();
  client.set_keep_alive(true);
  const auto login_from = [&](const std::string& address) {
    return client.Post("/api/v1/login", {{"X-Forwarded-For", address}}, "", "")->status;
  };
  for (int i = 0; i < 20; ++i) CHECK(login_from("2001:db8:1:2::" + std::to_string(i + 1)) == 204);
  CHECK(login_from("2001:db8:1:2:abcd::99") == 429);
  CHECK(login_from("2001:db8:1:3::1") == 204);
  for (int i = 0; i < 10; ++i) {
    CHECK(login_from("203.0.113.7") == 204);
    CHECK(login_from("::ffff:203.0.113.7") == 204);
  }
  CHECK(login_from("::ffff:203.0.113.7") == 429);
  CHECK(login_from("203.0.113.8") == 204);
}

TEST_CASE("rate limits: whoever shows credentials that do not hold is soon not checked any more, on every row") {
  for (const char* path : {"/open", "/own", "/page"})
    for (const auto& bad : {httplib::Headers{{"X-Api-Key", "cvk_wrong"}}, {{"Authorization", "Bearer a.b.c"}}}) {
      CAPTURE(path);
      Edge edge(rows(), limited());
      auto client = edge.client();
      client.set_keep_alive(true);
      const int checked = let_through(client, path, bad);
      CHECK(checked >= 300);
      CHECK(checked < patience);
      // What needs no look at the journal goes on: a service's key. So do probes.
      CHECK(client.Get("/api/v1/own", edge.as_service())->status == 204);
      // So does whoever shares the address and shows a good credential.
      CHECK(client.Get("/api/v1/own", edge.as(test_id<UserId>(1)))->status == 204);
      CHECK(client.Get("/api/v1/probe", bad)->status == 204);
    }
}

TEST_CASE("rate limits: pages are limited by address, and probes ask nobody who it is") {
  Edge edge(rows(), limited());
  auto client = edge.client();
  client.set_keep_alive(true);
  const int pages = let_through(client, "/page", {});
  CHECK(pages >= 600);
  CHECK(pages < patience);
  CHECK(client.Get("/api/v1/page", edge.as(test_id<UserId>(1)))->status == 204);  // has a limit of their own
  CHECK(let_through(client, "/probe", {{"X-Api-Key", "wrong"}}) == patience);
}

TEST_CASE("rate limits: the memory of callers is bounded, whoever comes") {
  RateLimiter limiter;
  const auto now = RateLimiter::Clock::now();
  for (std::size_t i = 0; i < 2 * RateLimiter::most; ++i) limiter.take(std::to_string(i), RateClass::read, now);
  CHECK(limiter.size() <= RateLimiter::most);
  CHECK(limiter.size() >= RateLimiter::most / 4);
}

TEST_CASE("rate limits: what a key calls uses up nothing of its owner's") {
  People people;
  const UserId mia = people.active("mia@example.org");
  const httplib::Headers in{
      {"Authorization", "Bearer " + field_of(people.login("mia@example.org")->body, "accessToken")}};
  const auto made = people.post("/auth/api-keys", R"({"name":"stolen","readOnly":true,"scopes":["trips:read"]})", in);
  REQUIRE(made->status == 201);
  people.edge.services.settings.rate_limits = true;
  people.client.set_keep_alive(true);
  const httplib::Headers by_key{{"X-Api-Key", field_of(made->body, "key")}};
  CHECK(let_through(people.client, "/users/me", by_key) < patience);
  CHECK(people.get("/users/me", in)->status == 200);
  int refused = 0;
  for (int i = 0; i < 600 && refused == 0; ++i)
    if (people.post("/notifications/read-all", "{}", by_key)->status == 429) ++refused;
  CHECK(refused == 1);
  const std::string key = "/api/v1/auth/api-keys/" + field_of(made->body, "keyId");
  CHECK(people.client.Delete(key, in)->status == 204);
  CHECK(people.edge.door.state<Account>(mia.value).api_keys.empty());
}

}  // namespace rate_limits_test
