#include "http/json/parts.hpp"

#include "http/json/write.hpp"

namespace caravan::http {

JsonParts::JsonParts(AnyRecord record, std::map<std::string_view, NextPage> long_lists)
    : record_(std::move(record)), long_lists_(std::move(long_lists)) {}

std::string JsonParts::next() {
  std::string out;
  if (is_over_) return out;
  const auto fields = record_.type().fields;
  for (; field_ < fields.size(); ++field_) {
    const schema::Field& field = fields[field_];
    if (const auto list = long_lists_.find(field.name); list != long_lists_.end()) {
      if (add_page(field.name, list->second, out)) return out;
      continue;
    }
    const schema::Type& type = field.type();
    const void* member = schema::member_of(field, record_.value());
    if (field.internal || (type.kind == schema::Kind::optional && type.size(member) == 0)) continue;
    begin_field(field.name, out);
    write_json(type, member, out);
  }
  is_over_ = true;
  return out += any_field_ ? "}" : "{}";
}

void JsonParts::begin_field(std::string_view name, std::string& out) {
  out += any_field_ ? ',' : '{';
  any_field_ = true;
  out += '"';
  out += name;
  out += "\":";
}

bool JsonParts::add_page(std::string_view name, const NextPage& next_page, std::string& out) {
  if (!in_list_) {
    begin_field(name, out);
    out += '[';
    in_list_ = true;
    any_element_ = false;
  }
  while (const auto page = next_page()) {
    for (const AnyRecord& element : *page) {
      if (any_element_) out += ',';
      any_element_ = true;
      out += to_json(element);
    }
    if (!page->empty()) return true;
  }
  out += ']';
  in_list_ = false;
  return false;
}

}  // namespace caravan::http
