#include "actors/messages/requests.hpp"

#include "actors/inbox/catalog.hpp"

namespace caravan {

namespace {

AnyRecord undelivered(const AnyRecord& request, Undelivered how, std::string detail) {
  const auto& message = *request.get_if<SendMessage>();
  return AnyRecord(
      MessageFailed{message.notification_id, message.channel, "", std::move(detail), how == Undelivered::dropped});
}

/// Messages on which an account's safety rests: whoever could drop them could take an account over unseen. One of a
/// node that does not say what it is stays as well.
bool protects_an_account(std::string_view template_id) {
  const TemplateRule rule = template_rule(template_id);
  return template_id.empty() || rule.secret || rule.mandatory;
}

}  // namespace

const OutsideClass& messages_class() {
  static const OutsideClass messages{
      .kind = EntityKind::messages,
      .requests = detail::alternatives(List<SendMessage>{}),
      .term = [](const AnyRecord& request) { return request.get_if<SendMessage>()->term; },
      .subject = [](const AnyRecord& request) { return request.get_if<SendMessage>()->notification_id; },
      .undelivered = undelivered,
      .kept = std::chrono::days{30},
      .about = [](const AnyRecord& request) { return request.get_if<SendMessage>()->template_id; },
      .stays = protects_an_account};
  return messages;
}

}  // namespace caravan
