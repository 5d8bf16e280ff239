#include "http/providers/messages/sandbox_messages.hpp"

#include <algorithm>

#include "actors/claim/address.hpp"
#include "actors/messages/requests.hpp"
#include "http/providers/messages/prepared_message.hpp"
#include "storage/codec/digest.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_queued = 10'000;  // what comes beyond is dropped: the runtime asks again later
constexpr std::string_view sandbox_name = "sandbox";

/// The same message of the same effect always has the same id.
Uuid message_id(const EffectKey& key, std::string_view recipient) {
  const std::string text = to_text(key.sender) + '#' + std::to_string(key.number) + '#' + std::string(recipient);
  return claim_address(sodium_crypto, "message:" + text).id;
}

bool any_at(const std::vector<std::string>& recipients, std::string_view domain) {
  return std::ranges::any_of(recipients, [&](const std::string& to) { return lower_case(to).ends_with(domain); });
}

}  // namespace

SandboxMessages::SandboxMessages(const std::filesystem::path& file, const MessageTemplates& templates,
                                 std::string public_url, sqlite::Sharing sharing)
    : templates_(templates), public_url_(std::move(public_url)), book_(file, sharing) {
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
  const auto failed = [&](std::string error, bool permanent) {
    done(MessageFailed{message->notification_id, message->channel, std::string(sandbox_name), std::move(error),
                       permanent});
  };
  auto ready = prepare(*message, templates_, public_url_, sandbox_name);
  if (auto* answer = std::get_if<AnyRecord>(&ready)) return done(std::move(*answer));
  if (any_at(message->to, "@fails.example")) return failed("the address does not exist", true);
  if (any_at(message->to, "@busy.example")) return failed("try again later", false);
  auto& words = std::get<PreparedMessage>(ready);
  std::map<std::string, std::string>& variables = words.variables;
  if (const auto token = variables.find("verificationToken");
      token != variables.end() && message->template_id == "email_verification_template")
    variables["verificationUrl"] = public_url_ + "/verify-email?token=" + token->second;
  const AnyRecord sent(MessageSent{message->notification_id, message->channel, std::string(sandbox_name), true});
  const std::string channel(enum_labels(message->channel)[static_cast<std::size_t>(message->channel)]);
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() + message->to.size() > most_queued) return;
    for (const std::string& to : message->to)
      queue_.push_back({{message_id(key, to), lower_case(to), channel, message->template_id, words.subject, words.body,
                         variables, message->at},
                        &to == &message->to.back() ? done : Done{},
                        sent});
  }
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
