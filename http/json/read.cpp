#include "http/json/read.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "actors/values/decimal.hpp"
#include "actors/values/time.hpp"
#include "actors/values/uuid.hpp"
#include "http/json/format.hpp"
#include "http/json/text_rule.hpp"
#include "storage/codec/base64.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

using schema::Kind;
using schema::Rules;
using schema::Type;
using Json = JsonValue::Kind;

/// Farther times are mistakes, and what follows from them would not fit into four digits of a year.
constexpr Time end_of_times{std::chrono::sys_days{std::chrono::year{2200} / 1 / 1}};

constexpr std::size_t shown_of_name = 100;  // of an unknown field's

/// The part of a path that a member of an object is.
std::string_view part_of(const JsonMember& member) {
  return member.name.empty() ? "\"\"" : unicode::cut(member.name, shown_of_name);
}

class Reader {
 public:
  Reader(std::vector<FieldError>& errors, Texts texts) : errors_(errors), texts_(texts) {}

  void read(const JsonValue& json, const Type& type, void* value, const Rules& rules) {
    switch (type.kind) {
      case Kind::record:
        return read_record(json, type, value);
      case Kind::optional:
        if (json.kind != Json::null) read(json, type.element(), type.append(value), rules);
        return;
      case Kind::list:
        return read_list(json, type, value, rules);
      case Kind::dictionary:
        return read_dictionary(json, type, value, rules);
      case Kind::boolean:
        return read_boolean(json, type, value);
      case Kind::integer:
      case Kind::decimal:
        return read_number(json, type, value, rules);
      case Kind::real:
        return read_real(json, type, value, rules);
      default:
        return read_text(json, type, value, rules);
    }
  }

 private:
  void fail(std::string code, std::string detail) {
    if (errors_.size() < max_field_errors) errors_.push_back({path_, std::move(code), std::move(detail)});
  }

  /// Runs `step` with a part added to the path.
  template <class Step>
  void within(std::string_view part, Step step) {
    const std::size_t length = path_.size();
    if (!path_.empty() && part.front() != '[') path_ += '.';
    path_ += part;
    step();
    path_.resize(length);
  }

  static bool may_be_absent(const schema::Field& field) {
    const Kind kind = field.type().kind;
    return kind == Kind::optional || ((kind == Kind::list || kind == Kind::dictionary) && field.rules.min_length == 0);
  }

  void read_record(const JsonValue& json, const Type& type, void* value) {
    if (json.kind != Json::object) return fail("wrong_type", "must be an object");
    for (const JsonMember& member : json.members) {
      const schema::Field* field = schema::find_field(type, member.name);
      if (field && !field->internal) continue;
      within(part_of(member), [&] { fail("unknown_field", "there is no such field"); });
    }
    check_point(json, type);
    for (const schema::Field& field : type.fields) {
      if (field.internal) continue;
      const auto found = std::ranges::find(json.members, field.name, &JsonMember::name);
      within(field.name, [&] {
        if (found != json.members.end())
          read(found->value, field.type(), field.member(value), field.rules);
        else if (!may_be_absent(field))
          fail("required", "must be given");
      });
    }
  }

  /// Where a point may be absent, one coordinate alone is still a mistake: the other would have to be guessed.
  void check_point(const JsonValue& json, const Type& type) {
    const auto given = [&](std::string_view name) {
      const auto found = std::ranges::find(json.members, name, &JsonMember::name);
      return found != json.members.end() && found->value.kind != Json::null;
    };
    const auto may_lack = [&](std::string_view name) {
      const schema::Field* field = schema::find_field(type, name);
      return field && !field->internal && may_be_absent(*field);
    };
    if (!may_lack("lat") || !may_lack("lng") || given("lat") == given("lng")) return;
    within(given("lat") ? "lng" : "lat", [&] { fail("required", "a point has both lat and lng"); });
  }

  void read_list(const JsonValue& json, const Type& type, void* value, const Rules& rules) {
    const std::size_t limit = rules.max_length ? rules.max_length : schema::default_max_list;
    if (json.kind == Json::word) return read_words(json.text, type, value, limit);
    if (json.kind != Json::list) return fail("wrong_type", "must be a list");
    if (json.items.size() > limit) return fail("too_long", "at most " + std::to_string(limit) + " elements");
    if (json.items.size() < rules.min_length)
      return fail("too_short", "at least " + std::to_string(rules.min_length) + " elements");
    Rules of_element;
    of_element.format = rules.format;
    for (std::size_t i = 0; i < json.items.size(); ++i)
      within("[" + std::to_string(i) + "]",
             [&] { read(json.items[i], type.element(), type.append(value), of_element); });
  }

