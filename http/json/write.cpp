#include "http/json/write.hpp"

#include <charconv>
#include <cmath>

#include "actors/schema/field.hpp"
#include "actors/values/decimal.hpp"
#include "actors/values/time.hpp"
#include "storage/codec/base64.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

using schema::Kind;

template <class Number>
void write_number(Number number, std::string& out) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, end);
}

/// `version`: what a row of that name says in place of its own value; 0: its own.
void write_record(const schema::Type& type, const void* value, std::string& out, std::uint64_t version = 0) {
  out += '{';
  bool first = true;
  for (const schema::Field& field : type.fields) {
    const void* member = schema::member_of(field, value);
    const schema::Type& of = field.type();
    if (field.internal || (of.kind == Kind::optional && of.size(member) == 0)) continue;
    if (!first) out += ',';
    first = false;
    out += '"';
    out += field.name;  // names of fields are plain
    out += "\":";
    if (version > 0 && of.kind == Kind::integer && field.name == "version")
      out += std::to_string(version);
    else
      write_json(of, member, out);
  }
  out += '}';
}

void write_list(const schema::Type& type, const void* value, std::string& out) {
  out += '[';
  const std::size_t size = type.size(value);
  for (std::size_t i = 0; i < size; ++i) {
    if (i) out += ',';
    write_json(type.element(), type.at(value, i), out);
  }
  out += ']';
}

void write_dictionary(const schema::Type& type, const void* value, std::string& out) {
  out += '{';
  const std::size_t size = type.size(value);
  for (std::size_t i = 0; i < size; ++i) {
    const auto [name, text] = type.get_entry(value, i);
    if (i) out += ',';
    write_json_text(name, out);
    out += ':';
    write_json_text(text, out);
  }
  out += '}';
}

void write_uuid(std::string_view raw, std::string& out) {
  Uuid id;
  std::copy(raw.begin(), raw.end(), reinterpret_cast<char*>(id.bytes.data()));
  out += '"';
  out += id.text();
  out += '"';
}

}  // namespace

void write_json_text(std::string_view text, std::string& out) {
  // What clients send is UTF-8; journals of older versions, and what a problem repeats of a request, may not be.
  if (!unicode::is_utf8(text)) return write_json_text(unicode::with_replacements(text), out);
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // where the part without escapes begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    if (c == '"' || c == '\\')
      out += text[i];
    else if (c == '\n')
      out += 'n';
    else {
      out += "u00";
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  out.append(text, plain);
  out += '"';
}

void write_json(const schema::Type& type, const void* value, std::string& out) {
  switch (type.kind) {
    case Kind::boolean:
      out += type.get_integer(value) ? "true" : "false";
      return;
    case Kind::integer:
      return write_number(type.get_integer(value), out);
    case Kind::decimal:
      out += decimal_text(type.get_integer(value), type.scale);
      return;
    case Kind::time:
      out += '"';
      out += to_rfc3339(from_millis(type.get_integer(value)));
      out += '"';
      return;
    case Kind::enumeration:
      return write_json_text(type.labels[static_cast<std::size_t>(type.get_integer(value))], out);
    case Kind::real: {
      const double number = type.get_real(value);
      return write_number(std::isfinite(number) ? number : 0.0, out);
    }
    case Kind::text:
      return write_json_text(type.get_text(value), out);
    case Kind::bytes:
      return write_json_text(to_base64(type.get_text(value), Base64::padded), out);
    case Kind::uuid:
      return write_uuid(type.get_text(value), out);
    case Kind::optional:
      if (type.size(value) == 0)
        out += "null";  // only within lists; records leave it out
      else
        write_json(type.element(), type.at(value, 0), out);
      return;
    case Kind::list:
      return write_list(type, value, out);
    case Kind::dictionary:
      return write_dictionary(type, value, out);
    case Kind::record:
      return write_record(type, value, out);
  }
}

std::string to_json(const AnyRecord& record, std::uint64_t version) {
  std::string out;
  out.reserve(512);
  if (record) write_record(record.type(), record.value(), out, version);
  return out;
}

}  // namespace caravan::http
