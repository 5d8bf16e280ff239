#include "storage/uploads/uploads.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "tests/storage/temporary_folder.hpp"

namespace uploads_test {

using namespace caravan;
using namespace caravan::testkit;
using Why = UploadRefused::Why;

namespace {

const std::string png = std::string("\x89PNG\r\n\x1a\n", 8) + "pixels";
const std::string pdf = "%PDF-1.7 text";

Why refusal(Uploads& uploads, const std::string& bytes, bool images_only = false) {
  try {
    uploads.put(bytes, images_only);
  } catch (const UploadRefused& refused) {
    return refused.why;
  }
  FAIL("taken");
  return Why::empty;
}

}  // namespace

TEST_CASE("uploads: a file is kept once, under its hash, and comes back as it was") {
  TemporaryFolder folder;
  Uploads uploads(folder.path);
  const UploadId id = uploads.put(png);
  CHECK(id.size() == 64);
  CHECK(uploads.put(png) == id);
  CHECK(uploads.get(id)->bytes == png);
  CHECK(media_type(uploads.get(id)->type) == "image/png");
  CHECK(std::filesystem::exists(folder.path + "/uploads/" + id.substr(0, 2) + "/" + id.substr(2)));
  CHECK(Uploads(folder.path).contains(id));
  CHECK(media_type(uploads.get(uploads.put(pdf))->type) == "application/pdf");
}

TEST_CASE("uploads: unknown and malformed ids find nothing, and cannot leave the folder") {
  TemporaryFolder folder;
  Uploads uploads(folder.path);
  CHECK_FALSE(uploads.get(std::string(64, 'a')));
  CHECK_FALSE(uploads.get("../../../../etc/passwd"));
  CHECK_FALSE(uploads.contains(std::string(62, 'a') + "/x"));
  CHECK_FALSE(uploads.get(std::string(64, 'A')));
}

TEST_CASE("uploads: size and type are checked by the content") {
  TemporaryFolder folder;
  Uploads uploads(folder.path, 100);
  CHECK(refusal(uploads, "") == Why::empty);
  CHECK(refusal(uploads, png + std::string(100, 'x')) == Why::too_large);
  CHECK(refusal(uploads, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>") == Why::wrong_type);
  CHECK(refusal(uploads, "RIFFxxxxWAVE") == Why::wrong_type);
  CHECK(refusal(uploads, pdf, true) == Why::wrong_type);
  CHECK(detect_type("RIFFxxxxWEBPVP8 ") == UploadType::webp);
  CHECK(detect_type("\xff\xd8\xff\xe0") == UploadType::jpeg);
}

TEST_CASE("uploads: a file that changed on disk is noticed; half-written ones are swept") {
  TemporaryFolder folder;
  UploadId id;
  {
    Uploads uploads(folder.path);
    id = uploads.put(png);
  }
  const std::string path = folder.path + "/uploads/" + id.substr(0, 2) + "/" + id.substr(2);
  std::ofstream(path, std::ios::binary) << png.substr(0, 10) << "PIXE";
  std::ofstream(folder.path + "/uploads/x.part") << "half";
  Uploads uploads(folder.path);
  CHECK_THROWS_WITH_AS(uploads.get(id), doctest::Contains("backup"), StorageError);
  CHECK_FALSE(std::filesystem::exists(folder.path + "/uploads/x.part"));
}

}  // namespace uploads_test
