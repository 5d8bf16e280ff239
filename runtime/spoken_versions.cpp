#include "runtime/spoken_versions.hpp"

namespace caravan {

// Alone in its file: tests link a build of the next version with another one.
WireVersions spoken_versions() { return {.oldest = 1, .newest = 1}; }

}  // namespace caravan
