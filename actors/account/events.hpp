#pragma once

#include "actors/account/contact_events.hpp"

namespace caravan {

struct UserRegistered {
  static constexpr Tag tag{1, "user.registered"};
  UserId user_id;
  std::string email;
  std::string first_name;
  std::string last_name;
  UserType user_type = UserType::both;
  std::optional<std::string> phone_number = {};
  std::string password_hash;
  std::uint32_t permissions = 0;
  bool verified = false;
  Time at;
  ClientFacts client = {};
  std::optional<std::int32_t> accepted_terms = {};  // the version of the policy that was accepted then
  static constexpr auto fields() {
    return std::array{field<&UserRegistered::user_id>(1, "userId"),
                      field<&UserRegistered::email>(2, "email"),
                      field<&UserRegistered::first_name>(3, "firstName"),
                      field<&UserRegistered::last_name>(4, "lastName"),
                      field<&UserRegistered::user_type>(5, "userType"),
                      field<&UserRegistered::phone_number>(6, "phoneNumber"),
                      field<&UserRegistered::password_hash>(7, "passwordHash", internal()),
                      field<&UserRegistered::permissions>(8, "permissions"),
                      field<&UserRegistered::verified>(9, "verified"),
                      field<&UserRegistered::at>(10, "at"),
                      field<&UserRegistered::client>(11, "client", internal()),
                      field<&UserRegistered::accepted_terms>(12, "acceptedTerms")};
  }
};

/// A verification mail is under way.
struct VerificationSent {
  static constexpr Tag tag{2, "verification.sent"};
  std::string token_hash;
  Time expires_at;
  Time at;
  ClientFacts client = {};  // that asked for it
  bool by_day = false;      // of a build that counts those of a day
  static constexpr auto fields() {
    return std::array{field<&VerificationSent::token_hash>(1, "tokenHash", internal()),
                      field<&VerificationSent::expires_at>(2, "expiresAt"), field<&VerificationSent::at>(3, "at"),
                      field<&VerificationSent::client>(4, "client", internal()),
                      field<&VerificationSent::by_day>(5, "byDay", internal())};
  }
};

struct EmailVerified {
  static constexpr Tag tag{3, "user.email_verified"};
  Time at;
  static constexpr auto fields() { return std::array{field<&EmailVerified::at>(1, "at")}; }
};

/// A session begins.
struct UserLogin {
  static constexpr Tag tag{4, "user.login"};
  Uuid session_id;
  std::string family_hash;
  std::string token_hash;
  ClientFacts client;
  Time at;
  Time expires_at;
  std::int64_t totp_step = 0;                     // the code that was used; 0: none
  std::optional<std::string> recovery_hash = {};  // the recovery code that was used up
  std::optional<Time> stepped_up_at = {};         // absent: of a build before the step-up
  bool clients_by_age = false;                    // of a build in which new clients push out no older ones
  static constexpr auto fields() {
    return std::array{field<&UserLogin::session_id>(1, "sessionId"),
                      field<&UserLogin::family_hash>(2, "familyHash", internal()),
                      field<&UserLogin::token_hash>(3, "tokenHash", internal()),
                      field<&UserLogin::client>(4, "client"),
                      field<&UserLogin::at>(5, "at"),
                      field<&UserLogin::expires_at>(6, "expiresAt"),
                      field<&UserLogin::totp_step>(7, "totpStep", internal()),
                      field<&UserLogin::recovery_hash>(8, "recoveryHash", internal()),
                      field<&UserLogin::stepped_up_at>(9, "steppedUpAt", internal()),
                      field<&UserLogin::clients_by_age>(10, "clientsByAge", internal())};
  }
};

struct LoginFailed {
  static constexpr Tag tag{5, "login.failed"};
  ClientFacts client;
  Time at;
  std::optional<Uuid> session_id = {};  // of a signed-in person who was asked for the password
  static constexpr auto fields() {
    return std::array{field<&LoginFailed::client>(1, "client"), field<&LoginFailed::at>(2, "at"),
                      field<&LoginFailed::session_id>(3, "sessionId")};
  }
};

/// Something that the owner and an administrator should look at.
struct SecurityAlert {
  static constexpr Tag tag{6, "security.alert"};
  std::string kind;  // "account_locked", "refresh_token_reused"
  ClientFacts client;
  Time at;
  std::optional<Time> locked_until = {};
  std::optional<std::string> source =
      {};  // that is locked out, account::all_strangers for those not known; absent: all
  static constexpr auto fields() {
    return std::array{field<&SecurityAlert::kind>(1, "kind"), field<&SecurityAlert::client>(2, "client"),
                      field<&SecurityAlert::at>(3, "at"), field<&SecurityAlert::locked_until>(4, "lockedUntil"),
                      field<&SecurityAlert::source>(5, "source", internal())};
  }
};

struct LoginChallenged {
  static constexpr Tag tag{7, "login.challenged"};
  std::string challenge_hash;
  Time expires_at;
  ClientFacts client = {};  // of builds before: empty
  std::optional<Time> at = {};
  static constexpr auto fields() {
    return std::array{field<&LoginChallenged::challenge_hash>(1, "challengeHash", internal()),
                      field<&LoginChallenged::expires_at>(2, "expiresAt"), field<&LoginChallenged::client>(3, "client"),
                      field<&LoginChallenged::at>(4, "at")};
  }
};

/// A wrong code of the second factor.
struct ChallengeFailed {
  static constexpr Tag tag{8, "login.challenge_failed"};
  std::string challenge_hash;  // empty: asked of a signed-in person
  ClientFacts client;
  Time at;
  std::optional<Uuid> session_id = {};  // of that person
  static constexpr auto fields() {
    return std::array{field<&ChallengeFailed::challenge_hash>(1, "challengeHash", internal()),
                      field<&ChallengeFailed::client>(2, "client"), field<&ChallengeFailed::at>(3, "at"),
                      field<&ChallengeFailed::session_id>(4, "sessionId")};
  }
};

struct SessionRefreshed {
  static constexpr Tag tag{9, "session.refreshed"};
  Uuid session_id;
  std::string token_hash;
  ClientFacts client;
  Time at;
  Time expires_at;
  static constexpr auto fields() {
    return std::array{field<&SessionRefreshed::session_id>(1, "sessionId"),
                      field<&SessionRefreshed::token_hash>(2, "tokenHash", internal()),
                      field<&SessionRefreshed::client>(3, "client"), field<&SessionRefreshed::at>(4, "at"),
                      field<&SessionRefreshed::expires_at>(5, "expiresAt")};
  }
};

struct SessionRevoked {
  static constexpr Tag tag{10, "session.revoked"};
  Uuid session_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&SessionRevoked::session_id>(1, "sessionId"), field<&SessionRevoked::at>(2, "at")};
  }
};

