#pragma once

#include "http/call.hpp"

namespace caravan::http {

/// Sets the request's trace id, correlation id and traceparent: taken from its headers where they are well formed
/// (`X-Trace-Id`, `X-Correlation-Id`, W3C `traceparent`), made otherwise. The traceparent names a new span of the
/// same trace.
void take_trace(Request& request);

}  // namespace caravan::http
