#include "http/routes/operations/traces.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "runtime/spans.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t most_steps = 1'000;

struct SpanView {
  static constexpr std::string_view record_name = "Span";
  std::string span_id;
  std::optional<std::string> parent_span_id;
  std::string service, operation;
  std::optional<std::string> entity, node;
  Time start_time, end_time;
  double duration = 0;  // milliseconds
  std::string status;
  static constexpr auto fields() {
    return std::array{field<&SpanView::span_id>(1, "spanId"),   field<&SpanView::parent_span_id>(2, "parentSpanId"),
                      field<&SpanView::service>(3, "service"),  field<&SpanView::operation>(4, "operation"),
                      field<&SpanView::entity>(5, "entity"),    field<&SpanView::start_time>(6, "startTime"),
                      field<&SpanView::end_time>(7, "endTime"), field<&SpanView::duration>(8, "duration"),
                      field<&SpanView::status>(9, "status"),    field<&SpanView::node>(10, "node")};
  }
};

struct TraceView {
  static constexpr std::string_view record_name = "Trace";
  std::string trace_id;
  std::vector<SpanView> spans;  // by start
  bool is_cut = false;          // there are more
  static constexpr auto fields() {
    return std::array{field<&TraceView::trace_id>(1, "traceId"),
                      field<&TraceView::spans>(2, "spans", length(0, most_steps)),
                      field<&TraceView::is_cut>(3, "isCut")};
  }
};

/// The service that a step is shown under, as clients group steps by it. Here it follows from whose entity the step is
/// of, or from the first part of a route.
constexpr auto services_of = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"account", "authentication-service"},
    {"claim", "authentication-service"},
    {"user", "user-management-service"},
    {"trip", "trip-management-service"},
    {"request", "delivery-request-service"},
    {"delivery", "delivery-request-service"},
    {"escrow", "payment-service"},
    {"wallet", "payment-service"},
    {"dispute", "payment-service"},
    {"tracker", "location-service"},
    {"inbox", "notification-service"},
    {"auth", "authentication-service"},
    {"users", "user-management-service"},
    {"trips", "trip-management-service"},
    {"delivery-requests", "delivery-request-service"},
    {"invitations", "delivery-request-service"},
    {"offers", "delivery-request-service"},
    {"deliveries", "delivery-request-service"},
    {"qr-codes", "qr-code-service"},
    {"payments", "payment-service"},
    {"location", "location-service"},
    {"notifications", "notification-service"},
    {"admin", "admin-service"},
});

/// Whose entity a step is of: "delivery/…"; empty where it is of none.
std::string entity_of(const Span& span) {
  const auto fact = std::ranges::find(span.facts, span_entity, &Span::Fact::first);
  return fact == span.facts.end() ? std::string() : std::get<std::string>(fact->second);
}

/// Empty where the step itself does not say.
std::string_view service_of(const Span& span) {
  const std::string entity = entity_of(span);
  std::string_view place = entity;
  if (place.empty() && span.kind == Span::Kind::server)
    place = std::string_view(span.operation).substr(span.operation.find('/') + 1);  // "GET /trips/:tripId"
  const auto found = std::ranges::find(services_of, place.substr(0, place.find('/')),
                                       &std::pair<std::string_view, std::string_view>::first);
  return found == services_of.end() ? std::string_view() : found->second;
}

SpanView view_of(const NodeSpan& step) {
  const Span& span = step.span;
  std::string entity = entity_of(span);
  SpanView view{.span_id = span.id,
                .parent_span_id = span.parent.empty() ? std::nullopt : std::optional(span.parent),
                .service = std::string(service_of(span)),
                .operation = span.operation,
                .start_time = std::chrono::floor<Duration>(span.start),
                .end_time = std::chrono::floor<Duration>(span.start + span.took),
                .duration = std::chrono::duration<double, std::milli>(span.took).count(),
                .status = span.failed ? "error" : "success"};
  if (!entity.empty()) view.entity = std::move(entity);
  if (!step.node.empty()) view.node = step.node;
  return view;
}

Response show_trace(Call& call) {
  TraceView view{.trace_id = trace_id_of(call.path_text("traceId")), .spans = {}};
  // By id of the step; a step that names no service has that of the step that led to it.
  std::map<std::string, std::string, std::less<>> services;
  if (call.services().find_trace)
    for (const NodeSpan& step : call.services().find_trace(view.trace_id)) {
      view.is_cut = view.spans.size() == most_steps;
      if (view.is_cut) break;
      SpanView& span = view.spans.emplace_back(view_of(step));
      if (const auto led = services.find(step.span.parent); span.service.empty() && led != services.end())
        span.service = led->second;
      if (span.service.empty()) span.service = "caravan";
      services[step.span.id] = span.service;
    }
  if (view.spans.empty()) throw Problem{"not_found", "No node keeps spans of this trace."};
  return call.answer(AnyRecord(std::move(view)));
}

}  // namespace

std::vector<Route> trace_routes(Services&) {
  return {get("/admin/traces/:traceId", admin(Permission::ops),
              "The steps of one request on all nodes, while these have them in memory")
              .answers<TraceView>()
              .handle(show_trace)};
}

}  // namespace caravan::http
