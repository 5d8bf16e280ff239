// What a node writes is for its own user alone, whatever mask it was started with.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/process/client.hpp"
#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

namespace permissions_test {

using namespace caravan::testing;
namespace fs = std::filesystem;

namespace {

constexpr fs::perms others = fs::perms::group_all | fs::perms::others_all;

/// Paths below the folder that somebody else could read, write or enter.
std::vector<std::string> open_to_others(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if ((entry.symlink_status().permissions() & others) != fs::perms::none) out.push_back(entry.path().string());
  return out;
}

}  // namespace

TEST_CASE("permissions: journal, read models, keys and uploads are their owner's alone, under any mask") {
  const TemporaryFolder folder("permissions");
  const mode_t mask = ::umask(0);
  ServerProcess server(CARAVAN_BINARY, folder.path());
  server.start();
  ::umask(mask);
  Market market(server.port());
  const MarketPerson mia = market.person("mia");
  market.trip(mia);
  const std::string data = server.data_folder();
  CHECK((fs::status(data).permissions() & others) == fs::perms::none);
  for (const std::string& path : open_to_others(data)) FAIL_CHECK(path);
  // A build of earlier left files that others may read: nobody else gets to them.
  REQUIRE(server.stop() == 0);
  fs::permissions(data, fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
  server.start();
  CHECK((fs::status(data).permissions() & others) == fs::perms::none);
}

}  // namespace permissions_test
