#pragma once

#include "config/settings.hpp"
#include "http/access/remembered.hpp"
#include "http/edge.hpp"

namespace caravan {

/// What the settings say to the routes.
http::RouteSettings route_settings(const Settings& settings);
/// What they say of the listeners, and of who is let in.
http::EdgeSettings edge_settings(const Settings& settings);
/// In a cluster rights that are taken away wait for the memories of other nodes, so these are short.
http::RightsMemory rights_memory(const Settings& settings);

}  // namespace caravan
