#include <algorithm>

#include "actors/account/closing.hpp"
#include "actors/account/rules.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/commands.hpp"
#include "actors/trip/commands.hpp"

/// How an account ends: it closes when its deletion is asked for, is erased after that, and what its owner has open is
/// looked for until nothing is.
namespace caravan {

using namespace account;

namespace {

constexpr int most_doublings = 9;  // eight and a half hours

/// How long to wait before the read models are asked again what a deleted user still has open. One look is not enough:
/// an offer may be under way, the read models lag, and a parcel that is carried takes days to come back. The waits
/// double up to most_doublings.
Duration deletion_wait(int rounds) { return 1min * (1 << std::min(rounds, most_doublings)); }

Notify deletion_mail(std::string address, Time until, const std::string& undo) {
  std::map<std::string, std::string> variables{{"until", to_rfc3339(until)}};
  if (!undo.empty()) variables.emplace("undoToken", undo);
  return {"deletion_undo_template", std::move(variables), {Channel::email}, NotifyPriority::high, {}, address};
}

Decision start_closing(const AccountState& state, const Context& context, std::optional<std::string> reason) {
  Decision decision;
  const std::string undo = context.token(context.secret(secret_size));
  const Time until = context.now + std::chrono::days{policy.accounts.closing_days};
  decision.emit(DeletionRequested{until, context.crypto.sha256_hex(undo), std::move(reason), context.now});
  decision.emit(SessionsRevoked{"deleted", {}, context.now});
  revoke_keys(decision, state, context, "deleted");
  decision.set_timer(std::string(closing_timer), until);
  // An address from before is told too: the one that the account has may be a thief's. That one brings itself back.
  const std::vector<std::string> former = held_addresses(state);
  for (const std::string& address : former) decision.send(inbox_of(owner(context)), deletion_mail(address, until, {}));
  if (!former.empty()) decision.set_timer(std::string(undo_timer), until);
  decision.send(inbox_of(owner(context)), deletion_mail(state.email, until, undo));
  decision.send(inbox_of(owner(context)), ForgetDevices{});
  if (state.permissions != 0) pause_services(decision, context, 0);
  return decision.send(directory_address, FindOpenWork{owner(context)});
}

}  // namespace

namespace account {

Decision end_closing(const AccountState& state, const Context& context) {
  if (!state.closes_at) return {};
  // Fired by a clock that went ahead: it is asked for again, or nothing would ever erase the account.
  if (*state.closes_at > context.now) return Decision{}.set_timer(std::string(closing_timer), *state.closes_at);
  return close_account(state, context, {});
}

void take_deletion_back(Decision& decision, const Context& context) {
  decision.emit(DeletionTakenBack{context.now});
  decision.clear_timer(std::string(closing_timer)).clear_timer(std::string(open_work_timer));
}

void forget_deletion(AccountState& state) {
  state.closes_at.reset();
  state.closing_since.reset();
  state.deletion_rounds = 0;
  state.deletion_open = 0;
  state.deletion_check_at.reset();
  state.deletion_finished = false;
  std::erase_if(state.undo_tokens, [](const UndoToken& token) { return token.deletion; });
}

Decision refuse_closing(const AccountState& state) {
  return reject(
      AccountRejection::account_closing,
      "The account is erased at " + to_rfc3339(state.closes_at.value_or(Time{})) +
          ". Until then the link in the mail that told of it takes that back. Where the mail is lost, ask for "
          "a new password: the link is mailed anew.");
}

}  // namespace account

Decision decide(const AccountState& state, const Context& context, const DeleteAccount& command) {
  if (!by_owner(context) && !context.caller.may(Permission::users)) return reject(AccountRejection::not_owner);
  if (!by_owner(context) && !outranked(state, context)) return reject(AccountRejection::permission_denied);
  if (state.deletion_finished) return {};
  if (state.is_leaving()) return Decision{}.send(directory_address, FindOpenWork{owner(context)});
  // Nobody takes back what no proven address hears of. Whoever is shut out did not ask for it themself.
  const bool waits = state.status == UserStatus::active && state.email_verified;
  return waits ? start_closing(state, context, command.reason) : close_account(state, context, command.reason);
}

Decision decide(const AccountState& state, const Context& context, const OpenWorkFound& command) {
  const bool is_banned = state.status == UserStatus::banned;
  if (is_banned || state.status == UserStatus::suspended) {
    Decision decision;
    for (const DeliveryId id : command.deliveries)
      decision.send({EntityKind::delivery, id.value}, SideInactive{owner(context), is_banned});
    return decision;
  }
  if (!state.is_leaving() || state.deletion_finished) return {};
  const std::size_t found = command.requests.size() + command.trips.size() + command.deliveries.size();
  // An empty first answer does not end the deletion: an acceptance that was under way may make a delivery that the read
  // models do not have yet. So the directory is asked at least twice.
  if (found == 0 && state.deletion_rounds > 0)
    return Decision{}.emit(DeletionFinished{context.now}).clear_timer(std::string(open_work_timer));
  Decision decision;
  const Time check_at = context.now + deletion_wait(state.deletion_rounds);
  decision.emit(OpenWorkCancelled{static_cast<std::uint32_t>(found), check_at});
  for (const RequestId id : command.requests)
    decision.send({EntityKind::request, id.value}, CancelRequest{std::string(user_deleted)});
  for (const TripId id : command.trips)
    decision.send({EntityKind::trip, id.value}, CancelTrip{std::string(user_deleted)});
  for (const DeliveryId id : command.deliveries)
    decision.send({EntityKind::delivery, id.value}, CancelDelivery{std::string(user_deleted)});
  return decision.set_timer(std::string(open_work_timer), check_at);
}

void evolve(AccountState& state, const DeletionRequested& event) {
  state.status = UserStatus::closing;
  state.closes_at = event.until;
  state.closing_since = event.at;
  state.reset = {};  // opens nothing: the account comes back by an undo alone
  // Whatever could be taken back when it was asked for can be as long as it can: the deletion goes with it.
  for (UndoToken& token : state.undo_tokens)
    if (token.expires_at > event.at) token.expires_at = std::max(token.expires_at, event.until);
  state.undo_tokens.push_back({.hash = event.undo_hash, .email = {}, .expires_at = event.until, .deletion = true});
  note(state, "deletion_requested", event.at, {}, event.reason);
}

void evolve(AccountState& state, const DeletionTakenBack& event) {
  state.status = UserStatus::active;
  forget_deletion(state);
  note(state, "deletion_taken_back", event.at);
}

}  // namespace caravan
