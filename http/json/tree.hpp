#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caravan::http {

struct JsonMember;

/// Parsed JSON whose numbers are still text, so that a decimal never passes through a binary float.
struct JsonValue {
  enum class Kind : std::uint8_t {
    null,
    boolean,  // text: "true" or "false"
    number,   // text: as written
    text,
    list,
    object,
    word,  // out of a query string: text that the wanted type gives its meaning
  };
  Kind kind = Kind::null;
  std::string text = {};
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  // in the order of the text, names unique
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

inline constexpr std::size_t max_json_depth = 24;
inline constexpr std::size_t max_json_values = 100'000;

/// The value, or nothing where the text is not JSON in UTF-8, repeats a member's name, nests deeper than
/// `max_json_depth` or holds more than `max_json_values` values; `error` then says what and where, in one line.
std::optional<JsonValue> parse_json(std::string_view text, std::string& error);

}  // namespace caravan::http
