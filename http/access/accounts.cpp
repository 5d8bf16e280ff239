#include "http/access/accounts.hpp"

#include <liboath/oath.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <stdexcept>

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/account/undo.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/services/commands.hpp"
#include "actors/values/token.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/access/token_seal.hpp"
#include "http/outcome.hpp"
#include "http/problem/problem.hpp"
#include "storage/codec/digest.hpp"
#include "storage/storage_error.hpp"

namespace caravan::http {

namespace {

constexpr unsigned step_seconds = 30;
constexpr std::size_t steps_off = 1;

/// What became of the administrator whom the settings name and who is there, for the log.
std::string restore_administrator(Door& door, UserId user, const std::string& email) {
  const auto view = [&] { return ask_about(door, account_address(user), ViewAccount{}); };
  const auto may_all = [](const Reply& reply) {
    const auto* account = reply.resource.get_if<AccountResource>();
    return account && account->status == UserStatus::active && permission_bits(account->permissions) == all_permissions;
  };
  if (may_all(view())) return "the administrator " + email + " is there already";
  const Reply reply =
      door.ask({.to = account_address(user), .command = RestoreAdministrator{}, .origin = {.caller = edge_caller()}});
  if (reply.outcome == Outcome::rejected && reply.rejection) {
    const std::string& detail = reply.rejection->detail;
    return "the administrator " + email + " is not restored: " + std::string(reply.rejection->code) +
           (detail.empty() ? "" : ". " + detail);
  }
  if (reply.outcome != Outcome::done) throw std::runtime_error("the administrator cannot be restored now");
  return "restored the administrator " + email + ": active, with all permissions";
}

/// Nothing where there is no such account.
std::optional<UserStatus> status_of(Door& door, UserId user) {
  if (!exists(door, account_address(user))) return std::nullopt;
  const Reply reply = ask_about(door, account_address(user), ViewAccount{});
  const auto* account = reply.resource.get_if<AccountResource>();
  return account ? std::optional(account->status) : std::nullopt;
}

/// The hands through which somebody came by these permissions, and the sides who have some through theirs.
std::vector<UserId> ties_of(Door& door, UserId whose, std::uint32_t permissions, const std::vector<UserId>& sides) {
  std::vector<UserId> out = hands_of(door, whose, permissions);
  for (const UserId side : std::set(sides.begin(), sides.end())) {
    const auto hands = hands_of(door, side, all_permissions, true);
    if (std::ranges::find(hands, whose) != hands.end()) out.push_back(side);
  }
  return out;
}

template <class Enum>
std::string_view label(Enum value) {
  return enum_labels(value)[static_cast<std::size_t>(value)];
}

}  // namespace

Caller edge_caller() { return {.kind = Caller::Kind::provider}; }

Reply ask_about(Door& door, Address to, AnyRecord query) {
  Reply reply = door.query(to, std::move(query), edge_caller());
  require_answer(reply);
  return reply;
}

bool exists(Door& door, Address entity) {
  try {
    return door.exists(entity);
  } catch (const StorageError&) {
    throw Problem{.code = "unavailable", .retry_after = std::chrono::seconds{1}};
  }
}

std::optional<UserId> find_account(Door& door, std::string_view email) {
  const Address claim = email_claim_address(sodium_crypto, email);
  if (!exists(door, claim)) return std::nullopt;
  const Reply reply = ask_about(door, claim, ViewClaim{});
  const auto* holder = reply.resource.get_if<ClaimHolder>();
  if (!holder || holder->owner.is_nil()) return std::nullopt;
  return UserId{holder->owner};
}

std::optional<Credentials> find_credentials(Door& door, UserId user, const ClientFacts& client,
                                            const std::optional<Uuid>& session) {
  const Reply reply = ask_about(door, account_address(user), ViewCredentials{client, session});
  const auto* credentials = reply.resource.get_if<Credentials>();
  if (!credentials) return std::nullopt;
  return *credentials;
}

Appointment find_departure(Door& door, UserId whose, PermissionName permission) {
  const Reply reply = ask_about(door, account_address(whose), ViewDeparture{permission});
  const auto* found = reply.resource.get_if<Appointment>();
  return found ? *found : Appointment{};
}

std::vector<UserId> hands_of(Door& door, UserId whose, std::uint32_t permissions, bool lost_too) {
  constexpr auto may_give = static_cast<std::uint32_t>(Permission::users);
  std::vector<GrantRoot> known{{whose, Time::max()}};
  for (std::size_t i = 0; i < known.size() && i <= account::max_grant_roots; ++i) {
    const GrantRoot hand = known[i];
    if (!exists(door, account_address(hand.by))) continue;
    // Grants of earlier builds know the hands of a week alone: so each hand is asked for its own.
    const ListGrantRoots query{i == 0 ? permissions : permissions | may_give, Time{}, lost_too || i > 0};
    const Reply reply = ask_about(door, account_address(hand.by), query);
    const auto* found = reply.resource.get_if<GrantRoots>();
    if (!found) continue;
    for (const GrantRoot& root : found->roots)
      if (root.at <= hand.at && std::ranges::find(known, root.by, &GrantRoot::by) == known.end()) known.push_back(root);
  }
  // Whoever has permissions pressed upon them by a long row of accounts still finds somebody who decides their case:
  // whoever was found is tied, the nearest hands first, and nobody else.
  if (known.size() > account::max_grant_roots + 1)
    spdlog::warn("more administrators stand behind the account {} than are asked: {} were found, of {} asked",
                 whose.text(), known.size() - 1, account::max_grant_roots + 1);
  std::vector<UserId> out;
  for (const GrantRoot& hand : known)
    if (hand.by != whose) out.push_back(hand.by);
  return out;
}

Appointment find_appointment(Door& door, const Caller& whose, PermissionName permission,
                             const std::vector<UserId>& sides) {
  if (whose.kind != Caller::Kind::user) return {};
  const Reply reply = ask_about(door, account_address(whose.user), ViewAppointment{permission});
  const auto* found = reply.resource.get_if<Appointment>();
  Appointment out = found ? *found : Appointment{};
  if (sides.empty()) return out;
  const auto ties = ties_of(door, whose.user, permission_bits({permission}), sides);
  out.ties.assign(ties.begin(), ties.end());
  return out;
}

bool is_young_client(Door& door, UserId user, const ClientFacts& client) {
  const Reply reply = ask_about(door, account_address(user), CheckClient{client});
  const auto* standing = reply.resource.get_if<ClientStanding>();
  return standing && standing->is_young;
}

std::optional<std::string> find_proven(Door& door, UserId user, AnyRecord query) {
  const Reply reply = ask_about(door, account_address(user), std::move(query));
  const auto* proven = reply.resource.get_if<ProvenContact>();
  return proven ? proven->contact : std::nullopt;
}

std::optional<Rights> session_rights(Door& door, UserId user, const Uuid& session) {
  const Reply reply = ask_about(door, account_address(user), CheckSession{session});
  const auto* standing = reply.resource.get_if<SessionStanding>();
  if (!standing || !standing->active) return std::nullopt;
  return Rights{standing->user_type, standing->permissions, standing->stepped_up_at};
}

Rights rights_on_behalf(Door& door, UserId user) {
  const Problem unknown{"not_found", "There is no such user to act for."};
  if (!exists(door, account_address(user))) throw unknown;
  const Reply reply = ask_about(door, account_address(user), ViewAccount{});
  const auto* account = reply.resource.get_if<AccountResource>();
  if (!account || account->status == UserStatus::deleted) throw unknown;
  switch (account->status) {
    case UserStatus::suspended:
      throw Problem{"account_suspended"};
    case UserStatus::banned:
      throw Problem{"account_banned"};
    case UserStatus::closing:
      throw Problem{"account_closing"};
    case UserStatus::pending_verification:
      throw Problem{"email_not_verified"};
    default:
      // With their session they may do more than any service.
      if (!account->permissions.empty()) throw Problem{"forbidden", "Nobody acts for an administrator."};
      return {account->user_type};
  }
}

bool is_inactive(Door& door, UserId user) {
  const auto status = status_of(door, user);
  return status && *status != UserStatus::active;
}

bool is_closing(Door& door, UserId user) { return status_of(door, user) == UserStatus::closing; }

bool takes_rights(const schema::Type& command) {
  static const schema::Type* const takers[] = {
      &schema::type_of<RevokeSession>(),  &schema::type_of<RevokeAllSessions>(), &schema::type_of<ResetPassword>(),
      &schema::type_of<ChangePassword>(), &schema::type_of<SetAccountStatus>(),  &schema::type_of<SetRoles>(),
      &schema::type_of<DeleteAccount>(),  &schema::type_of<ChangeService>(),     &schema::type_of<RevokeServiceKey>(),
      &schema::type_of<VerifyEmail>(),    &schema::type_of<RemoveService>(),     &schema::type_of<UndoChanges>()};
  return std::ranges::find(takers, &command) != std::end(takers);
}

void set_rights(Identity& identity, UserType user_type, std::uint32_t permissions) {
  identity.caller.permissions = permissions;
  identity.scopes = user_scopes | scopes_of_permissions(permissions);
  identity.user_type = label(user_type);
  identity.roles.clear();
  for (const Role role : role_list(user_type, permissions)) identity.roles.emplace_back(label(role));
}

std::optional<Identity> find_key_owner(Door& door, const TokenSeal& seal, const UnsealedKeys& find_unsealed,
                                       std::string_view key) {
  constexpr std::string_view prefix = "cvk_";
  if (!key.starts_with(prefix)) return std::nullopt;
  const auto opened = seal.open(key);
  if (!opened) return std::nullopt;
  const auto parts = parse_token(sodium_crypto, std::string_view(opened->token).substr(prefix.size()));
  if (!parts) return std::nullopt;
  const UserId owner{parts->owner};
  const std::string hash = sha256_hex(opened->token);
  if (!opened->sealed && find_unsealed(hash) != owner) return std::nullopt;
  const Reply reply = ask_about(door, account_address(owner), CheckApiKey{hash});
  const auto* standing = reply.resource.get_if<SessionStanding>();
  if (!standing || !standing->active) return std::nullopt;
  Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = standing->user_id;
  identity.caller.api_key = standing->key_id;
  identity.read_only = standing->read_only;
  identity.api_key = sha256_hex(hash).substr(0, 16);
  identity.key_until = standing->key_until;
  set_rights(identity, standing->user_type, standing->permissions);
  identity.scopes &= standing->scopes;
  return identity;
}

std::string bootstrap_admin(Door& door, Random& random, PasswordHasher& passwords, const std::string& email,
                            const std::string& password) {
  try {
    const auto known = find_account(door, email);
    if (known && find_credentials(door, *known)) return restore_administrator(door, *known, email);
  } catch (const Problem& problem) {
    throw std::runtime_error("whether the first administrator is there cannot be asked now: " + problem.code);
  }
  const Context context{door.now(), {}, {}, random, sodium_crypto};
  const Reply claimed = door.ask({.to = email_claim_address(sodium_crypto, email),
                                  .command = TakeClaim{context.new_uuid(), "", door.now() + claim_time}});
  const auto* holder = claimed.resource.get_if<ClaimHolder>();
  if (!holder) throw std::runtime_error("the first administrator's address cannot be claimed now");
  Register command;
  command.email = email;
  command.first_name = "First";
  command.last_name = "Administrator";
  command.password_hash = passwords.hash(password);
  command.first_administrator = true;
  // The holder may come from an earlier try that a crash ended before the account was made: its id serves as well.
  const Reply made = door.ask({.to = account_address(UserId{holder->owner}), .command = std::move(command)});
  if (made.outcome != Outcome::done) throw std::runtime_error("the first administrator cannot be made now");
  return "made the administrator " + email;
}

std::int64_t totp_step(const Bytes& secret, const std::string& code, Time now) {
  if (secret.value.empty() || code.size() != 6 || code.find_first_not_of("0123456789") != std::string::npos) return 0;
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  int offset = 0;
  const int result = oath_totp_validate2(secret.value.data(), secret.value.size(), seconds, step_seconds, 0, steps_off,
                                         &offset, code.c_str());
  return result < 0 ? 0 : seconds / step_seconds + offset;
}

std::int64_t totp_step(const SecretSealer& sealer, const Credentials& account, const std::string& code, Time now) {
  const auto secret = sealer.open(account.user_id, account.totp_secret);
  return secret ? totp_step(*secret, code, now) : 0;
}

std::string base32_text(const Bytes& secret) {
  char* text = nullptr;
  std::size_t size = 0;
  if (oath_base32_encode(secret.value.data(), secret.value.size(), &text, &size) != OATH_OK)
    throw std::runtime_error("no memory for base32");
  std::string out(text, size);
  std::free(text);
  std::erase(out, '=');
  return out;
}

std::string otpauth_uri(const Bytes& secret, const std::string& email) {
  std::string label;
  for (const char c : email) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
    label += plain ? std::string(1, c) : "%" + hex_text(std::string(1, c));
  }
  return "otpauth://totp/Caravan:" + label + "?secret=" + base32_text(secret) + "&issuer=Caravan";
}

}  // namespace caravan::http
