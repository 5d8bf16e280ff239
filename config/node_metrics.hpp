#pragma once

#include <string>
#include <vector>

#include "http/providers/circuit_breaker.hpp"
#include "runtime/node.hpp"

namespace caravan {

/// Appends a node's counts as Prometheus text.
void write_metrics(const NodeStats& stats, std::string& out);
/// Appends how the providers on the web are.
void write_metrics(const std::vector<const http::CircuitBreaker*>& breakers, std::string& out);

}  // namespace caravan
