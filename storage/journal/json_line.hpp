#pragma once

#include <string>

#include "storage/journal/entry.hpp"

namespace caravan {

/// Appends a value as JSON, for people and tools (http/json has the exact one for clients).
void append_json(const schema::Type& type, const void* value, std::string& out);
/// An entry as one line of JSON; `position` 0: not shown.
std::string json_line(const JournalEntry& entry, std::uint64_t position);

}  // namespace caravan
