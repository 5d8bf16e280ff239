#pragma once

#include "actors/entity/entity.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/inbox/events.hpp"
#include "actors/inbox/state.hpp"
#include "actors/messages/requests.hpp"

namespace caravan {

struct Inbox {
  static constexpr EntityKind kind = EntityKind::inbox;
  using State = InboxState;
  using Rejection = InboxRejection;
  using Creates = List<UpdateContact>;
  using Commands = List<Notify, UpdateContact, CloseInbox, SetNotificationPreferences, MarkRead, MarkAllRead,
                        RemoveNotification, RegisterDevice, RemoveDevice, ForgetDevices, Unsubscribe, MessageSent,
                        MessageFailed, MessageDeferred, TimerFired, ForgetMatches>;
  using Events = List<ContactUpdated, NotificationPreferencesSet, NotificationCreated, NotificationSent,
                      NotificationDelivered, NotificationAttemptFailed, NotificationFailed, NotificationDeferred,
                      NotificationRetried, NotificationRead, NotificationRemoved, DeviceRegistered, DeviceRemoved,
                      InboxClosed, DigestPlanned, DigestEnded, MatchesForgotten>;
  using Queries = List<ListNotifications, CountUnread, ViewNotification, ListAttempts, ListDevices>;
};

/// The stored form of a new notification.
Notification stored(const NotificationCreated& event);
/// Makes a notification and sends it on its way, as a part of a decision. Returns it.
Notification notify(Decision& decision, const InboxState& state, const Context& context, const Notify& command);
/// "retry/<notification>/<channel>": the timer on which the next try waits.
std::string retry_timer(const Uuid& notification, Channel channel);

}  // namespace caravan
