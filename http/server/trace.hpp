#pragma once

#include "http/call.hpp"
#include "runtime/spans.hpp"

namespace caravan::http {

/// Sets the request's trace id, correlation id and traceparent: taken from its headers where they are well formed
/// (W3C `traceparent`, or `X-Trace-Id` and `X-Parent-Span-Id`; `X-Correlation-Id`), made otherwise. The traceparent
/// names a new span of the same trace, which is not kept as yet.
void take_trace(Request& request);

/// Decides whether the request's trace is kept, says so in its traceparent, and begins the span that this names; null
/// where it is not kept. What the caller's `traceparent` says counts where the caller is one of ours (a service, an
/// administrator). Others could fill the memory for traces, and its collector: for them our own chance decides, and not
/// their trace's id, which they choose.
OpenSpanPtr begin_trace(Request& request, std::string_view route, const Identity& identity, Spans* spans);
void close_span(OpenSpan& span, const Response& response);
/// The span of a request whose trace is not kept, where somebody will ask for it all the same: it failed, or was slow;
/// of one that was refused before its caller was known, by chance as well.
void keep_remarkable(const Request& request, std::string_view route, const Response& response, bool is_known,
                     std::chrono::nanoseconds took, Spans& spans);

}  // namespace caravan::http
