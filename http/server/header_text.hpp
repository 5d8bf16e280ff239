#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace caravan::http {

struct Request;

// The grammars of RFC 9110 that values of headers have, read by Boost.Beast.

/// Without the blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);
/// Alike, letter case ignored.
bool same_letters(std::string_view a, std::string_view b);
/// A list header, e.g. "keep-alive, x", has this element, letter case ignored.
bool list_has(std::string_view list, std::string_view element);
/// The same of all headers of a request with that name.
bool lists(const Request& request, std::string_view name, std::string_view element);
/// A list header has exactly one element, and it is this one.
bool list_is(std::string_view list, std::string_view element);
/// A token of RFC 9110, e.g. the name of a header.
bool is_token(std::string_view text);
/// "application/json" of " Application/JSON; charset=utf-8".
std::string media_type(std::string_view value);
/// The value of the parameter of a media type, e.g. of `charset`; nothing where it is not there.
std::optional<std::string> media_parameter(std::string_view value, std::string_view name);
/// "Not Found" of 404.
std::string_view reason_phrase(int status);

}  // namespace caravan::http
