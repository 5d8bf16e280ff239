#pragma once

#include "config/settings.hpp"

/// From a setting's text to its value and back.
namespace caravan {

/// Writes `text` into the setting's member. Returns what is wrong with it ("is not a duration such as 48 h"), or empty.
std::string set_from_text(const Setting& setting, std::string_view text, Settings& settings);

/// "48 h", "1 MiB": the largest unit that divides the value.
std::string duration_text(std::chrono::milliseconds value);
std::string bytes_text(ByteCount value);

}  // namespace caravan
