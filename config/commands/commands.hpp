#pragma once

#include <cstdint>
#include <string>

#include "config/settings.hpp"

/// What `caravan` can do: one function a command. Each returns the process's exit code: 0 done, 1 failed (after one
/// line on stderr that tells the remedy).
namespace caravan {

/// Prints every setting with its value, default, bounds and source; in production also what is unsafe.
int print_settings(const ResolvedSettings& settings);

/// Prints the release and the formats it reads.
int print_version();

/// Carries three parcels through the seven journeys on the node at `settings.http`, as a client, and tells each step.
/// Waits up to `wait_seconds` for the node to be ready.
int play_demo(const Settings& settings, int wait_seconds);

}  // namespace caravan
