#include "http/providers/messages/web_messages.hpp"

#include "http/json/write.hpp"
#include "http/providers/messages/prepared_message.hpp"

namespace caravan {

namespace {

constexpr std::string_view web_name = "web";

struct MessageCall {
  static constexpr std::string_view record_name = "MessageCall";
  Uuid notification_id;
  Channel channel = Channel::email;
  std::vector<std::string> to;
  std::string template_id;
  std::string language;
  std::string subject;
  std::string body;
  std::map<std::string, std::string> headers;  // that the mail has besides
  static constexpr auto fields() {
    return std::array{field<&MessageCall::notification_id>(1, "notificationId"),
                      field<&MessageCall::channel>(2, "channel"),
                      field<&MessageCall::to>(3, "to"),
                      field<&MessageCall::template_id>(4, "templateId"),
                      field<&MessageCall::language>(5, "language"),
                      field<&MessageCall::subject>(6, "subject"),
                      field<&MessageCall::body>(7, "body"),
                      field<&MessageCall::headers>(8, "headers")};
  }
};

bool is_final(int status) { return status == 400 || status == 404 || status == 410 || status == 422; }

}  // namespace

std::span<const Alternative> WebMessages::requests() const {
  static const std::array<Alternative, 1> all{Alternative{&schema::type_of<SendMessage>()}};
  return all;
}

void WebMessages::handle(const EffectKey& key, const AnyRecord& request, Done done) {
  const auto* message = request.get_if<SendMessage>();
  if (!message) return;
  auto ready = prepare(*message, templates_, public_url_, web_name);
  if (auto* answer = std::get_if<AnyRecord>(&ready)) return done(std::move(*answer));
  auto& words = std::get<PreparedMessage>(ready);
  const MessageCall call{message->notification_id, message->channel,        message->to,
                         message->template_id,     message->language,       std::move(words.subject),
                         std::move(words.body),    std::move(words.headers)};
  posts_.post(message_identity(store_, key), http::to_json(AnyRecord(call)),
              [done = std::move(done), id = message->notification_id,
               channel = message->channel](const SignedPosts::Answer& answer) {
                if (answer.status == 0) return done(ProviderReply::failed(answer.failure));
                if (answer.status < 300) return done(MessageSent{id, channel, std::string(web_name), false});
                const std::string status = "status " + std::to_string(answer.status);
                if (!is_final(answer.status)) return done(ProviderReply::failed(status));
                done(MessageFailed{id, channel, std::string(web_name), status, true});
              });
}

}  // namespace caravan
