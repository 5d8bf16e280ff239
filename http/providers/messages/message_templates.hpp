#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caravan {

/// The words of every message, by template and language (config/templates, one TOML file a language). Immutable and
/// thread-safe.
class MessageTemplates {
 public:
  struct Rendered {
    std::string subject;
    std::string body;
  };

  /// `files`: TOML by language. Throws std::runtime_error that names the language and the template at fault.
  explicit MessageTemplates(const std::map<std::string, std::string_view>& files);

  bool knows(std::string_view template_id) const;
  std::vector<std::string> languages() const;
  std::vector<std::string> ids() const;
  /// Fills the template in. "de-CH" is German; a language without the template is English; nothing where English has
  /// none either. A variable that is not given is empty. With `unsubscribeToken` a line with its link ends the body.
  std::optional<Rendered> render(std::string_view template_id, std::string_view language,
                                 const std::map<std::string, std::string>& variables) const;

 private:
  struct Words {
    std::string subject, body;
  };
  std::map<std::string, std::map<std::string, Words, std::less<>>, std::less<>> languages_;
  std::map<std::string, std::string, std::less<>> unsubscribe_lines_;  // by language
};

/// The templates that the program carries.
const MessageTemplates& message_templates();

}  // namespace caravan
