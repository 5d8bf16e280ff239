#pragma once

#include "actors/account/commands.hpp"

/// A change that a thief of a session would make, to keep the owner out, is taken back by a link that was mailed to the
/// owner when it was made.
namespace caravan {

/// What a mailed token takes back: this change and all that were made after it. One of an address is void once the
/// account is back, by itself or by an older token, at an address that it had before that one. One of a password, or of
/// the address that the account has, is void once its owner has shut everybody out: it would bring nothing back, but
/// whoever copied it could shut the owner out. One of a second factor is void once that factor is off.
struct UndoToken {
  static constexpr std::string_view record_name = "UndoToken";
  std::string hash;
  std::string email;  // the address that comes back; empty: of something else
  Time expires_at;
  bool two_factor = false;               // which goes off
  bool payout_account = false;           // void as one of a password is
  bool deletion = false;                 // of the account, which is closing
  std::vector<std::string> older = {};   // hashes from before it was mailed anew: they are good as long
  std::optional<Time> fresh_until = {};  // of the last mail, where it was mailed anew
  static constexpr auto fields() {
    return std::array{
        field<&UndoToken::hash>(1, "hash", internal()),        field<&UndoToken::email>(2, "email"),
        field<&UndoToken::expires_at>(3, "expiresAt"),         field<&UndoToken::two_factor>(4, "twoFactor"),
        field<&UndoToken::payout_account>(5, "payoutAccount"), field<&UndoToken::deletion>(6, "deletion"),
        field<&UndoToken::older>(7, "older", internal()),      field<&UndoToken::fresh_until>(8, "freshUntil")};
  }
};

enum class PayoutAccountChange : std::uint8_t { added, removed, chosen, taxed };  // taxed: other tax facts alone
constexpr auto enum_labels(PayoutAccountChange) {
  return std::to_array<std::string_view>({"added", "removed", "chosen", "taxed"});
}

/// From the owner's wallet: where the owner is paid has changed. The mail that tells of it carries a link that takes it
/// back.
struct MailPayoutChange {
  static constexpr Tag tag{42, "mail_payout_change"};
  PayoutAccountChange change = PayoutAccountChange::added;
  std::string last4;
  std::optional<Time> waits_until = {};  // nothing is paid to it before
  bool tax_facts = false;                // others were told with it
  static constexpr auto fields() {
    return std::array{field<&MailPayoutChange::change>(1, "change"), field<&MailPayoutChange::last4>(2, "last4"),
                      field<&MailPayoutChange::waits_until>(3, "waitsUntil"),
                      field<&MailPayoutChange::tax_facts>(4, "taxFacts")};
  }
};

/// A token was mailed that takes a change of the payout accounts back.
struct PayoutUndoMailed {
  static constexpr Tag tag{45, "payout_undo.mailed"};
  std::string undo_hash;
  Time undo_until;
  std::string replaced_undo;  // hash of the token whose place it takes
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PayoutUndoMailed::undo_hash>(1, "undoHash", internal()),
                      field<&PayoutUndoMailed::undo_until>(2, "undoUntil"),
                      field<&PayoutUndoMailed::replaced_undo>(3, "replacedUndo", internal()),
                      field<&PayoutUndoMailed::at>(4, "at")};
  }
};

/// Not me: redeems the token of a mail that told of another address, password or second factor, or of the deletion of
/// the account, which is open again by any of them. Whoever made the change
/// may know the password, so sessions, keys and the password end too, and a link for a new password is mailed. A second
/// factor of an account that keeps its address goes off a day later, unless its owner says that it shall stay: it is
/// there to guard against whoever reads the mailbox.
struct UndoChanges {
  static constexpr Tag tag{30, "undo_changes"};
  std::string token;
  ClientFacts client = {};
  static constexpr auto fields() {
    return std::array{field<&UndoChanges::token>(1, "token", length(1, 500)),
                      field<&UndoChanges::client>(2, "client", internal())};
  }
};

/// The change that the token belongs to, and all after it, are taken back.
struct ChangesUndone {
  static constexpr Tag tag{40, "user.changes_undone"};
  std::string token_hash;
  std::string email;  // that the account has from here on
  bool two_factor_off = false;
  Time at;
  bool secures = false;  // what was proposed in the owner's name before ends with it
  static constexpr auto fields() {
    return std::array{field<&ChangesUndone::token_hash>(1, "tokenHash", internal()),
                      field<&ChangesUndone::email>(2, "email"),
                      field<&ChangesUndone::two_factor_off>(3, "twoFactorOff"), field<&ChangesUndone::at>(4, "at"),
                      field<&ChangesUndone::secures>(5, "secures", internal())};
  }
};

/// By an administrator, where the owner cannot sign in any more: the second factor is lost, or a thief's. It goes off
/// after a day, as by a link that takes it back, unless the owner says that it shall stay. Answers
/// TwoFactorRemovalAnswer.
struct RequestTwoFactorRemoval {
  static constexpr Tag tag{40, "request_two_factor_removal"};
  std::string reason;
  static constexpr auto fields() {
    return std::array{field<&RequestTwoFactorRemoval::reason>(1, "reason", length(1, 500))};
  }
};

