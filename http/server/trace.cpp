#include "http/server/trace.hpp"

#include <algorithm>

namespace caravan::http {

namespace {

constexpr std::size_t max_id_bytes = 128;
constexpr auto slow = std::chrono::seconds(1);

/// Ids end up in logs and headers: nothing but letters, digits and a few signs.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= max_id_bytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.' || c == ':';
  });
}

/// The caller's step; empty where it names none.
std::string parent_of(const Request& request) {
  if (const auto parent = parse_traceparent(request.header("traceparent"))) return std::string(parent->span_id);
  const std::string_view given = request.header("X-Parent-Span-Id");
  return is_id(request.header("X-Trace-Id")) && is_span_id(given) ? std::string(given) : std::string();
}

/// What is known when it begins.
Span begun_span(const Request& request, std::string_view route) {
  const auto own = parse_traceparent(request.traceparent);
  return {.trace_id = std::string(own->trace_id),
          .id = std::string(own->span_id),
          .parent = parent_of(request),
          .operation = request.method + ' ' + std::string(route),
          .kind = Span::Kind::server,
          .facts = {{"http.request.method", request.method}, {"http.route", std::string(route)}}};
}

}  // namespace

void take_trace(Request& request) {
  const std::string_view given = request.header("X-Trace-Id"), correlation = request.header("X-Correlation-Id");
  const auto parent = parse_traceparent(request.header("traceparent"));
  const bool has_given = is_id(given);
  const std::string trace = parent ? std::string(parent->trace_id) : has_given ? trace_id_of(given) : fresh_trace_id();
  request.trace_id = has_given ? std::string(given) : trace;
  request.correlation_id = is_id(correlation) ? std::string(correlation) : request.trace_id;
  request.traceparent = "00-" + trace + '-' + fresh_span_id() + "-00";
}

OpenSpanPtr begin_trace(Request& request, std::string_view route, const Identity& identity, Spans* spans) {
  const auto own = parse_traceparent(request.traceparent);
  if (!spans || !own) return nullptr;
  const bool is_ours = identity.caller.is_service() || identity.caller.is_admin();
  const auto given = parse_traceparent(request.header("traceparent"));
  const bool chose_id = given || is_id(request.header("X-Trace-Id"));
  const bool sampled =
      is_ours && given ? given->sampled : spans->samples(is_ours || !chose_id ? own->trace_id : fresh_trace_id());
  if (!sampled) return nullptr;
  request.traceparent.back() = '1';
  return spans->open(begun_span(request, route));
}

void close_span(OpenSpan& span, const Response& response) {
  span.add("http.response.status_code", std::int64_t{response.status});
  if (response.status >= 500) span.fail();
  span.end();
}

void keep_remarkable(const Request& request, std::string_view route, const Response& response, bool is_known,
                     std::chrono::nanoseconds took, Spans& spans) {
  const bool failed = response.status >= 500;
  const bool by_chance = !is_known && spans.samples(fresh_trace_id());
  if (!failed && took < slow && !by_chance) return;
  Span span = begun_span(request, route);
  span.start = std::chrono::system_clock::now() - std::chrono::duration_cast<std::chrono::system_clock::duration>(took);
  span.took = took;
  span.failed = failed;
  span.facts.emplace_back("http.response.status_code", std::int64_t{response.status});
  spans.keep(std::move(span));
}

}  // namespace caravan::http
