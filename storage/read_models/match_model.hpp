#pragma once

#include "actors/matching/model.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// The matching model as learnt from all offers so far: which ones were accepted, and which came to nothing, refused or
/// lapsed for whatever reason. Offers that the traveler took back teach nothing, and one account teaches a few only.
MatchModel learnt_match_model(const ReadModels& models);

/// The last outcomes, with what model and rules had expected of each.
MatchWindow match_window(const ReadModels& models);

namespace read_models {
const Projection& match_model_projection();
}

}  // namespace caravan
