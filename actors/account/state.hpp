#pragma once

#include "actors/account/resources.hpp"
#include "actors/account/shut_out.hpp"
#include "actors/account/tries.hpp"
#include "actors/account/undo.hpp"
#include "actors/entity/appointment.hpp"

namespace caravan {

inline constexpr std::size_t max_sessions = 20;           // of one account; the least recently used one drops
inline constexpr std::size_t max_challenges = 5;          // of one source
inline constexpr std::size_t max_challenges_in_all = 50;  // then a stranger's oldest drops
inline constexpr std::size_t max_security_events = 100;
inline constexpr std::size_t max_devices_known = 20;
inline constexpr std::size_t max_api_keys = 20;

/// One signed-in device: a family of refresh tokens, of which only the newest is good. The family's own secret tells an
/// old token of this session (somebody copied it: the session ends) from an invented one (refused).
struct Session {
  static constexpr std::string_view record_name = "StoredSession";
  Uuid id;
  std::string family_hash;
  std::string token_hash;
  ClientFacts client;
  Time created_at;
  Time last_used_at;
  Time expires_at;
  std::optional<Time> stepped_up_at = {};  // when the password, or the code, was shown last
  static constexpr auto fields() {
    return std::array{field<&Session::id>(1, "id"),
                      field<&Session::family_hash>(2, "familyHash", internal()),
                      field<&Session::token_hash>(3, "tokenHash", internal()),
                      field<&Session::client>(4, "client"),
                      field<&Session::created_at>(5, "createdAt"),
                      field<&Session::last_used_at>(6, "lastUsedAt"),
                      field<&Session::expires_at>(7, "expiresAt"),
                      field<&Session::stepped_up_at>(8, "steppedUpAt")};
  }
};

/// A sign-in that waits for its second factor; the password was right.
struct Challenge {
  static constexpr std::string_view record_name = "Challenge";
  std::string hash;
  Time expires_at;
  int failures = 0;
  std::string source = {};  // whose: of account::source_of
  bool stranger = false;
  static constexpr auto fields() {
    return std::array{field<&Challenge::hash>(1, "hash", internal()), field<&Challenge::expires_at>(2, "expiresAt"),
                      field<&Challenge::failures>(3, "failures"), field<&Challenge::source>(4, "source", internal()),
                      field<&Challenge::stranger>(5, "stranger")};
  }
};

struct PhoneCode {
  static constexpr std::string_view record_name = "PhoneCode";
  std::string phone;
  std::string hash;
  Time expires_at;
  int failures = 0;
  int sent = 0;
  Time window;
  static constexpr auto fields() {
    return std::array{field<&PhoneCode::phone>(1, "phone"),
                      field<&PhoneCode::hash>(2, "hash", internal()),
                      field<&PhoneCode::expires_at>(3, "expiresAt"),
                      field<&PhoneCode::failures>(4, "failures"),
                      field<&PhoneCode::sent>(5, "sent"),
                      field<&PhoneCode::window>(6, "window")};
  }
};

struct ApiKey {
  static constexpr std::string_view record_name = "StoredApiKey";
  Uuid id;
  std::string name;
  std::string hash;
  Time created_at;
  std::uint32_t permissions = 0;  // bits of Permission, as far as the owner holds them still
  bool read_only = false;
  std::vector<Scope> scopes = {};  // none: of a build before scopes
  std::optional<Time> expires_at = {};
  static constexpr auto fields() {
    return std::array{field<&ApiKey::id>(1, "id"),
                      field<&ApiKey::name>(2, "name"),
                      field<&ApiKey::hash>(3, "hash", internal()),
                      field<&ApiKey::created_at>(4, "createdAt"),
                      field<&ApiKey::permissions>(5, "permissions"),
                      field<&ApiKey::read_only>(6, "readOnly"),
                      field<&ApiKey::scopes>(7, "scopes"),
                      field<&ApiKey::expires_at>(8, "expiresAt")};
  }
};

/// Permissions that one administrator gave at one time, as far as the account has them still.
struct Grant {
  static constexpr std::string_view record_name = "StoredGrant";
  std::uint32_t permissions = 0;  // bits of Permission, each in one grant at most
  UserId by;                      // nil: the settings
  Time at;
  std::vector<GrantRoot> roots = {};  // through whose hands the giver came by them; of earlier builds: within a week
  static constexpr auto fields() {
    return std::array{field<&Grant::permissions>(1, "permissions"), field<&Grant::by>(2, "by"),
                      field<&Grant::at>(3, "at"), field<&Grant::roots>(4, "roots")};
  }
};

/// Who somebody is and how they prove it. The profile is the user actor's.
struct AccountState {
  bool registered = false;
  UserStatus status = UserStatus::pending_verification;
  std::string email;
  std::string first_name;
  UserType user_type = UserType::both;
  std::uint32_t permissions = 0;         // bits of Permission
  std::string password_hash;             // Argon2id, by the edge
  std::int64_t credentials_version = 0;  // grows with every change of password or second factor
  Time created_at;
  bool email_verified = false;
  MailedToken verification;
  MailedToken reset;
  std::string phone;
  bool phone_verified = false;
  PhoneCode phone_code;
  int login_failures = 0;            // of strangers together
  std::optional<Time> locked_until;  // all that are not known
  std::optional<Time> last_login_at;
  Bytes pending_totp_secret;        // both sealed by the edge; unsealed in journals older than the seal
  Bytes totp_secret;                // empty: no second factor
  std::int64_t last_totp_step = 0;  // no code is good twice
  std::vector<std::string> recovery_hashes;
  std::vector<Challenge> challenges;
  std::vector<Session> sessions;
  std::vector<std::string> known_devices;      // user agents; `known_clients` judges wherever a network is known
  std::vector<SecurityEvent> security_events;  // oldest first
  std::vector<ApiKey> api_keys;
  int deletion_rounds = 0;          // times that the directory found what was still open, of a deleted account
  std::uint32_t deletion_open = 0;  // what it found last
  std::optional<Time> deletion_check_at;
  bool deletion_finished = false;  // nothing of it is open any more
  std::vector<KnownClient> known_clients;
  std::vector<Tries> tries;
  Time last_failure_at;       // of a stranger
  std::string registered_by;  // client_key of whoever registered
  PendingEmail pending_email;
  std::vector<UndoToken> undo_tokens;  // oldest first
  std::optional<TwoFactorRemoval> two_factor_removal;
  std::vector<Grant> grants;              // of `permissions`
  std::optional<Time> phone_since;        // when `phone` was proven, by a build that keeps it
  std::optional<Appointment> suspension;  // who suspended or banned it, and when, while that lasts
  std::vector<Grant> losses;              // permissions that were taken from it, and not given again
  std::optional<MailboxProof> mailbox_proof;
  std::vector<RoleGiven> roles_given;  // within the last week, each person once, oldest first
  std::optional<Time> secured_at;      // when the owner shut a thief out last, as far as builds tell it
  MailedToken address_back;            // counts the mails of UndoRenewed; their tokens are in `undo_tokens`
  std::optional<Absence> absence;      // that is over
  std::vector<Grant>
      former_grants;              // as they were that it lost, also where it has them anew; the settings' names nobody
  std::optional<Time> closes_at;  // when it is erased, while it is closing
  MailedToken deletion_back;      // counts the mails of UndoRenewed by which a deletion is taken back
  std::optional<Time> closing_since;  // when its deletion was asked for, while it is closing
  bool was_banned = false;            // since it was active last

