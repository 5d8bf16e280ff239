#include "storage/uploads/uploads.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "tests/storage/temporary_folder.hpp"

namespace uploads_test {

using namespace caravan;
using namespace caravan::testkit;
using Why = UploadRefused::Why;

namespace {

const std::string png = std::string("\x89PNG\r\n\x1a\n", 8) + "pixels";

Why refusal(Uploads& uploads, const std::string& bytes) {
  try {
    uploads.put(bytes);
  } catch (const UploadRefused& refused) {
    return refused.why;
  }
  FAIL("taken");
  return Why::empty;
}

}  // namespace

TEST_CASE("uploads: a picture is kept once, under its hash, as it was") {
  TemporaryFolder folder;
  Uploads uploads(folder.path);
  const UploadId id = uploads.put(png);
  CHECK(id == "4624836652c450f26fc11e7e372a59af7963ea7613e59ce92186c60c22301c97");
  CHECK(uploads.put(png) == id);
  std::ifstream kept(folder.path + "/uploads/" + id.substr(0, 2) + "/" + id.substr(2), std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(kept), {}) == png);
}

TEST_CASE("uploads: unknown and malformed ids find nothing, and cannot leave the folder") {
  TemporaryFolder folder;
  Uploads uploads(folder.path);
  const UploadId id = uploads.put(png);
  CHECK(Uploads(folder.path).contains(id));
  CHECK_FALSE(uploads.contains(std::string(64, 'a')));
  CHECK_FALSE(uploads.contains(std::string(64, 'A')));
  CHECK_FALSE(uploads.contains("../../../../etc/passwd"));
  CHECK_FALSE(uploads.contains(std::string(62, 'a') + "/x"));
}

TEST_CASE("uploads: size and type are checked by the content") {
  TemporaryFolder folder;
  Uploads uploads(folder.path, 100);
  CHECK(refusal(uploads, "") == Why::empty);
  CHECK(refusal(uploads, png + std::string(100, 'x')) == Why::too_large);
  for (const char* other : {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "RIFFxxxxWAVE", "%PDF-1.7 text"})
    CHECK(refusal(uploads, other) == Why::wrong_type);
  CHECK(uploads.put("RIFFxxxxWEBPVP8 ") != uploads.put("\xff\xd8\xff\xe0"));
}

TEST_CASE("uploads: half-written files are swept at the start") {
  TemporaryFolder folder;
  const UploadId id = Uploads(folder.path).put(png);
  std::ofstream(folder.path + "/uploads/x.part") << "half";
  const Uploads uploads(folder.path);
  CHECK_FALSE(std::filesystem::exists(folder.path + "/uploads/x.part"));
  CHECK(std::filesystem::exists(folder.path + "/uploads/" + id.substr(0, 2) + "/" + id.substr(2)));
}

}  // namespace uploads_test
