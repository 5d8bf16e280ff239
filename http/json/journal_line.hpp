#pragma once

#include <string>

#include "storage/journal/entry.hpp"

namespace caravan::http {

/// An entry of the journal as one line of JSON, internal fields too: for operators. `position` 0: not shown.
std::string journal_line(const JournalEntry& entry, std::uint64_t position);

}  // namespace caravan::http
