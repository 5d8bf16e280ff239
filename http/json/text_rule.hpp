#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/schema/type.hpp"

namespace caravan::http {

/// What kind of text a field takes: a name or a title, a story with line breaks, or a secret that is never shown.
enum class TextKind : std::uint8_t { line, lines, secret };

/// What may be longer than 320 code points is text with line breaks; names, titles, addresses and codes are one line.
TextKind text_kind_of(const schema::Rules& rules);
/// What a field of that kind takes, for a person: "one line of text".
std::string_view describe(TextKind kind);

/// Why a text may not be written into such a field, as a sentence without its subject ("must be one line"); nothing
/// where it may. One rule for every text that people write: nothing in it that a reader cannot see and that changes
/// what the rest seems to say. The text is UTF-8.
///
/// Refused are controls, embeddings, overrides and isolates of the direction of writing, invisible characters, tag
/// characters (but for the three flags that are written with them), and what is no character. A joiner stands between
/// letters or between emoji, or after a virama; a variation selector follows what it varies.
std::optional<std::string> refusal_of(std::string_view text, TextKind kind);

/// Whether a reader sees anything: a letter, a digit, a sign. Blanks of any kind, lone marks and fillers do not count.
bool shows_something(std::string_view text);

/// What a program sent (a header, a provider's reason) as it may be kept and shown: U+FFFD for what is not UTF-8 or
/// what a text of that kind may not hold.
std::string repaired(std::string_view text, TextKind kind = TextKind::line);

}  // namespace caravan::http
