#pragma once

#include <string>
#include <vector>

#include "http/providers/circuit_breaker.hpp"
#include "http/providers/traces/trace_export.hpp"
#include "http/server/metrics.hpp"
#include "runtime/node.hpp"
#include "storage/read_models/projector.hpp"

namespace caravan {

/// Appends a node's counts as Prometheus shows them.
void write_metrics(const NodeStats& stats, http::MetricFamilies& out);
/// Appends what a cluster's node says beside that: its membership, shards and links.
void write_metrics(const cluster::ClusterState& state, const NodeStats& stats, http::MetricFamilies& out);
/// Appends how far the read models are behind.
void write_metrics(const Projector::Lag& lag, http::MetricFamilies& out);
/// Appends what the process and its disk have, as the system counts it.
void write_process_metrics(const std::string& data_folder, http::MetricFamilies& out);
/// Appends what became of spans; `sent` is null where they stay in the node.
void write_metrics(const Spans& spans, const TraceExport* sent, http::MetricFamilies& out);
/// Appends how the providers on the web are.
void write_metrics(const std::vector<const http::CircuitBreaker*>& breakers, http::MetricFamilies& out);

}  // namespace caravan
