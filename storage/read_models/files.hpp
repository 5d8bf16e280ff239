#pragma once

#include "storage/read_models/projection.hpp"

namespace caravan::read_models {

/// Tells the locator whose each upload is.
const Projection& files_projection();

}  // namespace caravan::read_models
