#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"

/// Addresses and numbers that change, and those that were never their account's.
namespace caravan {

using namespace account;

namespace {

/// To the address from before a change. The token that takes the change back stands in this mail alone: who has a
/// session reads the inbox.
Notify undo_mail(std::string template_id, const std::string& token, const std::string& to, const std::string& email) {
  return {
      std::move(template_id), {{"undoToken", token}, {"email", email}}, {Channel::email}, NotifyPriority::high, {}, to};
}

/// The token of a request that nobody has proven yet: it ends with the next one, whose token brings back the same.
const UndoToken* token_of_request(const AccountState& state, Time now) {
  if (state.pending_email.email.empty()) return nullptr;
  const auto found = std::find_if(state.undo_tokens.rbegin(), state.undo_tokens.rend(), [&](const UndoToken& token) {
    return token.expires_at > now && lower_case(token.email) == lower_case(state.email);
  });
  return found == state.undo_tokens.rend() ? nullptr : &*found;
}

}  // namespace

Decision decide(const AccountState& state, const Context& context, const RequestEmailChange& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (lower_case(command.email) == lower_case(state.email))
    return reject(AccountRejection::already_verified, "It is the account's address.", "email");
  if (!may_mail(state.pending_email.token, email_change_source(command.session_id), context.now))
    return reject(AccountRejection::too_many_attempts, "try again in an hour");
  const bool is_new = is_new_address(state, context.now);
  const auto brings_back = [&](const UndoToken& token) {
    return token.expires_at > context.now && lower_case(token.email) == lower_case(command.email);
  };
  // An address that came a moment ago may be a thief's, who would hide the owner's behind a row of others. It gets no
  // token either: only the addresses from before can take something back.
  if (is_new && std::ranges::none_of(state.undo_tokens, brings_back))
    return reject(AccountRejection::too_many_attempts,
                  "The address changed less than a week ago: for now it can only change back.");
  Decision decision = end_undos(state, context);
  const UndoToken* replaced = is_new ? nullptr : token_of_request(state, context.now);
  const auto counts = [&](const UndoToken& token) { return token.expires_at > context.now; };
  const std::ptrdiff_t more = replaced ? 1 : 2;  // for this request, and for the change itself
  if (std::ranges::count_if(state.undo_tokens, counts) + more > std::ptrdiff_t{max_undo_tokens})
    return reject(AccountRejection::too_many_attempts, "The address changed too often: try again in a week.");
  const std::string token = context.token(context.secret(secret_size));
  EmailChangeRequested event{command.email, context.crypto.sha256_hex(token), context.now + verification_life,
                             context.now, command.session_id};
  event.by_day = true;
  event.older_stay = true;
  Notify notice{"email_change_requested", {{"email", command.email}}, {Channel::in_app, Channel::push}};
  std::optional<Notify> undo_to;
  if (is_new) {
    notice.channels.push_back(Channel::email);
  } else {
    const std::string undo = context.token(context.secret(secret_size));
    event.undo_hash = context.crypto.sha256_hex(undo);
    event.undo_until = context.now + undo_life;
    if (replaced) event.replaced_undo = replaced->hash;
    undo_to = undo_mail("email_change_undo_template", undo, state.email, command.email);
  }
  decision.emit(std::move(event))
      .send(inbox_of(owner(context)), Notify{"email_change_template",
                                             {{"verificationToken", token}},
                                             {Channel::email},
                                             NotifyPriority::high,
                                             {},
                                             command.email})
      .send(inbox_of(owner(context)), std::move(notice));
  if (undo_to) decision.send(inbox_of(owner(context)), *std::move(undo_to));
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const RedeemEmailChange& command) {
  if (state.status != UserStatus::active ||
      !is_live(state.pending_email.token, context.crypto, context.crypto.sha256_hex(command.token), context.now))
    return reject(AccountRejection::token_invalid);
  const std::string& email = state.pending_email.email;
  EmailChanged event{email, context.now};
  event.older_stay = true;
  std::string undo;
  if (!is_new_address(state, context.now)) {
    undo = context.token(context.secret(secret_size));
    event.undo_hash = context.crypto.sha256_hex(undo);
    event.undo_until = context.now + undo_life;
  }
  AccountState after = state;
  evolve(after, event);
  Decision decision;
  // The address before stays claimed for as long as it may come back.
  if (event.undo_until) decision.set_timer(std::string(undo_timer), *event.undo_until);
  decision.emit(std::move(event));
  void_undos(decision, state, after, context);
  decision.send(email_claim_address(context.crypto, email), ConfirmClaim{context.self.id});
  decision.send(user_address(owner(context)), RecordContactVerified{email, {}});
  decision.send(inbox_of(owner(context)), UpdateContact{.email = email, .email_unproven = false});
  const Notify told{"email_changed", {{"email", email}}, {Channel::email}, NotifyPriority::high, {}, state.email};
  return decision
      .send(inbox_of(owner(context)),
            undo.empty() ? told : undo_mail("email_changed_undo_template", undo, state.email, email))
      .send(inbox_of(owner(context)), Notify{"email_changed", {{"email", email}}, {Channel::in_app, Channel::push}})
      .answer(StatusAnswer{state.status});
}

Decision decide(const AccountState& state, const Context& context, const RejectEmail& command) {
  const std::string hash = context.crypto.sha256_hex(command.token);
  if (state.status == UserStatus::pending_verification &&
      is_live(state.verification, context.crypto, hash, context.now))
    return close_account(state, context, "not_their_address");
  if (state.status == UserStatus::deleted || !is_live(state.pending_email.token, context.crypto, hash, context.now))
    return reject(AccountRejection::token_invalid);
  return Decision{}.emit(EmailChangeRejected{context.now});
}

Decision decide(const AccountState& state, const Context& context, const NotePhoneChange& command) {
  if (!context.caller.is_platform()) return reject(AccountRejection::not_owner);
  if (state.status == UserStatus::deleted || command.phone == state.phone) return {};
  Decision decision;
  decision.emit(PhoneChanged{command.phone, context.now});
  if (state.phone_verified)
    decision.send(phone_claim_address(context.crypto, state.phone), ReleaseClaim{context.self.id})
        .send(inbox_of(owner(context)), Notify{"phone_changed", {}});
  return decision.send(inbox_of(owner(context)), UpdateContact{.phone = std::string()});
}

}  // namespace caravan
