#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/process/client.hpp"
#include "tests/process/server.hpp"

namespace log_test {

using namespace caravan::testing;

TEST_CASE("log: with log-format json each line is an object, and those of a request have its trace id") {
  const TemporaryFolder folder("log");
  ServerProcess node(
      CARAVAN_BINARY, folder.path(),
      {{"CARAVAN_LOG_FORMAT", "json"}, {"CARAVAN_ACCESS_LOG", "on"}, {"CARAVAN_TRUSTED_PROXIES", "127.0.0.0/8"}});
  node.start();
  HttpClient client(node.port());
  client.call(
      "GET", "/api/v1/trips/search",
      {{"X-Trace-Id", "log-test"}, {"X-Correlation-Id", "line\"1"}, {"X-Forwarded-For", "198.51.100.1, 203.0.113.7"}});
  CHECK(node.stop() == 0);
  std::ifstream lines(folder.path() + "/server.log");
  bool found = false;
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    REQUIRE_MESSAGE(json.is_object(), line);
    CHECK_MESSAGE((json.contains("time") && json.contains("level")), line);
    if (json.value("traceId", "") != "log-test") continue;
    found = true;
    CHECK(json.at("logger") == "access");
    CHECK(json.at("spanId").get<std::string>().size() == 16);
    CHECK(json.at("route") == "/trips/search");
    CHECK(json.at("status") == 401);
    CHECK(json.at("address") == "203.0.113.7");
  }
  CHECK(found);
}

}  // namespace log_test
