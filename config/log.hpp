#pragma once

#include "config/settings.hpp"

namespace caravan {

/// Makes all loggers write to stderr as the settings say. With log-format json each line is one object: time, level and
/// message; traceId and spanId if it was written for a request; and in the access log its own fields in place of the
/// message.
void set_up_log(const Settings& settings);

}  // namespace caravan
