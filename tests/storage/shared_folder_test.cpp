#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "storage/journal/open.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace shared_folder_test {

using namespace caravan;
namespace fs = std::filesystem;

TEST_CASE("shared folder: of nodes that start at once, all take one folder, and those with another are refused") {
  REQUIRE(testkit::PostgresServer::missing() == "");
  const fs::path root = fs::temp_directory_path() / ("caravan-shared-" + std::to_string(::getpid()));
  for (int round = 0; round < 10; ++round) {
    const std::string url = testkit::PostgresServer::shared().url("shared" + std::to_string(round));
    open_postgres_journal(url);  // its tables
    const fs::path mounted = root / std::to_string(round) / "mounted", bare = root / std::to_string(round) / "bare";
    std::atomic<int> in_mounted{0}, in_bare{0};
    {
      std::vector<std::jthread> nodes;
      for (int i = 0; i < 4; ++i)
        nodes.emplace_back([&, i] {
          const auto journal = open_postgres_journal(url);
          try {
            require_shared_folder(i < 2 ? mounted : bare, *journal, url);
            ++(i < 2 ? in_mounted : in_bare);
          } catch (const StorageError&) {
          }
        });
    }
    CHECK(in_mounted + in_bare == 2);
    CHECK(in_mounted * in_bare == 0);
  }
  fs::remove_all(root);
}

}  // namespace shared_folder_test
