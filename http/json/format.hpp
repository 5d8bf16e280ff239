#pragma once

#include <string_view>

#include "actors/schema/type.hpp"

namespace caravan::http {

/// Is the text of that format? `none` takes every text.
bool matches(schema::Format format, std::string_view text);
/// What the format asks for, for a person: "an e-mail address".
std::string_view describe(schema::Format format);
/// JSON Schema's name for the format, or empty.
std::string_view schema_format(schema::Format format);

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace caravan::http
