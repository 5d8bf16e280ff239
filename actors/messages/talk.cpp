#include "actors/messages/talk.hpp"

#include <algorithm>
#include <array>

#include "actors/values/look_alikes.hpp"

namespace caravan {

namespace {

constexpr std::size_t least_digits_of_number = 9;  // of a telephone; dates and amounts have fewer in one piece

constexpr auto ways_to_pay = std::to_array<std::string_view>(
    {"paypal", "venmo", "zelle", "cash app", "cashapp", "western union", "moneygram", "bitcoin", "crypto", "revolut",
     "bank transfer", "wire transfer", "pay cash", "in cash", "iban", "überweisung", "überweise", "bar bezahlen"});
constexpr auto messengers =
    std::to_array<std::string_view>({"whatsapp", "telegram", "wechat", "viber", "snapchat", "instagram", "messenger"});

bool is_digit(char each) { return each >= '0' && each <= '9'; }
bool is_letter(char each) {
  return (each >= 'a' && each <= 'z') || is_digit(each) || static_cast<unsigned char>(each) >= 0x80;
}

/// In small letters, each as long as it was: ASCII's, and the umlauts and accents that UTF-8 has behind C3.
std::string small(std::string_view text) {
  std::string out(text);
  const auto is_accented = [](unsigned char each) { return each >= 0x80 && each <= 0x9E && each != 0x97; };  // 97: ×
  for (std::size_t i = 0; i < out.size(); ++i) {
    const bool is_behind = i > 0 && out[i - 1] == '\xC3' && is_accented(static_cast<unsigned char>(out[i]));
    if ((out[i] >= 'A' && out[i] <= 'Z') || is_behind) out[i] = static_cast<char>(out[i] + ('a' - 'A'));
  }
  return out;
}

/// As it is read, in small letters. A dash stays one: it stands between numbers and within them.
Look read(std::string_view text) {
  Look out = look_of(text);
  for (std::size_t i = 0; i < out.text.size(); ++i) {
    const std::string_view from = text.substr(out.at[i], 3);
    if (out.text[i] == ' ' && from >= "\u2010" && from <= "\u2015") out.text[i] = '-';
  }
  out.text = small(out.text);
  return out;
}

/// As a word of its own.
bool says(const std::string& text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_letter(text[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

/// Where a way to reach somebody stands in a text.
struct Span {
  std::size_t begin = 0, end = 0;
};

bool is_mailbox(char each) { return is_letter(each) || std::string_view("._%+-").find(each) != std::string_view::npos; }

/// Of "example.net" it is so, of "9.99" and "home" not.
bool is_domain(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && dot > 0 &&
         std::ranges::any_of(text.substr(dot), [](char each) { return is_letter(each) && !is_digit(each); });
}

/// Past the blanks there.
std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] == ' ') ++at;
  return at;
}

/// Where the domain that begins there ends. Its points may have blanks before them; a point with a blank behind it
/// alone ends a sentence.
std::size_t end_of_domain(std::string_view text, std::size_t begin) {
  const auto is_of_domain = [](char each) { return is_letter(each) || each == '-'; };
  std::size_t end = begin;
  for (;;) {
    while (end < text.size() && is_of_domain(text[end])) ++end;
    const std::size_t point = skip_blanks(text, end);
    if (point == text.size() || text[point] != '.') break;
    const std::size_t next = point > end ? skip_blanks(text, point + 1) : point + 1;
    if (next == text.size() || !is_letter(text[next])) break;
    end = next;
  }
  return end;
}

void add_mail_addresses(const std::string& text, std::vector<Span>& spans) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && text[begin - 1] == ' ') --begin;
    if (begin == 0 || !is_letter(text[begin - 1])) continue;
    const std::size_t domain = skip_blanks(text, at + 1);
    const std::size_t end = end_of_domain(text, domain);
    if (!is_domain(std::string_view(text).substr(domain, end - domain))) continue;
    while (begin > 0 && is_mailbox(text[begin - 1])) --begin;
    spans.push_back({begin, end});
  }
}

bool is_point_of_day(char each) { return each == '-' || each == '.' || each == '/'; }
bool is_point(char each) { return std::string_view("-./,:_").find(each) != std::string_view::npos; }
/// What stands between the digits of one plain number; between two of them it makes a telephone of both.
bool is_mark(char each) { return each == '.' || each == ',' || each == ':'; }

