#pragma once

#include "actors/entity/outside.hpp"
#include "actors/inbox/commands.hpp"

namespace caravan {

inline const Address messages_address{EntityKind::messages, {}};

/// Asks the messages provider to render a template and send it. The provider answers MessageSent, MessageFailed or
/// MessageDeferred to the sender; the same effect key is the same message.
struct SendMessage {
  static constexpr Tag tag{1, "send_message"};
  Uuid notification_id;
  Channel channel = Channel::email;
  std::vector<std::string> to;  // an e-mail address, a telephone number, or device tokens
  std::string template_id;
  std::string language;
  std::map<std::string, std::string> variables;
  NotifyPriority priority = NotifyPriority::normal;
  Time at;  // when it was decided: what quiet hours are judged by
  std::string time_zone;
  /// Minutes after local midnight between which nothing but high priority is sent; equal: no quiet hours.
  int quiet_from = 0;
  int quiet_to = 0;
  int attempt = 1;
  std::optional<Uuid> subject = {};
  Term term = {};
  static constexpr auto fields() {
    return std::array{field<&SendMessage::notification_id>(1, "notificationId"),
                      field<&SendMessage::channel>(2, "channel"),
                      field<&SendMessage::to>(3, "to", length(1, 20)),
                      field<&SendMessage::template_id>(4, "templateId"),
                      field<&SendMessage::language>(5, "language"),
                      field<&SendMessage::variables>(6, "variables"),
                      field<&SendMessage::priority>(7, "priority"),
                      field<&SendMessage::at>(8, "at"),
                      field<&SendMessage::time_zone>(9, "timeZone"),
                      field<&SendMessage::quiet_from>(10, "quietFrom"),
                      field<&SendMessage::quiet_to>(11, "quietTo"),
                      field<&SendMessage::attempt>(12, "attempt"),
                      field<&SendMessage::subject>(13, "subject"),
                      field<&SendMessage::term>(14, "term")};
  }
};

/// The provider took the message.
struct MessageSent {
  static constexpr Tag tag{60'020, "message_sent"};
  Uuid notification_id;
  Channel channel = Channel::email;
  std::string provider;
  bool delivered = false;  // the provider knows that it arrived
  static constexpr auto fields() {
    return std::array{field<&MessageSent::notification_id>(1, "notificationId"),
                      field<&MessageSent::channel>(2, "channel"), field<&MessageSent::provider>(3, "provider"),
                      field<&MessageSent::delivered>(4, "delivered")};
  }
};

/// The provider refuses it for good, or it was given up. (What may succeed later is asked for again by the runtime.)
struct MessageFailed {
  static constexpr Tag tag{60'021, "message_failed"};
  Uuid notification_id;
  Channel channel = Channel::email;
  std::string provider;
  std::string error;
  bool permanent = false;  // no such template or address; false: it was given up, and may still be taken
  static constexpr auto fields() {
    return std::array{field<&MessageFailed::notification_id>(1, "notificationId"),
                      field<&MessageFailed::channel>(2, "channel"), field<&MessageFailed::provider>(3, "provider"),
                      field<&MessageFailed::error>(4, "error"), field<&MessageFailed::permanent>(5, "permanent")};
  }
};

/// It is night where the recipient is: the inbox waits and sends the message again at `until`. The provider judges
/// quiet hours, because only the edge has the time zone database.
struct MessageDeferred {
  static constexpr Tag tag{60'022, "message_deferred"};
  Uuid notification_id;
  Channel channel = Channel::email;
  Time until;
  static constexpr auto fields() {
    return std::array{field<&MessageDeferred::notification_id>(1, "notificationId"),
                      field<&MessageDeferred::channel>(2, "channel"), field<&MessageDeferred::until>(3, "until")};
  }
};

const OutsideClass& messages_class();

}  // namespace caravan
