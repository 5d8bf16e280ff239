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

/// Writes values by their rows.
class Writer {
 public:
  Writer(std::string& out, bool with_internal) : out_(out), with_internal_(with_internal) {}

  void write(const schema::Type& type, const void* value) {
    switch (type.kind) {
      case Kind::boolean:
        out_ += type.get_integer(value) ? "true" : "false";
        return;
      case Kind::integer:
        return write_number(type.get_integer(value));
      case Kind::decimal:
        out_ += decimal_text(type.get_integer(value), type.scale);
        return;
      case Kind::time:
        return write_plain(to_rfc3339(from_millis(type.get_integer(value))));
      case Kind::enumeration:
        return write_label(type, type.get_integer(value));
      case Kind::real:
        return write_real(type.get_real(value));
      case Kind::text:
        return write_json_text(type.get_text(value), out_);
      case Kind::bytes:
        return write_plain(to_base64(type.get_text(value), Base64::padded));
      case Kind::uuid: {
        Uuid id;
        type.get_text(value).copy(reinterpret_cast<char*>(id.bytes.data()), id.bytes.size());
        return write_plain(id.text());
      }
      case Kind::optional:
        if (type.size(value) == 0)
          out_ += "null";  // only within lists; records leave it out
        else
          write(type.element(), type.at(value, 0));
        return;
      case Kind::list:
        return write_list(type, value);
      case Kind::dictionary:
        return write_dictionary(type, value);
      case Kind::record:
        return write_record(type, value);
    }
  }

  /// `version`: written in place of the value of a field that is named "version"; 0: the field's own value.
  void write_record(const schema::Type& type, const void* value, std::uint64_t version = 0) {
    out_ += '{';
    bool first = true;
    for (const schema::Field& field : type.fields) {
      const void* member = schema::member_of(field, value);
      const schema::Type& of = field.type();
      if ((field.internal && !with_internal_) || (of.kind == Kind::optional && of.size(member) == 0)) continue;
      if (!first) out_ += ',';
      first = false;
      write_plain(field.name);  // names of fields are plain
      out_ += ':';
      if (version > 0 && of.kind == Kind::integer && field.name == "version")
        out_ += std::to_string(version);
      else
        write(of, member);
    }
    out_ += '}';
  }

 private:
  template <class Number>
  void write_number(Number number) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    out_.append(text, end);
  }

  /// JSON has no infinity; no entity writes one, but bytes may hold it.
  void write_real(double number) {
    if (std::isfinite(number)) return write_number(number);
    out_ += "null";
  }

  /// A text in which nothing has to be escaped.
  void write_plain(std::string_view text) {
    out_ += '"';
    out_ += text;
    out_ += '"';
  }

  /// The label of an enumeration's value; its number where this build does not know it.
  void write_label(const schema::Type& type, std::int64_t value) {
    if (value < 0 || static_cast<std::size_t>(value) >= type.labels.size()) return write_number(value);
    write_json_text(type.labels[static_cast<std::size_t>(value)], out_);
  }

  void write_list(const schema::Type& type, const void* value) {
    out_ += '[';
    const std::size_t size = type.size(value);
    for (std::size_t i = 0; i < size; ++i) {
      if (i) out_ += ',';
      write(type.element(), type.at(value, i));
    }
    out_ += ']';
  }

  void write_dictionary(const schema::Type& type, const void* value) {
    out_ += '{';
    const std::size_t size = type.size(value);
    for (std::size_t i = 0; i < size; ++i) {
      const auto [name, text] = type.get_entry(value, i);
      if (i) out_ += ',';
      write_json_text(name, out_);
      out_ += ':';
      write_json_text(text, out_);
    }
    out_ += '}';
  }

  std::string& out_;
  bool with_internal_;
};

}  // namespace

void write_json_text(std::string_view text, std::string& out) {
  // What clients send is UTF-8, but journals of older versions and what a problem repeats of a request may hold other
  // bytes.
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

void write_json(const schema::Type& type, const void* value, std::string& out, bool with_internal) {
  Writer(out, with_internal).write(type, value);
}

std::string to_json(const AnyRecord& record, std::uint64_t version) {
  std::string out;
  out.reserve(512);
  if (record) Writer(out, false).write_record(record.type(), record.value(), version);
  return out;
}

}  // namespace caravan::http
