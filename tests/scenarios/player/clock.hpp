#pragma once

#include <chrono>
#include <string>

namespace caravan::scenario {

using Moment = std::chrono::sys_seconds;

/// Of RFC 3339 in UTC, whole seconds. Throws std::runtime_error.
Moment parse_time(const std::string& text);
std::string time_text(Moment at);

/// What an authenticator app shows for a base32 secret.
std::string one_time_code(const std::string& secret, Moment at);

}  // namespace caravan::scenario
