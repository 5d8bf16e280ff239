#include "http/providers/messages/sandbox_messages.hpp"

#include <algorithm>

#include "actors/claim/address.hpp"
#include "actors/messages/requests.hpp"
#include "http/providers/messages/prepared_message.hpp"
#include "storage/codec/digest.hpp"

namespace caravan {

namespace {

constexpr std::int64_t most_kept = 100'000;  // older ones go
constexpr std::size_t most_queued = 10'000;  // what comes beyond is dropped: the runtime asks again later
constexpr std::string_view sandbox_name = "sandbox";

constexpr const char* layout = R"(
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, recipient TEXT NOT NULL, channel TEXT NOT NULL,
    template TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, variables BLOB NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS message_recipient ON message (recipient, number);
)";

/// The same message of the same effect always has the same id.
Uuid message_id(const EffectKey& key, std::string_view recipient) {
  const std::string text = to_text(key.sender) + '#' + std::to_string(key.number) + '#' + std::string(recipient);
  return claim_address(sodium_crypto, "message:" + text).id;
}

/// Names and values, each with its length before it.
std::string packed(const std::map<std::string, std::string>& variables) {
  std::string out;
  for (const auto& [key, value] : variables)
    for (const std::string* text : {&key, &value}) out += std::to_string(text->size()) + ':' + *text;
  return out;
}

std::map<std::string, std::string> unpacked(std::string_view bytes) {
  std::map<std::string, std::string> out;
  const auto next = [&] {
    const std::size_t colon = std::min(bytes.find(':'), bytes.size() - 1);
    const std::size_t size = std::stoul(std::string(bytes.substr(0, colon)));
    const std::string text(bytes.substr(colon + 1, size));
    bytes.remove_prefix(std::min(bytes.size(), colon + 1 + size));
    return text;
  };
  while (!bytes.empty()) {
    const std::string key = next();
    out[key] = bytes.empty() ? "" : next();
  }
  return out;
}

bool any_at(const std::vector<std::string>& recipients, std::string_view domain) {
  return std::ranges::any_of(recipients, [&](const std::string& to) { return lower_case(to).ends_with(domain); });
}

}  // namespace

SandboxMessages::SandboxMessages(const std::filesystem::path& file, const MessageTemplates& templates,
                                 std::string public_url, sqlite::Sharing sharing)
    : templates_(templates), public_url_(std::move(public_url)), database_(file.string(), sqlite::Access::create) {
  database_.keep_log_for(sharing);
  database_.run(layout);
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
  if (const auto token = variables.find("verificationToken"); token != variables.end())
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

/// Where it fails nothing was written and nothing is answered: the runtime asks again.
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
  const std::lock_guard lock(file_);
  sqlite::Transaction transaction(database_);
  for (const auto& [message, done, answer] : captured)
    database_
        .query(
            "INSERT OR IGNORE INTO message (id, recipient, channel, template, subject, body, variables, at)"
            " VALUES (?,?,?,?,?,?,?,?)")
        .bind(message.message_id, message.to, message.channel, message.template_id, message.subject, message.body,
              sqlite::Blob{packed(message.variables)}, message.created_at)
        .run();
  database_.query("DELETE FROM message WHERE number <= (SELECT max(number) FROM message) - ?").bind(most_kept).run();
  transaction.commit();
}

std::vector<CapturedMessage> SandboxMessages::newest(const std::optional<std::string>& to, std::size_t limit) {
  const std::lock_guard lock(file_);
  auto rows = to ? database_.query(
                       "SELECT id, recipient, channel, template, subject, body, variables, at FROM message"
                       " WHERE recipient = ? ORDER BY number DESC LIMIT ?")
                 : database_.query(
                       "SELECT id, recipient, channel, template, subject, body, variables, at FROM message"
                       " ORDER BY number DESC LIMIT ?");
  if (to) rows.bind(lower_case(*to));
  rows.bind(limit);
  std::vector<CapturedMessage> out;
  while (rows.step())
    out.push_back({rows.uuid(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5),
                   unpacked(rows.view(6)), rows.time(7)});
  return out;
}

}  // namespace caravan
