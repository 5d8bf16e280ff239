#include <algorithm>

#include "http/json/read.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::string list_mark(std::string_view list) {
  std::uint32_t hash = 2'166'136'261;  // FNV-1a
  for (char c : list) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619;
  std::string mark = ".";
  for (int i = 0; i < 4; ++i, hash >>= 4) mark += "0123456789abcdef"[hash & 15];
  return mark;
}

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
  if (!unicode::is_utf8(out)) return std::nullopt;
  return out;
}

std::shared_ptr<void> record_from_query(std::string_view query, const schema::Type& type, std::string_view mark) {
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
    if (*name == "cursor" && !mark.empty()) {
      if (!text->ends_with(mark)) {
        errors.push_back({"cursor", "invalid_format", "not a cursor of this list"});
        continue;
      }
      text->resize(text->size() - mark.size());
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
