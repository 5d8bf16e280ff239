#include "actors/messages/requests.hpp"

namespace caravan {

namespace {

AnyRecord undelivered(const AnyRecord& request, Undelivered how, std::string detail) {
  const auto& message = *request.get_if<SendMessage>();
  return AnyRecord(
      MessageFailed{message.notification_id, message.channel, "", std::move(detail), how == Undelivered::dropped});
}

}  // namespace

const OutsideClass& messages_class() {
  static const OutsideClass messages{
      .kind = EntityKind::messages,
      .requests = detail::alternatives(List<SendMessage>{}),
      .term = [](const AnyRecord& request) { return request.get_if<SendMessage>()->term; },
      .subject = [](const AnyRecord& request) { return request.get_if<SendMessage>()->notification_id; },
      .undelivered = undelivered,
      .kept = std::chrono::days{30}};
  return messages;
}

}  // namespace caravan
