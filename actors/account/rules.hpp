#pragma once

#include "actors/account/entity.hpp"
#include "actors/inbox/commands.hpp"

/// What several of the account's rules share.
namespace caravan::account {

using namespace std::chrono_literals;

inline constexpr Duration verification_life = 24h;
inline constexpr Duration unverified_life = 7 * 24h;  // then the account goes and its address is free again
inline constexpr std::string_view unverified_timer = "unverified";
inline constexpr std::string_view sessions_timer = "sessions";  // at the earliest end of one, as it was when set
inline constexpr Duration reset_life = 1h;
inline constexpr Duration absence_heals = std::chrono::days{7};
inline constexpr Duration challenge_life = 10min;
inline constexpr Duration phone_code_life = 10min;
inline constexpr Duration lock_out = 15min;
inline constexpr std::size_t secret_size = 32;  // bytes
inline constexpr std::size_t recovery_code_count = 10;

/// The caller is the account's owner.
inline bool by_owner(const Context& context) { return context.caller.is_user(UserId{context.self.id}); }
inline UserId owner(const Context& context) { return UserId{context.self.id}; }
/// Why the caller may not change this account: not its owner, or shut out; nothing where they may.
std::optional<AccountRejection> refused(const AccountState& state, const Context& context);
/// Why that client may not sign in to an account in this state now; nothing where it may, or where the account is
/// closing: that is told only to whoever has shown password and code.
std::optional<AccountRejection> barred(const AccountState& state, const ClientFacts& client, Time now);
/// Whether the caller may do whatever this account may: only then may they shut it out or change it.
inline bool outranked(const AccountState& state, const Context& context) {
  return (state.permissions & ~context.caller.permissions) == 0;
}
/// Whether one more code may go out: `sent` of them did within the hour that began at `window`.
bool may_send(int sent, Time window, Time now);
/// Who tried a password or a code.
struct Claimant {
  const ClientFacts& client;
  std::optional<Uuid> session = {};  // of a signed-in person who was asked
};
/// Counts one more wrong password or code, which an event of the decision says; locks the source, or all strangers,
/// alerts and tells the owner when there are too many.
void count_failure(Decision& decision, const AccountState& state, const Context& context, const Claimant& claimant,
                   int weight = 1);
/// A wrong code of the second factor by a signed-in person: counted, and refused with code_invalid.
Decision wrong_code(const AccountState& state, const Context& context, const Claimant& claimant);
/// Ends every API key, where there is one.
void revoke_keys(Decision& decision, const AccountState& state, const Context& context, std::string reason);
/// Opens a session that lasts for `life` from its last use, and answers with its first refresh token. `stepped_up`:
/// the password, and the code where there is a second factor, were shown for it.
void open_session(Decision& decision, const AccountState& state, const Context& context, UserLogin login,
                  std::chrono::seconds life, bool stepped_up = true);
/// Ends the sessions that were not used for too long, with their push devices.
Decision end_sessions(const AccountState& state, const Context& context);
/// Turns the second factor off, as an administrator asked a day ago.
Decision remove_two_factor(const AccountState& state, const Context& context);
/// For an address that may come back, or an account that is closing: mails a new token in the place of the first one.
/// Nothing where it is neither.
std::optional<Decision> mail_undo_anew(const AccountState& state, const Context& context,
                                       const RequestPasswordReset& command);
/// Ends the mailed tokens that are too old, and frees the addresses that they held.
Decision end_undos(const AccountState& state, const Context& context);
/// Whether the account has had its address for less than a week, as far as an older one may come back.
bool is_new_address(const AccountState& state, Time now);
/// Which mailed tokens end besides those that the change itself makes void.
enum class VoidToo {
  none,
  own,               // that name the account's own address: everybody is shut out, and nothing waits to be proven
  own_and_password,  // those of a password too: whoever asks has shown that the mailbox is theirs
};
/// Ends the tokens that are void in the state after a change, and frees the addresses that nothing brings back any
/// more.
void void_undos(Decision& decision, const AccountState& before, AccountState after, const Context& context,
                VoidToo too = VoidToo::none);
/// Since when changes may be a thief's: for the last week, and where the account is closing for the week before that
/// was asked for. Nobody was in since.
Time thief_since(const AccountState& state, Time now);
/// Whether a number was proven since then: whoever was in may have proven it.
inline bool has_new_phone(const AccountState& state, Time now) {
  return state.phone_verified && state.phone_since && *state.phone_since > thief_since(state, now);
}
/// Such a number is not proven any more: nothing is sent to it, and it is free for others.
void void_new_phone(Decision& decision, const AccountState& state, const Context& context);
/// The second factor goes off in a day; gives when. Its owner is told of it, and how it stays. One that is to go off
/// already does at its time, but by a new token: whoever copied the one before keeps nothing by it.
Time start_removal(Decision& decision, const AccountState& state, const Context& context, std::string reason,
                   UserId by);
/// After a reset: where a second factor is to go off, the token that keeps it is mailed anew.
void renew_keep_token(Decision& decision, const AccountState& state, const Context& context);
/// Services that the account made, and keys of others', go on no further than these permissions.
void pause_services(Decision& decision, const Context& context, std::uint32_t permissions);
/// Is it the code that was sent, still good?
bool is_phone_code(const AccountState& state, const Context& context, std::string_view code);
/// Erases the account: ends its sessions, closes profile and inbox, frees e-mail address and telephone number, and
/// asks the directory what the user still has open.
Decision close_account(const AccountState& state, const Context& context, std::optional<std::string> reason);
/// Erases the account whose time to take its deletion back is over.
Decision end_closing(const AccountState& state, const Context& context);
/// An account that is closing is open again.
void take_deletion_back(Decision& decision, const Context& context);
/// For evolve: the account is not erased any more, and no link of its deletion is good.
void forget_deletion(AccountState& state);
/// Refused as the account is closing: tells until when, and how that is taken back.
Decision refuse_closing(const AccountState& state);
/// For evolve: writes it down among what the owner and administrators see of the account's safety.
void note(AccountState& state, std::string type, Time at, const ClientFacts& client = {},
          std::optional<std::string> detail = {});
/// Makes recovery codes: the hashes for the event, the codes for the answer.
RecoveryCodes make_recovery_codes(const Context& context, std::vector<std::string>& hashes);
/// The hash of a recovery code as typed: letter case and dashes do not matter.
std::string recovery_hash(const Context& context, std::string_view code);
/// What was typed as a second factor: a step not used before, an unused recovery code, or neither.
struct SecondFactor {
  std::int64_t totp_step = 0;
  std::optional<std::string> recovery_hash;
  explicit operator bool() const { return totp_step != 0 || recovery_hash; }
};
SecondFactor check_second_factor(const AccountState& state, const Context& context, std::string_view code,
                                 std::int64_t totp_step);

}  // namespace caravan::account
