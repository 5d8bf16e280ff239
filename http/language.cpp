#include "http/language.hpp"

#include <charconv>

#include "http/server/header_text.hpp"

namespace caravan {

namespace {

/// One member of Accept-Language: how much it is wanted, 1 where it does not say.
double weight_of(std::string_view member) {
  const std::size_t at = member.find("q=");
  if (at == std::string_view::npos) return 1;
  double weight = 0;
  const std::string_view digits = member.substr(at + 2);
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  return read.ec == std::errc{} ? weight : 0;
}

}  // namespace

std::optional<Language> language_of_tag(std::string_view tag) {
  if (tag.size() < 2 || (tag.size() > 2 && tag[2] != '-')) return std::nullopt;
  if (http::same_letters(tag.substr(0, 2), "en")) return Language::english;
  if (http::same_letters(tag.substr(0, 2), "de")) return Language::german;
  return std::nullopt;
}

std::optional<Language> wanted_language(const std::vector<std::string_view>& members) {
  std::optional<Language> best;
  double most = 0;
  for (const std::string_view member : members) {
    const auto language = language_of_tag(member.substr(0, member.find_first_of("; ")));
    if (!language || weight_of(member) <= most) continue;
    most = weight_of(member);
    best = language;
  }
  return best;
}

}  // namespace caravan
