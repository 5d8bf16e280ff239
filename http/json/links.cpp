#include "http/json/links.hpp"

#include <algorithm>

#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

/// Letters of other scripts are letters of host names as well.
bool is_host_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }
bool is_host_digit(char c) { return c >= '0' && c <= '9'; }

/// A dot between a host's name and two letters or more, which no digit follows: not "3.5kg", "e.g." or "35.00".
bool has_host(std::string_view text) {
  for (std::size_t at = text.find('.', 1); at < text.size(); at = text.find('.', at + 1)) {
    if (!is_host_letter(text[at - 1]) && !is_host_digit(text[at - 1])) continue;
    const std::string_view rest = text.substr(at + 1);
    const auto end = std::ranges::find_if_not(rest, is_host_letter);
    if (end - rest.begin() >= 2 && (end == rest.end() || !is_host_digit(*end))) return true;
  }
  return false;
}

}  // namespace

bool holds_link(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower.find("://") != lower.npos || lower.find("www.") != lower.npos || has_host(lower);
}

std::string without_links(std::string_view text) {
  std::string out, word;
  const auto end_word = [&] {
    if (!word.empty() && !out.empty()) out += ' ';
    out += holds_link(word) ? "[link]" : word;
    word.clear();
  };
  while (!text.empty()) {
    const std::string_view from = text;
    const std::int32_t code = unicode::take_code_point(text);
    const bool ends_word =
        (code >= 0 && code <= ' ') || (code >= 0x7F && code <= 0xA0) || code == 0x2028 || code == 0x2029;
    if (ends_word)
      end_word();
    else
      word += from.substr(0, from.size() - text.size());
  }
  end_word();
  return out;
}

}  // namespace caravan::http
