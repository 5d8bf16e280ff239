// A journal in PostgreSQL belongs to a cluster or to a node alone.
#include <doctest/doctest.h>

#include <filesystem>

#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

using namespace caravan::testing;
using caravan::testkit::PostgresServer;

TEST_CASE("members: a node alone takes a cluster's journal when its members are gone, not before") {
  if (!PostgresServer::missing().empty()) {
    MESSAGE("skipped: " << PostgresServer::missing());
    return;
  }
  const TemporaryFolder folder("members");
  const std::string url = PostgresServer::shared().url("members");
  for (const char* name : {"/shared", "/member", "/alone"}) std::filesystem::create_directory(folder.path() + name);
  ServerProcess member(CARAVAN_BINARY, folder.path() + "/member",
                       {{"CARAVAN_JOURNAL", url},
                        {"CARAVAN_CLUSTER", "true"},
                        {"CARAVAN_NODE_NAME", "a"},
                        {"CARAVAN_LINK", "127.0.0.1:0"},
                        {"CARAVAN_SHARED_DATA", folder.path() + "/shared"}});
  ServerProcess alone(CARAVAN_BINARY, folder.path() + "/alone", {{"CARAVAN_JOURNAL", url}});
  member.start();
  std::string refusal;
  try {
    alone.start();
  } catch (const std::runtime_error& error) {
    refusal = error.what();
  }
  CHECK(refusal.find("node a of a cluster works with this journal") != std::string::npos);
  member.crash();
  alone.start();
  CHECK(alone.stop() == 0);
}
