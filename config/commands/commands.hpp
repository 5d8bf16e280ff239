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

}  // namespace caravan