/// All sessions ended.
struct SessionsRevoked {
  static constexpr Tag tag{11, "user.sessions_revoked"};
  std::string reason;
  std::optional<Uuid> but = {};  // of earlier builds: the one session that went on
  Time at;
  static constexpr auto fields() {
    return std::array{field<&SessionsRevoked::reason>(1, "reason"), field<&SessionsRevoked::but>(2, "but"),
                      field<&SessionsRevoked::at>(3, "at")};
  }
};

struct PasswordResetSent {
  static constexpr Tag tag{12, "password_reset.sent"};
  std::string token_hash;
  Time expires_at;
  Time at;
  ClientFacts client = {};  // that asked for it
  bool by_day = false;      // of a build that counts those of a day
  static constexpr auto fields() {
    return std::array{field<&PasswordResetSent::token_hash>(1, "tokenHash", internal()),
                      field<&PasswordResetSent::expires_at>(2, "expiresAt"), field<&PasswordResetSent::at>(3, "at"),
                      field<&PasswordResetSent::client>(4, "client", internal()),
                      field<&PasswordResetSent::by_day>(5, "byDay", internal())};
  }
};

struct PasswordChanged {
  static constexpr Tag tag{13, "user.password_changed"};
  std::string password_hash;
  Time at;
  bool old_clients_stay = false;  // of a build that keeps those known that were so a week ago
  std::string undo_hash = {};     // of the mailed token that takes it back; empty: by a mailed token itself
  std::optional<Time> undo_until = {};
  std::string replaced_undo = {};  // hash of the token whose place that one takes: of the change before
  std::optional<MailboxProof> mailbox_proof = {};
  bool secures = false;  // what was proposed in the owner's name before ends with it
  static constexpr auto fields() {
    return std::array{field<&PasswordChanged::password_hash>(1, "passwordHash", internal()),
                      field<&PasswordChanged::at>(2, "at"),
                      field<&PasswordChanged::old_clients_stay>(3, "oldClientsStay", internal()),
                      field<&PasswordChanged::undo_hash>(4, "undoHash", internal()),
                      field<&PasswordChanged::undo_until>(5, "undoUntil"),
                      field<&PasswordChanged::replaced_undo>(6, "replacedUndo", internal()),
                      field<&PasswordChanged::mailbox_proof>(7, "mailboxProof", internal()),
                      field<&PasswordChanged::secures>(8, "secures", internal())};
  }
};

