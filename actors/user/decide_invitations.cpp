#include <algorithm>

#include "actors/request/commands.hpp"
#include "actors/user/entity.hpp"

namespace caravan {

namespace {

Decision refuse(const SentInvitation& sent, InvitationLimit limit) {
  return Decision{}.send({EntityKind::request, sent.request_id.value}, RefuseInvitation{sent.invitation_id, limit});
}

void keep(std::vector<CountedInvitation>& counted, UserId other, Time at) {
  std::erase_if(counted, [&](const CountedInvitation& each) { return !each.counts(at); });
  counted.push_back({other, at});
}

}  // namespace

std::size_t count_since_yesterday(const std::vector<CountedInvitation>& counted, Time now,
                                  std::optional<UserId> other) {
  return static_cast<std::size_t>(std::ranges::count_if(
      counted, [&](const CountedInvitation& each) { return each.counts(now) && (!other || each.other == *other); }));
}

Decision decide(const UserState& state, const Context& context, const CountInvitation& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.closed) return {};
  const SentInvitation& sent = command.sent;
  if (const auto limit = reached_limit(count_since_yesterday(state.asked, context.now), 0, 0))
    return refuse(sent, *limit);
  return Decision{}
      .emit(InvitationCounted{sent.invitation_id, sent.traveler_id, context.now})
      .send(user_address(sent.traveler_id), ReceiveInvitation{sent});
}

Decision decide(const UserState& state, const Context& context, const ReceiveInvitation& command) {
  if (!context.caller.is_platform()) return reject(UserRejection::not_owner);
  if (state.closed) return {};
  const SentInvitation& sent = command.sent;
  if (const auto limit = reached_limit(0, count_since_yesterday(state.invited, context.now),
                                       count_since_yesterday(state.invited, context.now, sent.customer_id)))
    return refuse(sent, *limit);
  return Decision{}
      .emit(InvitationReceived{sent.invitation_id, sent.customer_id, context.now})
      .send(inbox_of(owner(context)), sent.notice);
}

void evolve(UserState& state, const InvitationCounted& event) { keep(state.asked, event.traveler_id, event.at); }

void evolve(UserState& state, const InvitationReceived& event) { keep(state.invited, event.customer_id, event.at); }

}  // namespace caravan
