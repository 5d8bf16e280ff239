#pragma once

#include "actors/inbox/resources.hpp"

namespace caravan {

struct ContactUpdated {
  static constexpr Tag tag{1, "contact.updated"};
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::optional<std::string> language;
  std::optional<std::string> time_zone;
  std::optional<std::string> first_name;
  std::optional<std::string> unsubscribe_token;  // with the first one
  std::optional<bool> email_unproven = {};
  static constexpr auto fields() {
    return std::array{field<&ContactUpdated::email>(1, "email"),
                      field<&ContactUpdated::phone>(2, "phone"),
                      field<&ContactUpdated::language>(3, "language"),
                      field<&ContactUpdated::time_zone>(4, "timeZone"),
                      field<&ContactUpdated::first_name>(5, "firstName"),
                      field<&ContactUpdated::unsubscribe_token>(6, "unsubscribeToken", internal()),
                      field<&ContactUpdated::email_unproven>(7, "emailUnproven")};
  }
};

struct NotificationPreferencesSet {
  static constexpr Tag tag{2, "notification_preferences.set"};
  ChannelPreferences channels;
  std::optional<QuietHours> quiet_hours;
  MatchDigest digest = MatchDigest::daily;
  static constexpr auto fields() {
    return std::array{field<&NotificationPreferencesSet::channels>(1, "channels"),
                      field<&NotificationPreferencesSet::quiet_hours>(2, "quietHours"),
                      field<&NotificationPreferencesSet::digest>(3, "digest")};
  }
};

/// A notification is in the inbox, and on its way on `channels`. The variables may be secrets, such as a mailed token.
/// They stay in the journal and its backups for ever, though the state forgets them once they are sent. No projection
/// or client sees them; `caravan journal dump` does.
struct NotificationCreated {
  static constexpr Tag tag{3, "notification.created"};
  Uuid notification_id;
  std::string template_id;
  std::map<std::string, std::string> variables;
  NotifyPriority priority = NotifyPriority::normal;
  std::vector<Channel> channels;
  std::vector<Channel> skipped;  // asked for, but there is no address for them
  std::optional<Uuid> subject;
  std::optional<std::string> recipient;
  bool listed = true;  // false: a secret, which only its channel shows
  Time at;
  std::optional<Uuid> displaced = {};  // drops out of a full inbox; builds before let the oldest drop
  static constexpr auto fields() {
    return std::array{field<&NotificationCreated::notification_id>(1, "notificationId"),
                      field<&NotificationCreated::template_id>(2, "templateId"),
                      field<&NotificationCreated::variables>(3, "variables", internal()),
                      field<&NotificationCreated::priority>(4, "priority"),
                      field<&NotificationCreated::channels>(5, "channels"),
                      field<&NotificationCreated::skipped>(6, "skipped"),
                      field<&NotificationCreated::subject>(7, "subject"),
                      field<&NotificationCreated::recipient>(8, "recipient", internal()),
                      field<&NotificationCreated::listed>(9, "listed"),
                      field<&NotificationCreated::at>(10, "at"),
                      field<&NotificationCreated::displaced>(11, "displaced")};
  }
};

struct NotificationSent {
  static constexpr Tag tag{4, "notification.sent"};
  Uuid notification_id;
  Channel channel = Channel::email;
  std::string provider;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&NotificationSent::notification_id>(1, "notificationId"),
                      field<&NotificationSent::channel>(2, "channel"),
                      field<&NotificationSent::provider>(3, "provider"), field<&NotificationSent::at>(4, "at")};
  }
};

struct NotificationDelivered {
  static constexpr Tag tag{5, "notification.delivered"};
  Uuid notification_id;
  Channel channel = Channel::email;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&NotificationDelivered::notification_id>(1, "notificationId"),
                      field<&NotificationDelivered::channel>(2, "channel"), field<&NotificationDelivered::at>(3, "at")};
  }
};

