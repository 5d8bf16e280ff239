#pragma once

#include <variant>

#include "actors/messages/requests.hpp"
#include "http/providers/messages/message_templates.hpp"

namespace caravan {

/// A message with its words, ready to be sent.
struct PreparedMessage {
  std::string subject;
  std::string body;
  std::map<std::string, std::string> variables;  // with `publicUrl`
};

/// What every messages provider does first: fills the template in. Where there is no recipient or template, or it is
/// night at the recipient's, gives the answer for the inbox in place of the message.
std::variant<PreparedMessage, AnyRecord> prepare(const SendMessage& message, const MessageTemplates& templates,
                                                 const std::string& public_url, std::string_view provider);

}  // namespace caravan
