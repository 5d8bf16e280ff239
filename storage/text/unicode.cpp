#include "storage/text/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

namespace caravan::unicode {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string mapped(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &out, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, &std::free);
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  if (size < 0) return std::string(text);
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

/// Calls `step(code point, bytes before it)` for each code point until it returns false. Returns how many bytes come
/// before where it ended.
template <class Step>
std::size_t walk(std::string_view text, Step step) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t before = text.size() - rest.size();
    if (!step(take_code_point(rest), before)) return before;
  }
  return text.size();
}

}  // namespace

std::int32_t take_code_point(std::string_view& text) {
  utf8proc_int32_t code = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &code);
  text.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : 1);
  return size > 0 ? code : -1;
}

bool is_utf8(std::string_view text) {
  return is_ascii(text) || walk(text, [](std::int32_t code, std::size_t) { return code >= 0; }) == text.size();
}

std::size_t length(std::string_view text) {
  if (is_ascii(text)) return text.size();
  std::size_t count = 0;
  walk(text, [&](std::int32_t, std::size_t) { return ++count, true; });
  return count;
}

std::string with_replacements(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view before = rest;
    const bool known = take_code_point(rest) >= 0;
    out += known ? before.substr(0, before.size() - rest.size()) : replacement;
  }
  return out;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::int32_t state = 0, last = -1;
  std::size_t begun = 0;
  return text.substr(0, walk(text, [&](std::int32_t code, std::size_t before) {
                       const bool begins = before == 0 || utf8proc_grapheme_break_stateful(last, code, &state);
                       last = code;
                       return !begins || ++begun <= count;
                     }));
}

std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::int32_t state = 0, last = -1;
  std::size_t count = 0, border = 0;
  const std::size_t end = walk(text, [&](std::int32_t code, std::size_t before) {
    if (before > 0 && utf8proc_grapheme_break_stateful(last, code, &state)) border = before;
    last = code;
    return ++count <= most;
  });
  return text.substr(0, end == text.size() || border == 0 ? end : border);
}

std::string nfc(std::string_view text) { return is_ascii(text) ? std::string(text) : mapped(text, UTF8PROC_COMPOSE); }

std::string folded(std::string_view text, Marks marks) {
  const int form = marks == Marks::keep ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE | UTF8PROC_STRIPMARK;
  return mapped(text, form | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

}  // namespace caravan::unicode
