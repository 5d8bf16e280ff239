#include "storage/read_models/page.hpp"

#include <algorithm>

#include "storage/codec/base64.hpp"

namespace caravan {

namespace {

constexpr std::size_t cursor_bytes = 8 + 16;

}  // namespace

std::string Cursor::text() const {
  std::string raw(cursor_bytes, '\0');
  for (std::size_t i = 0; i < 8; ++i) raw[i] = static_cast<char>(static_cast<std::uint64_t>(key) >> (8 * i));
  std::ranges::copy(id.bytes, raw.begin() + 8);
  return to_base64(raw, Base64::url);
}

Cursor Cursor::parse(std::string_view text) {
  const auto raw = from_base64(text, Base64::url);
  if (!raw || raw->size() != cursor_bytes) throw BadCursor();
  Cursor cursor;
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i)
    key |= static_cast<std::uint64_t>(static_cast<unsigned char>((*raw)[i])) << (8 * i);
  cursor.key = static_cast<std::int64_t>(key);
  std::copy(raw->begin() + 8, raw->end(), cursor.id.bytes.begin());
  return cursor;
}

std::size_t Paging::shown() const { return std::clamp<std::size_t>(limit, 1, max_page_limit); }

std::int64_t Paging::rows() const { return static_cast<std::int64_t>(shown()) + 1; }

std::optional<Cursor> Paging::after() const {
  if (cursor.empty()) return std::nullopt;
  return Cursor::parse(cursor);
}

}  // namespace caravan
