// The next build, as far as this one can have it: the same program, which speaks one version more.
#include "runtime/spoken_versions.hpp"

namespace caravan {

WireVersions spoken_versions() { return {.oldest = 1, .newest = 2}; }

}  // namespace caravan