struct TwoFactorPrepared {
  static constexpr Tag tag{14, "two_factor.prepared"};
  Bytes secret;  // sealed by the edge
  static constexpr auto fields() { return std::array{field<&TwoFactorPrepared::secret>(1, "secret", internal())}; }
};

struct TwoFactorEnabled {
  static constexpr Tag tag{15, "user.two_factor_enabled"};
  std::vector<std::string> recovery_hashes;
  std::int64_t totp_step = 0;
  Time at;
  std::optional<Uuid> session_id = {};  // that gave the first code
  std::string undo_hash = {};           // of the mailed token that takes it back
  std::optional<Time> undo_until = {};
  static constexpr auto fields() {
    return std::array{field<&TwoFactorEnabled::recovery_hashes>(1, "recoveryHashes", internal()),
                      field<&TwoFactorEnabled::totp_step>(2, "totpStep", internal()),
                      field<&TwoFactorEnabled::at>(3, "at"),
                      field<&TwoFactorEnabled::session_id>(4, "sessionId"),
                      field<&TwoFactorEnabled::undo_hash>(5, "undoHash", internal()),
                      field<&TwoFactorEnabled::undo_until>(6, "undoUntil")};
  }
};

struct TwoFactorDisabled {
  static constexpr Tag tag{16, "user.two_factor_disabled"};
  Time at;
  static constexpr auto fields() { return std::array{field<&TwoFactorDisabled::at>(1, "at")}; }
};

struct RecoveryCodesReplaced {
  static constexpr Tag tag{17, "recovery_codes.replaced"};
  std::vector<std::string> recovery_hashes;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&RecoveryCodesReplaced::recovery_hashes>(1, "recoveryHashes", internal()),
                      field<&RecoveryCodesReplaced::at>(2, "at")};
  }
};

struct UserSuspended {
  static constexpr Tag tag{21, "user.suspended"};
  UserStatus status = UserStatus::suspended;  // or banned
  std::string reason;
  UserId by;
  Time at;
  bool is_noted = false;  // in the state, who and when; never set by earlier builds
  static constexpr auto fields() {
    return std::array{field<&UserSuspended::status>(1, "status"), field<&UserSuspended::reason>(2, "reason"),
                      field<&UserSuspended::by>(3, "by"), field<&UserSuspended::at>(4, "at"),
                      field<&UserSuspended::is_noted>(5, "isNoted", internal())};
  }
};

struct UserReactivated {
  static constexpr Tag tag{22, "user.reactivated"};
  UserId by;
  Time at;
  bool address_unproven = false;        // it stays so; builds before took it as proven by this
  std::optional<Time> away_since = {};  // when the suspension began, or one shortly before it
  static constexpr auto fields() {
    return std::array{field<&UserReactivated::by>(1, "by"), field<&UserReactivated::at>(2, "at"),
                      field<&UserReactivated::address_unproven>(3, "addressUnproven"),
                      field<&UserReactivated::away_since>(4, "awaySince", internal())};
  }
};

