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

/// How long the base64 text of so many bytes is.
constexpr std::size_t base64_length(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

}  // namespace caravan::http
