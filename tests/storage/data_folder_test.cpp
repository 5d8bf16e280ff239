#include "storage/data_folder.hpp"

#include <doctest/doctest.h>

#include "storage/storage_error.hpp"
#include "tests/storage/temporary_folder.hpp"

namespace data_folder_test {

using namespace caravan;
using namespace caravan::testkit;

TEST_CASE("data folder: one process alone, or the nodes of a cluster, each with a folder of its own") {
  const TemporaryFolder path;
  {
    const DataFolder alone(path.path);
    CHECK(alone.own() == alone.path());
    CHECK_THROWS_WITH_AS(DataFolder(path.path), doctest::Contains("another node works on this"), StorageError);
    CHECK_THROWS_WITH_AS(DataFolder(path.path, "a"), doctest::Contains("--cluster"), StorageError);
  }
  const DataFolder a(path.path, "a"), b(path.path, "b");
  CHECK(a.path() == b.path());
  CHECK(a.own() != b.own());
  CHECK(std::filesystem::is_directory(b.own()));
  CHECK_THROWS_WITH_AS(DataFolder(path.path, "b"), doctest::Contains("--node-name"), StorageError);
  CHECK_THROWS_WITH_AS(DataFolder(path.path), doctest::Contains("another node works on this"), StorageError);
}

}  // namespace data_folder_test
