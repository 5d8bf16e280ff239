#include "http/server/header_text.hpp"

#include <algorithm>
#include <utility>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

#include "http/call.hpp"

namespace caravan::http {

namespace beast = boost::beast;

namespace {

beast::string_view beast_text(std::string_view text) { return {text.data(), text.size()}; }
std::string_view std_text(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool same_letters(std::string_view a, std::string_view b) { return beast::iequals(beast_text(a), beast_text(b)); }

bool list_has(std::string_view list, std::string_view element) {
  const beast::http::opt_token_list elements{beast_text(list)};
  if (!beast::http::validate_list(elements)) return false;
  return std::any_of(elements.begin(), elements.end(),
                     [&](beast::string_view found) { return same_letters(std_text(found), element); });
}

bool lists(const Request& request, std::string_view name, std::string_view element) {
  return std::ranges::any_of(request.headers, [&](const auto& header) {
    return same_letters(header.first, name) && list_has(header.second, element);
  });
}

bool list_is(std::string_view list, std::string_view element) {
  const beast::http::opt_token_list elements{beast_text(list)};
  const auto first = elements.begin();
  return beast::http::validate_list(elements) && first != elements.end() && std::next(first) == elements.end() &&
         same_letters(std_text(*first), element);
}

bool is_token(std::string_view text) {
  const beast::http::token_list elements{beast_text(text)};
  const auto first = elements.begin();
  return first != elements.end() && std_text(*first) == text;
}

std::string media_type(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  std::string type(value);
  std::ranges::transform(type, type.begin(), [](char c) { return beast::detail::ascii_tolower(c); });
  return type;
}

std::optional<std::string> media_parameter(std::string_view value, std::string_view name) {
  const std::size_t begin = value.find(';');
  if (begin == std::string_view::npos) return std::nullopt;
  for (const auto& [key, text] : beast::http::param_list{beast_text(value.substr(begin))})
    if (same_letters(std_text(key), name)) return std::string(text);
  return std::nullopt;
}

std::string_view reason_phrase(int status) {
  return std_text(beast::http::obsolete_reason(static_cast<beast::http::status>(status)));
}

}  // namespace caravan::http
