#include "http/json/format.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "actors/messages/talk.hpp"
#include "actors/values/currency.hpp"
#include "actors/values/look_alikes.hpp"
#include "actors/values/time.hpp"
#include "http/json/links.hpp"

namespace caravan::http {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Strangers read names before there is a deal: none leads to its owner off the platform, by a link, an address, a
/// handle or a telephone number, however these are written.
bool is_person_name(std::string_view text) {
  return !holds_link(text) && as_it_looks(text).find('@') == std::string::npos && masked_contacts(text) == text;
}
bool is_word(char c) { return is_letter(c) || is_digit(c); }
bool is_visible(char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; }

/// What mail servers take in practice: dot-atom local part, a host name with at least two labels.
bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.size() > 254) return false;
  const auto local = text.substr(0, at), host = text.substr(at + 1);
  const auto local_char = [](char c) {
    return is_word(c) || std::string_view("!#$%&'*+/=?^_`{|}~.-").find(c) != std::string_view::npos;
  };
  if (!std::ranges::all_of(local, local_char) || local.front() == '.' || local.back() == '.' ||
      local.find("..") != std::string_view::npos)
    return false;
  if (host.find('.') == std::string_view::npos) return false;
  char before = '.';
  for (char c : host) {
    if (c == '.' ? before == '.' || before == '-' : !is_word(c) && !(c == '-' && before != '.')) return false;
    before = c;
  }
  return is_word(before);
}

/// E.164, with a leading + and without blanks.
bool is_phone(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::ranges::all_of(text.substr(1), is_digit);
}

/// BCP 47: a language of two or three letters, and a region perhaps.
bool is_language(std::string_view text) {
  const auto dash = text.find('-');
  const auto language = text.substr(0, dash);
  if (language.size() < 2 || language.size() > 3 || !std::ranges::all_of(language, is_lower)) return false;
  if (dash == std::string_view::npos) return true;
  const auto rest = text.substr(dash + 1);
  return rest.size() >= 2 && rest.size() <= 8 && std::ranges::all_of(rest, is_word);
}

bool is_time_zone(std::string_view text) {
  static const auto names = [] {
    std::unordered_set<std::string> all{"UTC", "Etc/UTC"};
    for (const auto& zone : date::get_tzdb().zones) all.insert(zone.name());
    return all;
  }();
  return names.contains(std::string(text));
}

bool is_url(std::string_view text) {
  const bool scheme = text.starts_with("https://") || text.starts_with("http://");
  const auto host = scheme ? text.substr(text.find("//") + 2) : text;
  return scheme && !host.empty() && host.front() != '/' && std::ranges::all_of(host, is_visible);
}

bool is_date(std::string_view text) {
  return text.size() == 10 && parse_rfc3339(std::string(text) + "T00:00:00Z").has_value();
}

}  // namespace

bool matches(schema::Format format, std::string_view text) {
  using schema::Format;
  switch (format) {
    case Format::none:
    case Format::secret:
    case Format::nested:
      return true;
    case Format::email:
      return is_email(text);
    case Format::phone:
      return is_phone(text);
    case Format::currency:
      return Currency::parse(text).has_value();
    case Format::language:
      return is_language(text);
    case Format::time_zone:
      return is_time_zone(text);
    case Format::country:
      return text.size() == 2 && std::ranges::all_of(text, is_upper);
    case Format::url:
      return is_url(text);
    case Format::date:
      return is_date(text);
    case Format::name:
      return is_person_name(text);
    case Format::token:
      return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    case Format::plain:
      return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; }) && !text.starts_with(' ') &&
             !text.ends_with(' ');
  }
  return false;
}

std::string_view describe(schema::Format format) {
  static constexpr auto texts = std::to_array<std::string_view>(
      {"a text", "an e-mail address", "a phone number in international form, like +12125550100",
       "an ISO 4217 currency code, like USD", "a language tag, like en or pt-BR",
       "an IANA time zone, like America/New_York", "an ISO 3166 country code, like US", "an http or https address",
       "a date, like 2027-02-01", "visible characters of ASCII", "a password",
       "one line of text without a link, an address or a number to call", "printable ASCII without blanks at its ends",
       "a list"});
  return texts[static_cast<std::size_t>(format)];
}

std::string_view schema_format(schema::Format format) {
  switch (format) {
    case schema::Format::email:
      return "email";
    case schema::Format::url:
      return "uri";
    case schema::Format::date:
      return "date";
    case schema::Format::secret:
      return "password";
    default:
      return {};
  }
}

}  // namespace caravan::http
