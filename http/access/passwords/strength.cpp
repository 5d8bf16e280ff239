#include "http/access/passwords/strength.hpp"

#include <zxcvbn.h>

#include <algorithm>
#include <array>

#include "actors/claim/address.hpp"
#include "http/embedded.hpp"
#include "storage/text/unicode.hpp"

CARAVAN_EMBED(caravan_leaked, CARAVAN_PASSWORDS "/leaked.txt.gz");

namespace caravan::http {

namespace {

constexpr std::size_t most_unpacked = 4 << 20;
constexpr std::size_t fewest_characters = 8;
constexpr double fewest_bits = 16;  // 65,000 tries: more than a month, at a sign-in that locks

constexpr const char* better =
    "Choose several unrelated words, or a longer mix of letters, digits and signs that is nobody's name, date or row "
    "of "
    "keys.";

std::vector<std::string_view> read_leaked() {
  static const std::string text = gunzip(CARAVAN_EMBEDDED(caravan_leaked), most_unpacked);
  std::vector<std::string_view> out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) out.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace

const std::vector<std::string_view>& leaked_passwords() {
  static const std::vector<std::string_view> all = read_leaked();
  return all;
}

std::optional<PasswordFault> fault_of(const std::string& password, const std::string& email) {
  const std::string lower = unicode::folded(password), address = lower_case(email);
  const std::string name = address.substr(0, address.find('@'));
  if (unicode::first_characters(password, fewest_characters - 1).size() == password.size())
    return PasswordFault{"too_short", std::string("It has fewer than 8 characters. ") + better};
  if (lower == address || lower == name)
    return PasswordFault{"same_as_email", std::string("It is your e-mail address. ") + better};
  if (std::ranges::binary_search(leaked_passwords(), std::string_view(lower)))
    return PasswordFault{"leaked", std::string("It is one of the passwords that leak most often. ") + better};
  std::array<const char*, 4> words{"caravan", name.c_str(), address.c_str(), nullptr};
  if (ZxcvbnMatch(password.c_str(), words.data(), nullptr) >= fewest_bits) return std::nullopt;
  return PasswordFault{"easy_to_guess", std::string("It would be guessed soon. ") + better};
}

}  // namespace caravan::http
