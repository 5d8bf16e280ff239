#include <doctest/doctest.h>
#include <png.h>
#include <zbar.h>

#include <filesystem>
#include <vector>

#include "http/qr/picture.hpp"
#include "http/qr/seal.hpp"
#include "tests/testkit/entity.hpp"

namespace qr_test {

using namespace caravan;
using namespace caravan::http;

namespace {

struct KeyFolder {
  explicit KeyFolder(const std::string& suffix = {})
      : path(std::filesystem::temp_directory_path() / ("caravan-qr-" + std::to_string(::getpid()) + suffix)) {
    std::filesystem::remove_all(path);
  }
  ~KeyFolder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

CodeContent content() { return {testkit::test_id<QrCodeId>(1), testkit::test_id<DeliveryId>(2), "0123456789abcdef"}; }

/// What a decoder reads in a PNG; empty where it reads nothing.
std::string read_png(const std::string& file) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, file.data(), file.size()));
  image.format = PNG_FORMAT_GRAY;
  std::vector<png_byte> grey(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, grey.data(), 0, nullptr));
  zbar::ImageScanner scanner;
  scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
  zbar::Image picture(image.width, image.height, "Y800", grey.data(), grey.size());
  if (scanner.scan(picture) != 1) return {};
  return picture.symbol_begin()->get_data();
}

}  // namespace

TEST_CASE("qr: the picture reads as the sealed text, and the seal opens") {
  const KeyFolder folder;
  const CodeSealer sealer(folder.path);
  const std::string code = sealer.seal(content());
  const std::string read = read_png(qr_png(code));
  CHECK(read == code);
  const auto opened = sealer.open(read);
  REQUIRE(opened);
  CHECK(opened->qr_code_id == content().qr_code_id);
  CHECK(opened->delivery_id == content().delivery_id);
  CHECK(opened->secret == content().secret);
  CHECK(sealer.seal(content()) == code);  // so that a print and the screen agree
}

TEST_CASE("qr: no changed, cut or foreign text opens") {
  const KeyFolder folder;
  const CodeSealer sealer(folder.path);
  const std::string code = sealer.seal(content());
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string changed = code;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_MESSAGE(!sealer.open(changed), "character ", i);
  }
  CHECK_FALSE(sealer.open(""));
  CHECK_FALSE(sealer.open(code.substr(1)));
  CHECK_FALSE(sealer.open(code + "A"));
  CHECK_FALSE(sealer.open("CARAVAN-THIS-IS-NOT-A-CODE"));
  // Bytes beyond ASCII that libsodium reads as letters.
  for (std::size_t i = 0; i < code.size(); i += 7)
    for (int byte = 0x80; byte <= 0xff; ++byte) {
      std::string changed = code;
      changed[i] = static_cast<char>(byte);
      REQUIRE_MESSAGE(!sealer.open(changed), "character ", i, " as byte ", byte);
    }
  std::filesystem::remove_all(folder.path);
  const CodeSealer other(folder.path);
  CHECK_FALSE(other.open(code));
}

TEST_CASE("qr: a code outlives the key's rotation and a restart") {
  const KeyFolder folder;
  std::string code;
  {
    CodeSealer sealer(folder.path);
    code = sealer.seal(content());
    sealer.rotate();
    CHECK(sealer.seal(content()) != code);
    CHECK(sealer.open(code));
  }
  CHECK(CodeSealer(folder.path).open(code));
}

TEST_CASE("qr: codes of another node's new key open, and no key is lost where the folder is away") {
  const KeyFolder folder;
  const CodeSealer sealer(folder.path);
  const std::string code = sealer.seal(content());
  std::string foreign;
  SUBCASE("the folder is away") {
    const KeyFolder elsewhere(".other");
    foreign = CodeSealer(elsewhere.path).seal(content());
    std::filesystem::remove_all(folder.path);
    CHECK_FALSE(sealer.open(foreign));
  }
  SUBCASE("the folder is damaged") {
    const KeyFolder elsewhere(".other");
    foreign = CodeSealer(elsewhere.path).seal(content());
    for (const auto& file : std::filesystem::directory_iterator(folder.path)) std::filesystem::resize_file(file, 3);
    CHECK_FALSE(sealer.open(foreign));
  }
  SUBCASE("another node made a key") {
    CodeSealer other(folder.path);
    other.rotate();
    foreign = other.seal(content());
    CHECK(sealer.open(foreign));
    CHECK(sealer.seal(content()) == foreign);  // the newest
  }
  CHECK(sealer.open(code));
}

TEST_CASE("qr: the SVG draws the same symbol") {
  const std::string svg = qr_svg("hello");
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\""));
  CHECK(svg.find("M4 4h7v1h-7z") != std::string::npos);  // the top of the first finder pattern
  CHECK_THROWS(qr_svg(std::string(5'000, 'x')));
}

}  // namespace qr_test
