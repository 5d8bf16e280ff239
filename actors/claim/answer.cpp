#include "actors/claim/entity.hpp"

namespace caravan {

Answer answer(const ClaimState& state, const Context& context, const ViewClaim&) {
  if (state.is_free(context.now)) return refuse(ClaimRejection::not_found);
  return show(ClaimHolder{state.owner, state.fingerprint});
}

}  // namespace caravan
