#pragma once

#include <string>

#include "runtime/node.hpp"

namespace caravan {

/// Appends a node's counts as Prometheus text.
void write_metrics(const NodeStats& stats, std::string& out);

}  // namespace caravan
