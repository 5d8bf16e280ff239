#pragma once

#include "http/server/dispatcher.hpp"

namespace caravan::http {

/// Writes one line of key=value pairs a request to the logger "access" (info; warn for 5xx), and the cause of each
/// internal error to the default logger. No bodies, no queries, no tokens.
void log_exchange(const Exchange& exchange);

}  // namespace caravan::http
