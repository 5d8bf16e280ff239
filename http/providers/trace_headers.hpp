#pragma once

#include <httplib.h>

#include "runtime/spans.hpp"

namespace caravan {

/// What a request to the outside carries of the trace that it belongs to, so that others can tell what led to it:
/// X-Trace-Id, and W3C's traceparent where the step is kept.
inline void add_trace(const TraceAtHand& trace, httplib::Headers& headers) {
  if (!trace.trace_id.empty()) headers.emplace("X-Trace-Id", trace.trace_id);
  if (!trace.traceparent.empty()) headers.emplace("traceparent", trace.traceparent);
}

}  // namespace caravan
