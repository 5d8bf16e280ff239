#include "storage/codec/codec.hpp"

#include <bit>
#include <cstring>

namespace caravan::codec {

using schema::Field;
using schema::Kind;
using schema::Type;

namespace {

constexpr std::size_t max_depth = 32;  // of nested values; deeper bytes are refused, never recursed into

/// How deep a value is nested, and whether the bytes hold fields that the type does not have.
struct Level {
  std::size_t depth;
  bool& holds_more;
  Level inner() const { return {depth + 1, holds_more}; }
};

// How a field's value is laid out, in the low bits of its key, so that a reader can skip a field it does not know.
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, delimited = 2 };

Wire wire_of(const Type& type) {
  switch (type.kind) {
    case Kind::boolean:
    case Kind::integer:
    case Kind::decimal:
    case Kind::time:
    case Kind::enumeration:
      return Wire::varint;
    case Kind::real:
      return Wire::fixed64;
    default:
      return Wire::delimited;
  }
}

std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1); }

void put_text(std::string_view text, std::string& out) {
  put_varint(text.size(), out);
  out += text;
}

bool take_text(std::string_view& bytes, std::string_view& text) {
  std::uint64_t size = 0;
  if (!take_varint(bytes, size) || size > bytes.size()) return false;
  text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

/// Nothing to write: an absent optional, an empty list. Scalars are always written, so that a member's default can
/// change without changing what old bytes mean.
bool is_empty(const Type& type, const void* value) { return type.size && type.size(value) == 0; }

bool decode_value(const Type& type, std::string_view bytes, void* value, Level level);

/// One element in place: scalars bare, everything else after its length.
void put_element(const Type& type, const void* value, std::string& out) {
  switch (wire_of(type)) {
    case Wire::varint:
      put_varint(zigzag(type.get_integer(value)), out);
      return;
    case Wire::fixed64: {
      const auto bits = std::bit_cast<std::uint64_t>(type.get_real(value));
      out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
      return;
    }
    case Wire::delimited:
      if (type.get_text) return put_text(type.get_text(value), out);
      const std::size_t start = out.size();
      out.push_back(0);  // most values are shorter than 128 bytes
      encode(type, value, out);
      const std::size_t size = out.size() - start - 1;
      if (size < 128) {
        out[start] = static_cast<char>(size);
      } else {
        std::string length;
        put_varint(size, length);
        out.replace(start, 1, length);
      }
  }
}

bool take_element(const Type& type, std::string_view& bytes, void* value, Level level) {
  switch (wire_of(type)) {
    case Wire::varint: {
      std::uint64_t raw = 0;
      if (!take_varint(bytes, raw)) return false;
      const std::int64_t number = unzigzag(raw);
      if (type.kind == Kind::enumeration && (number < 0 || number >= static_cast<std::int64_t>(type.labels.size())))
        return false;
      if (type.kind == Kind::integer && (number < type.low || number > type.high)) return false;
      type.set_integer(value, number);
      return true;
    }
    case Wire::fixed64: {
      if (bytes.size() < sizeof(std::uint64_t)) return false;
      std::uint64_t bits = 0;
      std::memcpy(&bits, bytes.data(), sizeof bits);
      bytes.remove_prefix(sizeof bits);
      type.set_real(value, std::bit_cast<double>(bits));
      return true;
    }
    case Wire::delimited:
      break;
  }
  std::string_view inner;
  return take_text(bytes, inner) && decode_value(type, inner, value, level.inner());
}

bool skip(Wire wire, std::string_view& bytes) {
  std::uint64_t number = 0;
  std::string_view text;
  switch (wire) {
    case Wire::varint:
      return take_varint(bytes, number);
    case Wire::fixed64:
      if (bytes.size() < sizeof number) return false;
      bytes.remove_prefix(sizeof number);
      return true;
    case Wire::delimited:
      return take_text(bytes, text);
  }
  return false;
}

void encode_record(const Type& type, const void* value, std::string& out) {
  for (const Field& row : type.fields) {
    const Type& member = row.type();
    const void* at = schema::member_of(row, value);
    if (is_empty(member, at)) continue;
    // An optional is its element, or absent; so a field can become optional without a new id.
    const Type& kept = member.kind == Kind::optional ? member.element() : member;
    put_varint(std::uint64_t{row.id} << 2 | static_cast<std::uint64_t>(wire_of(kept)), out);
    put_element(kept, member.kind == Kind::optional ? member.at(at, 0) : at, out);
  }
}

bool decode_record_fields(const Type& type, std::string_view bytes, void* value, Level level) {
  while (!bytes.empty()) {
    std::uint64_t key = 0;
    if (!take_varint(bytes, key) || (key & 3) > 2) return false;
    const auto wire = static_cast<Wire>(key & 3);
    const Field* row =
        key >> 2 <= UINT16_MAX ? schema::find_field(type, static_cast<std::uint16_t>(key >> 2)) : nullptr;
    if (!row) {
      if (!skip(wire, bytes)) return false;
      level.holds_more = true;
      continue;
    }
    const Type& member = row->type();
    void* at = row->member(value);
    const Type& kept = member.kind == Kind::optional ? member.element() : member;
    if (wire_of(kept) != wire) return false;
    if (!take_element(kept, bytes, member.kind == Kind::optional ? member.append(at) : at, level)) return false;
  }
  return true;
}

bool decode_value(const Type& type, std::string_view bytes, void* value, Level level) {
  if (level.depth > max_depth) return false;
  switch (type.kind) {
    case Kind::record:
      return decode_record_fields(type, bytes, value, level);
    case Kind::list:
    case Kind::optional:
      while (!bytes.empty())
        if (!take_element(type.element(), bytes, type.append(value), level)) return false;
      return true;
    case Kind::dictionary:
      while (!bytes.empty()) {
        std::string_view key, text;
        if (!take_text(bytes, key) || !take_text(bytes, text)) return false;
        type.set_entry(value, std::string(key), std::string(text));
      }
      return true;
    default:
      if (type.set_text) return type.set_text(value, bytes);
      return take_element(type, bytes, value, level) && bytes.empty();
  }
}

}  // namespace

