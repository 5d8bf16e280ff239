#include "storage/read_models/page.hpp"

#include <sodium.h>

#include <algorithm>

namespace caravan {

namespace {

constexpr std::size_t cursor_bytes = 8 + 16;
constexpr int cursor_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string Cursor::text() const {
  std::array<unsigned char, cursor_bytes> raw;
  for (std::size_t i = 0; i < 8; ++i) raw[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(key) >> (8 * i));
  std::copy(id.bytes.begin(), id.bytes.end(), raw.begin() + 8);
  std::string out(sodium_base64_ENCODED_LEN(cursor_bytes, cursor_variant), '\0');
  sodium_bin2base64(out.data(), out.size(), raw.data(), raw.size(), cursor_variant);
  out.pop_back();  // the terminating zero
  return out;
}

Cursor Cursor::parse(std::string_view text) {
  std::array<unsigned char, cursor_bytes> raw;
  std::size_t size = 0;
  if (sodium_base642bin(raw.data(), raw.size(), text.data(), text.size(), nullptr, &size, nullptr, cursor_variant) !=
          0 ||
      size != raw.size())
    throw BadCursor();
  Cursor cursor;
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) key |= static_cast<std::uint64_t>(raw[i]) << (8 * i);
  cursor.key = static_cast<std::int64_t>(key);
  std::copy(raw.begin() + 8, raw.end(), cursor.id.bytes.begin());
  return cursor;
}

std::size_t Paging::shown() const { return std::clamp<std::size_t>(limit, 1, max_page_limit); }

std::int64_t Paging::rows() const { return static_cast<std::int64_t>(shown()) + 1; }

std::optional<Cursor> Paging::after() const {
  if (cursor.empty()) return std::nullopt;
  return Cursor::parse(cursor);
}

}  // namespace caravan
