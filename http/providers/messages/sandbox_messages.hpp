#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "http/providers/messages/message_templates.hpp"
#include "http/providers/messages/sandbox_outbox.hpp"
#include "runtime/provider.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// The sandbox's messages provider: renders what would be sent and keeps it in a file. One effect is one
/// message, however often it is asked for. In quiet hours it answers MessageDeferred, as a real one would; to see a
/// failure, send to an address at `fails.example` (refused for good) or `busy.example` (refused for now).
/// One thread writes what came meanwhile in one transaction, and answers then.
class SandboxMessages : public Provider, public SandboxOutbox {
 public:
  /// `file`: DATA/sandbox_messages.sqlite, made where missing. Throws StorageError. `public_url`: for links. `store`:
  /// the journal's name.
  SandboxMessages(const std::filesystem::path& file, const MessageTemplates& templates, std::string public_url,
                  std::string store = "sandbox", sqlite::Sharing sharing = sqlite::Sharing::one_host);
  SandboxMessages(const SandboxMessages&) = delete;
  SandboxMessages& operator=(const SandboxMessages&) = delete;
  /// Drops what is not written; the runtime asks again.
  ~SandboxMessages() override = default;

  std::span<const Alternative> requests() const override;
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

  std::vector<CapturedMessage> newest(const std::optional<std::string>& to, std::size_t limit) override;

 private:
  struct Captured {
    CapturedMessage message;
    Done done;
    AnyRecord answer;
  };
  bool step(const std::stop_token& stop);
  void write(const std::vector<Captured>& captured);

  const MessageTemplates& templates_;
  std::string public_url_, store_;
  MessageBook book_;
  std::mutex mutex_;  // guards all below
  std::condition_variable_any woken_;
  std::vector<Captured> queue_;
  Worker worker_;
};

}  // namespace caravan