void put_varint(std::uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

bool take_varint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    if (i == 9 && byte > 1) return false;
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

void encode(const Type& type, const void* value, std::string& out) {
  switch (type.kind) {
    case Kind::record:
      return encode_record(type, value, out);
    case Kind::list:
    case Kind::optional:
      for (std::size_t i = 0; i < type.size(value); ++i) put_element(type.element(), type.at(value, i), out);
      return;
    case Kind::dictionary:
      for (std::size_t i = 0; i < type.size(value); ++i) {
        auto [key, text] = type.get_entry(value, i);
        put_text(key, out);
        put_text(text, out);
      }
      return;
    default:
      if (type.get_text) {
        out += type.get_text(value);
        return;
      }
      put_element(type, value, out);
  }
}

std::string encode(const AnyRecord& record) {
  std::string out;
  encode(record.type(), record.value(), out);
  return out;
}

bool decode(const Type& type, std::string_view bytes, void* value, bool* holds_more) {
  bool unasked = false;
  return decode_value(type, bytes, value, {0, holds_more ? *holds_more : unasked});
}

AnyRecord decode_record(const Type& type, std::string_view bytes, bool* holds_more) {
  auto value = type.make();
  if (!decode(type, bytes, value.get(), holds_more)) return {};
  return {type, std::move(value)};
}

void encode_tagged(const AnyRecord& record, std::string& out) {
  put_varint(record.type().tag, out);
  encode(record.type(), record.value(), out);
}

AnyRecord decode_tagged(std::span<const Alternative> alternatives, std::string_view bytes, bool* holds_more) {
  std::uint64_t tag = 0;
  if (!take_varint(bytes, tag) || tag > UINT16_MAX) return {};
  const Type* type = find_tag(alternatives, static_cast<std::uint16_t>(tag));
  return type ? decode_record(*type, bytes, holds_more) : AnyRecord{};
}

}  // namespace caravan::codec
