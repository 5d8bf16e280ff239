#pragma once

#include "actors/schema/field.hpp"
#include "http/server/dispatcher.hpp"

namespace caravan::http {

/// Writes the cause of an internal error to the default logger; nothing for other answers.
void log_failure(const Exchange& exchange);

/// The exchange that this thread is just writing to the logger "access". A formatter finds there what the text of the
/// line leaves out.
const Exchange* exchange_being_logged();

/// A line of the log as JSON: of an exchange, or with a message.
struct LogLine {
  static constexpr std::string_view record_name = "LogLine";
  Time time;
  std::string level;
  std::optional<std::string> logger, message, method, path, route;
  std::optional<std::int64_t> status, bytes, micros;
  std::optional<std::string> caller, address, trace_id, span_id, correlation_id;
  static constexpr auto fields() {
    return std::array{field<&LogLine::time>(1, "time"),
                      field<&LogLine::level>(2, "level"),
                      field<&LogLine::logger>(3, "logger"),
                      field<&LogLine::message>(4, "message"),
                      field<&LogLine::method>(5, "method"),
                      field<&LogLine::path>(6, "path"),
                      field<&LogLine::route>(7, "route"),
                      field<&LogLine::status>(8, "status"),
                      field<&LogLine::bytes>(9, "bytes"),
                      field<&LogLine::micros>(10, "micros"),
                      field<&LogLine::caller>(11, "caller"),
                      field<&LogLine::address>(12, "address"),
                      field<&LogLine::trace_id>(13, "traceId"),
                      field<&LogLine::span_id>(14, "spanId"),
                      field<&LogLine::correlation_id>(15, "correlationId")};
  }
};
/// Sets what an exchange says.
void describe(const Exchange& exchange, LogLine& line);

/// Writes one line of key=value pairs a request to the logger "access" (info; warn for 5xx), and does
/// as log_failure. No bodies, no queries, no tokens.
void log_exchange(const Exchange& exchange);

}  // namespace caravan::http
