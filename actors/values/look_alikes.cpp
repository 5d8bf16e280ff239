#include "actors/values/look_alikes.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace caravan {

namespace {

struct Alike {
  char letter;
  std::u32string_view of;
};

/// What Unicode's list of confusable characters (as of ICU 72) takes for one Latin letter, of the scripts that people
/// can type, with small capitals and Cyrillic and Greek letters that are read as their Latin look.
constexpr Alike alikes[] = {
    {'a', U"\u00AA\u0251\u0391\u03B1\u0410\u0430\u1D00\u2090\u2C6D"},
    {'b', U"\u0184\u0299\u0392\u03B2\u0412\u042C\u0432\u13CF\u212C\uAB9F"},
    {'c', U"\u03F2\u0421\u0441\u1C83\u1D04\u2102\u212D\u216D\u217D\u2CA4\u2CA5\uABAF"},
    {'d', U"\u0500\u0501\u13E7\u1D05\u2145\u2146\u216E\u217E\uA4D2\uABB7"},
    {'e', U"\u0395\u03B5\u0415\u0435\u04BC\u04BD\u1D07\u2091\u212F\u2130\u2147\uAB32"},
    {'f', U"\u0554\u0584\u1E9D\u2131\uA730\uA798\uA799\uAB35"},
    {'g', U"\u018D\u0261\u0262\u0551\u0581\u1D83\u210A\uA7AC"},
    {'h', U"\u029C\u0397\u041D\u043D\u04BA\u04BB\u0540\u0570\u13C2\u2095\u210B\u210C\u210D\uAB92"},
    {'i',
     U"\u0131\u0269\u026A\u037A\u03B9\u0456\u04CF\u13A5\u1D62\u1FBE\u2071\u2110\u2111\u2148\u2160"
     U"\u2170\uA646\uA647\uA7AE\uAB75"},
    {'j', U"\u037F\u03F3\u0408\u0458\u1D0A\u2149\u2C7C"},
    {'k', U"\u039A\u03BA\u041A\u043A\u1D0B\u2096\u212A"},
    {'l', U"\u0196\u01C0\u029F\u0399\u0406\u04C0\u2097\u2112\u2113\u216C\u217C\u2C92\uA4F2"},
    {'m', U"\u039C\u041C\u043C\u1D0D\u2098\u2133\u216F\u217F"},
    {'n', U"\u0274\u039D\u03B7\u0548\u054C\u0578\u057C\u207F\u2099\u2115"},
    {'o',
     U"\u00BA\u039F\u03A3\u03BF\u03C2\u03C3\u03F9\u041E\u043E\u0555\u0585\u1C82\u1D0F\u1D11\u2092"
     U"\u2134\u2C9E\u2C9F\uAB3D"},
    {'p', U"\u03A1\u03C1\u03F1\u0420\u0440\u1D18\u1D68\u209A\u2119\u2CA2\u2CA3"},
    {'q', U"\u051A\u051B\u0533\u0536\u0563\u0566\u211A"},
    {'r', U"\u0280\u0413\u0433\u1D26\u1D63\u211B\u211C\u211D\u2C84\u2C85\uAB47\uAB48\uAB81"},
    {'s', U"\u017F\u01BC\u01BD\u0405\u0455\u209B\uA731\uABAA"},
    {'t', U"\u03A4\u03C4\u0422\u0442\u1D1B\u209C"},
    {'u', U"\u01B2\u028B\u03A5\u03C5\u03D2\u054D\u057D\u1D1C\u1D64\uA79E\uA79F\uAB4E\uAB52"},
    {'v', U"\u03BD\u0474\u0475\u1D20\u1D65\u2164\u2174\uABA9"},
    {'w', U"\u019C\u026F\u0460\u0461\u051C\u051D\u0531\u0561\u1D21\uAB83"},
    {'x', U"\u03A7\u03C7\u0425\u0445\u2093\u2169\u2179"},
    {'y',
     U"\u0194\u0263\u028F\u0393\u03B3\u0423\u0443\u04AE\u04AF\u1D67\u1D8C\u1EFE\u1EFF\u213D\u213E"
     U"\uAB5A"},
    {'z', U"\u0396\u1D22\u2124\u2128\uAB93"},
};

/// The next character, and the rest behind it; what is no UTF-8 is taken byte by byte.
char32_t next(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  if (more == 0 || at + more > text.size()) return first;
  char32_t out = first & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) out = (out << 6) | (byte(at + i) & 0x3FU);
  at += more;
  return out;
}

