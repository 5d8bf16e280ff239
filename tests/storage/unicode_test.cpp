#include <doctest/doctest.h>

#include "storage/text/unicode.hpp"

namespace unicode_test {

using namespace caravan;
using std::string;

namespace {

const string family = "👨‍👩‍👧";  // five code points, one character
const string decomposed = "e\u0301";         // é of two code points

}  // namespace

TEST_CASE("unicode: what is UTF-8 and what is not") {
  for (const string& good :
       {string(), string("abc"), string("\x7f"), string("é"), string("\uFFFF"), string("\U0010FFFF"), family})
    CHECK_MESSAGE(unicode::is_utf8(good), good);
  for (const char* bad : {"\xFF", "\x80", "\xC0\x80", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                          "\xF8\x88\x80\x80\x80", "a\xE2\x82", "\xE2\x28\xA1"}) {
    CHECK_FALSE_MESSAGE(unicode::is_utf8(bad), bad);
    CHECK(unicode::is_utf8(unicode::with_replacements(bad)));
  }
  CHECK(unicode::with_replacements("a\xFFz") == "a\uFFFDz");
  CHECK(unicode::with_replacements("é") == "é");
}

TEST_CASE("unicode: lengths are code points") {
  CHECK(unicode::length("") == 0);
  CHECK(unicode::length("abc") == 3);
  CHECK(unicode::length("नमस्ते") == 6);
  CHECK(unicode::length(family) == 5);
  CHECK(unicode::length("\xFF\xFF") == 2);
}

TEST_CASE("unicode: a cut falls between characters") {
  CHECK(unicode::cut("abc", 3) == "abc");
  CHECK(unicode::cut("abc", 2) == "ab");
  CHECK(unicode::cut("aé", 2) == "aé");
  CHECK(unicode::cut("a" + decomposed, 2) == "a");
  CHECK(unicode::cut("a" + family + "b", 5) == "a");
  CHECK(unicode::cut("a" + family + "b", 6) == "a" + family);
  CHECK(unicode::cut("🇩🇪🇫🇷", 3) == "🇩🇪");
  CHECK(unicode::cut("e" + string(20, '\xCC'), 0).empty());
  string pile = "e";
  for (int i = 0; i < 100; ++i) pile += "\u0301";
  CHECK(unicode::length(unicode::cut(pile, 10)) == 10);  // one character alone is longer: then within it
  CHECK(unicode::cut("\xFF\xFF\xFF", 2) == "\xFF\xFF");
}

TEST_CASE("unicode: no cut of a text is anything but whole characters of it") {
  const string text = "Zoë " + decomposed + family + "🇩🇪한국어 हिन्दी ไทย\r\n" + decomposed;
  for (std::size_t most = 0; most <= unicode::length(text); ++most) {
    const auto cut = unicode::cut(text, most);
    CHECK(unicode::is_utf8(cut));
    CHECK(unicode::length(cut) <= most);
    CHECK(text.starts_with(cut));
    std::size_t characters = 0;
    while (unicode::first_characters(text, characters).size() < cut.size()) ++characters;
    if (most >= 5) CHECK(unicode::first_characters(text, characters) == cut);
  }
}

TEST_CASE("unicode: the first characters as a person counts them") {
  CHECK(unicode::first_characters("abc", 0).empty());
  CHECK(unicode::first_characters("abc", 5) == "abc");
  CHECK(unicode::first_characters(decomposed + "lodie", 1) == decomposed);
  CHECK(unicode::first_characters(family + family, 1) == family);
  CHECK(unicode::first_characters("🇩🇪🇫🇷", 1) == "🇩🇪");
  CHECK(unicode::first_characters("한국", 1) == "한");
}

TEST_CASE("unicode: composed and folded forms") {
  CHECK(unicode::nfc(decomposed) == "é");
  CHECK(unicode::nfc("é") == "é");
  CHECK(unicode::nfc("\xFF") == "\xFF");
  const std::pair<const char*, const char*> alike[] = {{"Straße", "STRASSE"},
                                                       {"ΣΊΣΥΦΟΣ", "σίσυφος"},
                                                       {"Émile", "e\u0301MILE"},
                                                       {"ﬁn", "FIN"},
                                                       {"Ａｄａ", "ada"},
                                                       {"ԵՒ", "և"},
                                                       {"Ǆ", "ǆ"},
                                                       {"soft\u00ADware", "software"},
                                                       {"می‌خواهم", "میخواهم"}};
  for (const auto& pair : alike) CHECK_MESSAGE(unicode::folded(pair.first) == unicode::folded(pair.second), pair.first);
  CHECK(unicode::folded("é") != unicode::folded("e"));
  CHECK(unicode::folded("É", unicode::Marks::drop) == "e");
  CHECK(unicode::folded("कि") != unicode::folded("का"));
}

}  // namespace unicode_test
