#pragma once

#include <set>

#include "actors/account/resources.hpp"
#include "actors/user/resources.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// A person in an administrator's list.
struct UserRow {
  static constexpr std::string_view record_name = "UserRow";
  UserId user_id;
  std::string email;
  std::string first_name;
  std::string last_name;
  UserStatus status = UserStatus::pending_verification;
  UserType user_type = UserType::both;
  std::vector<Role> roles;
  VerificationLevel verification_level = VerificationLevel::none;
  VerificationState verification = VerificationState::none;
  Time created_at;
  static constexpr auto fields() {
    return std::array{field<&UserRow::user_id>(1, "userId"),
                      field<&UserRow::email>(2, "email"),
                      field<&UserRow::first_name>(3, "firstName"),
                      field<&UserRow::last_name>(4, "lastName"),
                      field<&UserRow::status>(5, "status"),
                      field<&UserRow::user_type>(6, "userType"),
                      field<&UserRow::roles>(7, "roles"),
                      field<&UserRow::verification_level>(8, "verificationLevel"),
                      field<&UserRow::verification>(9, "verification"),
                      field<&UserRow::created_at>(10, "createdAt")};
  }
};

/// What is asked for; absent parts do not restrict.
struct UserSearch {
  std::optional<std::string> words;  // beginnings of words of name or e-mail address
  std::optional<UserStatus> status;
  std::optional<UserType> user_type;
  std::optional<VerificationState> verification;
};

/// Newest first.
Page<UserRow> search_users(const ReadModels& models, const UserSearch& search, const Paging& paging);

/// Active accounts with all these permissions (bits), at most 200: candidates, as a read model is behind its accounts.
std::vector<UserId> administrators(const ReadModels& models, std::uint32_t permissions);
/// All who may do anything.
std::vector<UserId> administrators(const ReadModels& models);
inline std::vector<UserId> administrators(const ReadModels& models, Permission permission) {
  return administrators(models, static_cast<std::uint32_t>(permission));
}

/// Whom that person has blocked, and who has blocked that person.
std::set<UserId> kept_apart(const ReadModels& models, UserId person);

/// Whose account has an API key with this SHA-256 (hexadecimal digits).
std::optional<UserId> account_with_key(const ReadModels& models, const std::string& hash);

namespace read_models {
/// A condition, with AND before it: the account of the user in this column is active, or not known yet.
std::string and_is_active(std::string_view column);
const Projection& accounts_projection();
const Projection& profiles_projection();
}  // namespace read_models

}  // namespace caravan
