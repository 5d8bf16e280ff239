#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"

namespace caravan {

using namespace account;

namespace {

/// Mails a fresh verification token; those before stay good.
void send_verification(Decision& decision, const Context& context, const ClientFacts& client) {
  const std::string token = context.token(context.secret(secret_size));
  decision.emit(
      VerificationSent{context.crypto.sha256_hex(token), context.now + verification_life, context.now, client, true});
  decision.send(
      inbox_of(owner(context)),
      Notify{"email_verification_template", {{"verificationToken", token}}, {Channel::email}, NotifyPriority::high});
}

/// Six digits, each as likely as any other.
std::string six_digits(const Context& context) {
  constexpr std::uint32_t range = 1'000'000, fair = UINT32_MAX / range * range;
  std::uint32_t value;
  do {
    const std::string bytes = context.secret(sizeof value);
    std::memcpy(&value, bytes.data(), sizeof value);
  } while (value >= fair);
  std::string digits = std::to_string(value % range);
  return std::string(6 - digits.size(), '0') + digits;
}

}  // namespace

Decision decide(const AccountState& state, const Context& context, const Register& command) {
  if (state.exists()) return reject(AccountRejection::already_registered);
  Decision decision;
  decision.emit(UserRegistered{owner(context), command.email, command.first_name, command.last_name, command.user_type,
                               command.phone_number, command.password_hash,
                               command.first_administrator ? all_permissions : 0, command.first_administrator,
                               context.now, command.client, command.accepted_terms});
  decision.send(email_claim_address(context.crypto, command.email), ConfirmClaim{context.self.id});
  decision.send(user_address(owner(context)),
                CreateProfile{{command.email, command.first_name, command.last_name, command.user_type,
                               command.phone_number, command.preferred_language, command.time_zone}});
  decision.send(inbox_of(owner(context)), UpdateContact{command.email,
                                                        {},
                                                        command.preferred_language,
                                                        command.time_zone,
                                                        command.first_name,
                                                        !command.first_administrator});
  if (command.first_administrator) {
    decision.send(user_address(owner(context)), RecordContactVerified{command.email, {}});
  } else {
    send_verification(decision, context, command.client);
    decision.set_timer(std::string(unverified_timer), context.now + unverified_life);
  }
  return decision.answer(Registered{owner(context), command.email,
                                    command.first_administrator ? UserStatus::active : UserStatus::pending_verification,
                                    !command.first_administrator, command.accepted_terms});
}

Decision decide(const AccountState& state, const Context& context, const VerifyEmail& command) {
  if (state.status == UserStatus::deleted ||
      !is_live(state.verification, context.crypto, context.crypto.sha256_hex(command.token), context.now))
    return reject(AccountRejection::token_invalid);
  if (!command.password_hash && client_key(command.client) != state.registered_by)
    return reject(AccountRejection::password_required,
                  "Another client registered this address: choose a password of your own.", "password");
  const UserStatus status = state.status == UserStatus::pending_verification ? UserStatus::active : state.status;
  Decision decision;
  decision.emit(EmailVerified{context.now});
  if (command.password_hash) {
    decision.emit(PasswordChanged{*command.password_hash, context.now, true});
    // Builds before let an administrator open an account whose address was not proven, so it may have sessions.
    if (!state.sessions.empty()) decision.emit(SessionsRevoked{"address proven", {}, context.now});
    revoke_keys(decision, state, context, "address proven");
    decision.send(inbox_of(owner(context)), ForgetDevices{});
  }
  return decision.clear_timer(std::string(unverified_timer))
      .send(user_address(owner(context)), RecordContactVerified{state.email, {}})
      .send(inbox_of(owner(context)), UpdateContact{.email_unproven = false})
      .send(inbox_of(owner(context)), Notify{"welcome", {{"firstName", state.first_name}}})
      .answer(StatusAnswer{status});
}

Decision decide(const AccountState& state, const Context& context, const ResendVerification& command) {
  // Silent in every case: the answer must not tell whether the address is known.
  if (state.status == UserStatus::deleted || state.email_verified ||
      !may_mail(state.verification, source_of(state, command.client, {}, context.now), context.now))
    return {};
  Decision decision;
  send_verification(decision, context, command.client);
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const SendPhoneCode& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  const std::string phone = command.phone_number.value_or(state.phone);
  if (phone.empty()) return reject(AccountRejection::no_phone, "give a phoneNumber");
  if (state.phone_verified && phone == state.phone) return reject(AccountRejection::already_verified);
  if (!may_send(state.phone_code.sent, state.phone_code.window, context.now))
    return reject(AccountRejection::too_many_attempts, "try again in an hour");
  const std::string code = six_digits(context);
  const Time expires = context.now + phone_code_life;
  return Decision{}
      .emit(PhoneCodeSent{phone, context.crypto.sha256_hex(context.self.id.text() + code), expires, context.now})
      .send(inbox_of(owner(context)),
            Notify{"phone_code_template", {{"code", code}}, {Channel::sms}, NotifyPriority::high, {}, phone});
}

Decision decide(const AccountState& state, const Context& context, const VerifyPhone& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  const PhoneCode& code = state.phone_code;
  if (code.hash.empty() || code.expires_at <= context.now) return reject(AccountRejection::code_invalid);
  if (code.failures >= max_code_failures) return reject(AccountRejection::too_many_attempts, "ask for a new code");
  if (!is_phone_code(state, context, command.code))
    return Decision{}.emit(PhoneCodeFailed{context.now}).answer(StepOutcome{"code_invalid"});
  Decision decision;
  decision.emit(PhoneVerified{code.phone, context.now, true});
  if (state.phone_verified && state.phone != code.phone)
    decision.send(phone_claim_address(context.crypto, state.phone), ReleaseClaim{context.self.id});
  return decision.send(phone_claim_address(context.crypto, code.phone), ConfirmClaim{context.self.id})
      .send(user_address(owner(context)), RecordContactVerified{{}, code.phone})
      .send(inbox_of(owner(context)), UpdateContact{.phone = code.phone})
      .send(inbox_of(owner(context)), Notify{"phone_verified", {}})
      .answer(StepOutcome{});
}

}  // namespace caravan
