#pragma once

#include "actors/account/commands.hpp"

/// A change that a thief of a session would make, to keep the owner out, is taken back by a link that was mailed to the
/// owner when it was made.
namespace caravan {

/// What a mailed token takes back: this change and all that were made after it. One of an address is void once the
/// account is back, by itself or by an older token, at an address that it had before that one. One of a second factor
/// is void once that factor is off.
struct UndoToken {
  static constexpr std::string_view record_name = "UndoToken";
  std::string hash;
  std::string email;  // the address that comes back; empty: of a second factor
  Time expires_at;
  bool two_factor = false;  // which goes off
  static constexpr auto fields() {
    return std::array{field<&UndoToken::hash>(1, "hash", internal()), field<&UndoToken::email>(2, "email"),
                      field<&UndoToken::expires_at>(3, "expiresAt"), field<&UndoToken::two_factor>(4, "twoFactor")};
  }
};

/// Not me: redeems the token of a mail that told of another address or of a second factor. Whoever made the change may
/// know the password, so sessions, keys and the password end too, and a link for a new password is mailed.
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
  static constexpr auto fields() {
    return std::array{field<&ChangesUndone::token_hash>(1, "tokenHash", internal()),
                      field<&ChangesUndone::email>(2, "email"),
                      field<&ChangesUndone::two_factor_off>(3, "twoFactorOff"), field<&ChangesUndone::at>(4, "at")};
  }
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

struct AccountState;

namespace account {

inline constexpr Duration undo_life = std::chrono::days{7};
inline constexpr std::string_view undo_timer = "undo";
inline constexpr std::size_t max_undo_tokens_alike = 5;  // for evolve, in journals of builds that dropped the oldest
inline constexpr std::size_t max_undo_tokens = 20;       // then the address does not change any more

/// For evolve: keeps one more token. Builds before let the oldest drop, of those that bring back the same.
void keep_undo(AccountState& state, UndoToken token, bool older_stay);
/// Addresses that a token may bring back, beside the account's own: nobody else gets them.
std::vector<std::string> held_addresses(const AccountState& state);

}  // namespace account

}  // namespace caravan
