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

Decision decide(const InboxState&, const Context&, const Notify&);
Decision decide(const InboxState&, const Context&, const UpdateContact&);
Decision decide(const InboxState&, const Context&, const CloseInbox&);
Decision decide(const InboxState&, const Context&, const SetNotificationPreferences&);
Decision decide(const InboxState&, const Context&, const MarkRead&);
Decision decide(const InboxState&, const Context&, const MarkAllRead&);
Decision decide(const InboxState&, const Context&, const RemoveNotification&);
Decision decide(const InboxState&, const Context&, const RegisterDevice&);
Decision decide(const InboxState&, const Context&, const RemoveDevice&);
Decision decide(const InboxState&, const Context&, const Unsubscribe&);
Decision decide(const InboxState&, const Context&, const MessageSent&);
Decision decide(const InboxState&, const Context&, const MessageFailed&);
Decision decide(const InboxState&, const Context&, const MessageDeferred&);
Decision decide(const InboxState&, const Context&, const TimerFired&);
void evolve(InboxState&, const ContactUpdated&);
void evolve(InboxState&, const NotificationPreferencesSet&);
void evolve(InboxState&, const NotificationCreated&);
void evolve(InboxState&, const NotificationSent&);
void evolve(InboxState&, const NotificationDelivered&);
void evolve(InboxState&, const NotificationAttemptFailed&);
void evolve(InboxState&, const NotificationFailed&);
void evolve(InboxState&, const NotificationDeferred&);
void evolve(InboxState&, const NotificationRetried&);
void evolve(InboxState&, const NotificationRead&);
void evolve(InboxState&, const NotificationRemoved&);
void evolve(InboxState&, const DeviceRegistered&);
void evolve(InboxState&, const DeviceRemoved&);
void evolve(InboxState&, const InboxClosed&);
Answer answer(const InboxState&, const Context&, const ListNotifications&);
Answer answer(const InboxState&, const Context&, const CountUnread&);
Answer answer(const InboxState&, const Context&, const ViewNotification&);
Answer answer(const InboxState&, const Context&, const ListAttempts&);
Answer answer(const InboxState&, const Context&, const ListDevices&);

/// The stored form of a new notification.
Notification stored(const NotificationCreated& event);
/// "retry/<notification>/<channel>": the timer on which the next try waits.
std::string retry_timer(const Uuid& notification, Channel channel);

}  // namespace caravan
