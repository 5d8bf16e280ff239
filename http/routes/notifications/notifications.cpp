#include "http/routes/notifications/notifications.hpp"

#include "actors/inbox/catalog.hpp"
#include "actors/values/token.hpp"
#include "http/access/accounts.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "http/routes/notifications/notification_bodies.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

namespace {

Address own_inbox(Call& call) { return inbox_of(call.user()); }

/// Puts the words in, in the reader's language.
void write_out(NotificationResource& notification) {
  if (auto words = message_templates().render(notification.template_id, notification.language, notification.variables,
                                              notification.time_zone)) {
    notification.title = std::move(words->subject);
    notification.body = std::move(words->body);
  }
}

Response send(Call& call) {
  const auto& body = call.body<SendBody>();
  if (!message_templates().knows(body.template_id))
    throw Problem{.code = "validation_failed", .errors = {{"templateId", "unknown", "no such template"}}};
  Notify command{body.template_id, body.variables, body.channels, body.priority.value_or(NotifyPriority::normal),
                 body.subject};
  const Reply reply = call.ask(inbox_of(body.user_id), std::move(command));
  NotificationResource notification = call.resource<NotificationResource>(reply);
  notification.variables = body.variables;
  write_out(notification);
  return call.answer(AnyRecord(std::move(notification)));
}

Response list_notifications(Call& call) {
  NotificationList list =
      call.resource<NotificationList>(call.ask_query(own_inbox(call), call.query<ListNotifications>()));
  for (NotificationResource& notification : list.items) write_out(notification);
  return call.list(list.items, list.next_cursor);
}

Response mark_read(Call& call) {
  const Uuid id = call.path_uuid("notificationId");
  NotificationResource notification =
      call.resource<NotificationResource>(call.ask(own_inbox(call), MarkRead{id}, ViewNotification{id}));
  write_out(notification);
  return call.answer(AnyRecord(std::move(notification)));
}

Response list_attempts(Call& call) {
  const Uuid id = call.path_uuid("notificationId");
  return call.list(call.resource<AttemptList>(call.ask_query(own_inbox(call), ListAttempts{id})).items);
}

Response list_devices(Call& call) {
  return call.list(call.resource<DeviceList>(call.ask_query(own_inbox(call), ListDevices{})).items);
}

/// What the device goes with. It would read the user's messages long after a service has ended, so that no service
/// registers one in a user's name.
void name_registrant(Call& call, RegisterDevice& command) {
  if (call.caller().is_acting()) throw Problem{"forbidden", "A device is registered by the user alone."};
  if (const Uuid& session = call.identity().session; !session.is_nil()) command.session_id = session;
  command.key_id = call.caller().api_key;
  command.key_until = call.identity().key_until;
}

}  // namespace

Response unsubscribe(Call& call, const std::string& token) {
  const Unsubscribe command{token};
  const auto parts = parse_token(sodium_crypto, token);
  if (!parts) throw Problem{"token_invalid"};
  const Address inbox = inbox_of(UserId{parts->owner});
  if (!exists(call.door(), inbox)) throw Problem{"token_invalid"};
  const Reply reply = call.try_ask(inbox, command);
  if (reply.outcome == Outcome::rejected) throw Problem{"token_invalid"};
  if (reply.outcome != Outcome::done) throw Problem{.code = "unavailable", .retry_after = std::chrono::seconds{1}};
  return call.nothing();
}

std::vector<Route> notification_routes(Services&) {
  constexpr auto inbox = by_caller(EntityKind::inbox);
  return {
      post("/notifications/send", service, "Template, variables, channels, priority")
          .body<SendBody>()
          .answers<NotificationResource>(202)
          .handle(send),
      get("/notifications", user, "Inbox")
          .query<ListNotifications>()
          .lists_own<NotificationResource>()
          .handle(list_notifications),
      get("/notifications/unread-count", user, "Count").view<CountUnread>(inbox).answers<UnreadCount>(),
      post("/notifications/:notificationId/read", user, "Mark read").answers<NotificationResource>().handle(mark_read),
      post("/notifications/read-all", user, "Mark all")
          .command<MarkAllRead>(inbox)
          .then<CountUnread>()
          .answers<UnreadCount>(),
      del("/notifications/:notificationId", user, "Remove").command<RemoveNotification>(inbox).answers_nothing(),
      get("/notifications/:notificationId/attempts", user, "Each channel's attempts and outcome")
          .lists_own<Attempt>()
          .handle(list_attempts),
      get("/notifications/devices", user, "Push devices").lists_own<Device>().handle(list_devices),
      post("/notifications/devices", user, "Register a device token")
          .command<RegisterDevice>(inbox, name_registrant)
          .answers<Device>(201),
      del("/notifications/devices/:deviceId", user, "Remove").command<RemoveDevice>(inbox).answers_nothing(),
      post("/notifications/unsubscribe", anyone, "One-click, by a random token of the inbox")
          .body<Unsubscribe>()
          .without_key()
          .answers_nothing()
          .handle([](Call& call) { return unsubscribe(call, call.body<Unsubscribe>().token); }),
  };
}

}  // namespace caravan::http
