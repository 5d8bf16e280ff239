#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What Unicode says of texts, by libutf8proc: the one place for lengths, cuts, normal forms and comparisons. Texts are
/// UTF-8; where one is not, a function says what it does.
namespace caravan::unicode {

/// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text);
/// Code points, as JSON Schema's maxLength counts them; a byte that is no UTF-8 counts as one.
std::size_t length(std::string_view text);
/// Takes the first code point off; -1, and one byte off, where there is none.
std::int32_t take_code_point(std::string_view& text);

/// The text with U+FFFD in place of each byte that is no UTF-8.
std::string with_replacements(std::string_view text);

/// The first `count` characters as a person counts them (grapheme clusters): é of two code points is one, and so is a
/// family of emoji.
std::string_view first_characters(std::string_view text, std::size_t count);
/// The text cut to at most `most` code points, and between two characters. Only when the first character alone is
/// longer is it cut within that.
std::string_view cut(std::string_view text, std::size_t most);

/// The composed normal form (NFC), so that what looks alike is alike; the text itself where it is not UTF-8.
std::string nfc(std::string_view text);

/// Whether folding takes accents and other marks away.
enum class Marks : std::uint8_t { keep, drop };
/// A text as searches compare it: full case folding and compatibility forms ("Straße", "STRASSE" and "ﬁ" like "fi"),
/// without invisible characters. The text itself where it is not UTF-8.
std::string folded(std::string_view text, Marks marks = Marks::keep);

}  // namespace caravan::unicode
