#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace caravan {

/// Who reads a message: what a rule says in the platform's terms is put into theirs.
struct Reader {
  std::string language;           // of the template's words, "de"
  std::string time_zone = "UTC";  // as in the IANA database; an unknown one is UTC
  const std::map<std::string, std::string, std::less<>>* words = nullptr;  // of the platform's own, by what rules say
};

/// What `value` says to the reader: a moment ("2027-01-15T10:00:00.000Z") by the clock and calendar of their place,
/// with its name; an amount ("35.00 USD") with their decimal mark. Everything else stays as it is.
std::string readable(const std::string& value, const Reader& reader);

/// A length of time in the language's words, "2 hours", in the largest unit that says it exactly.
std::string readable(std::chrono::seconds length, const std::string& language);

}  // namespace caravan