/// A number that is no telephone's, at the beginning of a text; of length 0 where none is there.
struct Plain {
  enum class Kind { day, short_day, amount, zip };  // a short day names the year by two digits
  std::size_t length = 0;
  Kind kind = Kind::day;
};

/// Reads up to `most` digits off the front of the text.
int take_digits(std::string_view& text, std::size_t most) {
  int value = 0;
  for (; most > 0 && !text.empty() && is_digit(text.front()); --most, text.remove_prefix(1))
    value = 10 * value + (text.front() - '0');
  return value;
}

bool is_day_of_year(int day, int month) { return day >= 1 && day <= 31 && month >= 1 && month <= 12; }

/// A day as people or machines write it: 2027-01-15, 15.1.2027, 15.01.27, 15/01/2027 or 01/15/2027.
Plain day_at(std::string_view text) {
  std::string_view rest = text;
  const int first = take_digits(rest, 4);
  const std::size_t width = text.size() - rest.size();
  if (width == 0 || width == 3 || rest.empty() || !is_point_of_day(rest.front())) return {};
  const char point = rest.front();
  const auto next = [&](std::size_t most, int& value) {  // how many digits stand behind a point
    if (rest.empty() || rest.front() != point) return std::size_t{0};
    rest.remove_prefix(1);
    const std::size_t before = rest.size();
    value = take_digits(rest, most);
    return before - rest.size();
  };
  const auto is_near = [](int year) { return year / 100 == 19 || year / 100 == 20; };
  int second = 0, third = 0;
  if (next(2, second) == 0) return {};
  const std::size_t last = next(width == 4 ? 2 : 4, third);
  if (last == 0) return {};
  const std::size_t length = text.size() - rest.size();
  if (width == 4)
    return {point != '.' && is_near(first) && is_day_of_year(third, second) ? length : 0, Plain::Kind::day};
  const bool is_day = is_day_of_year(first, second) || (point == '/' && is_day_of_year(second, first));
  if (point == '-' || !is_day) return {};
  if (last == 2) return {length, Plain::Kind::short_day};
  return {last == 4 && is_near(third) ? length : 0, Plain::Kind::day};
}

/// An amount of money or a time: 100.00, 100,00, 1,500 or 18:30. An area code begins with a nought, and they do not.
Plain amount_at(std::string_view text) {
  constexpr std::size_t hours_wide = 2, thousands_wide = 3;
  std::string_view rest = text;
  take_digits(rest, 6);
  const std::size_t whole = text.size() - rest.size();
  if (whole == 0 || (whole > 2 && text.front() == '0') || rest.empty() || !is_mark(rest.front())) return {};
  const char mark = rest.front();
  if (mark == ':' && whole > hours_wide) return {};
  rest.remove_prefix(1);
  take_digits(rest, 3);
  const std::size_t behind = text.size() - rest.size() - whole - 1;
  const bool is_grouped = mark == ',' && behind == 3 && whole <= thousands_wide && text.front() != '0';
  return {behind == 2 || is_grouped ? whole + 1 + behind : 0, Plain::Kind::amount};
}

/// A ZIP code of nine digits: 10001-1234.
Plain zip_at(std::string_view text) {
  constexpr std::string_view shape = "00000-0000";
  const bool is_zip =
      text.size() >= shape.size() && std::ranges::equal(shape, text.substr(0, shape.size()),
                                                        [](char a, char b) { return a == '0' ? is_digit(b) : a == b; });
  return {is_zip ? shape.size() : 0, Plain::Kind::zip};
}

constexpr int most_in_chain = 8;  // plain numbers with one point or blank between them

/// The plain number that begins there. It ends with its last digit: more of them behind it, or behind a point, are only
/// those of another one of its kind, as in 20.00/25.00. Behind all but days with their whole year a blank parts nothing
/// either.
Plain plain_at(std::string_view text, int chain = most_in_chain) {
  Plain found = day_at(text);
  if (found.length == 0) found = zip_at(text);
  if (found.length == 0) found = amount_at(text);
  const std::string_view rest = text.substr(found.length);
  if (found.length == 0 || rest.empty()) return found;
  if (is_digit(rest[0])) return {};
  const bool is_blank = rest[0] == ' ';
  const bool goes_on =
      rest.size() > 1 && is_digit(rest[1]) && (is_point(rest[0]) || (is_blank && found.kind != Plain::Kind::day));
  if (!goes_on) return found;
  if (chain == 1 || is_mark(rest[0])) return {};  // 01.02.03.04.05 is a telephone
  const Plain next = plain_at(rest.substr(1), chain - 1);
  const bool is_alike = is_blank || (next.kind <= Plain::Kind::short_day) == (found.kind <= Plain::Kind::short_day);
  return next.length > 0 && is_alike ? found : Plain{};
}

