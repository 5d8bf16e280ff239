#pragma once

#include "actors/directory/questions.hpp"
#include "actors/entity/appointment.hpp"
#include "actors/entity/scope.hpp"
#include "actors/user/commands.hpp"

namespace caravan {

inline Address account_address(UserId user) { return {EntityKind::account, user.value}; }

/// What an account may do now.
enum class UserStatus { pending_verification, active, suspended, banned, deleted, closing };
constexpr auto enum_labels(UserStatus) {
  return std::to_array<std::string_view>(
      {"pending_verification", "active", "suspended", "banned", "deleted", "closing"});
}

/// The permissions that an administrator can be given; bit `1 << index` of Caller::permissions.
enum class PermissionName { read, users, deliveries, disputes, security, finance, notifications, ops, private_data };
constexpr auto enum_labels(PermissionName) {
  return std::to_array<std::string_view>(
      {"read", "users", "deliveries", "disputes", "security", "finance", "notifications", "ops", "private"});
}
inline constexpr std::uint32_t all_permissions = (1U << enum_labels(PermissionName{}).size()) - 1;

enum class Role { customer, traveler, admin };
constexpr auto enum_labels(Role) { return std::to_array<std::string_view>({"customer", "traveler", "admin"}); }

/// For so long a password or code that was shown opens what can take an account over.
inline constexpr std::chrono::minutes step_up_life{5};

inline constexpr std::int64_t default_session_seconds = 30 * 24 * 3'600;

/// Where a request came from, as the edge saw it: for sessions, security events and the mail on a new device.
struct ClientFacts {
  static constexpr std::string_view record_name = "ClientFacts";
  std::string ip = {};
  std::string device = {};   // the user agent
  std::string network = {};  // whom the address stands for: itself, or the /64 of IPv6; absent: the address
  static constexpr auto fields() {
    return std::array{field<&ClientFacts::ip>(1, "ip", length(0, 64)),
                      field<&ClientFacts::device>(2, "device", length(0, 300)),
                      field<&ClientFacts::network>(3, "network", internal())};
  }
};

/// Makes the account. The edge holds the claim of the e-mail address (free again after ten minutes unless the account
/// confirms it) and has hashed the password.
struct Register {
  static constexpr Tag tag{1, "register"};
  std::string email;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::string preferred_language = "en";
  std::string time_zone = "UTC";
  std::string password_hash;
  bool first_administrator = false;  // active at once, with every permission
  ClientFacts client = {};
  std::optional<std::int32_t> accepted_terms = {};  // the policy's version
  static constexpr auto fields() {
    return std::array{field<&Register::email>(1, "email", format(schema::Format::email) | length(3, 254)),
                      field<&Register::first_name>(2, "firstName", format(schema::Format::name) | length(1, 100)),
                      field<&Register::last_name>(3, "lastName", format(schema::Format::name) | length(1, 100)),
                      field<&Register::user_type>(4, "userType"),
                      field<&Register::phone_number>(5, "phoneNumber", format(schema::Format::phone)),
                      field<&Register::preferred_language>(6, "preferredLanguage", format(schema::Format::language)),
                      field<&Register::time_zone>(7, "timezone", format(schema::Format::time_zone)),
                      field<&Register::password_hash>(8, "passwordHash", internal()),
                      field<&Register::first_administrator>(9, "firstAdministrator", internal()),
                      field<&Register::client>(10, "client", internal()),
                      field<&Register::accepted_terms>(11, "acceptedTerms")};
  }
};

/// Redeems the mailed token. Whoever registered may be another than whose address it is: from another client than
/// registered, a new password takes the place of theirs. The edge has hashed it.
struct VerifyEmail {
  static constexpr Tag tag{2, "verify_email"};
  std::string token;
  std::optional<std::string> password_hash = {};
  ClientFacts client = {};
  static constexpr auto fields() {
    return std::array{field<&VerifyEmail::token>(1, "token", length(1, 500)),
                      field<&VerifyEmail::password_hash>(2, "passwordHash", internal()),
                      field<&VerifyEmail::client>(3, "client", internal())};
  }
};

/// Sends the verification mail again, at most max_mails_an_hour times an hour. Further requests send nothing and get
/// the same answer, which must not tell whether the address is known.
struct ResendVerification {
  static constexpr Tag tag{3, "resend_verification"};
  ClientFacts client = {};
  static constexpr auto fields() { return std::array{field<&ResendVerification::client>(1, "client", internal())}; }
};

/// Signs in, or asks for the second factor: the edge has found the password to be right.
struct RecordLogin {
  static constexpr Tag tag{4, "record_login"};
  /// Of the credentials that the edge checked against; refused where they have changed since.
  std::int64_t credentials_version = 0;
  ClientFacts client;
  std::int64_t session_seconds = default_session_seconds;  // from its last use
  static constexpr auto fields() {
    return std::array{field<&RecordLogin::credentials_version>(1, "credentialsVersion", internal()),
                      field<&RecordLogin::client>(2, "client", internal()),
                      field<&RecordLogin::session_seconds>(3, "sessionSeconds", internal())};
  }
};

/// Counts a wrong password, which may lock out who tries: the edge has checked it, at sign-in or where it asked a
/// signed-in person.
struct RecordLoginFailure {
  static constexpr Tag tag{5, "record_login_failure"};
  ClientFacts client;
  std::optional<Uuid> session_id = {};
  static constexpr auto fields() {
    return std::array{field<&RecordLoginFailure::client>(1, "client", internal()),
                      field<&RecordLoginFailure::session_id>(2, "sessionId", internal())};
  }
};

/// The second factor. The edge has found which 30-second step a six-digit code belongs to (0: none); other codes are
/// recovery codes.
struct CompleteChallenge {
  static constexpr Tag tag{6, "complete_challenge"};
  std::string challenge_token;
  std::string code;
  std::int64_t totp_step = 0;
  ClientFacts client;
  std::int64_t session_seconds = default_session_seconds;  // from its last use
  static constexpr auto fields() {
    return std::array{field<&CompleteChallenge::challenge_token>(1, "challengeToken", length(1, 500)),
                      field<&CompleteChallenge::code>(2, "code", length(1, 40)),
                      field<&CompleteChallenge::totp_step>(3, "totpStep", internal()),
                      field<&CompleteChallenge::client>(4, "client", internal()),
                      field<&CompleteChallenge::session_seconds>(5, "sessionSeconds", internal())};
  }
};

/// Exchanges a refresh token for a new access token and a new refresh token. A refresh token that was used before has
/// been copied by somebody, so it ends its session.
struct RefreshSession {
  static constexpr Tag tag{7, "refresh_session"};
  std::string refresh_token;
  ClientFacts client;
  std::int64_t session_seconds = default_session_seconds;  // from its last use
  static constexpr auto fields() {
    return std::array{field<&RefreshSession::refresh_token>(1, "refreshToken", length(1, 500)),
                      field<&RefreshSession::client>(2, "client", internal()),
                      field<&RefreshSession::session_seconds>(3, "sessionSeconds", internal())};
  }
};

/// Signs one session out.
struct RevokeSession {
  static constexpr Tag tag{8, "revoke_session"};
  Uuid session_id;
  static constexpr auto fields() { return std::array{field<&RevokeSession::session_id>(1, "sessionId", internal())}; }
};

/// Signs out everywhere. API keys are no sessions: they stay where the owner asks. Where an administrator does they end
/// too, as a key is a way in as well.
struct RevokeAllSessions {
  static constexpr Tag tag{9, "revoke_all_sessions"};
  static constexpr auto fields() { return no_fields; }
};

/// Mails a token for a new password, at most max_mails_an_hour times an hour; beyond that, one as soon as the last one
/// mailed is about to end, so that nobody uses up the owner's way back. Further requests send nothing and get the same
/// answer, which must not tell whether the address is known.
struct RequestPasswordReset {
  static constexpr Tag tag{10, "request_password_reset"};
  ClientFacts client = {};
  std::string email = {};  // that was asked for: one that may come back is mailed the link that brings it back
  static constexpr auto fields() {
    return std::array{field<&RequestPasswordReset::client>(1, "client", internal()),
                      field<&RequestPasswordReset::email>(2, "email", internal())};
  }
};

/// Redeems a reset token. The edge has hashed the new password. Whoever had the old one is out: sessions and API keys
/// end, and the lock opens. Strangers' tries do not lock out the client that redeemed it, for an hour.
struct ResetPassword {
  static constexpr Tag tag{11, "reset_password"};
  std::string token;
  std::string password_hash;
  ClientFacts client = {};
  static constexpr auto fields() {
    return std::array{field<&ResetPassword::token>(1, "token", length(1, 500)),
                      field<&ResetPassword::password_hash>(2, "passwordHash", internal()),
                      field<&ResetPassword::client>(3, "client", internal())};
  }
};

/// Changes the password: the edge has checked the current one and hashed the new one. All sessions end, the asking one
/// too, as a thief may have its tokens; whoever asks gets a new one. API keys end where the command says so.
struct ChangePassword {
  static constexpr Tag tag{12, "change_password"};
  std::string password_hash;
  std::int64_t credentials_version = 0;
  Uuid session_id;  // the caller's own; earlier builds left it signed in, nothing reads it now
  bool revoke_api_keys = false;
  ClientFacts client = {};
  std::int64_t session_seconds = default_session_seconds;  // of the new session, from its last use
  static constexpr auto fields() {
    return std::array{field<&ChangePassword::password_hash>(1, "passwordHash", internal()),
                      field<&ChangePassword::credentials_version>(2, "credentialsVersion", internal()),
                      field<&ChangePassword::session_id>(3, "sessionId", internal()),
                      field<&ChangePassword::revoke_api_keys>(4, "revokeApiKeys", internal()),
                      field<&ChangePassword::client>(5, "client", internal()),
                      field<&ChangePassword::session_seconds>(6, "sessionSeconds", internal())};
  }
};

/// A TOTP secret that the edge made, to be confirmed by a first code. The account sees and keeps its sealed form alone.
struct SetUpTwoFactor {
  static constexpr Tag tag{13, "set_up_two_factor"};
  Bytes sealed_secret = {};
  static constexpr auto fields() {
    return std::array{field<&SetUpTwoFactor::sealed_secret>(1, "sealedSecret", internal())};
  }
};

struct EnableTwoFactor {
  static constexpr Tag tag{14, "enable_two_factor"};
  std::string code;
  std::int64_t totp_step = 0;
  ClientFacts client = {};
  std::optional<Uuid> session_id = {};  // that asks: its wrong codes count
  static constexpr auto fields() {
    return std::array{field<&EnableTwoFactor::code>(1, "code", length(6, 10)),
                      field<&EnableTwoFactor::totp_step>(2, "totpStep", internal()),
                      field<&EnableTwoFactor::client>(3, "client", internal()),
                      field<&EnableTwoFactor::session_id>(4, "sessionId", internal())};
  }
};

/// Turns the second factor off. The edge has checked the password.
struct DisableTwoFactor {
  static constexpr Tag tag{15, "disable_two_factor"};
  std::string code;
  std::int64_t totp_step = 0;
  std::int64_t credentials_version = 0;
  ClientFacts client = {};
  std::optional<Uuid> session_id = {};  // that asks: its wrong codes count
  static constexpr auto fields() {
    return std::array{field<&DisableTwoFactor::code>(1, "code", length(6, 40)),
                      field<&DisableTwoFactor::totp_step>(2, "totpStep", internal()),
                      field<&DisableTwoFactor::credentials_version>(3, "credentialsVersion", internal()),
                      field<&DisableTwoFactor::client>(4, "client", internal()),
                      field<&DisableTwoFactor::session_id>(5, "sessionId", internal())};
  }
};

/// New recovery codes in place of the old ones.
struct ReplaceRecoveryCodes {
  static constexpr Tag tag{16, "replace_recovery_codes"};
  static constexpr auto fields() { return no_fields; }
};

/// Sends a code to a telephone number that the caller says is theirs; absent: the account's own.
struct SendPhoneCode {
  static constexpr Tag tag{17, "send_phone_code"};
  std::optional<std::string> phone_number = {};
  static constexpr auto fields() {
    return std::array{field<&SendPhoneCode::phone_number>(1, "phoneNumber", format(schema::Format::phone))};
  }
};

struct VerifyPhone {
  static constexpr Tag tag{18, "verify_phone"};
  std::string code;
  static constexpr auto fields() { return std::array{field<&VerifyPhone::code>(1, "code", length(6, 6))}; }
};

/// An administrator activates, suspends or bans.
struct SetAccountStatus {
  static constexpr Tag tag{19, "set_account_status"};
  UserStatus status = UserStatus::active;
  std::string reason = {};
  Appointment office = {};  // of the administrator, with what ties them to the account's owner
  static constexpr auto fields() {
    return std::array{field<&SetAccountStatus::status>(1, "status"),
                      field<&SetAccountStatus::reason>(2, "reason", length(0, 500)),
                      field<&SetAccountStatus::office>(3, "office", internal())};
  }
};

/// Somebody through whose hands a permission came, and when.
struct GrantRoot {
  static constexpr std::string_view record_name = "StoredGrantRoot";
  UserId by;
  Time at;
  static constexpr auto fields() { return std::array{field<&GrantRoot::by>(1, "by"), field<&GrantRoot::at>(2, "at")}; }
};

/// An administrator gives roles and permissions: none that they do not hold themselves.
struct SetRoles {
  static constexpr Tag tag{20, "set_roles"};
  std::vector<Role> roles;
  std::vector<PermissionName> permissions = {};
  std::vector<GrantRoot> roots = {};  // of the giver's own permissions, by the edge
  static constexpr auto fields() {
    return std::array{field<&SetRoles::roles>(1, "roles", length(1, 3)),
                      field<&SetRoles::permissions>(2, "permissions", length(0, 9)),
                      field<&SetRoles::roots>(3, "roots", internal())};
  }
};

/// From the platform's settings: this account is active and may do everything, so that no administrator can be shut out
/// for good. Its address must be proven, and where it is closing, its owner takes that back by the mailed link.
struct RestoreAdministrator {
  static constexpr Tag tag{39, "restore_administrator"};
  static constexpr auto fields() { return no_fields; }
};

/// Closes the account: ends its sessions and keys and what the user has open. A few days later it is erased, with the
/// profile and the inbox, and the e-mail address is free. Until then a mailed link takes that back. An account whose
/// address is not proven, or that is shut out, is erased at once.
struct DeleteAccount {
  static constexpr Tag tag{21, "delete_account"};
  std::optional<std::string> reason = {};  // of earlier builds: no row gives one
  static constexpr auto fields() { return std::array{field<&DeleteAccount::reason>(1, "reason", length(0, 500))}; }
};

/// A key for an integrator, shown once. It may do what its scopes say, as far as its owner may; none named: the reading
/// ones. An administrator's permissions are scopes too ("admin:users"), and can also be named as permissions. One that
/// is read-only only reads.
struct CreateApiKey {
  static constexpr Tag tag{22, "create_api_key"};
  std::string name;
  std::optional<std::vector<PermissionName>> permissions = {};  // none that the caller does not hold; absent: none
  std::optional<bool> read_only = {};
  std::optional<std::vector<Scope>> scopes = {};
  std::optional<Time> expires_at = {};
  static constexpr auto fields() {
    return std::array{field<&CreateApiKey::name>(1, "name", length(1, 100)),
                      field<&CreateApiKey::permissions>(2, "permissions", length(0, 9)),
                      field<&CreateApiKey::read_only>(3, "readOnly"),
                      field<&CreateApiKey::scopes>(4, "scopes", length(1, enum_labels(Scope{}).size())),
                      field<&CreateApiKey::expires_at>(5, "expiresAt")};
  }
};

/// Another address is to take the place of the account's own, once it is proven. Mails both.
struct RequestEmailChange {
  static constexpr Tag tag{25, "request_email_change"};
  std::string email;
  std::optional<Uuid> session_id = {};  // that asks: its mails count, and the change ends with it
  static constexpr auto fields() {
    return std::array{field<&RequestEmailChange::email>(1, "email", format(schema::Format::email) | length(3, 254)),
                      field<&RequestEmailChange::session_id>(2, "sessionId", internal())};
  }
};

/// Redeems the token of the new address. The edge holds the claim of that address.
struct RedeemEmailChange {
  static constexpr Tag tag{26, "redeem_email_change"};
  std::string token;
  static constexpr auto fields() { return std::array{field<&RedeemEmailChange::token>(1, "token", length(1, 500))}; }
};

/// From whoever owns an address that another gave, with the token that was mailed there: it is free again.
struct RejectEmail {
  static constexpr Tag tag{27, "reject_email"};
  std::string token;
  static constexpr auto fields() { return std::array{field<&RejectEmail::token>(1, "token", length(1, 500))}; }
};

/// From the profile: it has another number, which is not proven.
struct NotePhoneChange {
  static constexpr Tag tag{28, "note_phone_change"};
  std::string phone;
  static constexpr auto fields() { return std::array{field<&NotePhoneChange::phone>(1, "phone")}; }
};

struct RevokeApiKey {
  static constexpr Tag tag{23, "revoke_api_key"};
  Uuid key_id;
  static constexpr auto fields() { return std::array{field<&RevokeApiKey::key_id>(1, "keyId", internal())}; }
};

/// Opens what can take the account over, for a few minutes and this session. Without a second factor the edge has found
/// the password to be right; with one, the code alone counts.
struct StepUp {
  static constexpr Tag tag{24, "step_up"};
  Uuid session_id;
  std::int64_t credentials_version = 0;  // of the credentials that the password was checked against
  std::string code = {};
  std::int64_t totp_step = 0;
  ClientFacts client = {};
  static constexpr auto fields() {
    return std::array{field<&StepUp::session_id>(1, "sessionId", internal()),
                      field<&StepUp::credentials_version>(2, "credentialsVersion", internal()),
                      field<&StepUp::code>(3, "code", length(0, 40)),
                      field<&StepUp::totp_step>(4, "totpStep", internal()),
                      field<&StepUp::client>(5, "client", internal())};
  }
};

}  // namespace caravan