/// Shows nothing, or a stroke over the letter before it.
bool is_invisible(char32_t each) {
  return each == 0xAD || each == 0x34F || each == 0x61C || each == 0x180E || each == 0xFEFF ||
         (each >= 0x200B && each <= 0x200F) || (each >= 0x202A && each <= 0x202E) ||
         (each >= 0x2060 && each <= 0x206F) || (each >= 0xFE00 && each <= 0xFE0F) || (each >= 0x334 && each <= 0x338) ||
         (each >= 0xE0000 && each <= 0xE01EF);
}

/// Of the alphabets that Unicode has once more, in order: full width, mathematical, in circles and squares.
std::optional<char> in_order(char32_t each) {
  const auto letter = [&](char32_t first) { return static_cast<char>('a' + (each - first) % 26); };
  if (each >= 0xFF01 && each <= 0xFF5E) return static_cast<char>(each - 0xFF01 + '!');
  if (each >= 0x1D400 && each <= 0x1D6A3) return letter(0x1D400);
  if (each >= 0x1D7CE && each <= 0x1D7FF) return static_cast<char>('0' + (each - 0x1D7CE) % 10);
  if (each >= 0x249C && each <= 0x24B5) return letter(0x249C);
  if (each >= 0x24B6 && each <= 0x24E9) return letter(0x24B6);
  for (const char32_t first : {U'\U0001F110', U'\U0001F130', U'\U0001F150', U'\U0001F170', U'\U0001F1E6'})
    if (each >= first && each < first + 26) return letter(first);
  return std::nullopt;
}

/// Spaces, dashes, quotes and dots between words.
bool is_between(char32_t each) {
  return each == 0xA0 || each == 0xB7 || (each >= 0x2000 && each <= 0x200A) || (each >= 0x2010 && each <= 0x2027) ||
         each == 0x202F || each == 0x205F || each == 0x3000;
}

/// The scripts whose digits people type: Arabic, Persian, and those of India.
std::optional<char> digit(char32_t each) {
  for (const char32_t nought : {U'\u0660', U'\u06F0', U'\u0966', U'\u09E6', U'\u0A66', U'\u0AE6', U'\u0BE6'})
    if (each >= nought && each < nought + 10) return static_cast<char>('0' + (each - nought));
  return std::nullopt;
}

std::optional<char> looks_like(char32_t each) {
  if (is_between(each)) return ' ';
  if (each == 0x3002 || each == 0xFF61 || each == 0xFE52) return '.';  // ends a sentence in Chinese and Japanese
  if (each == 0xFE6B) return '@';
  if (each == 0x2212) return '-';
  if (const auto found = digit(each)) return found;
  if (const auto found = in_order(each)) return found;
  for (const Alike& alike : alikes)
    if (alike.of.find(each) != std::u32string_view::npos) return alike.letter;
  return std::nullopt;
}

}  // namespace

Look look_of(std::string_view text) {
  Look out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const char32_t each = next(text, at);
    if (is_invisible(each)) continue;
    const std::optional<char> seen = each < 0x80 ? std::nullopt : looks_like(each);
    if (seen)
      out.text += *seen;
    else
      out.text += text.substr(from, at - from);
    // What stays takes as many bytes as it had; what is another character begins where that one did.
    while (out.at.size() < out.text.size()) out.at.push_back(seen ? from : at - (out.text.size() - out.at.size()));
  }
  out.at.push_back(text.size());
  return out;
}

std::string as_it_looks(std::string_view text) { return look_of(text).text; }

}  // namespace caravan