struct RolesSet {
  static constexpr Tag tag{23, "user.roles_set"};
  UserType user_type = UserType::both;
  std::uint32_t permissions = 0;
  UserId by;
  Time at;
  std::vector<GrantRoot> roots = {};  // of what is given
  // Whoever gave after this what is lost is forgotten. Absent: nothing is lost; or of an earlier build, which noted of
  // a loss neither who nor when, and gave nothing back as it was.
  std::optional<Time> no_tie_since = {};
  static constexpr auto fields() {
    return std::array{field<&RolesSet::user_type>(1, "userType"),
                      field<&RolesSet::permissions>(2, "permissions"),
                      field<&RolesSet::by>(3, "by"),
                      field<&RolesSet::at>(4, "at"),
                      field<&RolesSet::roots>(5, "roots", internal()),
                      field<&RolesSet::no_tie_since>(6, "noTieSince", internal())};
  }
};

struct UserDeleted {
  static constexpr Tag tag{24, "user.deleted"};
  std::optional<std::string> reason = {};
  Time at;
  static constexpr auto fields() {
    return std::array{field<&UserDeleted::reason>(1, "reason"), field<&UserDeleted::at>(2, "at")};
  }
};

/// The directory answered `found` things that a deleted user still had open, and each was told to end. At `check_at`
/// the directory is asked again.
struct OpenWorkCancelled {
  static constexpr Tag tag{25, "open_work.cancelled"};
  std::uint32_t found = 0;
  std::optional<Time> check_at = {};
  static constexpr auto fields() {
    return std::array{field<&OpenWorkCancelled::found>(1, "found"), field<&OpenWorkCancelled::check_at>(2, "checkAt")};
  }
};

/// A deleted user has nothing open any more.
struct DeletionFinished {
  static constexpr Tag tag{28, "deletion.finished"};
  Time at;
  static constexpr auto fields() { return std::array{field<&DeletionFinished::at>(1, "at")}; }
};

struct ApiKeyCreated {
  static constexpr Tag tag{26, "api_key.created"};
  Uuid key_id;
  std::string name;
  std::string key_hash;
  Time at;
  std::uint32_t permissions = 0;
  bool read_only = false;
  std::vector<Scope> scopes = {};  // none: of a build before scopes
  std::optional<Time> expires_at = {};
  static constexpr auto fields() {
    return std::array{field<&ApiKeyCreated::key_id>(1, "keyId"),
                      field<&ApiKeyCreated::name>(2, "name"),
                      field<&ApiKeyCreated::key_hash>(3, "keyHash", internal()),
                      field<&ApiKeyCreated::at>(4, "at"),
                      field<&ApiKeyCreated::permissions>(5, "permissions"),
                      field<&ApiKeyCreated::read_only>(6, "readOnly"),
                      field<&ApiKeyCreated::scopes>(7, "scopes"),
                      field<&ApiKeyCreated::expires_at>(8, "expiresAt")};
  }
};

/// Whoever has the session has shown the password, or with a second factor the code, once more.
struct SteppedUp {
  static constexpr Tag tag{29, "session.stepped_up"};
  Uuid session_id;
  ClientFacts client;
  Time at;
  std::int64_t totp_step = 0;                     // the code that was used; 0: none
  std::optional<std::string> recovery_hash = {};  // the recovery code that was used up
  static constexpr auto fields() {
    return std::array{field<&SteppedUp::session_id>(1, "sessionId"), field<&SteppedUp::client>(2, "client"),
                      field<&SteppedUp::at>(3, "at"), field<&SteppedUp::totp_step>(4, "totpStep", internal()),
                      field<&SteppedUp::recovery_hash>(5, "recoveryHash", internal())};
  }
};

/// Every key ended.
struct ApiKeysRevoked {
  static constexpr Tag tag{34, "api_keys.revoked"};
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&ApiKeysRevoked::reason>(1, "reason"), field<&ApiKeysRevoked::at>(2, "at")};
  }
};

struct ApiKeyRevoked {
  static constexpr Tag tag{27, "api_key.revoked"};
  Uuid key_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&ApiKeyRevoked::key_id>(1, "keyId"), field<&ApiKeyRevoked::at>(2, "at")};
  }
};

}  // namespace caravan
