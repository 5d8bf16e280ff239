#include <doctest/doctest.h>

#include <thread>

#include "http/edge.hpp"
#include "http/json/tree.hpp"
#include "http/routes/all.hpp"
#include "tests/http/edge.hpp"

/// What strangers learn of a node, and what those who look after it.
namespace operators_test {

using namespace caravan;
using namespace caravan::http;
using namespace caravan::testkit;

namespace {

constexpr const char* secret_text = "cannot open /var/lib/caravan/journal.sqlite at db.internal as caravan";

/// A whole edge over entities in memory, with the operators' listener.
struct Served {
  explicit Served(int threads = 8, Spans* spans = nullptr, bool serving = true)
      : tokens({.folder = folder.path / "keys"}),
        services{.door = door, .random = random, .settings = Edge::quiet(), .tokens = &tokens, .spans = spans},
        edge(services, all_routes(services), settings(threads)) {
    edge.health().add("journal", [] { return DependencyHealth{true, secret_text}; });
    edge.health().add(
        "disk",
        [this] {
          ++shown_checks;
          return DependencyHealth{};
        },
        false);
    edge.health().set_serving(serving);
    port = edge.start().port();
  }
  static EdgeSettings settings(int threads) {
    EdgeSettings out;
    out.server.port = 0;
    out.server.threads = threads;
    out.service_keys = {{"", test_service_key}};
    out.access_log = false;
    out.operators = Edge::small_server();
    return out;
  }
  httplib::Headers as(std::uint32_t permissions) {
    Identity identity;
    identity.caller = {.kind = Caller::Kind::user, .user = test_id<UserId>(1), .permissions = permissions};
    identity.user_type = "both";
    return {{"Authorization", "Bearer " + tokens.issue(identity)}};
  }
  httplib::Client open() { return httplib::Client("127.0.0.1", port); }
  httplib::Client inside() { return httplib::Client("127.0.0.1", edge.operators()->port()); }

  ScratchFolder folder;
  MemoryDoor door;
  SeededRandom random;
  TokenAuthority tokens;
  std::atomic<int> shown_checks{0};
  Services services;
  HttpEdge edge;
  int port = 0;
};

constexpr std::uint32_t ops = static_cast<std::uint32_t>(Permission::ops),
                        every_other = ~static_cast<std::uint32_t>(Permission::ops);

}  // namespace

TEST_CASE("operators: strangers learn whether a node is healthy and its version, and no more") {
  Served served;
  auto client = served.open();
  const std::vector<httplib::Headers> strangers{
      {}, served.as(0), served.as(every_other), {{"X-Api-Key", "wrong"}}, {{"Authorization", "Bearer a.b.c"}}};
  for (const auto& headers : strangers) {
    const auto health = client.Get("/health", headers);
    REQUIRE(health);
    CHECK(health->status == 200);
    std::string error;
    const auto json = parse_json(health->body, error);
    REQUIRE(json);
    std::vector<std::string> names;
    for (const JsonMember& member : json->members) names.push_back(member.name);
    CHECK(names == std::vector<std::string>{"service", "status", "timestamp", "version"});
    const int metrics = client.Get("/metrics", headers)->status;
    CHECK((metrics == 401 || metrics == 403));
    CHECK(client.Get("/health/live", headers)->status == 200);
    CHECK(client.Get("/health/ready", headers)->status == 200);
    CHECK(client.Get("/health/ready", headers)->body.find("journal") == std::string::npos);
  }
  CHECK(served.shown_checks == 0);  // nothing is looked at that they do not see
  for (const auto& headers : {served.as(ops), httplib::Headers{{"X-Api-Key", test_service_key}}}) {
    CHECK(client.Get("/health", headers)->body.find(secret_text) != std::string::npos);
    CHECK(client.Get("/metrics", headers)->status == 200);
  }
}

TEST_CASE("operators: their listener asks nobody to sign in, and serves nothing else but what is theirs") {
  Served served;
  auto client = served.inside();
  CHECK(client.Get("/health")->body.find(secret_text) != std::string::npos);
  CHECK(client.Get("/health/live")->status == 200);
  CHECK(client.Get("/health/ready")->status == 200);
  CHECK(served.open().Get("/docs")->status == 200);
  const auto metrics = client.Get("/metrics");
  REQUIRE(metrics);
  CHECK(metrics->status == 200);
  CHECK(metrics->body.find("route=\"/docs\"") != std::string::npos);     // the other listener's numbers
  CHECK(metrics->body.find("route=\"/metrics\"") == std::string::npos);  // who looks on is no traffic
  for (const Route& row : rows_to_read()) {
    const std::string path = std::string(row.at_root ? "" : base_path) + std::string(row.path);
    CAPTURE(path);
    const bool is_theirs = (row.at_root && (path.starts_with("/health") || path == "/metrics")) ||
                           (row.access.kind == Access::Kind::admin && row.access.permission == Permission::ops);
    httplib::Request request;
    request.method = to_text(row.method);
    request.path = path;
    const int status = client.send(request)->status;
    if (!is_theirs)
      CHECK(status == 404);
    else if (row.access.kind == Access::Kind::admin)
      CHECK(status == 401);  // these ask who it is here too
    else
      CHECK(status == 200);
  }
}

TEST_CASE("operators: their listener answers while all threads of the other are taken") {
  Served served(2);
  std::vector<std::unique_ptr<httplib::Client>> holders;
  for (int i = 0; i < 2; ++i) {
    holders.push_back(std::make_unique<httplib::Client>("127.0.0.1", served.port));
    holders.back()->set_keep_alive(true);
    REQUIRE(holders.back()->Get("/health/live"));  // the connection stays open, and has a thread
  }
  auto client = served.inside();
  client.set_read_timeout(std::chrono::seconds{5});
  const auto health = client.Get("/health");
  REQUIRE(health);
  CHECK(health->status == 200);
  CHECK(client.Get("/metrics")->status == 200);
}

TEST_CASE("operators: probes and scrapes leave no traces, also where a node says that it is not ready") {
  Spans spans(10'000, {});
  Served served(8, &spans, false);
  auto client = served.open();
  CHECK(client.Get("/health/ready")->status == 503);
  CHECK(client.Get("/health")->status == 503);
  auto headers = served.as(ops);
  headers.emplace("traceparent", "00-" + std::string(31, 'a') + "b-b7ad6b7169203331-01");
  CHECK(client.Get("/metrics", headers)->status == 200);
  CHECK(client.Get("/health", headers)->status == 503);
  CHECK(spans.ended() == 0);
  CHECK(client.Get("/api/v1/admin/cluster", headers)->status != 401);
  CHECK(spans.ended() == 1);
}

}  // namespace operators_test
