#include <algorithm>

#include "actors/request/commands.hpp"
#include "actors/user/entity.hpp"

namespace caravan {

namespace {

Decision turn_away(const SentInvitation& sent, InvitationLimit limit) {
  return Decision{}.send({EntityKind::request, sent.request_id.value}, RefuseInvitation{sent.invitation_id, limit});
}

}  // namespace

std::size_t count_since_yesterday(const std::vector<CountedInvitation>& counted, Time now,
                                  std::optional<UserId> other) {
  return static_cast<std::size_t>(std::ranges::count_if(
      counted, [&](const CountedInvitation& each) { return each.counts(now) && (!other || each.other == *other); }));
}

std::size_t newcomers_since_yesterday(const std::vector<CountedInvitation>& invited, Time now) {
  return static_cast<std::size_t>(std::ranges::count_if(
      invited, [&](const CountedInvitation& each) { return each.is_of_newcomer && each.counts(now); }));
}

Decision decide(const UserState& state, const Context& context, const CountInvitation& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const SentInvitation& sent = command.sent;
  if (sent.ends) return Decision{}.send(user_address(sent.traveler_id), ReceiveInvitation{sent});
  if (state.closed) return {};
  if (const auto limit = reached_limit(count_since_yesterday(state.asked, context.now), {}))
    return turn_away(sent, *limit);
  ReceiveInvitation to_traveler{sent};
  to_traveler.sent.notice.variables["other"] = state.first_name;
  to_traveler.sent.is_of_newcomer = state.is_newcomer();
  return Decision{}
      .emit(InvitationCounted{sent.invitation_id, sent.traveler_id, context.now})
      .send(user_address(sent.traveler_id), std::move(to_traveler));
}

Decision decide(const UserState& state, const Context& context, const ReceiveInvitation& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  const SentInvitation& sent = command.sent;
  if (sent.ends) return Decision{}.send(inbox_of(owner(context)), sent.notice);
  if (state.closed) return {};
  InvitedToday invited{count_since_yesterday(state.invited, context.now),
                       count_since_yesterday(state.invited, context.now, sent.customer_id)};
  if (sent.is_of_newcomer) invited.by_newcomers = newcomers_since_yesterday(state.invited, context.now);
  if (const auto limit = reached_limit(0, invited)) return turn_away(sent, *limit);
  return Decision{}
      .emit(InvitationReceived{sent.invitation_id, sent.customer_id, context.now, sent.is_of_newcomer})
      .send(inbox_of(owner(context)), sent.notice);
}

}  // namespace caravan