/// Of earlier builds, in which the inbox repeated: one try failed; the next is due at `next_attempt_at`.
struct NotificationAttemptFailed {
  static constexpr Tag tag{6, "notification.attempt_failed"};
  Uuid notification_id;
  Channel channel = Channel::email;
  std::string provider;
  std::string error;
  Time at;
  Time next_attempt_at;
  static constexpr auto fields() {
    return std::array{field<&NotificationAttemptFailed::notification_id>(1, "notificationId"),
                      field<&NotificationAttemptFailed::channel>(2, "channel"),
                      field<&NotificationAttemptFailed::provider>(3, "provider"),
                      field<&NotificationAttemptFailed::error>(4, "error"),
                      field<&NotificationAttemptFailed::at>(5, "at"),
                      field<&NotificationAttemptFailed::next_attempt_at>(6, "nextAttemptAt")};
  }
};

/// The channel gave up: a dead letter.
struct NotificationFailed {
  static constexpr Tag tag{7, "notification.failed"};
  Uuid notification_id;
  Channel channel = Channel::email;
  std::string provider;
  std::string error;
  int attempts = 0;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&NotificationFailed::notification_id>(1, "notificationId"),
                      field<&NotificationFailed::channel>(2, "channel"),
                      field<&NotificationFailed::provider>(3, "provider"),
                      field<&NotificationFailed::error>(4, "error"),
                      field<&NotificationFailed::attempts>(5, "attempts"),
                      field<&NotificationFailed::at>(6, "at")};
  }
};

/// It waits: until quiet hours end, or for its turn after one that it repeats.
struct NotificationDeferred {
  static constexpr Tag tag{8, "notification.deferred"};
  Uuid notification_id;
  Channel channel = Channel::email;
  Time at;
  Time until;
  std::optional<std::string> reason = {};  // absent: quiet hours
  static constexpr auto fields() {
    return std::array{field<&NotificationDeferred::notification_id>(1, "notificationId"),
                      field<&NotificationDeferred::channel>(2, "channel"), field<&NotificationDeferred::at>(3, "at"),
                      field<&NotificationDeferred::until>(4, "until"),
                      field<&NotificationDeferred::reason>(5, "reason")};
  }
};

/// The wait is over and the next try is under way.
struct NotificationRetried {
  static constexpr Tag tag{9, "notification.retried"};
  Uuid notification_id;
  Channel channel = Channel::email;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&NotificationRetried::notification_id>(1, "notificationId"),
                      field<&NotificationRetried::channel>(2, "channel"), field<&NotificationRetried::at>(3, "at")};
  }
};

struct NotificationRead {
  static constexpr Tag tag{10, "notification.read"};
  std::optional<Uuid> notification_id;  // absent: all
  static constexpr auto fields() { return std::array{field<&NotificationRead::notification_id>(1, "notificationId")}; }
};

struct NotificationRemoved {
  static constexpr Tag tag{11, "notification.removed"};
  Uuid notification_id;
  bool goes_on = false;  // what is on its way is sent; then it is forgotten
  static constexpr auto fields() {
    return std::array{field<&NotificationRemoved::notification_id>(1, "notificationId"),
                      field<&NotificationRemoved::goes_on>(2, "goesOn")};
  }
};

struct DeviceRegistered {
  static constexpr Tag tag{12, "device.registered"};
  Device device;
  static constexpr auto fields() { return std::array{field<&DeviceRegistered::device>(1, "device")}; }
};

struct DeviceRemoved {
  static constexpr Tag tag{13, "device.removed"};
  Uuid device_id;
  static constexpr auto fields() { return std::array{field<&DeviceRemoved::device_id>(1, "deviceId")}; }
};

/// A mail will gather the matches that come until then.
struct DigestPlanned {
  static constexpr Tag tag{15, "digest.planned"};
  Time due;
  static constexpr auto fields() { return std::array{field<&DigestPlanned::due>(1, "due")}; }
};

/// Its time has come.
struct DigestEnded {
  static constexpr Tag tag{16, "digest.ended"};
  std::int32_t count = 0;  // of matches that it tells; none: no mail went out
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DigestEnded::count>(1, "count"), field<&DigestEnded::at>(2, "at")};
  }
};

/// No digest names them any more.
struct MatchesForgotten {
  static constexpr Tag tag{17, "matches.forgotten"};
  std::vector<Uuid> notification_ids;
  static constexpr auto fields() {
    return std::array{field<&MatchesForgotten::notification_ids>(1, "notificationIds")};
  }
};

struct InboxClosed {
  static constexpr Tag tag{14, "inbox.closed"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
