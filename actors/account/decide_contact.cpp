#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"

/// Addresses and numbers that change, and those that were never their account's.
namespace caravan {

using namespace account;

Decision decide(const AccountState& state, const Context& context, const RequestEmailChange& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (lower_case(command.email) == lower_case(state.email))
    return reject(AccountRejection::already_verified, "It is the account's address.", "email");
  if (!may_mail(state.pending_email.token, own_mails, context.now))
    return reject(AccountRejection::too_many_attempts, "try again in an hour");
  const std::string token = context.token(context.secret(secret_size));
  return Decision{}
      .emit(EmailChangeRequested{command.email, context.crypto.sha256_hex(token), context.now + verification_life,
                                 context.now})
      .send(inbox_of(owner(context)), Notify{"email_change_template",
                                             {{"verificationToken", token}},
                                             {Channel::email},
                                             NotifyPriority::high,
                                             {},
                                             command.email})
      .send(inbox_of(owner(context)), Notify{"email_change_requested", {{"email", command.email}}});
}

Decision decide(const AccountState& state, const Context& context, const RedeemEmailChange& command) {
  if (state.status != UserStatus::active ||
      !is_live(state.pending_email.token, context.crypto, context.crypto.sha256_hex(command.token), context.now))
    return reject(AccountRejection::token_invalid);
  const std::string& email = state.pending_email.email;
  Decision decision;
  decision.emit(EmailChanged{email, context.now});
  decision.send(email_claim_address(context.crypto, email), ConfirmClaim{context.self.id});
  if (lower_case(email) != lower_case(state.email))
    decision.send(email_claim_address(context.crypto, state.email), ReleaseClaim{context.self.id});
  decision.send(user_address(owner(context)), RecordContactVerified{email, {}});
  decision.send(inbox_of(owner(context)), UpdateContact{.email = email, .email_unproven = false});
  Notify notice{"email_changed", {{"email", email}}};
  notice.recipient = state.email;
  return decision.send(inbox_of(owner(context)), std::move(notice)).answer(StatusAnswer{state.status});
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
    decision.send(phone_claim_address(context.crypto, state.phone), ReleaseClaim{context.self.id});
  return decision.send(inbox_of(owner(context)), UpdateContact{.phone = std::string()});
}

}  // namespace caravan
