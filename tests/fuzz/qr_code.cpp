// What a scanner sends as a QR code's text, and what is made into a picture.
//   open      any text: it opens only where sealing what it holds gives the same text
//   edit      the first 48 bytes are sealed, the others change the text, two each (where, to what): a changed one is
//             refused
//   picture   any text: a picture that a scanner reads, or the one error
#include <png.h>
#include <zbar.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "http/qr/picture.hpp"
#include "http/qr/seal.hpp"
#include "tests/fuzz/headed_input.hpp"

using namespace caravan;
using namespace caravan::http;

namespace {

const std::vector<std::string> heads{"open", "edit", "picture"};

/// Holds a key that is always the same, so that texts in the corpus stay valid; of the year 2100: it never rotates.
std::filesystem::path key_folder() {
  char folder[] = "/tmp/caravan-fuzz-XXXXXX";
  if (!::mkdtemp(folder)) fuzz::found("no temporary folder");
  std::ofstream(std::filesystem::path(folder) / "4102444800000-00000001.ed25519") << "thirty-two bytes that seed a key";
  return folder;
}

const CodeSealer& sealer() {
  static const std::filesystem::path folder = key_folder();
  static const CodeSealer made(folder);
  static const auto removed = std::filesystem::remove_all(folder);  // it has read the key
  static_cast<void>(removed);
  return made;
}

CodeContent content_of(std::string_view bytes) {
  CodeContent content;
  std::memcpy(content.qr_code_id.value.bytes.data(), bytes.data(), 16);
  std::memcpy(content.delivery_id.value.bytes.data(), bytes.data() + 16, 16);
  content.secret = bytes.substr(32, 16);
  return content;
}

void check_open(std::string_view text) {
  const auto content = sealer().open(text);
  if (content && sealer().seal(*content) != text) fuzz::found("two texts open to one content", text);
}

void check_edits(std::string_view bytes) {
  constexpr std::size_t content_bytes = 48;
  if (bytes.size() < content_bytes) return;
  const std::string sealed = sealer().seal(content_of(bytes));
  std::string text = sealed;
  bytes.remove_prefix(content_bytes);
  for (; bytes.size() >= 2; bytes.remove_prefix(2)) text[static_cast<unsigned char>(bytes[0]) % text.size()] = bytes[1];
  const auto opened = sealer().open(text);
  if (opened.has_value() != (text == sealed)) fuzz::found("a changed text opens, or a whole one does not", text);
  if (opened && sealer().seal(*opened) != sealed) fuzz::found("it opens to another content", text);
}

/// The text of the symbol in a PNG, as a scanner reads it; empty where it finds none.
std::string scanned(const std::string& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, picture.data(), picture.size())) fuzz::found("not a PNG");
  image.format = PNG_FORMAT_GRAY;
  std::string grey(PNG_IMAGE_SIZE(image), '\0');
  if (!png_image_finish_read(&image, nullptr, grey.data(), 0, nullptr)) fuzz::found("not a PNG");
  zbar::Image seen(image.width, image.height, "Y800", grey.data(), grey.size());
  zbar::ImageScanner scanner;
  scanner.set_config(zbar::ZBAR_NONE, zbar::ZBAR_CFG_ENABLE, 0);
  scanner.set_config(zbar::ZBAR_QRCODE, zbar::ZBAR_CFG_ENABLE, 1);
  scanner.scan(seen);
  const auto first = seen.symbol_begin();
  return first == seen.symbol_end() ? std::string() : first->get_data();
}

void check_picture(std::string_view text) {
  std::string png;
  try {
    png = qr_png(text, 3);
    if (!qr_svg(text).ends_with("</svg>")) fuzz::found("not an SVG");
  } catch (const std::runtime_error&) {
    if (!text.empty() && text.size() <= 2'300) fuzz::found("a text of this length has a picture", text);
    return;
  }
  // Scanners guess the encoding of other bytes. What we seal is of these letters and of one length.
  const bool is_ours = text.size() == 210 && text.find_first_not_of(
                                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                 "0123456789-_") == std::string_view::npos;
  if (is_ours && scanned(png) != text) fuzz::found("a scanner reads another text", text);
}

/// A sealed text, or the bytes of one to come.
std::string fresh(std::size_t head, std::mt19937_64& chance) {
  std::string bytes(48, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance());
  return heads[head] == "edit" ? bytes : sealer().seal(content_of(bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [head, rest] = fuzz::split(data, size);
  switch (fuzz::chosen(head, heads)) {
    case 0:
      check_open(rest);
      break;
    case 1:
      check_edits(rest);
      break;
    default:
      check_picture(rest);
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t limit, unsigned seed) {
  std::mt19937_64 chance(seed);
  return fuzz::mutate(data, size, limit, chance, heads, fresh);
}
