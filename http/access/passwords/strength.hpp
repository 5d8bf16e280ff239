#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caravan::http {

/// Why a password is not good enough.
struct PasswordFault {
  std::string rule;    // "too_short", "leaked", "same_as_email", "easy_to_guess"
  std::string advice;  // for a person: what is wrong and what would be better
};

/// What is wrong with a password of somebody with this e-mail address; nothing where it is good enough. Judged by
/// libzxcvbn, which knows words, names, dates and rows of keys, and by a list of leaked ones (config/passwords).
std::optional<PasswordFault> fault_of(const std::string& password, const std::string& email);

/// The leaked passwords, in the order of their bytes.
const std::vector<std::string_view>& leaked_passwords();

}  // namespace caravan::http
