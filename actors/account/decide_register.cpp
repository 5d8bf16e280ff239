#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"

namespace caravan {

using namespace account;

namespace {

/// Mails a fresh verification token; the one before is void.
void send_verification(Decision& decision, const Context& context) {
  const std::string token = context.token(context.secret(secret_size));
  decision.emit(VerificationSent{context.crypto.sha256_hex(token), context.now + verification_life, context.now});
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
                               context.now});
  decision.send(email_claim_address(context.crypto, command.email), ConfirmClaim{context.self.id});
  decision.send(user_address(owner(context)),
                CreateProfile{{command.email, command.first_name, command.last_name, command.user_type,
                               command.phone_number, command.preferred_language, command.time_zone}});
  decision.send(inbox_of(owner(context)),
                UpdateContact{command.email, {}, command.preferred_language, command.time_zone, command.first_name});
  if (command.first_administrator) {
    decision.send(user_address(owner(context)), RecordContactVerified{command.email, {}});
  } else {
    send_verification(decision, context);
    decision.set_timer(std::string(unverified_timer), context.now + unverified_life);
  }
  return decision.answer(Registered{owner(context), command.email,
                                    command.first_administrator ? UserStatus::active : UserStatus::pending_verification,
                                    !command.first_administrator});
}

Decision decide(const AccountState& state, const Context& context, const VerifyEmail& command) {
  if (state.status == UserStatus::deleted || state.verification.hash.empty() ||
      state.verification.expires_at <= context.now ||
      !context.crypto.equal(state.verification.hash, context.crypto.sha256_hex(command.token)))
    return reject(AccountRejection::token_invalid);
  const UserStatus status = state.status == UserStatus::pending_verification ? UserStatus::active : state.status;
  return Decision{}
      .emit(EmailVerified{context.now})
      .clear_timer(std::string(unverified_timer))
      .send(user_address(owner(context)), RecordContactVerified{state.email, {}})
      .send(inbox_of(owner(context)), Notify{"welcome", {{"firstName", state.first_name}}})
      .answer(StatusAnswer{status});
}

Decision decide(const AccountState& state, const Context& context, const ResendVerification&) {
  // Silent in every case: the answer must not tell whether the address is known.
  if (state.status == UserStatus::deleted || state.email_verified ||
      !may_send(state.verification.sent, state.verification.window, context.now))
    return {};
  Decision decision;
  send_verification(decision, context);
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
  if (!context.crypto.equal(code.hash, context.crypto.sha256_hex(context.self.id.text() + command.code)))
    return Decision{}.emit(PhoneCodeFailed{context.now}).answer(StepOutcome{"code_invalid"});
  return Decision{}
      .emit(PhoneVerified{code.phone, context.now})
      .send(user_address(owner(context)), RecordContactVerified{{}, code.phone})
      .send(inbox_of(owner(context)), UpdateContact{.phone = code.phone})
      .answer(StepOutcome{});
}

}  // namespace caravan
