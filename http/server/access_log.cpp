#include "http/server/access_log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "http/idempotency.hpp"

namespace caravan::http {

namespace {

spdlog::logger& access_logger() {
  static const auto logger = [] {
    auto known = spdlog::get("access");
    return known ? known : spdlog::stderr_logger_mt("access");
  }();
  return *logger;
}

}  // namespace

void log_failure(const Exchange& exchange) {
  const Request& request = exchange.request;
  if (!exchange.failure.empty())
    spdlog::error("internal error trace={} {} {}: {}", request.trace_id, request.method, request.path,
                  exchange.failure);
}

void log_exchange(const Exchange& exchange) {
  log_failure(exchange);
  const Request& request = exchange.request;
  spdlog::logger& logger = access_logger();
  const auto level = exchange.response.status >= 500 ? spdlog::level::warn : spdlog::level::info;
  if (!logger.should_log(level)) return;
  logger.log(
      level, "method={} path={} route={} status={} bytes={} micros={} caller={} address={} trace={} correlation={}",
      request.method, request.path, exchange.route ? exchange.route->path : "none", exchange.response.status,
      exchange.response.body.size(), std::chrono::duration_cast<std::chrono::microseconds>(exchange.took).count(),
      caller_text(exchange.identity.caller), request.remote_address, request.trace_id, request.correlation_id);
}

}  // namespace caravan::http
