// A journal in PostgreSQL belongs to a cluster or to a node alone.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/process/client.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace members_test {

using namespace caravan::testing;
using caravan::testkit::PostgresServer;

namespace {

std::map<std::string, std::string> member_of(const std::string& url, const TemporaryFolder& folder) {
  for (const char* name : {"/shared", "/member", "/alone"}) std::filesystem::create_directory(folder.path() + name);
  return {{"CARAVAN_JOURNAL", url},
          {"CARAVAN_CLUSTER", "true"},
          {"CARAVAN_NODE_NAME", "a"},
          {"CARAVAN_LINK", "127.0.0.1:0"},
          {"CARAVAN_SHARED_DATA", folder.path() + "/shared"}};
}

/// Why it does not start; empty where it does.
std::string refusal_of(ServerProcess& node) {
  try {
    node.start();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("members: a node alone takes a cluster's journal when its members are gone, not before") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("members");
  const std::string url = PostgresServer::shared().url("members");
  ServerProcess member(CARAVAN_BINARY, folder.path() + "/member", member_of(url, folder));
  ServerProcess alone(CARAVAN_BINARY, folder.path() + "/alone", {{"CARAVAN_JOURNAL", url}});
  member.start();
  CHECK(refusal_of(alone).find("node a of a cluster works with this journal") != std::string::npos);
  member.crash();
  alone.start();
  CHECK(alone.stop() == 0);
}

TEST_CASE("members: a node with another shared folder is refused, and makes no keys there") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("members");
  auto settings = member_of(PostgresServer::shared().url("unmounted"), folder);
  ServerProcess first(CARAVAN_BINARY, folder.path() + "/member", settings);
  first.start();
  settings["CARAVAN_NODE_NAME"] = "b";
  ServerProcess second(CARAVAN_BINARY, folder.path() + "/alone", settings);
  second.start();
  CHECK(second.stop() == 0);
  const std::string other = folder.path() + "/unmounted";
  std::filesystem::create_directory(other);
  settings["CARAVAN_SHARED_DATA"] = other;
  ServerProcess third(CARAVAN_BINARY, folder.path() + "/alone", settings);
  CHECK(refusal_of(third).find("is not the folder that the nodes of this cluster share") != std::string::npos);
  CHECK(std::filesystem::is_empty(other));
  settings.erase("CARAVAN_SHARED_DATA");  // its own data folder, then
  ServerProcess fourth(CARAVAN_BINARY, folder.path() + "/alone", settings);
  CHECK(refusal_of(fourth).find("is not the folder that the nodes of this cluster share") != std::string::npos);
  CHECK(first.stop() == 0);
}

TEST_CASE("members: a cluster takes the journal of a node alone when that is gone, not before") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("members");
  static int journals = 0;  // one for each way that it goes
  const std::string url = PostgresServer::shared().url("alone" + std::to_string(++journals));
  ServerProcess alone(CARAVAN_BINARY, folder.path() + "/alone", {{"CARAVAN_JOURNAL", url}, {"CARAVAN_NODE_NAME", "x"}});
  ServerProcess member(CARAVAN_BINARY, folder.path() + "/member", member_of(url, folder));
  alone.start();
  CHECK(refusal_of(member).find("node x works alone with this journal") != std::string::npos);
  SUBCASE("it is killed") { alone.crash(); }
  SUBCASE("it is stopped") { CHECK(alone.stop() == 0); }
  member.start();
  CHECK(member.stop() == 0);
}

TEST_CASE("members: a node alone whose journal another one takes ends, though nobody writes") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("members");
  const std::string url = PostgresServer::shared().url("taken");
  for (const char* name : {"/former", "/next"}) std::filesystem::create_directory(folder.path() + name);
  ServerProcess former(CARAVAN_BINARY, folder.path() + "/former", {{"CARAVAN_JOURNAL", url}});
  ServerProcess next(CARAVAN_BINARY, folder.path() + "/next", {{"CARAVAN_JOURNAL", url}});
  former.start();
  next.start();
  CHECK(former.wait_end() == 1);
  CHECK(next.stop() == 0);
}

TEST_CASE("members: while the database is away a node says so at once, and its metrics are told all the same") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("away");
  PostgresServer database;
  std::map<std::string, std::string> settings{{"CARAVAN_JOURNAL", database.url("away")}};
  std::string tells = "readModels";
  SUBCASE("a node alone") {}
  SUBCASE("a node of a cluster") {
    settings["CARAVAN_CLUSTER"] = "true";
    settings["CARAVAN_LINK"] = "127.0.0.1:0";
    tells = "cluster";  // it has no lease
  }
  ServerProcess node(CARAVAN_BINARY, folder.path(), settings);
  node.start();
  HttpClient client(node.port());
  database.crash();
  // It takes a moment until the node has noticed; no answer takes long meanwhile, and none is an error of its own.
  nlohmann::json health;
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  INFO(node.log_end());
  do {
    const auto asked = std::chrono::steady_clock::now();
    const auto answer = client.call("GET", "/health", {{"X-Api-Key", service_key}});
    CHECK(client.call("GET", "/metrics", {{"X-Api-Key", service_key}}).status == 200);
    CHECK(std::chrono::steady_clock::now() - asked < std::chrono::seconds{3});
    REQUIRE((answer.status == 200 || answer.status == 503));
    health = nlohmann::json::parse(answer.body);
  } while (health.at("status") == "healthy" && std::chrono::steady_clock::now() < limit);
  CHECK(health.at("status") == "unhealthy");
  CHECK(health.at("dependencies").at(tells).at("status") == "unhealthy");
}

}  // namespace members_test
