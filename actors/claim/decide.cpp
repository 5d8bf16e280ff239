#include "actors/claim/entity.hpp"

namespace caravan {

namespace {

constexpr std::string_view unconfirmed_timer = "unconfirmed";

}  // namespace

Decision decide(const ClaimState& state, const Context& context, const TakeClaim& command) {
  if (!state.is_free(context.now)) return Decision{}.answer(ClaimHolder{state.owner, state.fingerprint});
  Decision decision;
  decision.emit(ClaimTaken{command.owner, command.fingerprint, !command.until.has_value(), command.lapses});
  if (command.until) decision.set_timer(std::string(unconfirmed_timer), *command.until);
  return decision.answer(ClaimHolder{command.owner, command.fingerprint});
}

Decision decide(const ClaimState& state, const Context&, const ConfirmClaim& command) {
  if (state.owner != command.owner) return reject(ClaimRejection::not_owner);
  if (state.confirmed) return {};
  return Decision{}.emit(ClaimConfirmed{}).clear_timer(std::string(unconfirmed_timer));
}

Decision decide(const ClaimState& state, const Context&, const ReleaseClaim& command) {
  if (state.owner != command.owner) return reject(ClaimRejection::not_owner);
  return Decision{}.emit(ClaimReleased{}).clear_timer(std::string(unconfirmed_timer));
}

Decision decide(const ClaimState& state, const Context&, const TimerFired&) {
  if (state.confirmed) return {};
  return Decision{}.emit(ClaimReleased{});
}

}  // namespace caravan
