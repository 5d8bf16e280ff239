#pragma once

#include <variant>

#include "actors/messages/requests.hpp"
#include "http/providers/messages/message_templates.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// A message with its words, ready to be sent.
struct PreparedMessage {
  std::string subject;
  std::string body;
  std::map<std::string, std::string> variables;  // with `publicUrl`
  std::map<std::string, std::string> headers;    // of a mail: by which its reader ends such mails (RFC 8058)
};

/// What every messages provider does first: fills the template in. Where there is no recipient or template, or it is
/// night at the recipient's, gives the answer for the inbox in place of the message.
std::variant<PreparedMessage, AnyRecord> prepare(const SendMessage& message, const MessageTemplates& templates,
                                                 const std::string& public_url, std::string_view provider);

/// One effect is one message, whoever asks for it how often. The store's name is in it: a store that was restored has a
/// new one, so that its new messages are not taken for those which it has forgotten.
std::string message_identity(const std::string& store, const EffectKey& key);

}  // namespace caravan
