#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// A way to reach a person. In-app notifications are always kept; the others go through a provider.
enum class Channel { in_app, email, sms, push };
constexpr auto enum_labels(Channel) { return std::to_array<std::string_view>({"in_app", "email", "sms", "push"}); }

/// High goes out in quiet hours as well.
enum class NotifyPriority { low, normal, high };
constexpr auto enum_labels(NotifyPriority) { return std::to_array<std::string_view>({"low", "normal", "high"}); }

inline Address inbox_of(UserId user) { return {EntityKind::inbox, user.value}; }

/// Tells the inbox's owner something, by a template of config/templates. Taken from other entities and services.
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
  static constexpr auto fields() {
    return std::array{field<&UpdateContact::email>(1, "email"), field<&UpdateContact::phone>(2, "phone"),
                      field<&UpdateContact::language>(3, "language"), field<&UpdateContact::time_zone>(4, "timeZone"),
                      field<&UpdateContact::first_name>(5, "firstName")};
  }
};

/// The account is gone: devices off, nothing is sent any more.
struct CloseInbox {
  static constexpr Tag tag{3, "close_inbox"};
  static constexpr auto fields() { return no_fields; }
};

}  // namespace caravan
