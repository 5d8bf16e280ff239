#pragma once

#include "http/call.hpp"

namespace caravan::http {

/// Sets the request's trace id, correlation id and traceparent: taken from its headers where they are well formed
/// (`X-Trace-Id`, `X-Correlation-Id`, W3C `traceparent`), made otherwise. The traceparent names a new span of the
/// same trace.
void take_trace(Request& request);

/// The trace id of the request that this thread is handling; empty where there is none. For logs.
std::string_view current_trace_id();

/// Makes a request the one that this thread is handling, for as long as this object lives.
class CurrentTrace {
 public:
  explicit CurrentTrace(const Request& request);
  ~CurrentTrace();
  CurrentTrace(const CurrentTrace&) = delete;
  CurrentTrace& operator=(const CurrentTrace&) = delete;
};

}  // namespace caravan::http
