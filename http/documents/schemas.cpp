#include "http/documents/schemas.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "actors/values/decimal.hpp"
#include "http/json/format.hpp"
#include "http/json/text_rule.hpp"

namespace caravan::http {

namespace {

using Json = nlohmann::ordered_json;
using schema::Kind;
using schema::Rules;
using schema::Type;

constexpr std::string_view example_uuid = "0190b6a4-7e5c-7c3a-9f0e-3b1d2c4a5e6f";

/// Exactly as the decimal is written.
Json number(std::int64_t units, int scale) { return Json::parse(decimal_text(units, scale)); }

/// A whole number has no decimal point: 5, not 5.0.
Json number(double value) { return value == std::trunc(value) ? Json(static_cast<std::int64_t>(value)) : Json(value); }

bool required(const schema::Field& field) {
  const Kind kind = field.type().kind;
  if (kind == Kind::optional) return false;
  return (kind != Kind::list && kind != Kind::dictionary) || field.rules.min_length > 0;
}

struct Town {
  std::string_view address;
  double lat, lng;
};

/// The place in the example of a field of that name; nullptr: the usual one. Origin and destination differ, because
/// people send examples as they are, and a trip that leads nowhere is refused.
const Town* town_of(std::string_view name) {
  static constexpr Town boston{"Boston, MA", 42.3584, -71.0598}, new_haven{"New Haven, CT", 41.3082, -72.9282};
  if (name == "destination" || name == "delivery") return &boston;
  return name == "stops" ? &new_haven : nullptr;
}

std::string text_example(const Type& type, const Rules& rules, std::string_view name) {
  using schema::Format;
  switch (rules.format) {
    case Format::email:
      return "ann@example.com";
    case Format::phone:
      return "+12125550100";
    case Format::currency:
      return "USD";
    case Format::language:
      return "en";
    case Format::time_zone:
      return "America/New_York";
    case Format::country:
      return "US";
    case Format::url:
      return "https://example.com/hook";
    case Format::date:
      return "2027-02-01";
    case Format::name:
    case Format::plain:
    case Format::token:
    case Format::secret:
    case Format::nested:
    case Format::none:
      break;
  }
  if (type.name == "Currency") return "USD";
  if (name == "address") return "New York, NY";
  if (name == "email") return "ann@example.com";
  if (name == "password" || name == "newPassword") return "a-long-enough-Passw0rd";
  if (name == "provider") return "sandbox";
  std::string text(name.empty() ? "text" : name);
  while (text.size() < rules.min_length) text += " " + std::string(name.empty() ? "text" : name);
  if (rules.max_length > 0 && text.size() > rules.max_length) text.resize(rules.max_length);  // ASCII
  return text;
}

Json number_schema(const Type& type, const Rules& rules) {
  const std::int64_t low = std::max(rules.min, type.low), high = std::min(rules.max, type.high);
  Json out{{"type", type.kind == Kind::integer ? "integer" : "number"}};
  if (low > INT64_MIN) out["minimum"] = number(low, type.scale);
  if (high < INT64_MAX) out["maximum"] = number(high, type.scale);
  if (type.kind == Kind::decimal) out["multipleOf"] = number(1, type.scale);
  return out;
}

Json real_schema(const Rules& rules) {
  const Rules none;
  Json out{{"type", "number"}};
  if (rules.min_real > none.min_real) out["minimum"] = number(rules.min_real);
  if (rules.max_real < none.max_real) out["maximum"] = number(rules.max_real);
  return out;
}

Json text_schema(const Type& type, const Rules& rules) {
  Json out{{"type", "string"}};
  if (type.kind == Kind::bytes) out["contentEncoding"] = "base64";
  if (type.name == "Currency" || rules.format == schema::Format::currency) out["pattern"] = "^[A-Z]{3}$";
  if (const auto format = schema_format(rules.format); !format.empty()) out["format"] = format;
  if (rules.format != schema::Format::none)
    out["description"] = describe(rules.format);
  else if (type.kind == Kind::text && type.name.empty())
    out["description"] = describe(text_kind_of(rules));
  // The length of a text is in code points, as the rule counts; that of bytes is the length of their base64.
  const auto shown = [&](std::size_t length) { return type.kind == Kind::bytes ? base64_length(length) : length; };
  if (rules.min_length > 0) out["minLength"] = shown(rules.min_length);
  if (rules.max_length > 0) out["maxLength"] = shown(rules.max_length);
  return out;
}

}  // namespace

std::string pascal_case(std::string_view name) {
  std::string out;
  bool upper = true;
  for (char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    upper = !letter;
  }
  return out;
}

const std::string& Schemas::name_of(const Type& type) {
  if (auto found = names_.find(&type); found != names_.end()) return found->second;
  const std::string plain = pascal_case(type.name);
  std::string name = plain;
  for (int n = 2; types_.contains(name); ++n) name = plain + std::to_string(n);
  types_[name] = &type;
  return names_[&type] = name;
}

Json Schemas::schema(const Type& type, const Rules& rules) {
  switch (type.kind) {
    case Kind::optional:
      return schema(type.element(), rules);
    case Kind::record:
      return {{"$ref", "#/components/schemas/" + name_of(type)}};
    case Kind::list: {
      Json out{{"type", "array"}};
      if (rules.format == schema::Format::nested) return out;
      if (rules.min_length > 0) out["minItems"] = rules.min_length;
      out["maxItems"] = rules.max_length ? rules.max_length : schema::default_max_list;
      Rules of_element;
      of_element.format = rules.format;
      out["items"] = schema(type.element(), of_element);
      return out;
    }
    case Kind::dictionary:
      return {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
    case Kind::boolean:
      return {{"type", "boolean"}};
    case Kind::integer:
    case Kind::decimal:
      return number_schema(type, rules);
    case Kind::real:
      return real_schema(rules);
    case Kind::enumeration:
      return {{"type", "string"}, {"enum", type.labels}};
    case Kind::time:
      return {{"type", "string"}, {"format", "date-time"}};
    case Kind::uuid:
      return {{"type", "string"}, {"format", "uuid"}};
    case Kind::text:
    case Kind::bytes:
      break;
  }
  return text_schema(type, rules);
}

Json Schemas::record(const Type& type) {
  Json needed = Json::array(), properties = Json::object();
  for (const schema::Field& field : type.fields) {
    if (field.internal) continue;
    if (required(field)) needed.push_back(field.name);
    properties[std::string(field.name)] = schema(field.type(), field.rules);
  }
  Json out{{"type", "object"}};
  if (!needed.empty()) out["required"] = std::move(needed);
  out["properties"] = std::move(properties);
  out["additionalProperties"] = false;
  return out;
}

Json Schemas::components() {
  // Writing a record may ask for others, hence the loop. They are ordered by name, so that the document does not depend
  // on which was asked for first.
  std::map<std::string, Json> made;
  while (made.size() < types_.size())
    for (const auto& [name, type] : std::map(types_))
      if (!made.contains(name)) made[name] = record(*type);
  Json out = Json::object();
  for (auto& [name, schema] : made) out[name] = std::move(schema);
  return out;
}

Json Schemas::example(const Type& type, const Rules& rules, std::string_view name, int depth) {
  switch (type.kind) {
    case Kind::optional:
      return example(type.element(), rules, name, depth);
    case Kind::boolean:
      return name != "cover";  // costs money, and is not to be had for any item
    case Kind::integer:
    case Kind::decimal: {
      const std::int64_t low = std::max(rules.min, type.low), high = std::min(rules.max, type.high);
      std::int64_t one = 1;
      for (int i = 0; i < type.scale; ++i) one *= 10;
      return number(std::clamp(one, low, high), type.scale);
    }
    case Kind::real:
      return number(name == "lat"   ? 40.7128
                    : name == "lng" ? -74.006
                                    : std::clamp(1.0, rules.min_real, rules.max_real));
    case Kind::enumeration:
      return type.labels.empty() ? std::string_view{} : type.labels.front();
    case Kind::time:
      return name == "arrivalTime" || name == "deliverBy" ? "2030-02-01T18:00:00Z" : "2030-02-01T10:00:00Z";
    case Kind::uuid:
      return example_uuid;
    case Kind::bytes:
      return "aGVsbG8=";
    case Kind::dictionary:
      return Json::object();
    case Kind::list: {
      Json out = Json::array();
      if (depth <= 4 && rules.min_length <= 1) out.push_back(example(type.element(), {}, name, depth + 1));
      return out;
    }
    case Kind::text:
      return text_example(type, rules, name);
    case Kind::record:
      break;
  }
  const Town* town = town_of(name);
  Json out = Json::object();
  for (const schema::Field& field : type.fields) {
    if (field.internal || (depth > 3 && !required(field))) continue;
    Json& member = out[std::string(field.name)];
    if (town && field.name == "address")
      member = town->address;
    else if (town && (field.name == "lat" || field.name == "lng"))
      member = field.name == "lat" ? town->lat : town->lng;
    else
      member = example(field.type(), field.rules, field.name, depth + 1);
  }
  return out;
}

}  // namespace caravan::http