/// The second factor stays: by the token that was mailed, or, without one, by the owner who is signed in.
struct KeepTwoFactor {
  static constexpr Tag tag{41, "keep_two_factor"};
  std::string token = {};
  static constexpr auto fields() { return std::array{field<&KeepTwoFactor::token>(1, "token", length(1, 500))}; }
};

/// Answer to RequestTwoFactorRemoval.
struct TwoFactorRemovalAnswer {
  static constexpr std::string_view record_name = "TwoFactorRemoval";
  Time removed_at;  // when it goes off, if nobody keeps it
  static constexpr auto fields() { return std::array{field<&TwoFactorRemovalAnswer::removed_at>(1, "removedAt")}; }
};

/// A second factor that is to go off.
struct TwoFactorRemoval {
  static constexpr std::string_view record_name = "StoredTwoFactorRemoval";
  std::string token_hash;
  Time due;
  static constexpr auto fields() {
    return std::array{field<&TwoFactorRemoval::token_hash>(1, "tokenHash", internal()),
                      field<&TwoFactorRemoval::due>(2, "due")};
  }
};

struct TwoFactorRemovalRequested {
  static constexpr Tag tag{42, "two_factor_removal.requested"};
  TwoFactorRemoval removal;
  std::string reason;
  UserId by;  // nil: by a link that takes it back
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TwoFactorRemovalRequested::removal>(1, "removal", internal()),
                      field<&TwoFactorRemovalRequested::reason>(2, "reason"),
                      field<&TwoFactorRemovalRequested::by>(3, "requestedBy"),
                      field<&TwoFactorRemovalRequested::at>(4, "at")};
  }
};

struct TwoFactorKept {
  static constexpr Tag tag{43, "two_factor_removal.stopped"};
  Time at;
  static constexpr auto fields() { return std::array{field<&TwoFactorKept::at>(1, "at")}; }
};

/// The tokens that were mailed before are too old; the addresses that they would have brought back are free.
struct UndosEnded {
  static constexpr Tag tag{41, "undos.ended"};
  Time at;
  static constexpr auto fields() { return std::array{field<&UndosEnded::at>(1, "at")}; }
};

/// These tokens take nothing back any more, though they are not too old.
struct UndosVoided {
  static constexpr Tag tag{44, "undos.voided"};
  std::vector<std::string> token_hashes;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&UndosVoided::token_hashes>(1, "tokenHashes", internal()),
                      field<&UndosVoided::at>(2, "at")};
  }
};

/// The token that brings an address, or an account that is closing, back was mailed once more, as the mailbox asked for
/// a way in: the mail from before may have been deleted by whoever read there. It ends when the one ends whose place it
/// takes, which is good until then: anybody may ask, and none of them makes a mailed link void.
struct UndoRenewed {
  static constexpr Tag tag{47, "undo.renewed"};
  std::string undo_hash;
  std::string replaced_undo;  // hash of the token whose place it takes
  Time fresh_until;           // whoever asks too often is not mailed another before
  Time at;
  ClientFacts client = {};
  static constexpr auto fields() {
    return std::array{field<&UndoRenewed::undo_hash>(1, "undoHash", internal()),
                      field<&UndoRenewed::replaced_undo>(2, "replacedUndo", internal()),
                      field<&UndoRenewed::fresh_until>(3, "freshUntil"), field<&UndoRenewed::at>(4, "at"),
                      field<&UndoRenewed::client>(5, "client", internal())};
  }
};

struct AccountState;

namespace account {

inline constexpr Duration undo_life = std::chrono::days{7};
inline constexpr std::string_view undo_timer = "undo";
inline constexpr Duration removal_wait = std::chrono::hours{24};
inline constexpr std::string_view removal_timer = "two_factor_removal";
inline constexpr std::size_t max_undo_tokens_alike = 5;  // for evolve, in journals of builds that dropped the oldest
inline constexpr std::size_t max_undo_tokens = 20;       // then the address does not change any more

/// Tokens of which a row may be made at will.
enum class UndoKind { password, payout_account };
/// The hash of the newest token of that kind, where it is not the first of this week; else nothing. Of a row of changes
/// the first, with all after it, and the newest are taken back.
std::string token_between(const AccountState& state, UndoKind kind, Time now);
/// For evolve: keeps one more token, in the place of `replaced` where that is the hash of one. Builds before let the
/// oldest drop, of those that bring back the same.
void keep_undo(AccountState& state, UndoToken token, bool older_stay, std::string_view replaced = {});
/// Addresses that a token may bring back, beside the account's own: nobody else gets them.
std::vector<std::string> held_addresses(const AccountState& state);

}  // namespace account

}  // namespace caravan
