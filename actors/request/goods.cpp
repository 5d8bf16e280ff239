#include "actors/request/goods.hpp"

#include <algorithm>
#include <array>

#include "actors/claim/address.hpp"
#include "actors/values/look_alikes.hpp"

namespace caravan {

namespace {

using enum Carried;

/// A text as it looks in small letters, each word between two bars. l and I, which look alike, are one letter; others
/// beyond ASCII stay. `leet`: digits and signs within a word stand for the letters that they look like: "c0c@1ne".
std::string barred(std::string_view text, bool leet = false) {
  constexpr std::string_view signs = "0134578@$!", meant = "oieastbasi";
  std::string out = "|", word;
  bool has_letter = false;
  const auto close = [&] {
    while (word.ends_with('!')) word.pop_back();
    if (leet && has_letter)
      for (char& each : word)
        if (const std::size_t at = signs.find(each); at != std::string_view::npos) each = meant[at];
    for (const char each : word) out += each == 'l' ? 'i' : each;
    if (!word.empty()) out += '|';
    word.clear();
    has_letter = false;
  };
  for (char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= 'A' && byte <= 'Z') each = static_cast<char>(byte + ('a' - 'A'));
    const bool is_letter = (each >= 'a' && each <= 'z') || byte >= 0x80;
    const bool is_sign = leet && signs.find(each) != std::string_view::npos;
    has_letter |= is_letter;
    if (is_letter || is_sign || (each >= '0' && each <= '9'))
      word += each;
    else
      close();
  }
  close();
  return out;
}

/// "|a|b c|" as "|a|" and "|b|c|".
std::vector<std::string> each_barred(std::string_view words) {
  std::vector<std::string> out;
  for (std::size_t from = 0, to = words.find('|', 1); to != std::string_view::npos;
       from = to, to = words.find('|', from + 1))
    out.push_back(barred(words.substr(from + 1, to - from - 1)));
  return out;
}

/// One word of a rule.
struct RuleWord {
  std::string barred, letters;  // between two bars, and without any
  std::string but_after;
  std::size_t rule;
};

/// Of all rules, by their first letter, so that a text is gone through once. Made once: matching looks at thousands of
/// requests.
const std::array<std::vector<RuleWord>, 256>& words_of_rules() {
  static const auto all = [] {
    std::array<std::vector<RuleWord>, 256> out;
    for (std::size_t i = 0; i < goods_rules().size(); ++i)
      for (const std::string& word : each_barred(goods_rules()[i].words)) {
        std::string letters = word;
        std::erase(letters, '|');
        out[static_cast<unsigned char>(letters[0])].push_back({word, letters, barred(goods_rules()[i].but_after), i});
      }
    return out;
  }();
  return all;
}

/// Whether the word before that bar makes something else of the one after it.
bool is_turned(const std::string& text, std::size_t bar, std::string_view but_after) {
  const std::size_t before = bar == 0 ? std::string::npos : text.rfind('|', bar - 1);
  return before != std::string::npos && but_after.find(text.substr(before, bar - before + 1)) != std::string_view::npos;
}

/// Where the word that begins after that bar ends, in parts: "c o c a i n e", "her oin". Nothing where it is not there,
/// or in one part. Of a short word each part is one letter, or innocent ones beside each other would say it.
std::size_t end_of_parts(const std::string& text, std::size_t bar, std::string_view word) {
  constexpr std::size_t long_word = 6;
  std::size_t at = bar + 1, same = 0, longest = 0, part = 0, parts = 1;
  for (; at < text.size() && same < word.size(); ++at) {
    if (text[at] == '|') {
      part = 0;
      ++parts;
      continue;
    }
    if (text[at] != word[same]) return std::string::npos;
    ++same;
    longest = std::max(longest, ++part);
  }
  const bool ends = same == word.size() && at < text.size() && text[at] == '|';
  return ends && parts > 1 && (longest == 1 || word.size() >= long_word) ? at : std::string::npos;
}

/// One letter stands alone beside that bar, so that what is spelled goes on there.
bool goes_on(const std::string& text, std::size_t bar, bool forward) {
  if (forward) return bar + 2 < text.size() && text[bar + 2] == '|';
  return bar >= 2 && text[bar - 2] == '|';
}

/// The word begins after that bar, taken apart. A short one is all that is spelled out there: "b e g u n" is none.
bool spells_at(const std::string& text, std::size_t bar, std::string_view letters) {
  const std::size_t end = end_of_parts(text, bar, letters);
  if (end == std::string::npos) return false;
  return letters.size() >= 6 || (!goes_on(text, bar, false) && !goes_on(text, end, true));
}

/// Marks the rules of which the text says a word, and not only behind one that makes something else of it. Every text
/// ends with a bar.
void mark(std::vector<bool>& said, const std::string& text, bool taken_apart) {
  for (std::size_t bar = 0; bar + 1 < text.size(); bar = text.find('|', bar + 1))
    for (const RuleWord& word : words_of_rules()[static_cast<unsigned char>(text[bar + 1])])
      if (!said[word.rule] && (text.compare(bar, word.barred.size(), word.barred) == 0 ||
                               (taken_apart && spells_at(text, bar, word.letters))))
        said[word.rule] = !is_turned(text, bar, word.but_after);
}

bool has_any(const std::string& text, const std::vector<std::string>& words) {
  return std::ranges::any_of(words, [&](const std::string& word) { return text.find(word) != std::string::npos; });
}

/// "500g" as "500" and "g".
std::string numbers_apart(const std::string& text) {
  const auto is_digit = [](char each) { return each >= '0' && each <= '9'; };
  std::string out;
  for (const char each : text) {
    if (each >= 'a' && each <= 'z' && !out.empty() && is_digit(out.back())) out += '|';
    out += each;
  }
  return out;
}

/// What is printed or played with is named after what it shows. Not where its words say how much of it there is, nor
/// where they do not say what a paper is: anybody can choose a category.
bool is_named_after(const std::string& category, const std::string& text) {
  constexpr std::string_view such = "|books|book|documents|toys|toy|games|art|clothing|";
  static const auto amounts = each_barred("|g|gr|gram|grams|gramm|kg|kilo|mg|oz|ml|liter|litre|litres|pills|tablets|");
  static const auto papers = each_barred(
      "|book|books|license|licence|permit|certificate|manual|contract|invoice|catalogue|catalog|report|thesis|paper|"
      "papers|article|letter|letters|form|forms|application|map|schein|waffenschein|rechnung|urkunde|vertrag|handbuch|"
      "buch|katalog|bericht|antrag|brief|");
  if (such.find(category) == std::string_view::npos || has_any(numbers_apart(text), amounts)) return false;
  return category != "|documents|" || has_any(text, papers);
}

/// A book about guns, or what says that it is one: the traveler looks.
const GoodsRule& named_after() {
  static const GoodsRule rule{"named after prohibited goods", declared, declared, "", "", ""};
  return rule;
}

}  // namespace

