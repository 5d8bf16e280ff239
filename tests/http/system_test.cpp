#include <prometheus/text_serializer.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "actors/registry.hpp"
#include "actors/trip/commands.hpp"
#include "http/documents/docs_page.hpp"
#include "http/edge.hpp"
#include "http/json/tree.hpp"
#include "http/providers/circuit_breaker.hpp"
#include "http/routes/system/system.hpp"
#include "tests/http/edge.hpp"

namespace system_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

TEST_CASE("problems: every rejection of every entity has a status") {
  for (const EntityClass* entity : all_entities())
    for (std::string_view label : entity->rejections)
      CHECK_MESSAGE(find_problem(label), "http/problem/codes.cpp has no row for ", std::string(label), " of ",
                    std::string(entity->name));
}

TEST_CASE("openapi: it is JSON of version 3.1, and each operation has an id of its own") {
  const std::string text = openapi_of_all_routes();
  std::string error;
  const auto json = parse_json(text, error);
  REQUIRE_MESSAGE(json, error);
  CHECK(field_of(text, "openapi") == "3.1.0");
}

TEST_CASE("openapi: the contract that is checked in is that of the rows") {
  const std::string made = openapi_of_all_routes();
  if (std::getenv("CARAVAN_UPDATE_CONTRACT")) std::ofstream("http/openapi.json") << made;
  std::ifstream in("http/openapi.json");
  const std::string checked_in{std::istreambuf_iterator<char>(in), {}};
  CHECK_MESSAGE((checked_in == made), "http/openapi.json is stale: run http_tests with CARAVAN_UPDATE_CONTRACT=1");
}

TEST_CASE("docs: the page tells each field of a body, its kind and its bounds, and its example can be sent") {
  const std::string page =
      docs_page({post("/trips", traveler, "Publish <one>").command<PublishTrip>(created(EntityKind::trip))});
  for (const char* shown :
       {"<code>capacity.weight</code></td><td>number, 0.001 to 1000</td><td>required", "<code>stops[].address</code>",
        "number, -180 to 180", "one of car, train", "Publish &lt;one&gt;", "Boston, MA", "data-in=\"header\""})
    CHECK_MESSAGE(page.find(shown) != std::string::npos, shown);
}

TEST_CASE("circuit breaker: opens after failures, lets one try, closes on success") {
  CircuitBreaker breaker("mail", {.max_failures = 2, .pause = std::chrono::seconds{10}});
  CircuitBreaker::Clock::time_point now{};
  for (int i = 0; i < 2; ++i) {
    REQUIRE(breaker.allow(now));
    breaker.failed(now);
  }
  CHECK_FALSE(breaker.allow(now));
  CHECK(to_text(breaker.status(now).state) == "open");
  now += std::chrono::seconds{10};
  CHECK(to_text(breaker.status(now).state) == "half_open");
  CHECK(breaker.allow(now));
  CHECK_FALSE(breaker.allow(now));
  breaker.failed(now);
  CHECK_FALSE(breaker.allow(now));
  now += std::chrono::seconds{10};
  CHECK(breaker.allow(now));
  breaker.succeeded();
  CHECK(breaker.allow(now));
  CHECK(breaker.status(now).refused == 3);
}

