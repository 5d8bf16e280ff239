#include "http/json/text_rule.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

using unicode::take_code_point;

/// The only well-formed emoji that are written with tag characters: the flags of England, Scotland and Wales.
constexpr std::array<std::string_view, 3> tagged_flags{
    "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
    "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",
    "\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F"};

constexpr bool in(std::int32_t code, std::int32_t first, std::int32_t last) { return code >= first && code <= last; }

bool is_joiner(std::int32_t code) { return code == 0x200C || code == 0x200D || code == 0x180E; }

bool is_selector(std::int32_t code) {
  return in(code, 0xFE00, 0xFE0F) || in(code, 0xE0100, 0xE01EF) || in(code, 0x180B, 0x180D) || code == 0x180F;
}

/// Letters and symbols that show as nothing, or as a blank.
bool is_filler(std::int32_t code) {
  return in(code, 0x115F, 0x1160) || code == 0x3164 || code == 0xFFA0 || code == 0x2800;
}

bool is_mark(std::int32_t code) {
  const auto category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME ||
         in(code, 0x1F3FB, 0x1F3FF);  // the skin tones of emoji
}

bool is_letter_or_digit(std::int32_t code) {
  const auto category = utf8proc_category(code);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) || category == UTF8PROC_CATEGORY_ND;
}

bool is_cased(std::int32_t code) {
  const auto category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LT;
}

bool is_emoji(std::int32_t code) {
  const auto kind = utf8proc_get_property(code)->boundclass;
  return kind == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC || kind == UTF8PROC_BOUNDCLASS_E_ZWG;
}

bool is_blank(std::int32_t code) {
  const auto category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP;
}

std::string with_name(const char* what, std::int32_t code) {
  char name[16];
  std::snprintf(name, sizeof name, " (U+%04X)", static_cast<unsigned>(code));
  return what + std::string(name);
}

/// Why no text of that kind holds the code point, wherever it stands.
std::optional<std::string> refused_anywhere(std::int32_t code, TextKind kind) {
  const bool breaks = code == '\t' || code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029;
  if (breaks) return kind == TextKind::lines ? std::nullopt : std::optional<std::string>("must be one line");
  if (utf8proc_category(code) == UTF8PROC_CATEGORY_CC) return with_name("must not hold control characters", code);
  if (kind == TextKind::secret) return std::nullopt;
  if (in(code, 0x202A, 0x202E) || in(code, 0x2066, 0x2069))
    return with_name("must not hold characters that turn the direction of writing", code);
  if (in(code, 0xFDD0, 0xFDEF) || (code & 0xFFFE) == 0xFFFE)
    return with_name("must not hold what is no character", code);
  // Invisible characters that are allowed. Soft hyphens come with pasted words, and some scripts need the marks of
  // direction. Joiners and variation selectors depend on their neighbours: they are checked where they stand.
  const bool has_a_place = code == 0x00AD || code == 0x200C || code == 0x200D || code == 0x200E || code == 0x200F ||
                           code == 0x061C || in(code, 0x180B, 0x180F) ||  // of Mongolian
                           is_selector(code);
  if (!has_a_place && utf8proc_get_property(code)->ignorable)
    return with_name("must not hold invisible characters", code);
  const bool is_tag = in(code, 0xE0000, 0xE0FFF) && !is_selector(code);
  if (is_tag || code == 0x200B || in(code, 0x2060, 0x206F) || code == 0xFEFF || in(code, 0xFFF0, 0xFFFB))
    return with_name("must not hold invisible characters", code);
  return std::nullopt;
}

/// What a joiner or a variation selector needs to know of what stands before it.
class Before {
 public:
  /// A joiner may follow, with `rest` after it.
  bool joins(std::string_view rest) const {
    if (is_virama_) return true;  // it asks for a half form, at the end of a word as well
    if (rest.empty()) return false;
    const std::int32_t next = take_code_point(rest);
    return (base_ == Base::letter && (is_letter_or_digit(next) || is_mark(next))) ||
           (base_ == Base::emoji && is_emoji(next));
  }
  bool may_vary() const { return may_vary_; }

  void take_joiner() { *this = {}; }
  void take_selector() { may_vary_ = false; }
  void take_flag() { base_ = Base::emoji; }
  void take(std::int32_t code) {
    is_virama_ = utf8proc_get_property(code)->combining_class == virama;
    may_vary_ = !is_mark(code) && !is_blank(code) && (is_emoji(code) || !is_cased(code));
    if (!is_mark(code)) base_ = is_emoji(code) ? Base::emoji : is_letter_or_digit(code) ? Base::letter : Base::other;
  }

 private:
  static constexpr int virama = 9;  // its canonical combining class, in every script that has one
  enum class Base : std::uint8_t { other, letter, emoji };
  Base base_ = Base::other;  // of the character in hand; marks belong to it
  bool is_virama_ = false;
  bool may_vary_ = false;
};

/// The first flag of `tagged_flags` that a text begins with; 0 bytes: none.
std::size_t flag_at_start(std::string_view text) {
  const auto* found = std::ranges::find_if(tagged_flags, [&](std::string_view flag) { return text.starts_with(flag); });
  return found == tagged_flags.end() ? 0 : found->size();
}

}  // namespace

TextKind text_kind_of(const schema::Rules& rules) {
  constexpr std::size_t longest_line = 320;
  if (rules.format == schema::Format::secret) return TextKind::secret;
  return rules.max_length > 0 && rules.max_length <= longest_line ? TextKind::line : TextKind::lines;
}

std::string_view describe(TextKind kind) {
  return kind == TextKind::secret ? "a secret" : kind == TextKind::line ? "one line of text" : "text";
}

std::optional<std::string> refusal_of(std::string_view text, TextKind kind) {
  Before before;
  for (std::string_view rest = text; !rest.empty();) {
    if (const std::size_t flag = flag_at_start(rest)) {
      rest.remove_prefix(flag);
      before.take_flag();
      continue;
    }
    const std::int32_t code = take_code_point(rest);
    if (auto why = refused_anywhere(code, kind)) return why;
    if (kind == TextKind::secret) continue;
    if (is_joiner(code)) {
      if (!before.joins(rest)) return with_name("may hold a joiner between letters or emoji only", code);
      before.take_joiner();
    } else if (is_selector(code)) {
      if (!before.may_vary()) return with_name("may hold a variation selector after what it varies only", code);
      before.take_selector();
    } else {
      before.take(code);
    }
  }
  return std::nullopt;
}

bool shows_something(std::string_view text) {
  while (!text.empty()) {
    const std::int32_t code = take_code_point(text);
    const auto category = utf8proc_category(code);
    const bool is_hidden = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF;
    if (!is_hidden && !is_blank(code) && !is_mark(code) && !is_filler(code)) return true;
  }
  return false;
}

std::string repaired(std::string_view text, TextKind kind) {
  constexpr std::string_view replacement = "\uFFFD";
  std::string out;
  while (!text.empty()) {
    const std::string_view from = text;
    const std::int32_t code = take_code_point(text);
    const bool shown = code >= 0 && !refused_anywhere(code, kind) && !is_joiner(code) && !is_selector(code);
    out += shown ? from.substr(0, from.size() - text.size()) : replacement;
  }
  return out;
}

}  // namespace caravan::http
