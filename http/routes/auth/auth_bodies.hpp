#pragma once

#include "actors/account/resources.hpp"

namespace caravan::http {

struct RegisterBody {
  static constexpr std::string_view record_name = "Registration";
  std::string email;
  std::string password;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::optional<std::string> preferred_language = {};
  std::optional<std::string> time_zone = {};
  std::optional<std::int32_t> accepted_terms = {};  // the version that GET /policy shows
  static constexpr auto fields() {
    return std::array{
        field<&RegisterBody::email>(1, "email", format(schema::Format::email) | length(3, 254)),
        field<&RegisterBody::password>(2, "password", format(schema::Format::secret) | length(8, 256)),
        field<&RegisterBody::first_name>(3, "firstName", format(schema::Format::name) | length(1, 100)),
        field<&RegisterBody::last_name>(4, "lastName", format(schema::Format::name) | length(1, 100)),
        field<&RegisterBody::user_type>(5, "userType"),
        field<&RegisterBody::phone_number>(6, "phoneNumber", format(schema::Format::phone)),
        field<&RegisterBody::preferred_language>(7, "preferredLanguage", format(schema::Format::language)),
        field<&RegisterBody::time_zone>(8, "timezone", format(schema::Format::time_zone)),
        field<&RegisterBody::accepted_terms>(9, "acceptedTerms", between(1, 1'000'000))};
  }
};

struct LoginBody {
  static constexpr std::string_view record_name = "Login";
  std::string email;
  std::string password;
  static constexpr auto fields() {
    return std::array{field<&LoginBody::email>(1, "email", length(1, 254)),
                      field<&LoginBody::password>(2, "password", format(schema::Format::secret) | length(1, 256))};
  }
};

/// One of the two: with a second factor the code, else the password.
struct StepUpBody {
  static constexpr std::string_view record_name = "StepUp";
  std::optional<std::string> password = {};
  std::optional<std::string> code = {};  // TOTP or a recovery code
  static constexpr auto fields() {
    return std::array{field<&StepUpBody::password>(1, "password", format(schema::Format::secret) | length(1, 256)),
                      field<&StepUpBody::code>(2, "code", length(1, 40))};
  }
};

struct StepUpAnswer {
  static constexpr std::string_view record_name = "SteppedUp";
  Time stepped_up_until;
  static constexpr auto fields() { return std::array{field<&StepUpAnswer::stepped_up_until>(1, "steppedUpUntil")}; }
};

struct SignedInUser {
  static constexpr std::string_view record_name = "SignedInUser";
  UserId user_id;
  std::string email;
  UserType user_type = UserType::both;
  std::vector<Role> roles;
  static constexpr auto fields() {
    return std::array{field<&SignedInUser::user_id>(1, "userId"), field<&SignedInUser::email>(2, "email"),
                      field<&SignedInUser::user_type>(3, "userType"), field<&SignedInUser::roles>(4, "roles")};
  }
};

/// Either tokens, or the challenge of a second factor.
struct LoginAnswer {
  static constexpr std::string_view record_name = "LoginAnswer";
  std::optional<std::string> access_token = {};
  std::optional<std::string> refresh_token = {};
  std::optional<std::string> token_type = {};
  std::optional<std::int64_t> expires_in = {};  // seconds, of the access token
  std::optional<SignedInUser> user = {};
  std::optional<bool> two_factor_required = {};
  std::optional<std::string> challenge_token = {};
  static constexpr auto fields() {
    return std::array{field<&LoginAnswer::access_token>(1, "accessToken"),
                      field<&LoginAnswer::refresh_token>(2, "refreshToken"),
                      field<&LoginAnswer::token_type>(3, "tokenType"),
                      field<&LoginAnswer::expires_in>(4, "expiresIn"),
                      field<&LoginAnswer::user>(5, "user"),
                      field<&LoginAnswer::two_factor_required>(6, "twoFactorRequired"),
                      field<&LoginAnswer::challenge_token>(7, "challengeToken")};
  }
};

struct TokenBody {
  static constexpr std::string_view record_name = "TokenToCheck";
  std::string token;
  static constexpr auto fields() { return std::array{field<&TokenBody::token>(1, "token", length(1, 4'000))}; }
};

struct ValidateAnswer {
  static constexpr std::string_view record_name = "TokenCheck";
  bool valid = false;
  std::optional<UserId> user_id = {};
  std::optional<std::vector<std::string>> roles = {};
  std::optional<std::vector<PermissionName>> permissions = {};
  std::optional<Time> expires_at = {};
  std::optional<std::string> reason = {};  // why it is not valid
  static constexpr auto fields() {
    return std::array{
        field<&ValidateAnswer::valid>(1, "valid"),          field<&ValidateAnswer::user_id>(2, "userId"),
        field<&ValidateAnswer::roles>(3, "roles"),          field<&ValidateAnswer::permissions>(4, "permissions"),
        field<&ValidateAnswer::expires_at>(5, "expiresAt"), field<&ValidateAnswer::reason>(6, "reason")};
  }
};

struct EmailBody {
  static constexpr std::string_view record_name = "EmailAddress";
  std::string email;
  static constexpr auto fields() {
    return std::array{field<&EmailBody::email>(1, "email", format(schema::Format::email) | length(3, 254))};
  }
};

/// Says nothing about whether the address is known.
struct Accepted {
  static constexpr std::string_view record_name = "Accepted";
  bool accepted = true;
  static constexpr auto fields() { return std::array{field<&Accepted::accepted>(1, "accepted")}; }
};

struct ResetBody {
  static constexpr std::string_view record_name = "PasswordReset";
  std::string token;
  std::string new_password;
  static constexpr auto fields() {
    return std::array{
        field<&ResetBody::token>(1, "token", length(1, 500)),
        field<&ResetBody::new_password>(2, "newPassword", format(schema::Format::secret) | length(8, 256))};
  }
};

struct VerifyEmailBody {
  static constexpr std::string_view record_name = "EmailVerification";
  std::string token;
  std::optional<std::string> password = {};  // a new one; needed where another client registered
  static constexpr auto fields() {
    return std::array{
        field<&VerifyEmailBody::token>(1, "token", length(1, 500)),
        field<&VerifyEmailBody::password>(2, "password", format(schema::Format::secret) | length(8, 256))};
  }
};

struct ChangePasswordBody {
  static constexpr std::string_view record_name = "PasswordChange";
  std::string current_password;
  std::string new_password;
  std::optional<bool> revoke_api_keys = {};  // absent: they go on working, and the mail says how many there are
  static constexpr auto fields() {
    return std::array{
        field<&ChangePasswordBody::current_password>(1, "currentPassword",
                                                     format(schema::Format::secret) | length(1, 256)),
        field<&ChangePasswordBody::new_password>(2, "newPassword", format(schema::Format::secret) | length(8, 256)),
        field<&ChangePasswordBody::revoke_api_keys>(3, "revokeApiKeys")};
  }
};

struct TwoFactorSetup {
  static constexpr std::string_view record_name = "TwoFactorSetup";
  std::string secret;  // base32
  std::string otpauth_uri;
  std::optional<std::string> qr_code = {};  // a data URI of a PNG
  static constexpr auto fields() {
    return std::array{field<&TwoFactorSetup::secret>(1, "secret"), field<&TwoFactorSetup::otpauth_uri>(2, "otpauthUri"),
                      field<&TwoFactorSetup::qr_code>(3, "qrCode", length(0, 20'000))};
  }
};

struct DisableTwoFactorBody {
  static constexpr std::string_view record_name = "TwoFactorDisabling";
  std::string password;
  std::string code;
  static constexpr auto fields() {
    return std::array{
        field<&DisableTwoFactorBody::password>(1, "password", format(schema::Format::secret) | length(1, 256)),
        field<&DisableTwoFactorBody::code>(2, "code", length(6, 40))};
  }
};

struct PhoneAnswer {
  static constexpr std::string_view record_name = "PhoneVerification";
  bool phone_verified = true;
  static constexpr auto fields() { return std::array{field<&PhoneAnswer::phone_verified>(1, "phoneVerified")}; }
};

}  // namespace caravan::http
