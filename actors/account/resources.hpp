#pragma once

#include "actors/account/commands.hpp"

namespace caravan {

/// How far the deletion of an account has come: it ends what the user has open, and looks again until nothing is left.
struct DeletionProgress {
  static constexpr std::string_view record_name = "DeletionProgress";
  bool finished = false;
  std::int64_t open_work = 0;  // requests, trips and deliveries that the last look found
  std::int64_t looks = 0;
  std::optional<Time> next_look_at = {};
  std::optional<Time> erased_at = {};  // of an account that is closing: until then its owner takes it back
  static constexpr auto fields() {
    return std::array{field<&DeletionProgress::finished>(1, "finished"),
                      field<&DeletionProgress::open_work>(2, "openWork"), field<&DeletionProgress::looks>(3, "looks"),
                      field<&DeletionProgress::next_look_at>(4, "nextLookAt"),
                      field<&DeletionProgress::erased_at>(5, "erasedAt")};
  }
};

struct AccountResource {
  static constexpr std::string_view record_name = "Account";
  UserId user_id;
  std::string email;
  UserStatus status = UserStatus::pending_verification;
  UserType user_type = UserType::both;
  std::vector<Role> roles;
  std::vector<PermissionName> permissions;
  bool email_verified = false;
  std::optional<std::string> phone_number = {};
  bool phone_verified = false;
  bool two_factor_enabled = false;
  std::optional<Time> last_login_at = {};
  std::optional<Time> locked_until = {};
  Time created_at;
  std::optional<DeletionProgress> deletion = {};
  std::optional<Time> two_factor_removal_at = {};  // when it goes off, unless its owner keeps it
  static constexpr auto fields() {
    return std::array{field<&AccountResource::user_id>(1, "userId"),
                      field<&AccountResource::email>(2, "email"),
                      field<&AccountResource::status>(3, "status"),
                      field<&AccountResource::user_type>(4, "userType"),
                      field<&AccountResource::roles>(5, "roles"),
                      field<&AccountResource::permissions>(6, "permissions"),
                      field<&AccountResource::email_verified>(7, "emailVerified"),
                      field<&AccountResource::phone_number>(8, "phoneNumber"),
                      field<&AccountResource::phone_verified>(9, "phoneVerified"),
                      field<&AccountResource::two_factor_enabled>(10, "twoFactorEnabled"),
                      field<&AccountResource::last_login_at>(11, "lastLoginAt"),
                      field<&AccountResource::locked_until>(12, "lockedUntil"),
                      field<&AccountResource::created_at>(13, "createdAt"),
                      field<&AccountResource::deletion>(14, "deletion"),
                      field<&AccountResource::two_factor_removal_at>(15, "twoFactorRemovalAt")};
  }
};

/// Answer to POST /auth/register.
struct Registered {
  static constexpr std::string_view record_name = "Registered";
  UserId user_id;
  std::string email;
  UserStatus status = UserStatus::pending_verification;
  bool verification_required = true;
  std::optional<std::int32_t> accepted_terms = {};
  static constexpr auto fields() {
    return std::array{field<&Registered::user_id>(1, "userId"), field<&Registered::email>(2, "email"),
                      field<&Registered::status>(3, "status"),
                      field<&Registered::verification_required>(4, "verificationRequired"),
                      field<&Registered::accepted_terms>(5, "acceptedTerms")};
  }
};

struct StatusAnswer {
  static constexpr std::string_view record_name = "AccountStatus";
  UserStatus status = UserStatus::active;
  static constexpr auto fields() { return std::array{field<&StatusAnswer::status>(1, "status")}; }
};

/// When somebody was suspended, or banned, last.
struct Absence {
  static constexpr std::string_view record_name = "Absence";
  Time since, until;
  static constexpr auto fields() {
    return std::array{field<&Absence::since>(1, "since"), field<&Absence::until>(2, "until")};
  }
};

/// For the edge alone.
struct Credentials {
  static constexpr std::string_view record_name = "Credentials";
  UserId user_id;
  std::string email;
  UserStatus status = UserStatus::pending_verification;
  std::string password_hash;
  std::int64_t version = 0;
  std::optional<Time> locked_until = {};
  bool two_factor_enabled = false;
  Bytes totp_secret;                    // sealed: the enabled one, or else the one that waits for its first code
  std::optional<Time> secured_at = {};  // when the owner shut a thief out last
  std::optional<Absence> absence = {};
  static constexpr auto fields() {
    return std::array{field<&Credentials::user_id>(1, "userId"),
                      field<&Credentials::email>(2, "email"),
                      field<&Credentials::status>(3, "status"),
                      field<&Credentials::password_hash>(4, "passwordHash", internal()),
                      field<&Credentials::version>(5, "version"),
                      field<&Credentials::locked_until>(6, "lockedUntil"),
                      field<&Credentials::two_factor_enabled>(7, "twoFactorEnabled"),
                      field<&Credentials::totp_secret>(8, "totpSecret", internal()),
                      field<&Credentials::secured_at>(9, "securedAt"),
                      field<&Credentials::absence>(10, "absence")};
  }
};

/// How a sign-in step ended. Exactly one of the three parts is there: a session, a challenge, or a refusal, which is
/// also written down and hence no rejection.
struct SignIn {
  static constexpr std::string_view record_name = "SignIn";
  UserId user_id;
  std::string email;
  UserType user_type = UserType::both;
  std::vector<Role> roles;
  std::uint32_t permissions = 0;
  Uuid session_id;
  std::string refresh_token;
  std::optional<std::string> challenge_token = {};
  std::optional<std::string> refusal = {};  // a problem code
  static constexpr auto fields() {
    return std::array{field<&SignIn::user_id>(1, "userId"),
                      field<&SignIn::email>(2, "email"),
                      field<&SignIn::user_type>(3, "userType"),
                      field<&SignIn::roles>(4, "roles"),
                      field<&SignIn::permissions>(5, "permissions"),
                      field<&SignIn::session_id>(6, "sessionId"),
                      field<&SignIn::refresh_token>(7, "refreshToken"),
                      field<&SignIn::challenge_token>(8, "challengeToken"),
                      field<&SignIn::refusal>(9, "refusal")};
  }
};

/// How a step that counts its failures ended.
struct StepOutcome {
  static constexpr std::string_view record_name = "StepOutcome";
  std::optional<std::string> refusal = {};  // a problem code
  static constexpr auto fields() { return std::array{field<&StepOutcome::refusal>(1, "refusal")}; }
};

/// The address or number that a token or code proves; absent where it proves none.
struct ProvenContact {
  static constexpr std::string_view record_name = "ProvenContact";
  std::optional<std::string> contact = {};
  static constexpr auto fields() { return std::array{field<&ProvenContact::contact>(1, "contact")}; }
};

struct RecoveryCodes {
  static constexpr std::string_view record_name = "RecoveryCodes";
  std::vector<std::string> recovery_codes;
  static constexpr auto fields() { return std::array{field<&RecoveryCodes::recovery_codes>(1, "recoveryCodes")}; }
};

struct SessionResource {
  static constexpr std::string_view record_name = "Session";
  Uuid session_id;
  std::string device;
  std::string ip;
  Time created_at;
  Time last_used_at;
  Time expires_at;
  bool current = false;
  static constexpr auto fields() {
    return std::array{field<&SessionResource::session_id>(1, "sessionId"),
                      field<&SessionResource::device>(2, "device"),
                      field<&SessionResource::ip>(3, "ip"),
                      field<&SessionResource::created_at>(4, "createdAt"),
                      field<&SessionResource::last_used_at>(5, "lastUsedAt"),
                      field<&SessionResource::expires_at>(6, "expiresAt"),
                      field<&SessionResource::current>(7, "current")};
  }
};

/// What happened to an account, for its owner to check.
struct SecurityEvent {
  static constexpr std::string_view record_name = "SecurityEvent";
  std::string type;
  Time at;
  std::string ip;
  std::string device;
  std::optional<std::string> detail = {};
  static constexpr auto fields() {
    return std::array{field<&SecurityEvent::type>(1, "type"), field<&SecurityEvent::at>(2, "at"),
                      field<&SecurityEvent::ip>(3, "ip"), field<&SecurityEvent::device>(4, "device"),
                      field<&SecurityEvent::detail>(5, "detail")};
  }
};

struct ApiKeyResource {
  static constexpr std::string_view record_name = "ApiKey";
  Uuid key_id;
  std::string name;
  std::optional<std::string> key = {};  // the key itself, once
  Time created_at;
  std::vector<PermissionName> permissions = {};
  bool read_only = false;
  std::vector<Scope> scopes = {};
  std::optional<Time> expires_at = {};
  static constexpr auto fields() {
    return std::array{field<&ApiKeyResource::key_id>(1, "keyId"),
                      field<&ApiKeyResource::name>(2, "name"),
                      field<&ApiKeyResource::key>(3, "key"),
                      field<&ApiKeyResource::created_at>(4, "createdAt"),
                      field<&ApiKeyResource::permissions>(5, "permissions"),
                      field<&ApiKeyResource::read_only>(6, "readOnly"),
                      field<&ApiKeyResource::scopes>(7, "scopes"),
                      field<&ApiKeyResource::expires_at>(8, "expiresAt")};
  }
};

struct SessionStanding {
  static constexpr std::string_view record_name = "SessionStanding";
  bool active = false;
  UserId user_id;
  std::string email;
  UserStatus status = UserStatus::active;
  UserType user_type = UserType::both;
  std::vector<Role> roles;
  std::uint32_t permissions = 0;
  bool read_only = false;                  // of a key
  std::uint64_t scopes = 0;                // of a key: Scopes
  std::optional<Time> stepped_up_at = {};  // of a session
  std::optional<Uuid> key_id = {};         // of a key
  std::optional<Time> key_until = {};      // when it expires
  static constexpr auto fields() {
    return std::array{field<&SessionStanding::active>(1, "active"),
                      field<&SessionStanding::user_id>(2, "userId"),
                      field<&SessionStanding::email>(3, "email"),
                      field<&SessionStanding::status>(4, "status"),
                      field<&SessionStanding::user_type>(5, "userType"),
                      field<&SessionStanding::roles>(6, "roles"),
                      field<&SessionStanding::permissions>(7, "permissions"),
                      field<&SessionStanding::read_only>(8, "readOnly"),
                      field<&SessionStanding::scopes>(9, "scopes"),
                      field<&SessionStanding::stepped_up_at>(10, "steppedUpAt"),
                      field<&SessionStanding::key_id>(11, "keyId"),
                      field<&SessionStanding::key_until>(12, "keyUntil")};
  }
};

struct SessionList {
  static constexpr std::string_view record_name = "SessionList";
  std::vector<SessionResource> items;
  std::optional<std::string> next_cursor = {};
  static constexpr auto fields() {
    return std::array{field<&SessionList::items>(1, "items"), field<&SessionList::next_cursor>(2, "nextCursor")};
  }
};

struct SecurityEventList {
  static constexpr std::string_view record_name = "SecurityEventList";
  std::vector<SecurityEvent> items;
  std::optional<std::string> next_cursor = {};
  static constexpr auto fields() {
    return std::array{field<&SecurityEventList::items>(1, "items"),
                      field<&SecurityEventList::next_cursor>(2, "nextCursor")};
  }
};

struct ApiKeyList {
  static constexpr std::string_view record_name = "ApiKeyList";
  std::vector<ApiKeyResource> items;
  std::optional<std::string> next_cursor = {};
  static constexpr auto fields() {
    return std::array{field<&ApiKeyList::items>(1, "items"), field<&ApiKeyList::next_cursor>(2, "nextCursor")};
  }
};

}  // namespace caravan
