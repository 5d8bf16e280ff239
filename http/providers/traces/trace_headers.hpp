#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/spans.hpp"

namespace caravan {

/// What a request to the outside carries of the trace that it belongs to, so that others can tell what led to it:
/// X-Trace-Id; where the step is kept, W3C's traceparent and the same as X-Parent-Span-Id.
inline std::vector<std::pair<std::string, std::string>> trace_headers(const TraceAtHand& trace) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (!trace.trace_id.empty()) headers.emplace_back("X-Trace-Id", trace.trace_id);
  if (const auto step = parse_traceparent(trace.traceparent)) {
    headers.emplace_back("traceparent", trace.traceparent);
    headers.emplace_back("X-Parent-Span-Id", step->span_id);
  }
  return headers;
}

}  // namespace caravan
