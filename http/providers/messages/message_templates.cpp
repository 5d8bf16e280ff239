#include "http/providers/messages/message_templates.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <kainjow/mustache.hpp>
#include <stdexcept>

#include "http/json/links.hpp"

// The assembler puts the files into the program as they are; CMakeLists.txt says where they lie.
#define CARAVAN_EMBED(symbol, file)                                                                \
  asm(".section .rodata\n" #symbol "_begin:\n.incbin \"" CARAVAN_TEMPLATES "/" file "\"\n" #symbol \
      "_end:\n.byte 0\n.previous\n")

CARAVAN_EMBED(caravan_templates_en, "en.toml");
CARAVAN_EMBED(caravan_templates_de, "de.toml");

extern "C" {
extern const char caravan_templates_en_begin[], caravan_templates_en_end[];
extern const char caravan_templates_de_begin[], caravan_templates_de_end[];
}

namespace caravan {

namespace {

constexpr std::string_view fallback_language = "en";

/// Plain text, so nothing is escaped; what a variable holds is never read as a template.
kainjow::mustache::mustache parse(const std::string& text) {
  kainjow::mustache::mustache out(text);
  out.set_custom_escape([](const std::string& value) { return value; });
  return out;
}

/// What a variable may say in a message of the platform: one line, without links, and without the quotation marks in
/// which the templates put what people wrote. A reader trusts the platform's mail, and a writer must not use that.
std::string as_words(std::string_view name, const std::string& value) {
  if (name == "publicUrl" || name == "email") return value;  // the platform's own link; an address that was checked
  std::string out = http::without_links(value);
  std::ranges::replace(out, '"', '\'');
  for (const std::string_view mark : {"\u201C", "\u201D", "\u201E", "\u201F"})
    for (std::size_t at = out.find(mark); at != out.npos; at = out.find(mark, at)) out.replace(at, mark.size(), "'");
  return out;
}

std::string read_text(const toml::table& words, std::string_view key, const std::string& where) {
  const auto text = words[key].value<std::string>();
  if (!text || text->empty()) throw std::runtime_error(where + ": no " + std::string(key));
  if (!parse(*text).is_valid()) throw std::runtime_error(where + ": " + parse(*text).error_message());
  return *text;
}

}  // namespace

MessageTemplates::MessageTemplates(const std::map<std::string, std::string_view>& files) {
  for (const auto& [language, text] : files) {
    toml::table table;
    try {
      table = toml::parse(text);
    } catch (const toml::parse_error& error) {
      throw std::runtime_error("templates in " + language + ": " + std::string(error.description()));
    }
    for (const auto& [id, node] : table) {
      const std::string where = "template " + std::string(id.str()) + " in " + language;
      if (id.str() == "unsubscribe_line") {
        unsubscribe_lines_[language] = read_text(table, id.str(), where);
        continue;
      }
      const toml::table* words = node.as_table();
      if (!words) throw std::runtime_error(where + ": not a table");
      languages_[language][std::string(id.str())] = {read_text(*words, "subject", where),
                                                     read_text(*words, "body", where)};
    }
  }
  if (!languages_.contains(fallback_language)) throw std::runtime_error("there are no templates in English");
}

bool MessageTemplates::knows(std::string_view template_id) const {
  return languages_.find(fallback_language)->second.contains(template_id);
}

std::vector<std::string> MessageTemplates::languages() const {
  std::vector<std::string> out;
  for (const auto& [language, words] : languages_) out.push_back(language);
  return out;
}

std::vector<std::string> MessageTemplates::ids() const {
  std::vector<std::string> out;
  for (const auto& [id, words] : languages_.find(fallback_language)->second) out.push_back(id);
  return out;
}

std::optional<MessageTemplates::Rendered> MessageTemplates::render(
    std::string_view template_id, std::string_view language,
    const std::map<std::string, std::string>& variables) const {
  const Words* words = nullptr;
  std::string last_line;
  for (const std::string_view candidate : {language, language.substr(0, language.find('-')), fallback_language}) {
    const auto in_language = languages_.find(candidate);
    if (words || in_language == languages_.end()) continue;
    const auto found = in_language->second.find(template_id);
    if (found == in_language->second.end()) continue;
    words = &found->second;
    if (const auto line = unsubscribe_lines_.find(candidate); line != unsubscribe_lines_.end())
      if (variables.contains("unsubscribeToken")) last_line = "\n\n" + line->second;
  }
  if (!words) return std::nullopt;
  kainjow::mustache::data data(kainjow::mustache::data::type::object);
  for (const auto& [name, value] : variables)
    if (!value.empty()) data.set(name, as_words(name, value));  // an empty one hides its section
  Rendered out{parse(words->subject).render(data), parse(words->body + last_line).render(data)};
  // It becomes a header of a mail, so what a variable holds must not end it.
  std::ranges::replace_if(
      out.subject, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return out;
}

const MessageTemplates& message_templates() {
  const auto between = [](const char* begin, const char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  static const MessageTemplates templates({{"en", between(caravan_templates_en_begin, caravan_templates_en_end)},
                                           {"de", between(caravan_templates_de_begin, caravan_templates_de_end)}});
  return templates;
}

}  // namespace caravan
