#pragma once

#include "actors/entity/decision.hpp"
#include "actors/inbox/preferences.hpp"

namespace caravan {

/// A way to reach a person. In-app notifications are always kept; the others go through a provider.
enum class Channel { in_app, email, sms, push };
constexpr auto enum_labels(Channel) { return std::to_array<std::string_view>({"in_app", "email", "sms", "push"}); }

/// High goes out in quiet hours as well.
enum class NotifyPriority { low, normal, high };
constexpr auto enum_labels(NotifyPriority) { return std::to_array<std::string_view>({"low", "normal", "high"}); }

inline Address inbox_of(UserId user) { return {EntityKind::inbox, user.value}; }

/// Tells the inbox's owner something, by a template of config/templates. Taken from other entities and services;
/// from administrators with the permission notifications too, though no row sends theirs.
///
///     decision.send(inbox_of(customer), Notify{"picked_up", {{"deliveryNumber", number}}, .subject = delivery});
struct Notify {
  static constexpr Tag tag{1, "notify"};
  std::string template_id;
  std::map<std::string, std::string> variables;
  std::vector<Channel> channels = {};  // empty: the template's own, as far as the preferences allow
  NotifyPriority priority = NotifyPriority::normal;
  std::optional<Uuid> subject = {};           // what it is about: a delivery, a request …
  std::optional<std::string> recipient = {};  // send there in place of the known contact (a number to be verified)
  static constexpr auto fields() {
    return std::array{field<&Notify::template_id>(1, "templateId", length(1, 100)),
                      field<&Notify::variables>(2, "variables"),
                      field<&Notify::channels>(3, "channels", length(0, 4)),
                      field<&Notify::priority>(4, "priority"),
                      field<&Notify::subject>(5, "subject"),
                      field<&Notify::recipient>(6, "recipient", internal())};
  }
};

/// Where and how the owner is reached; absent fields stay as they are. The first one makes the inbox.
struct UpdateContact {
  static constexpr Tag tag{2, "update_contact"};
  std::optional<std::string> email = {};
  std::optional<std::string> phone = {};
  std::optional<std::string> language = {};
  std::optional<std::string> time_zone = {};
  std::optional<std::string> first_name = {};
  std::optional<bool> email_unproven = {};  // whether anybody but its owner may have given the address
  static constexpr auto fields() {
    return std::array{
        field<&UpdateContact::email>(1, "email"),          field<&UpdateContact::phone>(2, "phone"),
        field<&UpdateContact::language>(3, "language"),    field<&UpdateContact::time_zone>(4, "timeZone"),
        field<&UpdateContact::first_name>(5, "firstName"), field<&UpdateContact::email_unproven>(6, "emailUnproven")};
  }
};

/// The account is gone: devices off, nothing is sent any more.
struct CloseInbox {
  static constexpr Tag tag{3, "close_inbox"};
  static constexpr auto fields() { return no_fields; }
};

/// From the user actor, which owns the preferences.
struct SetNotificationPreferences {
  static constexpr Tag tag{4, "set_notification_preferences"};
  ChannelPreferences channels;
  std::optional<QuietHours> quiet_hours;
  MatchDigest digest = MatchDigest::daily;
  static constexpr auto fields() {
    return std::array{field<&SetNotificationPreferences::channels>(1, "channels"),
                      field<&SetNotificationPreferences::quiet_hours>(2, "quietHours"),
                      field<&SetNotificationPreferences::digest>(3, "digest")};
  }
};

/// The owner has seen it.
struct MarkRead {
  static constexpr Tag tag{5, "mark_read"};
  Uuid notification_id;
  static constexpr auto fields() {
    return std::array{field<&MarkRead::notification_id>(1, "notificationId", internal())};
  }
};

/// The owner has seen all that is there.
struct MarkAllRead {
  static constexpr Tag tag{6, "mark_all_read"};
  static constexpr auto fields() { return no_fields; }
};

/// Takes one out of the inbox. What is on its way is sent all the same: a thief must not hide what tells of them.
struct RemoveNotification {
  static constexpr Tag tag{7, "remove_notification"};
  Uuid notification_id;
  static constexpr auto fields() {
    return std::array{field<&RemoveNotification::notification_id>(1, "notificationId", internal())};
  }
};

enum class DevicePlatform { ios, android, web };
constexpr auto enum_labels(DevicePlatform) { return std::to_array<std::string_view>({"ios", "android", "web"}); }

/// A device that takes push messages. The same token again keeps its id.
struct RegisterDevice {
  static constexpr Tag tag{8, "register_device"};
  std::string token;
  DevicePlatform platform = DevicePlatform::web;
  std::optional<std::string> name = {};
  std::optional<Uuid> session_id = {};  // that asks
  std::optional<Uuid> key_id = {};      // or the API key
  std::optional<Time> key_until = {};   // when that key expires
  static constexpr auto fields() {
    return std::array{field<&RegisterDevice::token>(1, "token", format(schema::Format::token) | length(8, 500)),
                      field<&RegisterDevice::platform>(2, "platform"),
                      field<&RegisterDevice::name>(3, "name", length(1, 100)),
                      field<&RegisterDevice::session_id>(4, "sessionId", internal()),
                      field<&RegisterDevice::key_id>(5, "keyId", internal()),
                      field<&RegisterDevice::key_until>(6, "keyUntil", internal())};
  }
};

struct RemoveDevice {
  static constexpr Tag tag{9, "remove_device"};
  Uuid device_id;
  static constexpr auto fields() { return std::array{field<&RemoveDevice::device_id>(1, "deviceId", internal())}; }
};

/// From the account: a push device goes with the session, or the API key, that registered it. One that names neither is
/// of a build that did not keep it: it goes whenever all do.
struct ForgetDevices {
  static constexpr Tag tag{11, "forget_devices"};
  std::optional<Uuid> of_session = {};  // absent, as `of_key`: all
  std::optional<Uuid> but = {};         // except those of this session; earlier builds set it, nothing does now
  std::optional<Uuid> of_key = {};
  static constexpr auto fields() {
    return std::array{field<&ForgetDevices::of_session>(1, "ofSession"), field<&ForgetDevices::but>(2, "but"),
                      field<&ForgetDevices::of_key>(3, "ofKey")};
  }
};

/// From a request, a trip or a user: what its owner was told of it came to nothing. The matches of which all that is
/// named here holds are in no digest any more, and what waits to be sent of them is not sent.
struct ForgetMatches {
  static constexpr Tag tag{12, "forget_matches"};
  std::optional<RequestId> request_id = {};
  std::optional<TripId> trip_id = {};
  std::optional<UserId> customer_id = {};
  static constexpr auto fields() {
    return std::array{field<&ForgetMatches::request_id>(1, "requestId"), field<&ForgetMatches::trip_id>(2, "tripId"),
                      field<&ForgetMatches::customer_id>(3, "customerId")};
  }
};

/// E-mail off, by the token that every e-mail carries. Security mail still comes.
struct Unsubscribe {
  static constexpr Tag tag{10, "unsubscribe"};
  std::string token;
  static constexpr auto fields() { return std::array{field<&Unsubscribe::token>(1, "token", length(10, 500))}; }
};

/// Newest first, from after `cursor` (the last id of the page before).
struct ListNotifications {
  static constexpr Tag tag{1, "list_notifications"};
  std::optional<int> limit = {};
  std::optional<Uuid> cursor = {};
  std::optional<bool> unread = {};
  static constexpr auto fields() {
    return std::array{field<&ListNotifications::limit>(1, "limit", between(1, 200)),
                      field<&ListNotifications::cursor>(2, "cursor"), field<&ListNotifications::unread>(3, "unread")};
  }
};

struct CountUnread {
  static constexpr Tag tag{2, "count_unread"};
  static constexpr auto fields() { return no_fields; }
};

struct ViewNotification {
  static constexpr Tag tag{3, "view_notification"};
  Uuid notification_id;
  static constexpr auto fields() { return std::array{field<&ViewNotification::notification_id>(1, "notificationId")}; }
};

struct ListAttempts {
  static constexpr Tag tag{4, "list_attempts"};
  Uuid notification_id;
  static constexpr auto fields() { return std::array{field<&ListAttempts::notification_id>(1, "notificationId")}; }
};

struct ListDevices {
  static constexpr Tag tag{5, "list_devices"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
