#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/spans.hpp"

namespace caravan {

/// What a request to the outside carries of the trace that it belongs to, so that others can tell what led to it:
/// X-Trace-Id, and W3C's traceparent where the step is kept.
inline std::vector<std::pair<std::string, std::string>> trace_headers(const TraceAtHand& trace) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (!trace.trace_id.empty()) headers.emplace_back("X-Trace-Id", trace.trace_id);
  if (!trace.traceparent.empty()) headers.emplace_back("traceparent", trace.traceparent);
  return headers;
}

}  // namespace caravan
