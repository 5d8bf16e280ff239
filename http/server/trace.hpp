#pragma once

#include "http/call.hpp"
#include "runtime/spans.hpp"

namespace caravan::http {

/// Sets the request's trace id, correlation id and traceparent: taken from its headers where they are well formed
/// (W3C `traceparent`, or `X-Trace-Id` and `X-Parent-Span-Id`; `X-Correlation-Id`), made otherwise. The traceparent
/// names a new span of the same trace, which is not kept as yet.
void take_trace(Request& request);

/// Decides whether the request's trace is kept, and notes that in its traceparent. If so, begins the span that this
/// names, else null. The caller's own `traceparent` decides where the caller is one of ours (a service, an
/// administrator). Others could fill the memory for traces: for them chance decides, not the trace id that they chose.
OpenSpanPtr begin_trace(Request& request, std::string_view route, const Identity& identity, Spans* spans);
void close_span(OpenSpan& span, const Response& response);
/// Keeps the span of a request whose trace is not kept, where somebody will ask for it all the same: it failed or was
/// slow. A request that was refused before its caller was known is kept by chance as well.
void keep_remarkable(const Request& request, std::string_view route, const Response& response, bool is_known,
                     std::chrono::nanoseconds took, Spans& spans);

}  // namespace caravan::http
