#include "http/documents/schemas.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "actors/values/decimal.hpp"
#include "http/json/format.hpp"
#include "http/json/text_rule.hpp"

namespace caravan::http {

namespace {

using schema::Kind;
using schema::Rules;
using schema::Type;

constexpr std::string_view example_uuid = "0190b6a4-7e5c-7c3a-9f0e-3b1d2c4a5e6f";

std::string real_text(double number) {
  char text[40];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

bool required(const schema::Field& field) {
  const Kind kind = field.type().kind;
  if (kind == Kind::optional) return false;
  return (kind != Kind::list && kind != Kind::dictionary) || field.rules.min_length > 0;
}

std::string json_text(std::string_view text) {
  std::string out;
  write_json_text(text, out);
  return out;
}

struct Town {
  std::string_view address, lat, lng;
};

/// Where the place of a field's name lies: a way must lead somewhere else, for examples are there to be sent.
const Town* town_of(std::string_view name) {
  static constexpr Town boston{"Boston, MA", "42.3584", "-71.0598"}, new_haven{"New Haven, CT", "41.3082", "-72.9282"};
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
    case Format::token:
    case Format::secret:
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

void Schemas::write(JsonWriter& out, const Type& type, const Rules& rules) {
  switch (type.kind) {
    case Kind::optional:
      return write(out, type.element(), rules);
    case Kind::record:
      return out.text("$ref", "#/components/schemas/" + name_of(type));
    case Kind::list: {
      out.text("type", "array");
      if (rules.min_length > 0) out.number("minItems", static_cast<std::int64_t>(rules.min_length));
      out.number("maxItems", static_cast<std::int64_t>(rules.max_length ? rules.max_length : schema::default_max_list));
      Rules of_element;
      of_element.format = rules.format;
      return out.object("items", [&] { write(out, type.element(), of_element); });
    }
    case Kind::dictionary:
      out.text("type", "object");
      return out.object("additionalProperties", [&] { out.text("type", "string"); });
    default:
      return write_scalar(out, type, rules);
  }
}

/// Of a text in code points, as the rule counts; of bytes in letters of their base64.
void Schemas::write_length(JsonWriter& out, const Type& type, const Rules& rules) {
  const auto shown = [&](std::size_t length) {
    return static_cast<std::int64_t>(type.kind == Kind::bytes ? base64_length(length) : length);
  };
  if (rules.min_length > 0) out.number("minLength", shown(rules.min_length));
  if (rules.max_length > 0) out.number("maxLength", shown(rules.max_length));
}

void Schemas::write_scalar(JsonWriter& out, const Type& type, const Rules& rules) {
  switch (type.kind) {
    case Kind::boolean:
      return out.text("type", "boolean");
    case Kind::integer:
    case Kind::decimal: {
      out.text("type", type.kind == Kind::integer ? "integer" : "number");
      const std::int64_t low = std::max(rules.min, type.low), high = std::min(rules.max, type.high);
      if (low > INT64_MIN) out.raw("minimum", decimal_text(low, type.scale));
      if (high < INT64_MAX) out.raw("maximum", decimal_text(high, type.scale));
      if (type.kind == Kind::decimal) out.raw("multipleOf", decimal_text(1, type.scale));
      return;
    }
    case Kind::real: {
      const Rules none;
      out.text("type", "number");
      if (rules.min_real > none.min_real) out.raw("minimum", real_text(rules.min_real));
      if (rules.max_real < none.max_real) out.raw("maximum", real_text(rules.max_real));
      return;
    }
    case Kind::enumeration:
      out.text("type", "string");
      return out.list("enum", [&] {
        for (std::string_view label : type.labels) out.text("", label);
      });
    case Kind::time:
    case Kind::uuid:
      out.text("type", "string");
      return out.text("format", type.kind == Kind::time ? "date-time" : "uuid");
    default:
      out.text("type", "string");
      if (type.kind == Kind::bytes) out.text("contentEncoding", "base64");
      if (type.name == "Currency" || rules.format == schema::Format::currency) out.text("pattern", "^[A-Z]{3}$");
      if (const auto format = schema_format(rules.format); !format.empty()) out.text("format", format);
      if (rules.format != schema::Format::none)
        out.text("description", describe(rules.format));
      else if (type.kind == Kind::text && type.name.empty())
        out.text("description", describe(text_kind_of(rules)));
      write_length(out, type, rules);
  }
}

void Schemas::write_record(JsonWriter& out, const Type& type) {
  out.text("type", "object");
  bool any_required = false;
  for (const schema::Field& field : type.fields) any_required = any_required || (!field.internal && required(field));
  if (any_required)
    out.list("required", [&] {
      for (const schema::Field& field : type.fields)
        if (!field.internal && required(field)) out.text("", field.name);
    });
  out.object("properties", [&] {
    for (const schema::Field& field : type.fields)
      if (!field.internal) out.object(field.name, [&] { write(out, field.type(), field.rules); });
  });
  out.boolean("additionalProperties", false);
}

void Schemas::write_components(JsonWriter& out) {
  // Writing one may ask for more; those are noted first, so that the order is the names'.
  for (std::size_t known = 0; known != types_.size();) {
    known = types_.size();
    for (const auto& [name, type] : std::map(types_)) {
      JsonWriter ignored;
      write_record(ignored, *type);
    }
  }
  for (const auto& [name, type] : types_) out.object(name, [&, of = type] { write_record(out, *of); });
}

std::string Schemas::example(const Type& type, const Rules& rules, std::string_view name, int depth) {
  switch (type.kind) {
    case Kind::optional:
      return example(type.element(), rules, name, depth);
    case Kind::boolean:
      return "true";
    case Kind::integer:
    case Kind::decimal: {
      const std::int64_t low = std::max(rules.min, type.low), high = std::min(rules.max, type.high);
      std::int64_t one = 1;
      for (int i = 0; i < type.scale; ++i) one *= 10;
      return decimal_text(std::clamp(one, low, high), type.scale);
    }
    case Kind::real:
      return name == "lat"   ? "40.7128"
             : name == "lng" ? "-74.006"
                             : real_text(std::clamp(1.0, rules.min_real, rules.max_real));
    case Kind::enumeration:
      return json_text(type.labels.empty() ? std::string_view{} : type.labels.front());
    case Kind::time:
      return json_text(name == "arrivalTime" || name == "deliverBy" ? "2030-02-01T18:00:00Z" : "2030-02-01T10:00:00Z");
    case Kind::uuid:
      return json_text(example_uuid);
    case Kind::bytes:
      return json_text("aGVsbG8=");
    case Kind::dictionary:
      return "{}";
    case Kind::list:
      return depth > 4 || rules.min_length > 1 ? "[]" : '[' + example(type.element(), {}, name, depth + 1) + ']';
    case Kind::text:
      return json_text(text_example(type, rules, name));
    case Kind::record:
      break;
  }
  const Town* town = town_of(name);
  std::string out = "{";
  for (const schema::Field& field : type.fields) {
    if (field.internal || (depth > 3 && !required(field))) continue;
    if (out.size() > 1) out += ',';
    out += json_text(field.name) + ':';
    if (town && field.name == "address")
      out += json_text(town->address);
    else if (town && (field.name == "lat" || field.name == "lng"))
      out += field.name == "lat" ? town->lat : town->lng;
    else
      out += example(field.type(), field.rules, field.name, depth + 1);
  }
  return out + '}';
}

}  // namespace caravan::http
