#include "storage/journal/json_line.hpp"

#include <charconv>
#include <cmath>

#include "storage/codec/base64.hpp"

namespace caravan {

using schema::Kind;
using schema::Type;

namespace {

void append_text(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 0xf];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Only finite ones are written; JSON has no others.
void append_real(double value, std::string& out) {
  if (!std::isfinite(value)) return void(out += "null");
  std::array<char, 32> text;
  out.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

void append_dictionary(const Type& type, const void* value, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < type.size(value); ++i) {
    const auto [key, text] = type.get_entry(value, i);
    if (i != 0) out += ',';
    append_text(key, out);
    out += ':';
    append_text(text, out);
  }
  out += '}';
}

void append_list(const Type& type, const void* value, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < type.size(value); ++i) {
    if (i != 0) out += ',';
    append_json(type.element(), type.at(value, i), out);
  }
  out += ']';
}

void append_record(const Type& type, const void* value, std::string& out) {
  out += '{';
  bool first = true;
  for (const schema::Field& field : type.fields) {
    const void* member = schema::member_of(field, value);
    if (field.type().kind == Kind::optional && field.type().size(member) == 0) continue;
    if (!first) out += ',';
    first = false;
    append_text(field.name, out);
    out += ':';
    append_json(field.type(), member, out);
  }
  out += '}';
}

void append_label(const Type& type, std::int64_t value, std::string& out) {
  if (value >= 0 && static_cast<std::size_t>(value) < type.labels.size())
    append_text(type.labels[static_cast<std::size_t>(value)], out);
  else
    out += std::to_string(value);
}

}  // namespace

void append_json(const Type& type, const void* value, std::string& out) {
  switch (type.kind) {
    case Kind::boolean:
      out += type.get_integer(value) != 0 ? "true" : "false";
      return;
    case Kind::integer:
      out += std::to_string(type.get_integer(value));
      return;
    case Kind::decimal:
      out += decimal_text(type.get_integer(value), type.scale);
      return;
    case Kind::time:
      return append_text(to_rfc3339(from_millis(type.get_integer(value))), out);
    case Kind::enumeration:
      return append_label(type, type.get_integer(value), out);
    case Kind::real:
      return append_real(type.get_real(value), out);
    case Kind::text:
      return append_text(type.get_text(value), out);
    case Kind::bytes:
      return append_text(to_base64(type.get_text(value), Base64::padded), out);
    case Kind::uuid: {
      Uuid id;
      type.get_text(value).copy(reinterpret_cast<char*>(id.bytes.data()), id.bytes.size());
      return append_text(id.text(), out);
    }
    case Kind::optional:
      return type.size(value) == 0 ? void(out += "null") : append_json(type.element(), type.at(value, 0), out);
    case Kind::list:
      return append_list(type, value, out);
    case Kind::dictionary:
      return append_dictionary(type, value, out);
    case Kind::record:
      return append_record(type, value, out);
  }
}

std::string json_line(const JournalEntry& entry, std::uint64_t position) {
  std::string out = "{";
  if (position != 0) out += "\"position\":" + std::to_string(position) + ',';
  out += "\"entity\":\"" + to_text(entry.entity) + "\",\"sequence\":" + std::to_string(entry.sequence);
  out += entry.lane == Lane::track ? ",\"lane\":\"track\"" : "";
  out += ",\"origin\":";
  append_json(schema::type_of<Origin>(), &entry.origin, out);
  out += ",\"events\":[";
  for (std::size_t i = 0; i < entry.events.size(); ++i) {
    const AnyRecord& event = entry.events[i];
    out += i == 0 ? "{\"" : ",{\"";
    out += event.type().name;
    out += "\":";
    append_json(event.type(), event.value(), out);
    out += '}';
  }
  out += "],\"effectsSent\":" + std::to_string(entry.effects_sent) + ",\"timers\":";
  append_json(schema::type_of<std::vector<StoredTimer>>(), &entry.timers, out);
  return out + '}';
}

}  // namespace caravan