  /// A query's list: words between commas.
  void read_words(std::string_view text, const Type& type, void* value, std::size_t limit) {
    for (std::size_t count = 0; !text.empty(); ++count) {
      if (count == limit) return fail("too_long", "at most " + std::to_string(limit) + " elements");
      const auto comma = text.find(',');
      read({Json::word, std::string(text.substr(0, comma))}, type.element(), type.append(value), {});
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
  }

  void read_dictionary(const JsonValue& json, const Type& type, void* value, const Rules& rules) {
    if (json.kind != Json::object) return fail("wrong_type", "must be an object of texts");
    const std::size_t limit = rules.max_length ? rules.max_length : schema::default_max_list;
    if (json.members.size() > limit) return fail("too_long", "at most " + std::to_string(limit) + " entries");
    for (const JsonMember& member : json.members)
      within(part_of(member), [&] {
        if (member.value.kind != Json::text) return fail("wrong_type", "must be a text");
        if (std::max(unicode::length(member.name), unicode::length(member.value.text)) > schema::default_max_text)
          return fail("too_long", "at most " + std::to_string(schema::default_max_text) + " characters");
        if (const auto why = refusal_of(member.name, TextKind::line)) return fail("invalid_value", "its name " + *why);
        if (const auto why = refusal_of(member.value.text, TextKind::lines)) return fail("invalid_value", *why);
        type.set_entry(value, member.name, member.value.text);
      });
  }

  void read_boolean(const JsonValue& json, const Type& type, void* value) {
    const bool word = json.kind == Json::word && (json.text == "true" || json.text == "false");
    if (json.kind != Json::boolean && !word) return fail("wrong_type", "must be true or false");
    type.set_integer(value, json.text == "true" ? 1 : 0);
  }

  void read_number(const JsonValue& json, const Type& type, void* value, const Rules& rules) {
    if (json.kind != Json::number && json.kind != Json::word) return fail("wrong_type", "must be a number");
    // In a query no number is written as JSON's 1e2.
    if (json.kind == Json::word && json.text.find_first_of("eE") != std::string::npos)
      return fail("wrong_type", "must be a number in plain digits");
    const auto units = parse_decimal(json.text, type.scale);
    if (!units) return refuse_number(json, type);
    const std::int64_t low = std::max(rules.min, type.low), high = std::min(rules.max, type.high);
    if (*units < low || *units > high) return fail("out_of_range", range_text(low, high, type.scale));
    type.set_integer(value, *units);
  }

  /// Why a number could not be read: no number at all, too many digits after the point, or too large.
  void refuse_number(const JsonValue& json, const Type& type) {
    double number = 0;
    const char* end = json.text.data() + json.text.size();
    const auto parsed = std::from_chars(json.text.data(), end, number);
    if (parsed.ptr != end || json.text.empty()) return fail("wrong_type", "must be a number");
    if (parsed.ec != std::errc{} || std::abs(number) * std::pow(10.0, type.scale) >= 1e18)
      return fail("out_of_range", "is too large");
    if (type.scale == 0) return fail("wrong_type", "must be a whole number");
    fail("invalid_format", "at most " + std::to_string(type.scale) + " digits after the point");
  }

  static std::string range_text(std::int64_t low, std::int64_t high, int scale) {
    const bool from = low > INT64_MIN, to = high < INT64_MAX;
    if (from && to) return "must be between " + decimal_text(low, scale) + " and " + decimal_text(high, scale);
    return from ? "must be at least " + decimal_text(low, scale) : "must be at most " + decimal_text(high, scale);
  }

  void read_real(const JsonValue& json, const Type& type, void* value, const Rules& rules) {
    if (json.kind != Json::number && json.kind != Json::word) return fail("wrong_type", "must be a number");
    double number = 0;
    const char* end = json.text.data() + json.text.size();
    const auto parsed = std::from_chars(json.text.data(), end, number);
    if (parsed.ptr != end || json.text.empty()) return fail("wrong_type", "must be a number");
    if (parsed.ec != std::errc{} || !std::isfinite(number) || number < rules.min_real || number > rules.max_real) {
      char text[80];
      std::snprintf(text, sizeof text, "must be between %g and %g", rules.min_real, rules.max_real);
      return fail("out_of_range", text);
    }
    type.set_real(value, number);
  }

  void read_text(const JsonValue& json, const Type& type, void* value, const Rules& rules) {
    if (json.kind != Json::text && json.kind != Json::word) return fail("wrong_type", "must be a text");
    const std::string& text = json.text;
    switch (type.kind) {
      case Kind::time: {
        const auto at = parse_rfc3339(text);
        if (!at) return fail("invalid_format", "must be a time, like 2027-02-01T10:00:00Z");
        if (*at < Time{} || *at >= end_of_times)
          return fail("out_of_range", "must be between " + to_rfc3339(Time{}) + " and " + to_rfc3339(end_of_times));
        return type.set_integer(value, to_millis(*at));
      }
      case Kind::uuid: {
        const auto id = Uuid::parse(text);
        if (!id) return fail("invalid_format", "must be an id");
        type.set_text(value, {reinterpret_cast<const char*>(id->bytes.data()), id->bytes.size()});
        return;
      }
      case Kind::enumeration:
        return read_label(text, type, value);
      case Kind::bytes:
        return read_bytes(text, type, value, rules);
      default:
        return read_plain(text, type, value, rules);
    }
  }

  void read_label(const std::string& text, const Type& type, void* value) {
    const auto found = std::ranges::find(type.labels, text);
    if (found != type.labels.end()) return type.set_integer(value, found - type.labels.begin());
    std::string known;
    for (std::string_view label : type.labels) known += (known.empty() ? "" : ", ") + std::string(label);
    fail("invalid_value", "must be one of " + known);
  }

  void read_bytes(const std::string& text, const Type& type, void* value, const Rules& rules) {
    const auto bytes = from_base64(text, Base64::padded);
    if (!bytes) return fail("invalid_format", "must be base64");
    if (check_length(bytes->size(), rules, " bytes")) type.set_text(value, *bytes);
  }

  void read_plain(const std::string& written, const Type& type, void* value, const Rules& rules) {
    const TextKind kind = text_kind_of(rules);
    const std::string text =
        texts_ == Texts::judged ? written : std::string(unicode::cut(repaired(written, kind), most_of(rules)));
    if (!check_length(unicode::length(text), rules, " characters")) return;
    if (const auto why = refusal_of(text, kind)) return fail("invalid_value", *why);
    const bool is_blank =
        kind == TextKind::secret ? text.find_first_not_of(' ') == std::string::npos : !shows_something(text);
    if (rules.min_length > 0 && is_blank) return fail("too_short", "must not be blank");
    if (!matches(rules.format, text)) return fail("invalid_format", "must be " + std::string(describe(rules.format)));
    if (type.set_text(value, text)) return;
    const bool currency = type.name == "Currency";
    fail("invalid_value", "must be " + (currency ? std::string(describe(schema::Format::currency))
                                                 : "a valid " + std::string(type.name)));
  }

  static std::size_t most_of(const Rules& rules) {
    return rules.max_length ? rules.max_length : schema::default_max_text;
  }

  bool check_length(std::size_t size, const Rules& rules, const std::string& unit) {
    const std::size_t limit = most_of(rules);
    if (size > limit) return fail("too_long", "at most " + std::to_string(limit) + unit), false;
    if (size < rules.min_length) {
      const bool one = rules.min_length == 1;
      fail("too_short", one ? "must not be empty" : "at least " + std::to_string(rules.min_length) + unit);
      return false;
    }
    return true;
  }

  std::vector<FieldError>& errors_;
  const Texts texts_;
  std::string path_;
};

}  // namespace

void read_json(const JsonValue& json, const Type& type, void* value, std::vector<FieldError>& errors, Texts texts) {
  Reader(errors, texts).read(json, type, value, {});
}

std::shared_ptr<void> record_from_json(std::string_view text, const Type& type, Texts texts) {
  std::string error;
  const auto json = parse_json(text, error);
  if (!json) throw Problem{"malformed_json", "The body is not JSON that can be read: " + error + "."};
  auto value = type.make();
  std::vector<FieldError> errors;
  read_json(*json, type, value.get(), errors, texts);
  if (!errors.empty())
    throw Problem{
        .code = "validation_failed", .detail = "The body has fields that are wrong.", .errors = std::move(errors)};
  return value;
}

}  // namespace caravan::http
