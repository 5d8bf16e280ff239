#pragma once

#include "actors/inbox/commands.hpp"

namespace caravan {

/// One notification, as its owner sees it. `title` and `body` are rendered at the edge, in the reader's language.
struct NotificationResource {
  static constexpr std::string_view record_name = "Notification";
  Uuid notification_id;
  std::string template_id;
  std::string title;
  std::string body;
  std::map<std::string, std::string> variables;
  NotifyPriority priority = NotifyPriority::normal;
  std::vector<Channel> channels;
  std::optional<Uuid> subject;
  std::string language;
  bool read = false;
  Time created_at;
  std::string time_zone = "UTC";  // of the reader
  static constexpr auto fields() {
    return std::array{field<&NotificationResource::notification_id>(1, "notificationId"),
                      field<&NotificationResource::template_id>(2, "templateId"),
                      field<&NotificationResource::title>(3, "title"),
                      field<&NotificationResource::body>(4, "body", length(0, 10'000)),
                      field<&NotificationResource::variables>(5, "variables"),
                      field<&NotificationResource::priority>(6, "priority"),
                      field<&NotificationResource::channels>(7, "channels"),
                      field<&NotificationResource::subject>(8, "subject"),
                      field<&NotificationResource::language>(9, "language"),
                      field<&NotificationResource::read>(10, "read"),
                      field<&NotificationResource::created_at>(11, "createdAt"),
                      field<&NotificationResource::time_zone>(12, "timeZone", internal())};
  }
};

struct NotificationList {
  static constexpr std::string_view record_name = "NotificationList";
  std::vector<NotificationResource> items;
  std::optional<std::string> next_cursor;
  static constexpr auto fields() {
    return std::array{field<&NotificationList::items>(1, "items"),
                      field<&NotificationList::next_cursor>(2, "nextCursor")};
  }
};

struct UnreadCount {
  static constexpr std::string_view record_name = "UnreadCount";
  std::int64_t count = 0;
  static constexpr auto fields() { return std::array{field<&UnreadCount::count>(1, "count")}; }
};

/// How one try on one channel ended.
enum class AttemptOutcome { sent, delivered, failed, gave_up, deferred, skipped };
constexpr auto enum_labels(AttemptOutcome) {
  return std::to_array<std::string_view>({"sent", "delivered", "failed", "gave_up", "deferred", "skipped"});
}

struct Attempt {
  static constexpr std::string_view record_name = "Attempt";
  Channel channel = Channel::email;
  int attempt = 0;
  AttemptOutcome outcome = AttemptOutcome::sent;
  Time at;
  std::optional<std::string> provider;
  std::optional<std::string> error;
  std::optional<Time> next_attempt_at;
  static constexpr auto fields() {
    return std::array{field<&Attempt::channel>(1, "channel"),
                      field<&Attempt::attempt>(2, "attempt"),
                      field<&Attempt::outcome>(3, "outcome"),
                      field<&Attempt::at>(4, "at"),
                      field<&Attempt::provider>(5, "provider"),
                      field<&Attempt::error>(6, "error"),
                      field<&Attempt::next_attempt_at>(7, "nextAttemptAt")};
  }
};

struct AttemptList {
  static constexpr std::string_view record_name = "AttemptList";
  std::vector<Attempt> items;
  std::optional<std::string> next_cursor;
  static constexpr auto fields() {
    return std::array{field<&AttemptList::items>(1, "items"), field<&AttemptList::next_cursor>(2, "nextCursor")};
  }
};

/// A push device; its token is shown to nobody.
struct Device {
  static constexpr std::string_view record_name = "Device";
  Uuid device_id;
  std::string token;
  DevicePlatform platform = DevicePlatform::web;
  std::optional<std::string> name;
  Time registered_at;
  std::optional<Uuid> session_id = {};  // that registered it: it goes with it
  std::optional<Uuid> key_id = {};      // the same of an API key
  std::optional<Time> key_until = {};   // when that key expires

  bool expired(Time now) const { return key_until && *key_until <= now; }
  static constexpr auto fields() {
    return std::array{
        field<&Device::device_id>(1, "deviceId"),         field<&Device::token>(2, "token", internal()),
        field<&Device::platform>(3, "platform"),          field<&Device::name>(4, "name"),
        field<&Device::registered_at>(5, "registeredAt"), field<&Device::session_id>(6, "sessionId", internal()),
        field<&Device::key_id>(7, "keyId", internal()),   field<&Device::key_until>(8, "keyUntil", internal())};
  }
};

struct DeviceList {
  static constexpr std::string_view record_name = "DeviceList";
  std::vector<Device> items;
  std::optional<std::string> next_cursor;
  static constexpr auto fields() {
    return std::array{field<&DeviceList::items>(1, "items"), field<&DeviceList::next_cursor>(2, "nextCursor")};
  }
};

}  // namespace caravan
