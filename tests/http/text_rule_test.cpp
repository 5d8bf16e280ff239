#include <doctest/doctest.h>

#include "http/json/text_rule.hpp"
#include "storage/text/unicode.hpp"

namespace text_rule_test {

using namespace caravan;
using namespace caravan::http;

namespace {

/// What a name may be, from many scripts.
constexpr const char* good_names[] = {
    "Ada",
    "Ada Lovelace",
    "O'Brien-Smith Jr., 3rd",
    "Zoë",
    "Zoe\u0308",  // the same, decomposed
    "Åsa Öberg",
    "Łukasz Żółć",
    "Đặng Thị Hồng",
    "Þórður Ólafsson",
    "İpek Işık",
    "Αλέξανδρος Παπαδόπουλος",
    "Мария Кюри",
    "Ґалина Їжакевич",
    "Նարեկ Գրիգորյան",
    "თამარ ბაგრატიონი",
    "שרה לוי",
    "יִצְחָק",
    "محمد عبد الله",
    "فاطمه حسینی‌نژاد",  // ZWNJ within a Persian name
    "نسخه‌۲",                     // ZWNJ before a digit
    "ندا\u200Fرضا",                      // right-to-left mark
    "A\u200EB",                          // left-to-right mark
    "\u061Cعلی",                         // Arabic letter mark
    "ܡܪܝܡ",
    "ދިވެހި",
    "ߒߞߏ",
    "አበበ በቂላ",
    "अनुष्का शर्मा",
    "क्‍ष",  // ZWJ asks for a half form
    "क्षत्रिय",
    "শ্রাবণী",
    "র‍্যাব",  // ZWJ before a virama
    "ਗੁਰਪ੍ਰੀਤ",
    "ગાંધી",
    "ଓଡ଼ିଆ",
    "தமிழ்ச்செல்வி",
    "తెలుగు",
    "ಕನ್ನಡ",
    "അവന്‍",               // ZWJ at the end of a word, after a virama
    "ශ්‍රී ලංකා",  // ZWJ in Sinhala
    "สมชาย",
    "ລາວ",
    "བོད་སྐད་",
    "မြန်မာ",
    "ភាសាខ្មែរ",
    "ᠮᠣᠩᠭᠣᠯ",
    "王小明",
    "葛\U000E0100城",  // the variant of a character that a Japanese name needs
    "山田　太郎",      // U+3000 between two words
    "やまだ たろう",
    "ﾔﾏﾀﾞ",
    "김민준",
    "\u1112\u1161\u11AB",  // Hangul of single letters
    "𞤀𞤣𞤤𞤢𞤥",
    "𐐔𐐯𐑅𐐨𐑉𐐯𐐻",
    "𝒜𝒹𝒶",
    "Ada 🚀",
    "👨‍👩‍👧‍👦",
    "👩🏽‍⚕️",
    "🏳️‍🌈",
    "🏴‍☠️",
    "❤️‍🔥",
    "1️⃣",
    "ℹ️",
    "🇩🇪",
    "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",  // Scotland
    "☕",
    "½ €",
    "Auf\u200Clage",
    "soft\u00ADware",
    "\uFFFD",
};

struct Refused {
  const char* text;
  const char* why;  // a part of it
};

/// What no line may be.
constexpr Refused bad_names[] = {
    {"a\u0001", "control"},
    {"a\u007F", "control"},
    {"a\u0085", "control"},
    {"a\u009F", "control"},
    {"a\x1B[2J", "control"},
    {"a\nb", "one line"},
    {"a\rb", "one line"},
    {"a\tb", "one line"},
    {"a\u2028b", "one line"},
    {"a\u2029b", "one line"},
    {"An\u202Egnid", "direction"},
    {"\u202Aa\u202C", "direction"},
    {"\u202Ba", "direction"},
    {"\u202Da", "direction"},
    {"\u2066a\u2069", "direction"},
    {"\u2067a", "direction"},
    {"\u2068a", "direction"},
    {"a\u200Bb", "invisible"},
    {"\u200B", "invisible"},
    {"a\u2060b", "invisible"},
    {"a\u2063b", "invisible"},
    {"a\u206Ab", "invisible"},
    {"\uFEFFa", "invisible"},
    {"Adm\u034Fin", "invisible"},
    {"Adm\u17B4in", "invisible"},
    {"Adm\u3164in", "invisible"},
    {"Adm\u115Fin", "invisible"},
    {"Adm\U0001D173in", "invisible"},
    {"a\uFFF9b", "invisible"},
    {"a\U000E0041", "invisible"},
    {"a\U000E0001", "invisible"},
    {"a\U000E0FFF", "invisible"},
    {"\U0001F3F4\U000E0061\U000E0062\U000E007F", "invisible"},                      // no flag that there is
    {"\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074", "invisible"},  // unfinished
    {"a\uFFFF", "no character"},
    {"a\uFFFE", "no character"},
    {"a\uFDD0", "no character"},
    {"a\U0001FFFE", "no character"},
    {"a\U0010FFFF", "no character"},
    {"\u200Da", "joiner"},
    {"a\u200D", "joiner"},
    {"a\u200C b", "joiner"},
    {"a \u200Cb", "joiner"},
    {"a\u200D\u200Db", "joiner"},
    {"می‌‌خواهم", "joiner"},
    {"a\u200D🚀", "joiner"},
    {"🚀\u200Da", "joiner"},
    {"-\u200C-", "joiner"},
    {"A\uFE0F", "selector"},
    {"\uFE0F", "selector"},
    {" \uFE0F", "selector"},
    {"❤\uFE0F\uFE0F", "selector"},
    {"😊\U000E0100\U000E0101", "selector"},
};

constexpr const char* blank[] = {"",       " ",      "   ",    "\u00A0", "\u3000",       "\u2003\u2009",
                                 "\u1680", "\u200E", "\u061C", "\u00AD", "\u0301",       "\u034F",
                                 "\u3164", "\u115F", "\uFFA0", "\u2800", " \u00A0\u3000"};

}  // namespace

TEST_CASE("text rule: names of many scripts are good") {
  for (const char* name : good_names) {
    const auto why = refusal_of(name, TextKind::line);
    CHECK_MESSAGE(!why, name << ": " << why.value_or(""));
    CHECK_MESSAGE(!refusal_of(name, TextKind::lines), name);
    CHECK_MESSAGE(shows_something(name), name);
  }
}

TEST_CASE("text rule: what a reader cannot see, and what turns the line, is refused with its reason") {
  for (const Refused& bad : bad_names) {
    const std::string why = refusal_of(bad.text, TextKind::line).value_or("(accepted)");
    CHECK_MESSAGE(why.find(bad.why) != std::string::npos, bad.text << ": " << why);
  }
  CHECK(refusal_of("An\u202Egnid", TextKind::line) ==
        "must not hold characters that turn the direction of writing (U+202E)");
}

TEST_CASE("text rule: a text with lines may have lines, and nothing else besides") {
  for (const char* text : {"one\ntwo", "one\r\ntwo", "a\tb", "a\u2028b", "a\u2029b"})
    CHECK_MESSAGE(!refusal_of(text, TextKind::lines), text);
  for (const Refused& bad : bad_names)
    if (std::string_view(bad.why) != "one line") CHECK_MESSAGE(refusal_of(bad.text, TextKind::lines), bad.text);
}

TEST_CASE("text rule: a secret is what was typed, but for controls") {
  for (const char* text : {"a\u200Bb", "\u202Ea", "a\U000E0041", "\uFEFF", "a\u200D"})
    CHECK_MESSAGE(!refusal_of(text, TextKind::secret), text);
  for (const char* text : {"a\nb", "a\u0007", "a\u0085"}) CHECK_MESSAGE(refusal_of(text, TextKind::secret), text);
}

TEST_CASE("text rule: blanks of every kind show nothing") {
  for (const char* text : blank) CHECK_FALSE_MESSAGE(shows_something(text), text);
}

TEST_CASE("text rule: a header becomes a line that may be shown") {
  CHECK(repaired("one\ntwo\u200B", TextKind::lines) == "one\ntwo\uFFFD");
  CHECK(repaired("curl/8.0 (é)") == "curl/8.0 (é)");
  CHECK(repaired("\xFF") == "\uFFFD");
  CHECK(repaired("a\x1B[2J\u202E\u200B\xC3") == "a\uFFFD[2J\uFFFD\uFFFD\uFFFD");
  for (const Refused& bad : bad_names) {
    const std::string shown = repaired(bad.text);
    CHECK_MESSAGE((unicode::is_utf8(shown) && !refusal_of(shown, TextKind::line)), bad.text);
  }
}

}  // namespace text_rule_test