/// Nine digits with nothing but what people write within numbers between them.
class Numbers {
 public:
  explicit Numbers(std::string_view text) : text_(text) {}

  void add_to(std::vector<Span>& spans) {
    std::size_t chained = text_.size();  // where another plain number may begin behind the last one
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char each = text_[i];
      if (is_digit(each)) {
        const bool begins = i == 0 || i == chained || !is_within(i);
        if (const Plain plain = begins ? plain_at(text_.substr(i)) : Plain{}; parts(plain)) {
          end(spans);
          i += plain.length - 1;
          chained = i + 2;
        } else {
          if (digits_++ == 0) number_.begin = i;
          number_.end = i + 1;
        }
      } else if (ends(i)) {
        end(spans);
      }
    }
    end(spans);
  }

 private:
  /// What stands before belongs to the same number.
  bool is_within(std::size_t i) const {
    const char before = text_[i - 1];
    return is_digit(before) || before == '+' || (is_point(before) && i > 1 && is_digit(text_[i - 2]));
  }
  /// No number goes on behind it.
  bool ends(std::size_t i) const {
    const char each = text_[i];
    if (std::string_view(" -./()_,:").find(each) == std::string_view::npos) return true;
    if (each == ',' || each == ':')  // behind it a blank begins the next thing that is told
      return i + 1 == text_.size() || !is_digit(text_[i + 1]);
    return each == '-' && is_gap(i);
  }
  bool is_abroad() const {
    return (number_.begin > 0 && text_[number_.begin - 1] == '+') || text_.substr(number_.begin).starts_with("00");
  }
  /// The plain number is none of the digits before it.
  bool parts(const Plain& plain) const {
    if (plain.length == 0 || digits_ == 0) return plain.length > 0;
    if (plain.kind == Plain::Kind::day) return !is_abroad();
    return plain.kind == Plain::Kind::short_day && text_[number_.begin] != '0' && !is_abroad();
  }
  /// A dash with blanks on both sides is between two numbers, but where the first is an area code.
  bool is_gap(std::size_t i) const {
    constexpr std::size_t digits_of_zip = 5;
    if (i == 0 || text_[i - 1] != ' ' || i + 1 >= text_.size() || text_[i + 1] != ' ' || digits_ == 0) return false;
    return !is_abroad() && (text_[number_.begin] != '0' || digits_ == digits_of_zip);
  }
  void end(std::vector<Span>& spans) {
    while (number_.begin > 0 && (text_[number_.begin - 1] == '+' || text_[number_.begin - 1] == '(')) --number_.begin;
    if (digits_ >= least_digits_of_number) spans.push_back(number_);
    digits_ = 0;
  }

  std::string_view text_;
  Span number_;
  std::size_t digits_ = 0;
};

/// In the order of the text; where two overlap they are one.
std::vector<Span> contacts_in(const std::string& text) {
  std::vector<Span> all, apart;
  add_mail_addresses(text, all);
  Numbers(text).add_to(all);
  std::ranges::sort(all, {}, &Span::begin);
  for (const Span& each : all) {
    if (apart.empty() || each.begin >= apart.back().end)
      apart.push_back(each);
    else
      apart.back().end = std::max(apart.back().end, each.end);
  }
  return apart;
}

}  // namespace

std::vector<std::string> talk_flags(std::string_view text) {
  const std::string said = read(text).text;
  const auto any = [&](const auto& words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return says(said, word); });
  };
  std::vector<std::string> flags;
  if (any(ways_to_pay)) flags.emplace_back("payment");
  if (any(messengers) || !contacts_in(said).empty()) flags.emplace_back("contact");
  return flags;
}

std::string masked_contacts(std::string_view text) {
  const Look seen = read(text);
  std::string out;
  std::size_t from = 0;
  for (const Span& contact : contacts_in(seen.text)) {
    out.append(text.substr(from, seen.at[contact.begin] - from)).append(contact_mask);
    from = seen.at[contact.end];
  }
  return out.append(text.substr(from));
}

}  // namespace caravan
