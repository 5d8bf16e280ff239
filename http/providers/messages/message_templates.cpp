#include "http/providers/messages/message_templates.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <kainjow/mustache.hpp>
#include <span>
#include <stdexcept>

#include "actors/inbox/words.hpp"
#include "http/embedded.hpp"
#include "http/json/links.hpp"
#include "http/providers/messages/reader.hpp"
#include "http/providers/places/time_zones.hpp"

CARAVAN_EMBED(caravan_templates_en, CARAVAN_TEMPLATES "/en.toml");
CARAVAN_EMBED(caravan_templates_de, CARAVAN_TEMPLATES "/de.toml");

namespace caravan {

namespace {

constexpr std::string_view fallback_language = "en";

/// Plain text, so nothing is escaped; what a variable holds is never read as a template.
kainjow::mustache::mustache parse(const std::string& text) {
  kainjow::mustache::mustache out(text);
  out.set_custom_escape([](const std::string& value) { return value; });
  return out;
}

/// The variables in which the platform's rules and providers say something in their own words. All others stay as they
/// are: a parcel may have the title "return".
constexpr auto in_platform_words =
    std::to_array<std::string_view>({"reason", "nextStep", "resolution", "type", "value"});

/// The variables that hold an amount or a moment, beside those whose names end in "At" or "Until". All others stay as
/// they are: a parcel may have the title "35.00 USD".
constexpr auto in_figures =
    std::to_array<std::string_view>({"amount", "travelerAmount", "platformFee", "takeHome", "fee", "refund",
                                     "heldRefund", "debt", "value", "until", "deadline", "accountSince"});

constexpr bool is_among(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

/// What the value says to the reader, where the variable holds what the platform says.
std::string told(std::string_view name, const std::string& value, const Reader& reader) {
  const bool is_quoted = name == "reason" && is_among(never_reasons, value);
  if (reader.words && !is_quoted && is_among(in_platform_words, name))
    if (const auto found = reader.words->find(value); found != reader.words->end()) return found->second;
  return name.ends_with("At") || name.ends_with("Until") || is_among(in_figures, name) ? readable(value, reader)
                                                                                       : value;
}

/// What a variable may say in a message of the platform: one line, without links, and without the quotation marks in
/// which the templates put what people wrote. A reader trusts the platform's mail, and a writer must not use that.
std::string as_words(std::string_view name, const std::string& value, const Reader& reader) {
  if (name == "publicUrl" || name == "email") return value;  // the platform's own link; an address that was checked
  std::string out = http::without_links(told(name, value, reader));
  std::ranges::replace(out, '"', '\'');
  for (const std::string_view mark : {"\u201C", "\u201D", "\u201E", "\u201F"})
    for (std::size_t at = out.find(mark); at != out.npos; at = out.find(mark, at)) out.replace(at, mark.size(), "'");
  return out;
}

/// A moment at a place that is named beside it, "pickupAtPlace", is told by the clock there.
Reader by_clock_of(const std::string& name, const std::map<std::string, std::string>& variables, Reader reader) {
  const auto place = variables.find(name + "Place");
  if (place == variables.end()) return reader;
  Coordinates at;
  const std::size_t comma = std::min(place->second.find(','), place->second.size());
  const char* const end = place->second.data() + place->second.size();
  const bool is_lat = std::from_chars(place->second.data(), place->second.data() + comma, at.lat).ec == std::errc{};
  const bool is_lng =
      comma < place->second.size() && std::from_chars(place->second.data() + comma + 1, end, at.lng).ec == std::errc{};
  if (is_lat && is_lng) reader.time_zone = std::string(time_zone_at(at));
  return reader;
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
    Language& out = languages_[language];
    for (const auto& [id, node] : table) {
      const std::string where = "template " + std::string(id.str()) + " in " + language;
      if (auto* line = id.str() == "unsubscribe_line" ? &out.unsubscribe_line
                       : id.str() == "link_line"      ? &out.link_line
                                                      : nullptr) {
        *line = read_text(table, id.str(), where);
        continue;
      }
      const toml::table* text = node.as_table();
      if (!text) throw std::runtime_error(where + ": not a table");
      if (auto* phrases = id.str() == "words" ? &out.words : id.str() == "policy" ? &out.policy : nullptr)
        for (const auto& [key, phrase] : *text) (*phrases)[std::string(key.str())] = read_text(*text, key.str(), where);
      else
        out.texts[std::string(id.str())] = {read_text(*text, "subject", where), read_text(*text, "body", where)};
    }
  }
  if (!languages_.contains(fallback_language)) throw std::runtime_error("there are no templates in English");
}

bool MessageTemplates::knows(std::string_view template_id) const {
  return languages_.find(fallback_language)->second.texts.contains(template_id);
}

std::vector<std::string> MessageTemplates::languages() const {
  std::vector<std::string> out;
  for (const auto& [name, language] : languages_) out.push_back(name);
  return out;
}

std::optional<std::string> MessageTemplates::policy(std::string_view section, std::string_view language,
                                                    const std::map<std::string, std::string>& variables) const {
  const auto in = languages_.find(language);
  if (in == languages_.end() || !in->second.policy.contains(section)) return std::nullopt;
  kainjow::mustache::data data(kainjow::mustache::data::type::object);
  for (const auto& [name, value] : variables) data.set(name, value);
  return parse(in->second.policy.find(section)->second).render(data);
}

const std::map<std::string, std::string, std::less<>>* MessageTemplates::words(std::string_view language) const {
  const auto found = languages_.find(language);
  return found == languages_.end() ? nullptr : &found->second.words;
}

std::vector<std::string> MessageTemplates::ids() const {
  std::vector<std::string> out;
  for (const auto& [id, text] : languages_.find(fallback_language)->second.texts) out.push_back(id);
  return out;
}

std::optional<MessageTemplates::Rendered> MessageTemplates::render(std::string_view template_id,
                                                                   std::string_view language,
                                                                   const std::map<std::string, std::string>& variables,
                                                                   const std::string& time_zone,
                                                                   const std::string& link) const {
  for (const std::string_view candidate : {language, language.substr(0, language.find('-')), fallback_language}) {
    const auto in = languages_.find(candidate);
    if (in == languages_.end()) continue;
    const auto text = in->second.texts.find(template_id);
    if (text != in->second.texts.end())
      return fill_in(text->second, in->second, variables, {in->first, time_zone, &in->second.words}, link);
  }
  return std::nullopt;
}

MessageTemplates::Rendered MessageTemplates::fill_in(const Text& text, const Language& language,
                                                     const std::map<std::string, std::string>& variables,
                                                     const Reader& reader, const std::string& link) {
  kainjow::mustache::data data(kainjow::mustache::data::type::object);
  for (const auto& [name, value] : variables)  // an empty one hides its section
    if (!value.empty()) data.set(name, as_words(name, value, by_clock_of(name, variables, reader)));
  const bool is_ended = variables.contains("unsubscribeToken") && !language.unsubscribe_line.empty();
  if (!link.empty()) data.set("link", link);
  std::string last_lines;
  if (!link.empty() && !language.link_line.empty()) last_lines += "\n\n" + language.link_line;
  if (is_ended) last_lines += "\n\n" + language.unsubscribe_line;
  Rendered out{parse(text.subject).render(data), parse(text.body + last_lines).render(data)};
  // It becomes a header of a mail, so what a variable holds must not end it.
  std::ranges::replace_if(
      out.subject, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return out;
}

const MessageTemplates& message_templates() {
  static const MessageTemplates templates(
      {{"en", CARAVAN_EMBEDDED(caravan_templates_en)}, {"de", CARAVAN_EMBEDDED(caravan_templates_de)}});
  return templates;
}

}  // namespace caravan
