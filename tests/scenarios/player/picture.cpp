#include <png.h>
#include <zbar.h>

#include <stdexcept>
#include <vector>

#include "tests/scenarios/player/checks.hpp"

namespace caravan::scenario {

std::string read_qr_picture(const std::string& png) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, png.data(), png.size()))
    throw std::runtime_error(std::string("the picture is not a PNG: ") + image.message);
  image.format = PNG_FORMAT_GRAY;
  std::vector<unsigned char> pixels(PNG_IMAGE_SIZE(image));
  const png_color white{255, 255, 255};
  if (!png_image_finish_read(&image, &white, pixels.data(), 0, nullptr))
    throw std::runtime_error(std::string("the PNG is broken: ") + image.message);
  zbar::ImageScanner scanner;
  scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
  scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
  zbar::Image gray(image.width, image.height, "Y800", pixels.data(), pixels.size());
  if (scanner.scan(gray) < 1) throw std::runtime_error("no QR code can be read in the picture");
  return gray.symbol_begin()->get_data();
}

std::string small_picture() {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_GRAY;
  image.width = image.height = 8;
  const std::vector<unsigned char> points(PNG_IMAGE_SIZE(image), 0x80);
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string out(size, '\0');
  if (!png_image_write_to_memory(&image, out.data(), &size, 0, points.data(), 0, nullptr))
    throw std::runtime_error(std::string("no picture: ") + image.message);
  out.resize(size);
  return out;
}

}  // namespace caravan::scenario
