#include "storage/uploads/uploads.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/storage/temporary_folder.hpp"

namespace uploads_test {

using namespace caravan;
using namespace caravan::testkit;
namespace fs = std::filesystem;

namespace {

const UploadId one = "01900000-0000-7000-8000-0000000000ab", other = "01900000-0000-7000-8000-0000000000ac";

}  // namespace

TEST_CASE("uploads: a file is read as it was written, by every node of the folder, and goes with its small form") {
  TemporaryFolder folder;
  Uploads uploads(folder.path);
  uploads.put(one, "bytes", "small");
  CHECK(Uploads(folder.path).read(one) == "bytes");
  CHECK(uploads.read(one, Uploads::Part::thumb) == "small");
  CHECK_FALSE(uploads.read(other));
  uploads.put(other, "paper");
  CHECK_FALSE(uploads.read(other, Uploads::Part::thumb));
  uploads.remove(one);
  uploads.remove(one);
  CHECK_FALSE(uploads.read(one));
  CHECK_FALSE(uploads.read(one, Uploads::Part::thumb));
  CHECK(uploads.read(other) == "paper");
}

TEST_CASE("uploads: a file is its owner's alone on the disk") {
  TemporaryFolder folder;
  Uploads(folder.path).put(one, "bytes");
  const fs::path path = folder.path + "/uploads/ab/" + one;
  REQUIRE(fs::exists(path));
  CHECK((fs::status(path).permissions() & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
}

TEST_CASE("uploads: what is no id finds nothing and writes nothing, so that no path leaves the folder") {
  TemporaryFolder folder;
  Uploads uploads(folder.path);
  for (const char* id : {"", "../../../../etc/passwd", "01900000-0000-7000-8000-0000000000a/", "x"}) {
    CHECK_FALSE(uploads.read(id));
    CHECK_THROWS_AS(uploads.put(id, "bytes"), StorageError);
    uploads.remove(id);
  }
}

TEST_CASE(
    "uploads: files that were left half-written are swept at the start, those of another node's writing are not") {
  TemporaryFolder folder;
  { const Uploads made(folder.path); }
  const fs::path old = folder.path + "/uploads/x.part", young = folder.path + "/uploads/y.part";
  std::ofstream(old) << "half";
  std::ofstream(young) << "half";
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours{2});
  const Uploads uploads(folder.path);
  CHECK_FALSE(fs::exists(old));
  CHECK(fs::exists(young));
}

}  // namespace uploads_test
