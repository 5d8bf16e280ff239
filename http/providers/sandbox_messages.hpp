#pragma once

#include <filesystem>
#include <mutex>

#include "http/messages/message_templates.hpp"
#include "http/providers/sandbox_outbox.hpp"
#include "runtime/provider.hpp"
#include "storage/sqlite/database.hpp"

namespace caravan {

/// The sandbox's messages provider: renders what would be sent and keeps it in a SQLite file. One effect is one
/// message, however often it is asked for. In quiet hours it answers MessageDeferred, as a real one would; to see a
/// failure, send to an address at `fails.example` (refused for good) or `busy.example` (refused for now).
class SandboxMessages : public Provider, public SandboxOutbox {
 public:
  /// `file`: DATA/sandbox_messages.sqlite, made where missing. Throws StorageError. `public_url`: for links.
  SandboxMessages(const std::filesystem::path& file, const MessageTemplates& templates, std::string public_url);

  std::span<const Alternative> requests() const override;
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

  std::vector<CapturedMessage> newest(const std::optional<std::string>& to, std::size_t limit) override;

 private:
  void capture(const EffectKey& key, const struct SendMessage& message, const MessageTemplates::Rendered& rendered,
               const std::map<std::string, std::string>& variables);

  const MessageTemplates& templates_;
  std::string public_url_;
  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace caravan