const std::vector<GoodsRule>& goods_rules() {
  static const std::vector<GoodsRule> rules{
      {"weapons", never, never, "|weapons|weapon|firearms|ammunition|waffen|",
       "|gun|guns|pistol|pistols|revolver|rifle|rifles|shotgun|firearm|firearms|ammunition|ammo|grenade|silencer|"
       "pistole|gewehr|schusswaffe|schusswaffen|munition|",
       "|toy|water|glue|nail|heat|massage|staple|spray|hot|model|top|"},
      {"explosives", never, never, "|explosives|fireworks|feuerwerk|",
       "|explosive|explosives|dynamite|detonator|gunpowder|firework|fireworks|firecrackers|sprengstoff|feuerwerk|"
       "schwarzpulver|",
       ""},
      {"drugs", never, never, "|drugs|narcotics|drogen|",
       "|cocaine|heroin|methamphetamine|crystal meth|mdma|ecstasy pills|fentanyl|marijuana|cannabis|hashish|kokain|"
       "haschisch|marihuana|",
       ""},
      {"money", never, never, "|cash|money|bargeld|", "|cash|banknotes|bank notes|bargeld|geldscheine|", "|no|not|"},
      {"dangerous goods", never, never, "|hazmat|dangerous goods|hazardous|gefahrgut|",
       "|hazmat|gasoline|petrol|propane|butane|gas cylinder|radioactive|asbestos|gefahrgut|benzin|propan|butan|"
       "gasflasche|radioaktiv|",
       "|no|empty|"},
      {"protected species", never, never, "|wildlife|", "|ivory|rhino horn|elfenbein|", ""},
      {"animals", declared, never, "|pets|pet|animals|tiere|",
       "|puppy|puppies|kitten|kittens|live animal|live animals|live dog|live cat|welpe|welpen|lebende tiere|", ""},
      {"alcohol", declared, declared, "|alcohol|wine|spirits|alkohol|",
       "|whisky|whiskey|vodka|wodka|wine|champagne|liquor|alcohol|schnaps|alkohol|", "|no|without|"},
      {"tobacco", declared, declared, "|tobacco|tabak|", "|cigarettes|cigars|tobacco|zigaretten|zigarren|tabak|",
       "|no|"},
      {"medicine", declared, declared, "|medicine|medicines|medikamente|",
       "|medicine|medication|prescription drugs|insulin|medikament|medikamente|", ""},
      {"batteries", freely, declared, "|batteries|battery|akkus|",
       "|lithium|power bank|powerbank|battery pack|loose batteries|akkupack|", ""},
      {"sealed", declared, declared, "|sealed|", "|sealed box|do not open|don t open|nicht öffnen|", ""}};
  return rules;
}

std::vector<const GoodsRule*> goods_of(const std::string& title, const Item& item) {
  const std::string category = '|' + lower_case(item.category) + '|';
  const std::string all =
      title + " . " + item.description + (item.declaration ? " . " + item.declaration->contents : "");
  const std::string seen = as_it_looks(all), text = barred(seen), leet = barred(seen, true);
  std::vector<bool> said(goods_rules().size());
  mark(said, leet, true);
  if (text != leet) mark(said, text, false);
  std::vector<const GoodsRule*> out;
  const bool is_named = is_named_after(category, text);
  bool names_prohibited = false;
  for (std::size_t i = 0; i < goods_rules().size(); ++i) {
    const GoodsRule& rule = goods_rules()[i];
    if ((said[i] && !is_named) || rule.categories.find(category) != std::string_view::npos) out.push_back(&rule);
    names_prohibited |= said[i] && is_named && rule.by_land == never;
  }
  if (names_prohibited) out.push_back(&named_after());
  return out;
}

std::vector<std::string> goods_names(const std::string& title, const Item& item) {
  std::vector<std::string> out;
  for (const GoodsRule* rule : goods_of(title, item)) out.emplace_back(rule->goods);
  return out;
}

}  // namespace caravan
