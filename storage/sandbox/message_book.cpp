#include "storage/sandbox/message_book.hpp"

#include <algorithm>

namespace caravan {

namespace {

constexpr std::int64_t most_kept = 100'000;  // older ones go

constexpr const char* layout = R"(
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS message (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, recipient TEXT NOT NULL, channel TEXT NOT NULL,
    template TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, variables BLOB NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS message_recipient ON message (recipient, number);
)";

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

}  // namespace

MessageBook::MessageBook(const std::filesystem::path& file, sqlite::Sharing sharing)
    : database_(file.string(), sqlite::Access::create) {
  database_.keep_log_for(sharing);
  database_.run(layout);
}

void MessageBook::keep(const std::vector<CapturedMessage>& messages) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_);
  for (const CapturedMessage& message : messages)
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

std::vector<CapturedMessage> MessageBook::newest(const std::optional<std::string>& to, std::size_t limit) {
  const std::lock_guard lock(mutex_);
  sqlite::Query rows =
      database_.query("SELECT id, recipient, channel, template, subject, body, variables, at FROM message" +
                      std::string(to ? " WHERE recipient = ?" : "") + " ORDER BY number DESC LIMIT ?");
  if (to) rows.bind(*to);
  rows.bind(limit);
  std::vector<CapturedMessage> out;
  while (rows.step())
    out.push_back({rows.uuid(0), rows.text(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5),
                   unpacked(rows.view(6)), rows.time(7)});
  return out;
}

}  // namespace caravan