  bool exists() const { return registered; }
  bool two_factor() const { return !totp_secret.value.empty(); }
  /// Nobody signs in, what is open ends, and nothing new begins.
  bool is_leaving() const { return status == UserStatus::closing || status == UserStatus::deleted; }

  static constexpr std::string_view record_name = "AccountState";
  static constexpr auto fields() {
    return std::array{field<&AccountState::registered>(1, "registered"),
                      field<&AccountState::status>(2, "status"),
                      field<&AccountState::email>(3, "email"),
                      field<&AccountState::first_name>(4, "firstName"),
                      field<&AccountState::user_type>(5, "userType"),
                      field<&AccountState::permissions>(6, "permissions"),
                      field<&AccountState::password_hash>(7, "passwordHash", internal()),
                      field<&AccountState::credentials_version>(8, "credentialsVersion"),
                      field<&AccountState::created_at>(9, "createdAt"),
                      field<&AccountState::email_verified>(10, "emailVerified"),
                      field<&AccountState::verification>(11, "verification", internal()),
                      field<&AccountState::reset>(12, "reset", internal()),
                      field<&AccountState::phone>(13, "phone"),
                      field<&AccountState::phone_verified>(14, "phoneVerified"),
                      field<&AccountState::phone_code>(15, "phoneCode", internal()),
                      field<&AccountState::login_failures>(16, "loginFailures"),
                      field<&AccountState::locked_until>(17, "lockedUntil"),
                      field<&AccountState::last_login_at>(18, "lastLoginAt"),
                      field<&AccountState::pending_totp_secret>(19, "pendingTotpSecret", internal()),
                      field<&AccountState::totp_secret>(20, "totpSecret", internal()),
                      field<&AccountState::last_totp_step>(21, "lastTotpStep"),
                      field<&AccountState::recovery_hashes>(22, "recoveryHashes", internal()),
                      field<&AccountState::challenges>(23, "challenges", internal()),
                      field<&AccountState::sessions>(24, "sessions"),
                      field<&AccountState::known_devices>(25, "knownDevices"),
                      field<&AccountState::security_events>(26, "securityEvents"),
                      field<&AccountState::api_keys>(27, "apiKeys"),
                      field<&AccountState::deletion_rounds>(28, "deletionRounds"),
                      field<&AccountState::deletion_open>(29, "deletionOpen"),
                      field<&AccountState::deletion_check_at>(30, "deletionCheckAt"),
                      field<&AccountState::deletion_finished>(31, "deletionFinished"),
                      field<&AccountState::known_clients>(32, "knownClients"),
                      field<&AccountState::tries>(33, "tries"),
                      field<&AccountState::last_failure_at>(34, "lastFailureAt"),
                      field<&AccountState::registered_by>(35, "registeredBy", internal()),
                      field<&AccountState::pending_email>(36, "pendingEmail"),
                      field<&AccountState::undo_tokens>(37, "undoTokens"),
                      field<&AccountState::two_factor_removal>(38, "twoFactorRemoval"),
                      field<&AccountState::grants>(39, "grants", length(0, permission_names.size())),
                      field<&AccountState::phone_since>(40, "phoneSince"),
                      field<&AccountState::suspension>(41, "suspension"),
                      field<&AccountState::losses>(42, "losses", length(0, permission_names.size())),
                      field<&AccountState::mailbox_proof>(43, "mailboxProof"),
                      field<&AccountState::roles_given>(44, "rolesGiven"),
                      field<&AccountState::secured_at>(45, "securedAt"),
                      field<&AccountState::address_back>(46, "addressBack", internal()),
                      field<&AccountState::absence>(47, "absence"),
                      field<&AccountState::former_grants>(48, "formerGrants", length(0, permission_names.size())),
                      field<&AccountState::closes_at>(49, "closesAt"),
                      field<&AccountState::deletion_back>(50, "deletionBack", internal()),
                      field<&AccountState::closing_since>(51, "closingSince", internal()),
                      field<&AccountState::was_banned>(52, "wasBanned")};
  }
};

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class AccountRejection {
  not_found,
  not_owner,
  permission_denied,
  already_registered,
  self_not_allowed,
  account_deleted,
  account_banned,
  account_suspended,
  account_locked,
  email_not_verified,
  invalid_credentials,
  token_invalid,
  challenge_invalid,
  refresh_token_invalid,
  already_verified,
  already_enabled,
  two_factor_not_enabled,
  no_phone,
  code_invalid,
  too_many_attempts,
  limit_reached,
  no_session,
  no_key,
  invalid_transition,
  password_required,
  account_closing,
};
constexpr auto enum_labels(AccountRejection) {
  return std::to_array<std::string_view>({"not_found",
                                          "not_owner",
                                          "permission_denied",
                                          "already_registered",
                                          "self_not_allowed",
                                          "account_deleted",
                                          "account_banned",
                                          "account_suspended",
                                          "account_locked",
                                          "email_not_verified",
                                          "invalid_credentials",
                                          "token_invalid",
                                          "challenge_invalid",
                                          "refresh_token_invalid",
                                          "already_verified",
                                          "already_enabled",
                                          "two_factor_not_enabled",
                                          "conflict",
                                          "code_invalid",
                                          "too_many_attempts",
                                          "limit_reached",
                                          "not_found",
                                          "not_found",
                                          "invalid_transition",
                                          "password_required",
                                          "account_closing"});
}

/// What a key may be used for. Of those of builds before scopes, a read-only one reads, and the others may do whatever
/// needs no password.
Scopes scopes_of(const ApiKey& key);
/// The permission bits as a list.
std::vector<PermissionName> permission_list(std::uint32_t bits);
std::uint32_t permission_bits(const std::vector<PermissionName>& names);
/// What a user type and permissions amount to.
std::vector<Role> role_list(UserType type, std::uint32_t permissions);

}  // namespace caravan
