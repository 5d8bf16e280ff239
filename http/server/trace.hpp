#pragma once

#include "http/call.hpp"
#include "runtime/spans.hpp"

namespace caravan::http {

/// Sets the request's trace id, correlation id and traceparent: taken from its headers where they are well formed
/// (W3C `traceparent`, or `X-Trace-Id` and `X-Parent-Span-Id`; `X-Correlation-Id`), made otherwise. The traceparent
/// names a new span of the same trace, and says whether the trace is kept: as the caller's does, otherwise as `spans`
/// decides. Null: it is not.
void take_trace(Request& request, const Spans* spans);

/// The span that the request's traceparent names; null where its trace is not kept.
OpenSpanPtr open_span(const Request& request, std::string_view route, Spans* spans);
void close_span(OpenSpan& span, const Response& response);
/// The span of a request whose trace is not kept, where somebody will ask for it all the same: it failed, or was slow.
void keep_remarkable(const Request& request, std::string_view route, const Response& response,
                     std::chrono::nanoseconds took, Spans& spans);

}  // namespace caravan::http
