#pragma once

#include "config/settings.hpp"

namespace caravan {

/// Has all loggers write to stderr as the settings say. With log-format json each line is one object: time, level,
/// message, where a request is at hand traceId and spanId, and for the access log its fields in place of the message.
void set_up_log(const Settings& settings);

}  // namespace caravan
