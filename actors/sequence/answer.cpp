#include "actors/sequence/entity.hpp"

namespace caravan {

Answer answer(const SequenceState& state, const Context&, const ViewSequence&) {
  return show(SequenceResource{state.last});
}

}  // namespace caravan
