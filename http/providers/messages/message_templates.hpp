#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caravan {

struct Reader;

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
  /// none either. A variable that is not given is empty. What the platform says in one is put into the reader's terms
  /// (reader.hpp), which goes by the variable's name: a moment's ends in "At" or "Until". What people wrote stays.
  /// With a `link`, or with `unsubscribeToken`, lines with these end the body.
  std::optional<Rendered> render(std::string_view template_id, std::string_view language,
                                 const std::map<std::string, std::string>& variables,
                                 const std::string& time_zone = "UTC", const std::string& link = {}) const;
  /// What a language says of a section of the policy, with these variables; nothing where it says none of it.
  std::optional<std::string> policy(std::string_view section, std::string_view language,
                                    const std::map<std::string, std::string>& variables) const;
  /// What a language says for the platform's own words; nothing in a language without templates.
  const std::map<std::string, std::string, std::less<>>* words(std::string_view language) const;

 private:
  struct Text {
    std::string subject, body;
  };
  struct Language {
    std::map<std::string, Text, std::less<>> texts;          // by template
    std::map<std::string, std::string, std::less<>> words;   // by what rules say
    std::map<std::string, std::string, std::less<>> policy;  // by section
    std::string unsubscribe_line, link_line;
  };
  static Rendered fill_in(const Text& text, const Language& language,
                          const std::map<std::string, std::string>& variables, const Reader& reader,
                          const std::string& link);

  std::map<std::string, Language, std::less<>> languages_;
};

/// The templates that the program carries.
const MessageTemplates& message_templates();

}  // namespace caravan
