#include "actors/account/queries.hpp"
#include "actors/claim/address.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/outcome.hpp"
#include "http/routes/auth/auth.hpp"
#include "http/routes/auth/auth_bodies.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/auth/send_turn.hpp"
#include "storage/codec/digest.hpp"

/// Whose an e-mail address or a telephone number is.
namespace caravan::http {

namespace {

Response verify_email(Call& call) {
  const auto& body = call.body<VerifyEmailBody>();
  VerifyEmail command{body.token, {}, client_of(call)};
  const UserId owner = token_owner(call, command.token, "token_invalid");
  if (body.password) {
    const auto credentials = find_credentials(call.door(), owner);
    if (!credentials) throw Problem{"token_invalid"};
    require_strong_password(*body.password, credentials->email);
    command.password_hash = needed(call.services().passwords).hash(*body.password);
  }
  return call.answer(ask_owner(call, owner, std::move(command), "token_invalid"));
}

Response reject_email(Call& call) {
  RejectEmail command = call.body<RejectEmail>();
  const UserId owner = token_owner(call, command.token, "token_invalid");
  ask_owner(call, owner, std::move(command), "token_invalid");
  return call.nothing();
}

/// Asks the caller's account to send a code or a link there. What the account refuses uses up no turn of that number
/// or address.
void ask_to_send(Call& call, const std::string& to, AnyRecord command) {
  SendTurn turn(call, to);
  const Reply reply = call.try_ask(account_address(call.user()), std::move(command));
  if (reply.outcome == Outcome::rejected) turn.give_back();
  require_done(reply);
}

Response change_email(Call& call) {
  const auto& body = call.body<EmailBody>();
  if (const auto holder = find_account(call.door(), body.email); holder && *holder != call.user())
    throw Problem{"email_taken"};
  ask_to_send(call, body.email, RequestEmailChange{body.email, session_of(call)});
  return call.answer(AnyRecord(Accepted{}));
}

Response send_phone_code(Call& call) {
  const auto& body = call.body<SendPhoneCode>();
  std::string phone = body.phone_number.value_or("");
  if (phone.empty()) {
    const Reply reply = call.ask_query(account_address(call.user()), ViewAccount{});
    phone = call.resource<AccountResource>(reply).phone_number.value_or("");
  }
  if (phone.empty()) throw Problem{"conflict", "give a phoneNumber"};
  ask_to_send(call, phone, SendPhoneCode{phone});
  return call.nothing();
}

Response verify_new_email(Call& call) {
  RedeemEmailChange command = call.body<RedeemEmailChange>();
  const UserId owner = token_owner(call, command.token, "token_invalid");
  const auto email = find_proven(call.door(), owner, CheckEmailChange{command.token});
  if (!email) throw Problem{"token_invalid"};
  if (!take_claim(call, email_claim_address(sodium_crypto, *email), owner)) throw Problem{"email_taken"};
  return call.answer(ask_owner(call, owner, std::move(command), "token_invalid"));
}

Response verify_phone(Call& call) {
  const auto& body = call.body<VerifyPhone>();
  // A number proves one account: whoever has proven it for another one changes it there, or deletes that account,
  // first. The claim is taken for ten minutes; the account makes it lasting once the code is right, and frees it when
  // its number changes or it is deleted.
  if (const auto phone = find_proven(call.door(), call.user(), CheckPhoneCode{body.code}))
    if (!take_claim(call, phone_claim_address(sodium_crypto, *phone), call.user())) throw Problem{"phone_taken"};
  const Reply reply = call.ask(account_address(call.user()), body);
  if (const auto& refusal = call.resource<StepOutcome>(reply).refusal) throw Problem{*refusal};
  return call.answer(AnyRecord(PhoneAnswer{}));
}

}  // namespace

std::vector<Route> proof_routes(Services&) {
  return {
      sign_in_row(post("/auth/verify-email", anyone,
                       "Redeem the mailed token; with a new password where another client registered"))
          .body<VerifyEmailBody>()
          .answers<StatusAnswer>()
          .handle(verify_email),
      sign_in_row(post("/auth/verify-email/reject", anyone, "Not me: frees the address"))
          .body<RejectEmail>()
          .answers_nothing()
          .handle(reject_email),
      sign_in_row(post("/auth/email/change", user, "A new address, once it is proven; mails both"))
          .after_step_up()
          .body<EmailBody>()
          .answers<Accepted>(202)
          .handle(change_email),
      sign_in_row(post("/auth/email/verify", anyone, "Redeem the token that the new address was mailed"))
          .body<RedeemEmailChange>()
          .answers<StatusAnswer>()
          .handle(verify_new_email),
      sign_in_row(post("/auth/phone/send-code", user, "SMS code"))
          .after_step_up()
          .body<SendPhoneCode>()
          .answers_nothing()
          .handle(send_phone_code),
      sign_in_row(post("/auth/phone/verify", user, "Redeem it"))
          .after_step_up()
          .body<VerifyPhone>()
          .answers<PhoneAnswer>()
          .handle(verify_phone),
  };
}

}  // namespace caravan::http
