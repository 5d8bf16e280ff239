#include "http/access/posing_names.hpp"

#include <unicode/uspoof.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "http/problem/problem.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

using SpoofChecker = std::unique_ptr<USpoofChecker, decltype(&uspoof_close)>;

/// The shape that texts have in common which look alike (Unicode Technical Standard 39).
std::string skeleton(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  thread_local const SpoofChecker checker{uspoof_open(&error), uspoof_close};
  if (!checker || U_FAILURE(error)) throw std::runtime_error("ICU has no spoof checker");
  std::string out(4 * text.size() + 16, '\0');
  for (;;) {
    error = U_ZERO_ERROR;
    const std::int32_t size =
        uspoof_getSkeletonUTF8(checker.get(), 0, text.data(), static_cast<std::int32_t>(text.size()), out.data(),
                               static_cast<std::int32_t>(out.size()), &error);
    if (U_FAILURE(error) && error != U_BUFFER_OVERFLOW_ERROR) return std::string(text);
    const bool fits = static_cast<std::size_t>(size) <= out.size();
    out.resize(static_cast<std::size_t>(size));
    if (fits) return out;
  }
}

/// A text as the eye takes it: without case, accents and invisible characters; i, l and 1 are one stroke.
std::string shape(std::string_view text) {
  std::string out = unicode::folded(skeleton(unicode::folded(text, unicode::Marks::drop)), unicode::Marks::drop);
  std::ranges::replace(out, 'i', 'l');
  return out;
}

std::vector<std::string> shapes(std::initializer_list<std::string_view> texts) {
  std::vector<std::string> out;
  for (const std::string_view text : texts) out.push_back(shape(text));
  return out;
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Whoever bears such a name for the platform's sake. A word that begins so poses: "Caravans", "supportteam".
bool poses(const std::string& word) {
  static const auto beginnings = shapes({"caravan", "support", "administrat", "moderator", "helpdesk"});
  static const auto staff = shapes({"admin", "admins"});
  return std::ranges::any_of(beginnings, [&](const std::string& begin) { return word.starts_with(begin); }) ||
         std::ranges::find(staff, word) != staff.end();
}

/// Names of the platform that somebody would write in pieces. Only the whole counts: there are people called Cara
/// Vandyke.
bool is_posing_whole(const std::string& name) {
  static const auto wholes =
      shapes({"caravan", "caravans", "support", "administrator", "admin", "moderator", "helpdesk"});
  return std::ranges::find(wholes, name) != wholes.end();
}

std::vector<std::string> words_of(std::string_view name) {
  const std::string shown = shape(name);
  std::vector<std::string> out;
  for (auto begin = std::ranges::find_if(shown, is_letter); begin != shown.end();) {
    const auto end = std::find_if_not(begin, shown.end(), is_letter);
    out.emplace_back(begin, end);
    begin = std::find_if(end, shown.end(), is_letter);
  }
  return out;
}

[[noreturn]] void refuse_name(const char* field) {
  throw Problem{.code = "validation_failed",
                .detail = "This name looks like the platform's own.",
                .errors = {{field, "reserved_name", "no name of the platform or of its staff"}}};
}

}  // namespace

void refuse_posing_name(const std::string& name, const char* field) {
  if (std::ranges::any_of(words_of(name), poses)) refuse_name(field);
}

void refuse_posing_names(const std::string& first_name, const std::string& last_name) {
  refuse_posing_name(first_name, "firstName");
  refuse_posing_name(last_name, "lastName");
  const std::vector<std::string> words = words_of(first_name + ' ' + last_name);
  for (std::size_t first = 0; first < words.size(); ++first) {
    std::string joined;
    for (std::size_t next = first; next < words.size(); ++next) {
      joined += words[next];
      if (is_posing_whole(joined)) refuse_name("lastName");
    }
  }
}

}  // namespace caravan::http
