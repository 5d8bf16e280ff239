#pragma once

#include <algorithm>

#include "actors/inbox/events.hpp"

namespace caravan {

/// Where one channel of a notification stands.
enum class DispatchState { sending, waiting, sent, delivered, dead };
constexpr auto enum_labels(DispatchState) {
  return std::to_array<std::string_view>({"sending", "waiting", "sent", "delivered", "dead"});
}

struct Dispatch {
  static constexpr std::string_view record_name = "Dispatch";
  Channel channel = Channel::email;
  DispatchState state = DispatchState::sending;
  int attempts = 0;   // tries that began; those that were put off do not count
  int deferrals = 0;  // times that quiet hours put it off; a pause between repeats does not count
  bool open() const { return state == DispatchState::sending || state == DispatchState::waiting; }
  static constexpr auto fields() {
    return std::array{field<&Dispatch::channel>(1, "channel"), field<&Dispatch::state>(2, "state"),
                      field<&Dispatch::attempts>(3, "attempts"), field<&Dispatch::deferrals>(4, "deferrals")};
  }
};

struct Notification {
  static constexpr std::string_view record_name = "StoredNotification";
  Uuid id;
  std::string template_id;
  std::map<std::string, std::string> variables;  // dropped once sent where the notification is not listed
  NotifyPriority priority = NotifyPriority::normal;
  std::vector<Channel> channels;
  std::optional<Uuid> subject;
  std::optional<std::string> recipient;
  bool listed = true;
  bool read = false;
  Time created_at;
  std::vector<Dispatch> dispatches;
  std::vector<Attempt> attempts;
  bool removed = false;  // by the owner; it is kept until it is sent
  bool is_over = false;  // a match that came to nothing

  /// Whether its owner sees it in the inbox.
  bool shown() const { return listed && !removed; }
  /// Whether any channel is not through.
  bool open() const { return std::ranges::any_of(dispatches, &Dispatch::open); }
  Dispatch* dispatch(Channel channel);
  const Dispatch* dispatch(Channel channel) const { return const_cast<Notification*>(this)->dispatch(channel); }

  static constexpr auto fields() {
    return std::array{field<&Notification::id>(1, "id"),
                      field<&Notification::template_id>(2, "templateId"),
                      field<&Notification::variables>(3, "variables", internal()),
                      field<&Notification::priority>(4, "priority"),
                      field<&Notification::channels>(5, "channels"),
                      field<&Notification::subject>(6, "subject"),
                      field<&Notification::recipient>(7, "recipient", internal()),
                      field<&Notification::listed>(8, "listed"),
                      field<&Notification::read>(9, "read"),
                      field<&Notification::created_at>(10, "createdAt"),
                      field<&Notification::dispatches>(11, "dispatches"),
                      field<&Notification::attempts>(12, "attempts"),
                      field<&Notification::removed>(13, "removed"),
                      field<&Notification::is_over>(14, "isOver")};
  }
};

inline constexpr std::size_t max_notifications = 1'000;  // then the oldest drops that is sent
inline constexpr std::size_t max_attempts_kept = 40;     // of one notification; older ones drop
inline constexpr std::size_t max_devices = 20;
inline constexpr int max_deferrals = 3;  // then it is sent whatever the hour

/// A person's notifications, and how and when they may be reached.
struct InboxState {
  bool opened = false;
  bool closed = false;
  std::string email;
  std::string phone;
  std::string language = "en";
  std::string time_zone = "UTC";
  std::string first_name;
  std::string unsubscribe_token;
  ChannelPreferences channels;
  std::optional<QuietHours> quiet_hours;
  std::vector<Device> devices;
  std::vector<Notification> notifications;  // oldest first
  bool email_unproven = false;              // it may be somebody else's: no words of this person go there
  MatchDigest digest = MatchDigest::daily;
  std::optional<Time> digest_due, last_digest;  // the mail that gathers matches: the next, and the last that went out

  bool exists() const { return opened; }
  Notification* find(const Uuid& id);
  const Notification* find(const Uuid& id) const { return const_cast<InboxState*>(this)->find(id); }

  static constexpr std::string_view record_name = "InboxState";
  static constexpr auto fields() {
    return std::array{field<&InboxState::opened>(1, "opened"),
                      field<&InboxState::closed>(2, "closed"),
                      field<&InboxState::email>(3, "email"),
                      field<&InboxState::phone>(4, "phone"),
                      field<&InboxState::language>(5, "language"),
                      field<&InboxState::time_zone>(6, "timeZone"),
                      field<&InboxState::first_name>(7, "firstName"),
                      field<&InboxState::unsubscribe_token>(8, "unsubscribeToken", internal()),
                      field<&InboxState::channels>(9, "channels"),
                      field<&InboxState::quiet_hours>(10, "quietHours"),
                      field<&InboxState::devices>(11, "devices"),
                      field<&InboxState::notifications>(12, "notifications", length(0, max_notifications)),
                      field<&InboxState::email_unproven>(13, "emailUnproven"),
                      field<&InboxState::digest>(14, "digest"),
                      field<&InboxState::digest_due>(15, "digestDue"),
                      field<&InboxState::last_digest>(16, "lastDigest")};
  }
};

enum class InboxRejection {
  not_found,
  not_owner,
  no_notification,
  no_device,
  too_many_devices,
  token_invalid,
  reserved_template
};
constexpr auto enum_labels(InboxRejection) {
  return std::to_array<std::string_view>(
      {"not_found", "not_owner", "not_found", "not_found", "limit_reached", "token_invalid", "permission_denied"});
}

}  // namespace caravan
