#include "http/server/access_log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "http/idempotency.hpp"
#include "http/json/text_rule.hpp"
#include "runtime/spans.hpp"

namespace caravan::http {

namespace {

thread_local const Exchange* at_hand = nullptr;

std::int64_t micros(std::chrono::nanoseconds took) {
  return std::chrono::duration_cast<std::chrono::microseconds>(took).count();
}

spdlog::logger& access_logger() {
  static const auto logger = [] {
    auto known = spdlog::get("access");
    return known ? known : spdlog::stderr_logger_mt("access");
  }();
  return *logger;
}

/// As it came, but for what whoever reads the log could use: the row's path in its place; where no row was found, the
/// path up to there.
std::string shown_path(const Exchange& exchange) {
  if (exchange.route && exchange.route->secret_path) return std::string(exchange.route->path);
  const std::string& path = exchange.request.path;
  if (!exchange.secret) return path;
  const std::string_view fixed = fixed_beginning(exchange.secret->path);
  return path.substr(0, path.find(fixed)) + std::string(exchange.secret->path);
}

}  // namespace

const Exchange* exchange_being_logged() { return at_hand; }

void describe(const Exchange& exchange, LogLine& line) {
  const Request& request = exchange.request;
  line.method = request.method;
  line.path = shown_path(exchange);
  line.route = exchange.route ? exchange.route->path : "none";
  line.status = exchange.response.status;
  line.bytes = static_cast<std::int64_t>(exchange.response.body.size());
  line.micros = micros(exchange.took);
  line.caller = caller_text(exchange.identity);
  line.address = request.remote_address;
  line.trace_id = request.trace_id;
  if (const auto step = parse_traceparent(request.traceparent)) line.span_id = step->span_id;
  line.correlation_id = request.correlation_id;
}

void log_failure(const Exchange& exchange) {
  const Request& request = exchange.request;
  if (!exchange.failure.empty())
    spdlog::error("internal error {} {}: {}", request.method, repaired(shown_path(exchange)), exchange.failure);
}

void log_exchange(const Exchange& exchange) {
  log_failure(exchange);
  const Request& request = exchange.request;
  spdlog::logger& logger = access_logger();
  const auto level = exchange.response.status >= 500 ? spdlog::level::warn : spdlog::level::info;
  if (!logger.should_log(level)) return;
  at_hand = &exchange;
  logger.log(level,
             "method={} path={} route={} status={} bytes={} micros={} caller={} address={} trace={} correlation={}",
             request.method, repaired(shown_path(exchange)), exchange.route ? exchange.route->path : "none",
             exchange.response.status, exchange.response.body.size(), micros(exchange.took),
             caller_text(exchange.identity), request.remote_address, request.trace_id, request.correlation_id);
  at_hand = nullptr;
}

}  // namespace caravan::http
