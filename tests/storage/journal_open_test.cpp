// A data folder belongs to one journal.
#include "storage/journal/open.hpp"

#include <doctest/doctest.h>

#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace journal_open_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("journal: a data folder serves the journal that it belongs to and no other") {
  PostgresServer& server = PostgresServer::shared();
  const std::string url = server.url("folders_a"), other = server.url("folders_b");
  const TemporaryFolder path;
  {
    const DataFolder folder(path.path);
    open_journal(url, folder, 3)->set_setting("who", "a");
    CHECK(open_journal(url, folder, 9)->shard_count() == 3);
    CHECK(open_journal(url, folder, 3)->setting("who") == "a");
    CHECK_THROWS_WITH_AS(open_journal(other, folder, 3), doctest::Contains("another journal"), StorageError);
    CHECK_THROWS_WITH_AS(open_journal("", folder, 3), doctest::Contains("--journal"), StorageError);
    CHECK_THROWS_WITH_AS(open_journal("mysql://x", folder, 3), doctest::Contains("postgresql://"), StorageError);
  }
  const TemporaryFolder own;
  const DataFolder folder(own.path);
  CHECK(open_journal("", folder, 3)->shard_count() == 3);
  CHECK_THROWS_WITH_AS(open_journal(url, folder, 3), doctest::Contains("of its own"), StorageError);
}

}  // namespace journal_open_test
