#include <cstdlib>
#include <fstream>
#include <iterator>

#include "actors/registry.hpp"
#include "actors/trip/commands.hpp"
#include "http/json/tree.hpp"
#include "http/providers/circuit_breaker.hpp"
#include "http/server/edge.hpp"
#include "http/system/docs_page.hpp"
#include "tests/http/edge.hpp"

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
