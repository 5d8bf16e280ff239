#include "http/qr/picture.hpp"

#include <png.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace caravan::http {

namespace {

constexpr int quiet_zone = 4;  // modules, as ISO 18004 asks

using Symbol = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

Symbol encode(std::string_view text) {
  // Level M: a scratched or folded print is still read.
  Symbol symbol(QRcode_encodeData(static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0,
                                  QR_ECLEVEL_M),
                &QRcode_free);
  if (!symbol) throw std::runtime_error("the text does not fit into a QR code");
  return symbol;
}

bool is_dark(const QRcode& symbol, int x, int y) {
  if (x < 0 || y < 0 || x >= symbol.width || y >= symbol.width) return false;
  return (symbol.data[y * symbol.width + x] & 1) != 0;
}

}  // namespace

std::string qr_png(std::string_view text, int pixels) {
  const Symbol symbol = encode(text);
  const int side = (symbol->width + 2 * quiet_zone) * pixels;
  std::vector<png_byte> grey(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      grey[static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x)] =
          is_dark(*symbol, x / pixels - quiet_zone, y / pixels - quiet_zone) ? 0 : 255;

  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  std::string out;
  if (png_image_write_get_memory_size(image, size, 0, grey.data(), 0, nullptr)) {
    out.resize(size);
    if (png_image_write_to_memory(&image, out.data(), &size, 0, grey.data(), 0, nullptr)) {
      out.resize(size);
      return out;
    }
  }
  throw std::runtime_error(std::string("libpng: ") + image.message);
}

std::string qr_svg(std::string_view text) {
  const Symbol symbol = encode(text);
  const std::string side = std::to_string(symbol->width + 2 * quiet_zone);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
                    "\" shape-rendering=\"crispEdges\"><rect width=\"" + side + "\" height=\"" + side +
                    "\" fill=\"#fff\"/><path d=\"";
  for (int y = 0; y < symbol->width; ++y)
    for (int x = 0; x < symbol->width; ++x) {
      if (!is_dark(*symbol, x, y)) continue;
      int run = 1;
      while (is_dark(*symbol, x + run, y)) ++run;
      out += "M" + std::to_string(x + quiet_zone) + " " + std::to_string(y + quiet_zone) + "h" + std::to_string(run) +
             "v1h-" + std::to_string(run) + "z";
      x += run;
    }
  return out + "\"/></svg>";
}

}  // namespace caravan::http
