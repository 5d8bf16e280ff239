#pragma once

#include "actors/directory/questions.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// What a user still has open: requests that are open or being accepted, trips that are not over, deliveries that are
/// under way in either role. At most 200 of each. The directory's answer to FindOpenWork.
OpenWorkFound open_work(const ReadModels& models, UserId user);

}  // namespace caravan
