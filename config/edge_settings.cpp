#include "config/edge_settings.hpp"

#include <algorithm>

#include "config/needs.hpp"
#include "http/providers/payments/web_payments.hpp"

namespace caravan {

using namespace std::chrono_literals;

namespace {

VerificationLevel level_named(std::string_view name) {
  constexpr auto labels = enum_labels(VerificationLevel{});
  return static_cast<VerificationLevel>(std::ranges::find(labels, name) - labels.begin());  // the table took it
}

}  // namespace

http::RouteSettings route_settings(const Settings& settings) {
  http::RouteSettings out;
  out.sandbox = settings.environment == Environment::sandbox;
  if (!out.sandbox) out.payment_provider = WebPayments::name;
  out.rate_limits = settings.rate_limit;
  out.version = CARAVAN_VERSION;
  out.public_url = !settings.public_url.empty() ? settings.public_url
                                                : (settings.tls_cert.empty() ? "http://" : "https://") + settings.http;
  out.session_lifetime = std::chrono::duration_cast<std::chrono::seconds>(settings.refresh_token_life);
  out.max_in_flight = static_cast<int>(settings.requests_in_flight);
  out.key_life = std::chrono::days{settings.idempotency_days};
  out.body_limit_bytes = static_cast<std::size_t>(settings.body_limit.count);
  out.upload_limit_bytes = static_cast<std::size_t>(settings.upload_limit.count);
  out.open_trips = static_cast<std::size_t>(settings.open_trips);
  out.overlapping_trips = static_cast<std::size_t>(settings.overlapping_trips);
  out.deal = {settings.platform_fee, std::chrono::duration_cast<std::chrono::seconds>(settings.payout_delay).count()};
  out.require_terms = settings.require_terms;
  out.customs_required = settings.customs_declaration == "required";
  out.verify = {settings.verify_after_recent, settings.verify_after_all, level_named(settings.verify_level)};
  return out;
}

http::EdgeSettings edge_settings(const Settings& settings) {
  http::EdgeSettings out;
  std::tie(out.server.host, out.server.port) = split_http_address(settings.http);
  out.server.threads = static_cast<int>(settings.http_threads);
  out.server.batch_scheduling = settings.batch_scheduling;
  out.server.idle_limit = settings.keep_alive;
  out.server.request_limit = settings.request_timeout;
  out.server.certificate_file = settings.tls_cert;
  out.server.key_file = settings.tls_key;
  out.server.proxies = http::TrustedProxies(settings.trusted_proxies);
  if (!settings.admin_http.empty()) {
    out.operators.emplace();
    std::tie(out.operators->host, out.operators->port) = split_http_address(settings.admin_http);
    out.operators->threads = operators_threads;
    out.operators->queue = operators_threads;
    out.operators->idle_limit = settings.keep_alive;
    out.operators->request_limit = settings.request_timeout;
  }
  if (!settings.service_key.empty()) out.service_keys.push_back({"", settings.service_key});
  out.access_log = settings.access_log || settings.log_level == "debug" || settings.log_level == "trace";
  return out;
}

http::RightsMemory rights_memory(const Settings& settings) {
  if (settings.cluster) return {.own = 250ms, .of_others = 250ms};
  return {};
}

}  // namespace caravan