TEST_CASE(
    "pages: a mail's link opens a page that changes nothing and loads nothing, and the root leads to the contract") {
  static testkit::MemoryDoor door;
  static testkit::SeededRandom random;
  static http::Services services{.door = door, .random = random};
  Edge edge(system_routes(services));
  auto client = edge.client();
  CHECK(client.Get("/")->status == 302);
  CHECK(client.Get("/")->get_header_value("Location") == "/docs");
  for (const auto& [path, posts_to] : {std::pair{"/verify-email?token=abc", "/api/v1/auth/verify-email"},
                                       std::pair{"/confirm-email?token=abc", "/api/v1/auth/email/verify"},
                                       std::pair{"/not-me?token=abc", "/api/v1/auth/verify-email/reject"},
                                       std::pair{"/undo?token=abc", "/api/v1/auth/undo"},
                                       std::pair{"/keep-two-factor?token=abc", "/api/v1/auth/2fa/removal/stop"},
                                       std::pair{"/reset-password?token=abc", "/api/v1/auth/password/reset"}}) {
    const auto page = client.Get(path);
    REQUIRE(page);
    CHECK(page->status == 200);
    CHECK(page->get_header_value("Content-Type").starts_with("text/html"));
    CHECK(page->get_header_value("Referrer-Policy") == "no-referrer");
    const std::string policy = page->get_header_value("Content-Security-Policy");
    CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(page->body.find("action=\"" + std::string(posts_to) + '"') != std::string::npos);
    CHECK(page->body.find("role=\"status\"") != std::string::npos);
    for (const char* outside : {"src=", "href=", "http://", "https://", "abc"})
      CHECK_MESSAGE(page->body.find(outside) == std::string::npos, outside);
  }
  const auto opened = client.Get("/open?delivery=0190a1b2-0000-7000-8000-000000000001");
  REQUIRE(opened);
  CHECK(opened->status == 200);
  CHECK(opened->get_header_value("Content-Security-Policy").find("script-src") == std::string::npos);
  CHECK(opened->body.find("0190a1b2") == std::string::npos);
  for (const auto& [wanted, language] : {std::pair{"en-US,de;q=0.5", "en"}, std::pair{"fr, de;q=0.9, en;q=0.8", "de"},
                                         std::pair{"de-AT", "de"}, std::pair{"fr", "en"}, std::pair{"*", "en"}}) {
    const auto followed = client.Get("/track", {{"Accept-Language", wanted}});
    REQUIRE(followed);
    CHECK(followed->status == 200);
    CHECK(followed->get_header_value("Content-Language") == language);
    CHECK(followed->get_header_value("Referrer-Policy") == "no-referrer");
    const std::string policy = followed->get_header_value("Content-Security-Policy");
    CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    CHECK(policy.find("unsafe") == std::string::npos);
    CHECK(followed->body.find("/api/v1/deliveries/shared/") != std::string::npos);
    for (const char* outside : {"src=", "href=", "http://"})
      CHECK_MESSAGE(followed->body.find(outside) == std::string::npos, outside);
  }
  CHECK(door.asked.empty());
  const std::string contract = openapi_of_all_routes();
  for (const char* path : {"\"/\":", "\"/docs\":", "\"/verify-email\":", "\"/track\":", "\"/reset-password\":"})
    CHECK_MESSAGE(contract.find(path) == std::string::npos, path);
}

TEST_CASE("health: what the node can do without for a while is shown, and does not keep it from serving") {
  const Router router({});
  const Metrics metrics(router);
  Health health("1", metrics);
  health.set_serving(true);
  health.add(
      "payments",
      [] {
        return DependencyHealth{false, "circuit open, 5 failures in a row"};
      },
      false);
  const Response report = health.report({}, true);
  CHECK(report.status == 200);
  CHECK(field_of(report.body, "detail") == "circuit open, 5 failures in a row");
  CHECK(report.body.find("\"unhealthy\"") != std::string::npos);
  health.add("journal", [] { return DependencyHealth{false, "the disk is full"}; });
  CHECK(health.report({}, true).status == 503);
}

TEST_CASE("health: a check that cannot find out is told with its reason, and the others beside it") {
  const Router router({});
  const Metrics metrics(router);
  Health health("1", metrics);
  health.set_serving(true);
  health.add("readModels", [] { return DependencyHealth{true, "3 entries behind"}; });
  CHECK(health.report({}, true).status == 200);
  health.add("journal", []() -> DependencyHealth { throw std::runtime_error("the server closed the connection"); });
  const Response report = health.report({}, true);
  CHECK(report.status == 503);
  CHECK(report.body.find("the server closed the connection") != std::string::npos);
  CHECK(report.body.find("3 entries behind") != std::string::npos);
  MetricFamilies families;
  health.write_metrics(families);
  const std::string text = prometheus::TextSerializer{}.Serialize(families);
  CHECK(text.find("caravan_dependency_healthy{dependency=\"journal\"} 0\n") != std::string::npos);
  CHECK(text.find("caravan_dependency_healthy{dependency=\"readModels\"} 1\n") != std::string::npos);
}

}  // namespace system_test
