#pragma once

#include "actors/tracker/state.hpp"
#include "http/call.hpp"

namespace caravan::http {

/// The stored positions of a delivery in order of their time, each once; at most 50,000.
std::vector<Fix> track_of(Call& call, Address tracker, std::optional<Time> from = {}, std::optional<Time> to = {});

}  // namespace caravan::http
