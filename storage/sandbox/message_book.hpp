#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/schema/field.hpp"
#include "storage/sqlite/connection.hpp"

namespace caravan {

/// A mail, SMS or push that the sandbox kept instead of sending it.
struct CapturedMessage {
  static constexpr std::string_view record_name = "CapturedMessage";
  Uuid message_id;
  std::string to;       // e-mail address, phone number or device
  std::string channel;  // "email", "sms", "push"; what is in-app alone comes to no provider
  std::string template_id;
  std::string subject;
  std::string body;
  std::map<std::string, std::string> variables;
  Time created_at;
  static constexpr auto fields() {
    return std::array{
        field<&CapturedMessage::message_id>(1, "messageId"), field<&CapturedMessage::to>(2, "to"),
        field<&CapturedMessage::channel>(3, "channel"),      field<&CapturedMessage::template_id>(4, "templateId"),
        field<&CapturedMessage::subject>(5, "subject"),      field<&CapturedMessage::body>(6, "body"),
        field<&CapturedMessage::variables>(7, "variables"),  field<&CapturedMessage::created_at>(8, "createdAt")};
  }
};

/// What the sandbox's messages provider remembers: the newest messages, each once. Thread-safe. Throws StorageError.
class MessageBook {
 public:
  /// Opens the file, or makes it.
  MessageBook(const std::filesystem::path& file, sqlite::Sharing sharing);

  /// Keeps all in one transaction, but for those whose ids it has.
  void keep(const std::vector<CapturedMessage>& messages);
  /// The newest first, at most `limit`; only those to `to` where it is given, written as it was kept.
  std::vector<CapturedMessage> newest(const std::optional<std::string>& to, std::size_t limit);

 private:
  std::mutex mutex_;
  sqlite::Connection database_;
};

}  // namespace caravan
