#include "http/routes/traces.hpp"

#include <algorithm>

#include "runtime/spans.hpp"

namespace caravan::http {

namespace {

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
  std::vector<SpanView> spans;
  static constexpr auto fields() {
    return std::array{field<&TraceView::trace_id>(1, "traceId"), field<&TraceView::spans>(2, "spans")};
  }
};

SpanView view_of(const NodeSpan& step) {
  const Span& span = step.span;
  SpanView view{.span_id = span.id,
                .parent_span_id = span.parent.empty() ? std::nullopt : std::optional(span.parent),
                .service = "caravan",
                .operation = span.operation,
                .start_time = std::chrono::floor<Duration>(span.start),
                .end_time = std::chrono::floor<Duration>(span.start + span.took),
                .duration = std::chrono::duration<double, std::milli>(span.took).count(),
                .status = span.failed ? "error" : "success"};
  for (const auto& [name, value] : span.facts)
    if (name == span_entity) view.entity = std::get<std::string>(value);
  if (!step.node.empty()) view.node = step.node;
  return view;
}

Response show_trace(Call& call) {
  TraceView view{.trace_id = trace_id_of(call.path_text("traceId")), .spans = {}};
  if (call.services().find_trace)
    std::ranges::transform(call.services().find_trace(view.trace_id), std::back_inserter(view.spans), view_of);
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
