#include "actors/account/undo.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/passwords/strength.hpp"
#include "http/routes/auth/auth.hpp"
#include "http/routes/auth/auth_bodies.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/auth/shut_out.hpp"
#include "http/routes/payments/payments.hpp"

namespace caravan::http {

namespace {

/// Tells an account to mail something and does not wait: the time of the answer says nothing about the address.
Response start_mail(Call& call, AnyRecord command) {
  if (const auto owner = find_account(call.door(), call.body<EmailBody>().email))
    call.tell(account_address(*owner), std::move(command));
  return call.answer(AnyRecord(Accepted{}));
}

Response reset_password(Call& call) {
  auto& body = call.body<ResetBody>();
  const UserId owner = token_owner(call, body.token, "token_invalid");
  const auto credentials = find_credentials(call.door(), owner);
  if (!credentials) throw Problem{"token_invalid"};
  require_strong_password(body.new_password, credentials->email, "newPassword");
  const std::string hash = needed(call.services().passwords).hash(body.new_password);
  const MadeLately made = made_lately(call, owner);
  const Reply reply = ask_owner(call, owner, ResetPassword{body.token, hash, client_of(call)}, "token_invalid");
  shut_out_everywhere(call, owner, made, reply.position);
  return call.nothing();
}

Response undo_changes(Call& call) {
  UndoChanges command = call.body<UndoChanges>();
  const UserId owner = token_owner(call, command.token, "token_invalid");
  command.client = client_of(call);
  const MadeLately made = made_lately(call, owner);
  const Reply reply = ask_owner(call, owner, std::move(command), "token_invalid");
  shut_out_everywhere(call, owner, made, reply.position);
  return call.nothing();
}

Response keep_two_factor(Call& call) {
  KeepTwoFactor command = call.body<KeepTwoFactor>();
  const UserId owner = token_owner(call, command.token, "token_invalid");
  ask_owner(call, owner, std::move(command), "token_invalid");
  return call.nothing();
}

Response change_password(Call& call) {
  const auto& body = call.body<ChangePasswordBody>();
  const Credentials credentials = check_own_password(call, body.current_password);
  require_strong_password(body.new_password, credentials.email, "newPassword");
  const std::string hash = needed(call.services().passwords).hash(body.new_password);
  const Reply reply =
      call.ask(account_address(call.user()),
               ChangePassword{hash, credentials.version, call.identity().session, body.revoke_api_keys.value_or(false),
                              client_of(call), session_seconds(call)});
  // Whoever ends all keys has met one that is not theirs.
  if (body.revoke_api_keys.value_or(false))
    secure_deals_of(call, call.user(), reply.position);
  else
    end_links_of(call, call.user(), reply.position);
  return call.answer(AnyRecord(tokens_for(call, call.resource<SignIn>(reply))));
}

}  // namespace

void require_strong_password(const std::string& password, const std::string& email, const char* field) {
  if (auto fault = fault_of(password, email))
    throw Problem{.code = "weak_password",
                  .detail = fault->advice,
                  .errors = {{field, std::move(fault->rule), std::move(fault->advice)}}};
}

std::vector<Route> password_routes(Services&) {
  return {
      sign_in_row(
          post("/auth/verify-email/resend", anyone,
               "Send it again, for strangers 10 times an hour and 20 a day; never tells whether the address exists"))
          .body<EmailBody>()
          .answers<Accepted>(202)
          .handle([](Call& call) { return start_mail(call, ResendVerification{client_of(call)}); }),
      sign_in_row(
          post(
              "/auth/password/forgot", anyone,
              "Start a reset; never tells whether the address exists. For strangers 10 mails an hour and 20 a day, "
              "beyond that one when the last mailed link is about to end. An address that the account had within the "
              "last week, and that may come back, is mailed the link that brings it back, and an account that is to be "
              "deleted the link that takes that back"))
          .body<EmailBody>()
          .answers<Accepted>(202)
          .handle([](Call& call) {
            return start_mail(call, RequestPasswordReset{client_of(call), call.body<EmailBody>().email});
          }),
      sign_in_row(post("/auth/password/reset", anyone,
                       "Redeem a reset token; revokes all sessions and API keys, and opens the lock"))
          .body<ResetBody>()
          .answers_nothing()
          .handle(reset_password),
      sign_in_row(
          post("/auth/password/change", user,
               "Needs the current password; ends all sessions, this one too, the tracking links that one made, and "
               "answers a new session; revokes the API keys if told so, with what was proposed in one's name and the "
               "codes of one's parcels"))
          .after_step_up()
          .body<ChangePasswordBody>()
          .answers<LoginAnswer>()
          .handle(change_password),
      sign_in_row(
          post("/auth/undo", anyone,
               "Not me: takes back the new address, password, second factor, payout account or deletion of the account "
               "that a mail told of, and all changes after it; ends sessions, API keys and the password, and mails a "
               "reset link. A second "
               "factor from before the address changed, or of an address that stays, goes off in 24 hours, unless its "
               "owner keeps it"))
          .body<UndoChanges>()
          .answers_nothing()
          .handle(undo_changes),
      sign_in_row(
          post("/auth/2fa/removal/stop", anyone, "Keep the second factor that is to go off, by the mailed token"))
          .body<KeepTwoFactor>()
          .answers_nothing()
          .handle(keep_two_factor),
  };
}

}  // namespace caravan::http
