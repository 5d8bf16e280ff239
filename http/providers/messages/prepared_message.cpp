#include "http/providers/messages/prepared_message.hpp"

#include "actors/inbox/catalog.hpp"
#include "http/providers/messages/quiet_hours.hpp"

namespace caravan {

namespace {

/// Where a mail or an SMS leads; empty where its text has a link of its own. A push message is opened by the app.
std::string link_of(const SendMessage& message, const std::string& public_url) {
  const std::string opened(opened_by(message.template_id));
  if (opened.empty() || message.channel == Channel::push) return {};
  const std::string link = public_url + "/open?" + opened;
  if (opened == "wallet" || opened == "account" || opened == "admin") return link;
  const auto named = message.variables.find(opened + "Id");
  const auto id = named == message.variables.end() ? std::nullopt : Uuid::parse(named->second);
  if (id) return link + '=' + id->text();
  return message.subject ? link + '=' + message.subject->text() : link;
}

}  // namespace

std::variant<PreparedMessage, AnyRecord> prepare(const SendMessage& message, const MessageTemplates& templates,
                                                 const std::string& public_url, std::string_view provider) {
  const auto failed = [&](std::string error) {
    return AnyRecord(
        MessageFailed{message.notification_id, message.channel, std::string(provider), std::move(error), true});
  };
  if (message.to.empty() || message.to.front().empty()) return failed("no recipient");
  if (const auto until = quiet_until(message.at, message.time_zone, message.quiet_from, message.quiet_to))
    return AnyRecord(MessageDeferred{message.notification_id, message.channel, *until});
  PreparedMessage out{{}, {}, message.variables, {}};
  out.variables["publicUrl"] = public_url;
  auto rendered = templates.render(message.template_id, message.language, out.variables, message.time_zone,
                                   link_of(message, public_url));
  if (!rendered) return failed("no template " + message.template_id);
  out.subject = std::move(rendered->subject);
  out.body = std::move(rendered->body);
  if (const auto token = message.variables.find("unsubscribeToken"); token != message.variables.end())
    out.headers = {{"List-Unsubscribe", '<' + public_url + "/unsubscribe?token=" + token->second + '>'},
                   {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
  return out;
}

std::string message_identity(const std::string& store, const EffectKey& key) {
  return store + '/' + to_text(key.sender) + '#' + std::to_string(key.number);
}

}  // namespace caravan
