#include <algorithm>

#include "actors/inbox/entity.hpp"

namespace caravan {

namespace {

constexpr std::size_t default_page = 50;

bool may_read(const Context& context) {
  return context.caller.is_user(UserId{context.self.id}) || context.caller.is_platform();
}

NotificationResource resource(const InboxState& state, const Notification& notification) {
  return {notification.id,
          notification.template_id,
          {},
          {},
          notification.variables,
          notification.priority,
          notification.channels,
          notification.subject,
          state.language,
          notification.read,
          notification.created_at,
          state.time_zone};
}

}  // namespace

Answer answer(const InboxState& state, const Context& context, const ListNotifications& query) {
  if (!may_read(context)) return refuse(InboxRejection::not_owner);
  const std::size_t limit = query.limit ? static_cast<std::size_t>(*query.limit) : default_page;
  const bool unread_only = query.unread.value_or(false);
  NotificationList list;
  bool before_page = query.cursor.has_value();
  for (auto it = state.notifications.rbegin(); it != state.notifications.rend(); ++it) {
    if (before_page) {
      // Ids sort by time: a page goes on rightly even where its last notification is gone by now.
      if (it->id >= *query.cursor) continue;
      before_page = false;
    }
    if (!it->shown() || (unread_only && it->read)) continue;
    if (list.items.size() == limit) {
      list.next_cursor = list.items.back().notification_id.text();
      break;
    }
    list.items.push_back(resource(state, *it));
  }
  return show(std::move(list));
}

Answer answer(const InboxState& state, const Context& context, const CountUnread&) {
  if (!may_read(context)) return refuse(InboxRejection::not_owner);
  return show(UnreadCount{
      std::ranges::count_if(state.notifications, [](const Notification& n) { return n.shown() && !n.read; })});
}

Answer answer(const InboxState& state, const Context& context, const ViewNotification& query) {
  if (!may_read(context)) return refuse(InboxRejection::not_owner);
  const Notification* notification = state.find(query.notification_id);
  if (!notification || !notification->shown()) return refuse(InboxRejection::no_notification);
  return show(resource(state, *notification));
}

Answer answer(const InboxState& state, const Context& context, const ListAttempts& query) {
  if (!may_read(context)) return refuse(InboxRejection::not_owner);
  const Notification* notification = state.find(query.notification_id);
  if (!notification || !notification->shown()) return refuse(InboxRejection::no_notification);
  return show(AttemptList{notification->attempts, {}});
}

Answer answer(const InboxState& state, const Context& context, const ListDevices&) {
  if (!may_read(context)) return refuse(InboxRejection::not_owner);
  return show(DeviceList{state.devices, {}});
}

}  // namespace caravan
