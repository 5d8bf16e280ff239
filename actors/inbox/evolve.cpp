#include <algorithm>

#include "actors/inbox/entity.hpp"

namespace caravan {

namespace {

void remember(Notification& notification, Attempt attempt) {
  if (notification.attempts.size() >= max_attempts_kept) notification.attempts.erase(notification.attempts.begin());
  notification.attempts.push_back(std::move(attempt));
}

/// Forgets a secret once no channel needs it any more.
void forget_secret(Notification& notification) {
  if (notification.listed || notification.open()) return;
  notification.variables.clear();
  notification.recipient.reset();
}

/// Forgets what a channel that is through needs no more: a secret, or all of what its owner has removed.
void forget_sent(InboxState& state, Notification& notification) {
  forget_secret(notification);
  if (notification.removed && !notification.open())
    std::erase_if(state.notifications, [id = notification.id](const Notification& other) { return other.id == id; });
}

}  // namespace

Dispatch* Notification::dispatch(Channel channel) {
  const auto found = std::ranges::find(dispatches, channel, &Dispatch::channel);
  return found == dispatches.end() ? nullptr : &*found;
}

Notification* InboxState::find(const Uuid& id) {
  const auto found = std::ranges::find(notifications, id, &Notification::id);
  return found == notifications.end() ? nullptr : &*found;
}

Notification stored(const NotificationCreated& event) {
  Notification out;
  out.id = event.notification_id;
  out.template_id = event.template_id;
  out.variables = event.variables;
  out.priority = event.priority;
  out.channels = event.channels;
  out.subject = event.subject;
  out.recipient = event.recipient;
  out.listed = event.listed;
  out.created_at = event.at;
  for (const Channel channel : event.channels)
    if (channel == Channel::in_app)
      remember(out, {channel, 1, AttemptOutcome::delivered, event.at, {}, {}, {}});
    else
      out.dispatches.push_back({channel, DispatchState::sending, 1, 0});
  for (const Channel channel : event.skipped)
    remember(out, {channel, 0, AttemptOutcome::skipped, event.at, {}, "no address for this channel", {}});
  return out;
}

void evolve(InboxState& state, const ContactUpdated& event) {
  state.opened = true;
  if (event.email) state.email = *event.email;
  if (event.phone) state.phone = *event.phone;
  if (event.language) state.language = *event.language;
  if (event.time_zone) state.time_zone = *event.time_zone;
  if (event.first_name) state.first_name = *event.first_name;
  if (event.email_unproven) state.email_unproven = *event.email_unproven;
  if (event.unsubscribe_token) state.unsubscribe_token = *event.unsubscribe_token;
}

void evolve(InboxState& state, const NotificationPreferencesSet& event) {
  state.channels = event.channels;
  state.quiet_hours = event.quiet_hours;
  state.digest = event.digest;
}

void evolve(InboxState& state, const DigestPlanned& event) { state.digest_due = event.due; }

void evolve(InboxState& state, const DigestEnded& event) {
  state.digest_due.reset();
  if (event.count > 0) state.last_digest = event.at;
}

void evolve(InboxState& state, const MatchesForgotten& event) {
  for (const Uuid& id : event.notification_ids)
    if (Notification* match = state.find(id)) match->is_over = true;
}

void evolve(InboxState& state, const NotificationCreated& event) {
  if (event.displaced)
    std::erase_if(state.notifications, [&](const Notification& other) { return other.id == *event.displaced; });
  else if (state.notifications.size() >= max_notifications)
    state.notifications.erase(state.notifications.begin());
  state.notifications.push_back(stored(event));
  forget_secret(state.notifications.back());
}

void evolve(InboxState& state, const NotificationSent& event) {
  Notification* notification = state.find(event.notification_id);
  Dispatch* dispatch = notification ? notification->dispatch(event.channel) : nullptr;
  if (!dispatch) return;
  dispatch->state = DispatchState::sent;
  remember(*notification, {event.channel, dispatch->attempts, AttemptOutcome::sent, event.at, event.provider, {}, {}});
  forget_sent(state, *notification);
}

void evolve(InboxState& state, const NotificationDelivered& event) {
  Notification* notification = state.find(event.notification_id);
  Dispatch* dispatch = notification ? notification->dispatch(event.channel) : nullptr;
  if (!dispatch) return;
  dispatch->state = DispatchState::delivered;
  remember(*notification, {event.channel, dispatch->attempts, AttemptOutcome::delivered, event.at, {}, {}, {}});
}

void evolve(InboxState& state, const NotificationAttemptFailed& event) {
  Notification* notification = state.find(event.notification_id);
  Dispatch* dispatch = notification ? notification->dispatch(event.channel) : nullptr;
  if (!dispatch) return;
  dispatch->state = DispatchState::waiting;
  remember(*notification, {event.channel, dispatch->attempts, AttemptOutcome::failed, event.at, event.provider,
                           event.error, event.next_attempt_at});
}

void evolve(InboxState& state, const NotificationFailed& event) {
  Notification* notification = state.find(event.notification_id);
  Dispatch* dispatch = notification ? notification->dispatch(event.channel) : nullptr;
  if (!dispatch) return;
  dispatch->state = DispatchState::dead;
  remember(*notification,
           {event.channel, dispatch->attempts, AttemptOutcome::gave_up, event.at, event.provider, event.error, {}});
  forget_sent(state, *notification);
}

void evolve(InboxState& state, const NotificationDeferred& event) {
  Notification* notification = state.find(event.notification_id);
  Dispatch* dispatch = notification ? notification->dispatch(event.channel) : nullptr;
  if (!dispatch) return;
  dispatch->state = DispatchState::waiting;
  --dispatch->attempts;
  if (!event.reason) ++dispatch->deferrals;
  remember(*notification, {event.channel,
                           dispatch->attempts,
                           AttemptOutcome::deferred,
                           event.at,
                           {},
                           event.reason.value_or("quiet hours"),
                           event.until});
}

void evolve(InboxState& state, const NotificationRetried& event) {
  Notification* notification = state.find(event.notification_id);
  Dispatch* dispatch = notification ? notification->dispatch(event.channel) : nullptr;
  if (!dispatch) return;
  dispatch->state = DispatchState::sending;
  ++dispatch->attempts;
}

void evolve(InboxState& state, const NotificationRead& event) {
  for (Notification& notification : state.notifications)
    if (!event.notification_id || notification.id == *event.notification_id) notification.read = true;
}

void evolve(InboxState& state, const NotificationRemoved& event) {
  Notification* notification = state.find(event.notification_id);
  if (!notification) return;
  notification->removed = true;
  if (!event.goes_on || !notification->open())
    std::erase_if(state.notifications, [&](const Notification& n) { return n.id == event.notification_id; });
}

void evolve(InboxState& state, const DeviceRegistered& event) {
  std::erase_if(state.devices, [&](const Device& d) { return d.device_id == event.device.device_id; });
  state.devices.push_back(event.device);
}

void evolve(InboxState& state, const DeviceRemoved& event) {
  std::erase_if(state.devices, [&](const Device& d) { return d.device_id == event.device_id; });
}

void evolve(InboxState& state, const InboxClosed&) {
  InboxState closed;
  closed.opened = true;
  closed.closed = true;
  state = std::move(closed);
}

}  // namespace caravan
