#pragma once

#include <map>
#include <string>

#include "storage/journal/entry.hpp"

namespace caravan {

/// What of an entry's events the one who caused them answers for: amounts, permissions, scopes, reasons, what was
/// searched for. What other people wrote stays out.
std::map<std::string, std::string> activity_details(const JournalEntry& entry);

/// As one text, and back.
std::string packed_details(const std::map<std::string, std::string>& details);
std::map<std::string, std::string> unpacked_details(std::string_view text);

}  // namespace caravan
