#include "actors/sequence/entity.hpp"

namespace caravan {

void evolve(SequenceState& state, const NumberTaken& event) { state.last = event.number; }

}  // namespace caravan
