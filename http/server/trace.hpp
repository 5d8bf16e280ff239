#pragma once

#include "http/call.hpp"
#include "runtime/spans.hpp"

namespace caravan::http {

/// Sets the request's trace id, correlation id and traceparent: taken from its headers where they are well formed
/// (`X-Trace-Id`, `X-Correlation-Id`, W3C `traceparent`), made otherwise. The traceparent names a new span of the
/// same trace, and says whether the trace is kept: as the caller's does, otherwise as `spans` decides. Null: it is not.
void take_trace(Request& request, const Spans* spans);

/// The span that the request's traceparent names; null where its trace is not kept.
OpenSpanPtr open_span(const Request& request, std::string_view route, Spans* spans);
void close_span(OpenSpan& span, const Response& response);

}  // namespace caravan::http
