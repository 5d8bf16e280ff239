#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/account/resources.hpp"
#include "actors/entity/appointment.hpp"
#include "http/access/identity.hpp"
#include "http/access/sessions.hpp"
#include "runtime/door.hpp"

/// What the edge asks of account actors on its own behalf. All throw Problem where the actor cannot be asked now.
namespace caravan::http {

class PasswordHasher;
class SecretSealer;
class TokenSeal;

/// How long an address or a number is held for an account that has not confirmed it yet.
inline constexpr std::chrono::minutes claim_time{10};

/// Whose account has an unsealed key with this SHA-256 (hexadecimal digits).
using UnsealedKeys = std::function<std::optional<UserId>(const std::string& hash)>;

/// The caller of the edge's own questions: comes from within (Caller::is_platform), and sees what no client does, such
/// as password hashes. Where the edge acts as a service would, see on_own_behalf in routes/payments.
Caller edge_caller();

/// What an entity answers the edge. Throws Problem where it cannot be asked now.
Reply ask_about(Door& door, Address to, AnyRecord query);
/// The same, as the record that answers this query; nothing where the entity refuses, as one does that is not there.
template <class T>
std::optional<T> find_answer(Door& door, Address to, AnyRecord query) {
  const Reply reply = ask_about(door, to, std::move(query));
  const T* found = reply.outcome == Outcome::done ? reply.resource.get_if<T>() : nullptr;
  return found ? std::optional<T>(*found) : std::nullopt;
}

/// Whose account an e-mail address in any letter case belongs to; nothing where it is nobody's.
std::optional<UserId> find_account(Door& door, std::string_view email);
/// What a password or code is checked against, and whether who tries it is locked out: that client, or that session of
/// the account's own; nothing where there is no such account.
std::optional<Credentials> find_credentials(Door& door, UserId user, const ClientFacts& client = {},
                                            const std::optional<Uuid>& session = {});

/// The address or number that a token or code proves, which a query of the account names; nothing where it proves none.
std::optional<std::string> find_proven(Door& door, UserId user, AnyRecord query);

/// What the session may do, where it is signed in and its account active. For CachedSessions.
std::optional<Rights> session_rights(Door& door, UserId user, const Uuid& session);
/// Whether this command to an account or to the register of services takes rights away that nodes may remember. A
/// user's API key is asked for anew each time (`find_key_owner`), so nothing waits for its end.
bool takes_rights(const schema::Type& command);
/// Writes into the identity what an account of this type with these permissions may do.
void set_rights(Identity& identity, UserType user_type, std::uint32_t permissions);
/// Whose key it is, for EdgeSettings::find_key_owner; nothing where it is nobody's. An account is asked only where it
/// has such a key: a sealed key names its account, and `find_unsealed` knows the keys of builds that did not seal, by
/// their SHA-256.
std::optional<Identity> find_key_owner(Door& door, const TokenSeal& seal, const UnsealedKeys& find_unsealed,
                                       std::string_view key);

/// What a user may do through a service that acts on their behalf. Throws Problem where nobody may act for them.
Rights rights_on_behalf(Door& door, UserId user);

/// Everybody through whose hands these permissions of an account came, at any time; with `lost_too` also those that
/// were taken from it. The nearest hands are asked first, and of a row that is too long to follow the others are left
/// out, which the log says.
std::vector<UserId> hands_of(Door& door, UserId whose, std::uint32_t permissions, bool lost_too = false);
/// How somebody came by a permission, and which of the sides of the case that they use it for have one from them; of
/// nobody and of services: nothing is known.
Appointment find_appointment(Door& door, const Caller& whose, PermissionName permission,
                             const std::vector<UserId>& sides = {});
/// Who ended that this user may use the permission, and when; none where that is not so, or unknown.
Appointment find_departure(Door& door, UserId whose, PermissionName permission);
/// Whether a client may be a thief's: the account has known it for less than a week, and another one before it.
bool is_young_client(Door& door, UserId user, const ClientFacts& client);
/// The account is suspended, banned or closed, or its address is to be proved anew: its owner cannot sign in, and
/// nobody can agree on anything with them. Throws Problem where the account cannot be asked now.
bool is_inactive(Door& door, UserId user);
/// The account is to be deleted, and can still be taken back: others see of its owner what a deleted one leaves.
bool is_closing(Door& door, UserId user);

/// Is there such an entity? Does not wake it.
bool exists(Door& door, Address entity);

/// Makes the first administrator. Where the address has an account already, that becomes active and gets all
/// permissions again; its password never changes. Returns what happened, for the log. Throws std::runtime_error where
/// it cannot.
std::string bootstrap_admin(Door& door, Random& random, PasswordHasher& passwords, const std::string& email,
                            const std::string& password);

/// The 30-second step that a six-digit code belongs to, one step early or late allowed; 0: to none.
std::int64_t totp_step(const Bytes& secret, const std::string& code, Time now);
/// The same for an account's own secret, which only the sealer opens.
std::int64_t totp_step(const SecretSealer& sealer, const Credentials& account, const std::string& code, Time now);
/// The secret as authenticator apps take it: base32, and an otpauth URI.
std::string base32_text(const Bytes& secret);
std::string otpauth_uri(const Bytes& secret, const std::string& email);

}  // namespace caravan::http
