#include "http/pictures/pictures.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "http/pictures/raster.hpp"
#include "storage/uploads/uploads.hpp"

namespace pictures_test {

using namespace caravan;
using namespace caravan::http;
using Why = UploadRefused::Why;
using std::string_view_literals::operator""sv;

namespace {

/// Its left half is red, its right half blue.
Raster two_halves(int width, int height) {
  Raster raster{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const bool left = x < width / 2;
      for (const int value : {left ? 255 : 0, 0, left ? 0 : 255, 255})
        raster.pixels.push_back(static_cast<std::uint8_t>(value));
    }
  return raster;
}

bool is_red(const Raster& raster, int x, int y) {
  const auto at =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(raster.width) + static_cast<std::size_t>(x)) * 4;
  return raster.pixels[at] > 200 && raster.pixels[at + 2] < 60;
}

/// An Exif block that says how the picture was held.
std::string exif(char orientation) {
  return std::string("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv) + orientation +
         std::string("\0\0\0\0\0\0"sv);
}

std::string jpeg_segment(char marker, const std::string& content) {
  const std::size_t size = content.size() + 2;
  return std::string{'\xff', marker, static_cast<char>(size >> 8), static_cast<char>(size)} + content;
}

/// As a phone writes it: Exif with the orientation, a place, a comment.
std::string phone_jpeg(const Raster& raster, char orientation) {
  std::string bytes = encode_picture(PictureFormat::jpeg, raster);
  return bytes.insert(2,
                      jpeg_segment('\xe1', exif(orientation)) + jpeg_segment('\xfe', "taken at GPS 40.7484 -73.9857"));
}

Why refusal(std::string_view bytes, bool takes_papers = false) {
  try {
    clean_file(bytes, takes_papers);
  } catch (const UploadRefused& refused) {
    return refused.why;
  }
  FAIL("taken");
  return Why::empty;
}

}  // namespace

TEST_CASE("pictures: nothing but the pixels is left of a phone's picture, and it stands upright") {
  const CleanFile clean = clean_file(phone_jpeg(two_halves(64, 32), 6), false);
  CHECK(clean.content_type == "image/jpeg");
  CHECK(clean.bytes.find("Exif") == std::string::npos);
  CHECK(clean.bytes.find("GPS") == std::string::npos);
  CHECK(clean.width == 32);
  CHECK(clean.height == 64);
  int orientation = 0;
  const Raster raster = decode_picture(PictureFormat::jpeg, clean.bytes, 4'096, orientation);
  CHECK(orientation == 1);
  CHECK(is_red(raster, 16, 5));  // turned clockwise, what was left is above
  CHECK_FALSE(is_red(raster, 16, 58));
}

TEST_CASE("pictures: each of the eight ways in which a picture may be held is set upright") {
  // Where the red half is after turning: left, right, above or below.
  const std::string red_side = "lrrlaabb";
  const Raster held = two_halves(40, 20);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const Raster raster = upright(held, orientation);
    CHECK(raster.width == (orientation >= 5 ? 20 : 40));
    const int last_x = raster.width - 1, last_y = raster.height - 1;
    const char side = red_side[static_cast<std::size_t>(orientation - 1)];
    CHECK(is_red(raster, 0, 0) == (side == 'l' || side == 'a'));
    CHECK(is_red(raster, last_x, last_y) == (side == 'r' || side == 'b'));
    CHECK(is_red(raster, last_x, 0) == (side == 'r' || side == 'a'));
  }
}

TEST_CASE("pictures: PNG and WebP stay what they are, without what stands beside their pixels") {
  std::string png = encode_picture(PictureFormat::png, two_halves(20, 10));
  // A text chunk before the end, with its checksum.
  png.insert(png.size() - 12, std::string("\0\0\0\x07tEXta\0place\xd6\x4a\x5f\x4e"sv));
  const CleanFile clean = clean_file(png, false);
  CHECK(clean.content_type == "image/png");
  CHECK(clean.bytes.find("place") == std::string::npos);
  CHECK(clean.width == 20);
  const CleanFile web = clean_file(encode_picture(PictureFormat::webp, two_halves(20, 10)), false);
  CHECK(web.content_type == "image/webp");
  CHECK(web.height == 10);
}

TEST_CASE("pictures: a large one is shrunk, and each has a small form") {
  const CleanFile clean = clean_file(encode_picture(PictureFormat::jpeg, two_halves(5'000, 1'000)), false);
  CHECK(*clean.width <= 4'096);
  CHECK(*clean.width > 2'000);
  int orientation = 0;
  const Raster thumb = decode_picture(PictureFormat::jpeg, clean.thumb, 4'096, orientation);
  CHECK(thumb.width == 320);
  CHECK(thumb.height == 64);
  CHECK(is_red(thumb, 10, 10));
}

TEST_CASE("pictures: what cannot be decoded is refused, whatever it begins with") {
  CHECK(refusal("") == Why::empty);
  for (const char* other : {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "GIF89a", "%PDF-1.7 text"})
    CHECK(refusal(other) == Why::wrong_type);
  CHECK(refusal("GIF89a", true) == Why::wrong_type);
  CHECK(clean_file("%PDF-1.7 text", true).content_type == "application/pdf");
  const std::string whole = encode_picture(PictureFormat::png, two_halves(40, 40));
  CHECK(refusal(std::string_view(whole).substr(0, whole.size() / 2)) == Why::unreadable);
  CHECK(refusal("\xff\xd8\xff\xe0 no more") == Why::unreadable);
  CHECK(refusal("RIFF\x10\0\0\0WEBPVP8 nothing"sv) == Why::unreadable);
  // It says that it is 60,000 pixels wide and high, and would take 14 GB.
  std::string bomb = whole;
  for (const std::size_t at : {std::size_t{16}, std::size_t{20}}) bomb.replace(at, 4, "\0\0\xea\x60"sv);
  CHECK_NOTHROW(refusal(bomb));
}

TEST_CASE("pictures: many at once are cleaned one after the other, each for whoever sent it") {
  Pictures pictures;
  const std::string bytes = encode_picture(PictureFormat::jpeg, two_halves(200, 100));
  std::vector<std::thread> senders;
  std::atomic<int> clean = 0, refused = 0;
  for (int i = 0; i < 8; ++i)
    senders.emplace_back([&, i] {
      try {
        clean += pictures.clean(i % 2 == 0 ? std::string_view(bytes) : "no picture", false).width == 200;
      } catch (const UploadRefused&) {
        ++refused;
      }
    });
  for (std::thread& sender : senders) sender.join();
  CHECK(clean == 4);
  CHECK(refused == 4);
}

}  // namespace pictures_test
