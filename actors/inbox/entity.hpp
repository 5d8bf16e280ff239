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
  using Commands =
      List<Notify, UpdateContact, CloseInbox, SetNotificationPreferences, MarkRead, MarkAllRead, RemoveNotification,
           RegisterDevice, RemoveDevice, Unsubscribe, MessageSent, MessageFailed, MessageDeferred, TimerFired>;
  using Events =
      List<ContactUpdated, NotificationPreferencesSet, NotificationCreated, NotificationSent, NotificationDelivered,
           NotificationAttemptFailed, NotificationFailed, NotificationDeferred, NotificationRetried, NotificationRead,
           NotificationRemoved, DeviceRegistered, DeviceRemoved, InboxClosed>;
  using Queries = List<ListNotifications, CountUnread, ViewNotification, ListAttempts, ListDevices>;
};

/// The stored form of a new notification.
Notification stored(const NotificationCreated& event);
/// "retry/<notification>/<channel>": the timer on which the next try waits.
std::string retry_timer(const Uuid& notification, Channel channel);

}  // namespace caravan
