#pragma once

#include "http/server/dispatcher.hpp"

namespace caravan::http {

/// Writes the cause of an internal error to the default logger; nothing for other answers.
void log_failure(const Exchange& exchange);

class JsonWriter;

/// The exchange that this thread is writing to the logger "access", for a formatter that wants more than its text.
const Exchange* exchange_being_logged();
/// Its fields, as members of the object at hand.
void write_fields(const Exchange& exchange, JsonWriter& out);

/// Writes one line of key=value pairs a request to the logger "access" (info; warn for 5xx), and does
/// as log_failure. No bodies, no queries, no tokens.
void log_exchange(const Exchange& exchange);

}  // namespace caravan::http
