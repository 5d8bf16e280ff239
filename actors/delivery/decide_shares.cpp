#include <algorithm>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"

namespace caravan {

using namespace delivery;

bool delivery::end_shares_of(Decision& decision, const DeliveryState& state, const Context& context, UserId whose) {
  std::vector<Uuid> ended;
  for (const Share& share : state.shares)
    if (share.by == whose && delivery_policy::is_shown(state, share, context.now)) ended.push_back(share.share_id);
  if (ended.empty()) return false;
  decision.emit(DeliverySharesEnded{std::move(ended), "platform", context.now});
  return true;
}

Decision decide(const DeliveryState& state, const Context& context, const ShareDelivery& command) {
  if (auto why = not_party(state, context.caller)) return reject(*why);
  // It would show the way long after the service has ended.
  if (context.caller.is_acting())
    return reject(DeliveryRejection::forbidden, "A link is made by one of the two sides, by no service in their name.");
  // It would show the way as well to whoever found the key, until long after that one was revoked.
  if (context.caller.api_key)
    return reject(DeliveryRejection::forbidden, "A link is made by whoever signed in, not by an API key.");
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  const auto live = std::ranges::count_if(
      state.shares, [&](const Share& share) { return delivery_policy::is_shown(state, share, context.now); });
  if (live >= delivery_policy::max_shares)
    return reject(DeliveryRejection::limit_reached,
                  "A delivery has at most " + std::to_string(delivery_policy::max_shares) + " links: end one first.");
  const Duration life =
      command.expires_in_hours ? std::chrono::hours{*command.expires_in_hours} : delivery_policy::share_life;
  const std::string token = context.token(context.secret(delivery_policy::share_secret_bytes));
  const Share share{context.new_uuid(), context.caller.user, command.shows.value_or(SharedThings{}),
                    context.now,        context.now + life,  context.crypto.sha256_hex(token)};
  Decision decision;
  decision.answer(ShareResource{share.share_id, share.by, share.shows, share.created_at, share.expires_at, {}, token});
  decision.emit(DeliveryShared{share});
  // A thief of the session reads the inbox too, and not the mailbox. Whoever showed the password a moment ago needs no
  // mail.
  std::vector<Channel> channels;
  if (!context.caller.is_stale_session()) channels = {Channel::in_app};
  tell(decision, state, context, share.by, "tracking_link_made", {{"shownUntil", to_rfc3339(share.expires_at)}},
       std::move(channels));
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const EndShare& command) {
  if (auto why = not_party(state, context.caller)) return reject(*why);
  const auto found = std::ranges::find(state.shares, command.share_id, &Share::share_id);
  if (found == state.shares.end() || !delivery_policy::is_shown(state, *found, context.now))
    return reject(DeliveryRejection::not_found);
  const bool is_customer = context.caller.is_user(state.terms.customer);
  if (!is_customer && found->by != context.caller.user)
    return reject(DeliveryRejection::forbidden, "The traveler ends the links that they made.");
  return Decision{}.emit(DeliverySharesEnded{{command.share_id}, is_customer ? "customer" : "traveler", context.now});
}

}  // namespace caravan
