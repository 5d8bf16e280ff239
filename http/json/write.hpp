#pragma once

#include <string>
#include <string_view>

#include "actors/schema/record.hpp"

namespace caravan::http {

/// Appends a value as JSON: fields in the order of their rows; absent optionals are left out, and internal ones where
/// operators do not ask for them.
void write_json(const schema::Type& type, const void* value, std::string& out, bool with_internal = false);
/// `version`: the entity's, as in its ETag. An entity cannot know it, so a row of that name shows it; 0: none is known.
std::string to_json(const AnyRecord& record, std::uint64_t version = 0);

/// Appends a text in quotes, escaped, with U+FFFD for bytes that are no UTF-8.
void write_json_text(std::string_view text, std::string& out);

}  // namespace caravan::http
