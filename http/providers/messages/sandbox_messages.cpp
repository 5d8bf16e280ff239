#include "http/providers/messages/sandbox_messages.hpp"

#include <algorithm>

#include "actors/claim/address.hpp"
#include "actors/messages/requests.hpp"
#include "http/providers/messages/prepared_message.hpp"
#include "storage/codec/digest.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_queued = 10'000;  // what comes beyond fails: the runtime asks again later
constexpr std::string_view sandbox_name = "sandbox";

/// The same message of the same effect always has the same id.
Uuid message_id(const std::string& store, const EffectKey& key, const std::string& recipient) {
  const std::string text = message_identity(store, key) + '#' + recipient;
  return claim_address(sodium_crypto, "message:" + text).id;
}

bool any_at(const std::vector<std::string>& recipients, std::string_view domain) {
  return std::ranges::any_of(recipients, [&](const std::string& to) { return lower_case(to).ends_with(domain); });
}

}  // namespace

SandboxMessages::SandboxMessages(const std::filesystem::path& file, const MessageTemplates& templates,
                                 std::string public_url, std::string store, sqlite::Sharing sharing)
    : templates_(templates), public_url_(std::move(public_url)), store_(std::move(store)), book_(file, sharing) {
  worker_.start({.name = "messages",
                 .doing = "keeping the sandbox's messages",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{}});
}

std::span<const Alternative> SandboxMessages::requests() const {
  static const std::array<Alternative, 1> all{Alternative{&schema::type_of<SendMessage>()}};
  return all;
}

void SandboxMessages::handle(const EffectKey& key, const AnyRecord& request, Done done) {
  const auto* message = request.get_if<SendMessage>();
  if (!message) return;
  auto ready = prepare(*message, templates_, public_url_, sandbox_name);
  if (auto* answer = std::get_if<AnyRecord>(&ready)) return done(std::move(*answer));
  if (any_at(message->to, "@fails.example"))
    return done(MessageFailed{message->notification_id, message->channel, std::string(sandbox_name),
                              "the address does not exist", true});
  if (any_at(message->to, "@busy.example")) return done(ProviderReply::failed("try again later"));
  auto& words = std::get<PreparedMessage>(ready);
  std::map<std::string, std::string>& variables = words.variables;
  // The whole link stands among the captured variables, so that a client under test need not take it out of the words,
  // which make theirs of the token.
  if (const auto token = variables.find("verificationToken");
      token != variables.end() && message->template_id == "email_verification_template")
    variables["verificationUrl"] = public_url_ + "/verify-email?token=" + token->second;
  const AnyRecord sent(MessageSent{message->notification_id, message->channel, std::string(sandbox_name), true});
  const std::string channel(enum_labels(message->channel)[static_cast<std::size_t>(message->channel)]);
  bool is_full = false;
  {
    const std::lock_guard lock(mutex_);
    is_full = queue_.size() + message->to.size() > most_queued;
    for (std::size_t i = 0; !is_full && i < message->to.size(); ++i) {
      const std::string& to = message->to[i];
      queue_.push_back({{message_id(store_, key, to), lower_case(to), channel, message->template_id, words.subject,
                         words.body, variables, message->at},
                        i + 1 == message->to.size() ? done : Done{},
                        sent});
    }
  }
  if (is_full) return done(ProviderReply::failed("too many messages wait"));
  woken_.notify_one();
}

/// Writes and answers what waits. Where it fails nothing was written and nobody is answered: the runtime asks again.
bool SandboxMessages::step(const std::stop_token& stop) {
  std::vector<Captured> captured;
  {
    std::unique_lock lock(mutex_);
    if (!woken_.wait(lock, stop, [this] { return !queue_.empty(); }) || stop.stop_requested()) return false;
    captured.swap(queue_);
  }
  write(captured);
  for (const Captured& one : captured)
    if (one.done) one.done(one.answer);
  return true;
}

void SandboxMessages::write(const std::vector<Captured>& captured) {
  std::vector<CapturedMessage> messages;
  for (const Captured& one : captured) messages.push_back(one.message);
  book_.keep(messages);
}

std::vector<CapturedMessage> SandboxMessages::newest(const std::optional<std::string>& to, std::size_t limit) {
  return book_.newest(to ? std::optional(lower_case(*to)) : std::nullopt, limit);
}

}  // namespace caravan
