#include <algorithm>

#include "http/json/read.hpp"

namespace caravan::http {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    const auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return false;
    i += length;
  }
  return true;
}

}  // namespace

std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::shared_ptr<void> record_from_query(std::string_view query, const schema::Type& type) {
  JsonValue object{JsonValue::Kind::object};
  std::vector<FieldError> errors;
  while (!query.empty() && errors.size() < max_field_errors) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = decode_percent(pair.substr(0, equals), true);
    auto text = decode_percent(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !text) {
      errors.push_back({std::string(pair.substr(0, std::min<std::size_t>(equals, 100))), "invalid_format",
                        "a broken % escape, or not UTF-8"});
      continue;
    }
    const auto same = std::ranges::find(object.members, *name, &JsonMember::name);
    const schema::Field* field = schema::find_field(type, *name);
    if (same == object.members.end())
      object.members.push_back({std::move(*name), {JsonValue::Kind::word, std::move(*text)}});
    else if (field && field->type().kind == schema::Kind::list)
      same->value.text += "," + *text;
    else
      errors.push_back({*name, "invalid_value", "is given twice"});
  }
  auto value = type.make();
  read_json(object, type, value.get(), errors);
  if (!errors.empty())
    throw Problem{
        .code = "validation_failed", .detail = "The query has parameters that are wrong.", .errors = std::move(errors)};
  return value;
}

}  // namespace caravan::http
