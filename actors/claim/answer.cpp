#include "actors/claim/entity.hpp"

namespace caravan {

Answer answer(const ClaimState& state, const Context&, const ViewClaim&) {
  return show(ClaimHolder{state.owner, state.fingerprint});
}

}  // namespace caravan
