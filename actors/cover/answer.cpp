#include "actors/cover/entity.hpp"

namespace caravan {

Answer answer(const CoverState& state, const Context& context, const ViewCover&) {
  if (!context.caller.may(Permission::finance) && !context.caller.is_platform())
    return refuse(CoverRejection::not_found);
  return show(state);
}

}  // namespace caravan
