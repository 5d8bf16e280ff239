#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/entity.hpp"

/// An account of which somebody stole a session.
namespace caravan::testkit::robbed {

inline const UserId ann = test_id<UserId>(1);
inline const Address self = account_address(ann);
inline const ClientFacts home{"192.0.2.1", "Fox/128.0", "192.0.2.1"}, away{"198.51.100.1", "curl", "198.51.100.1"};

/// Verified, and signed in twice: by the owner, and by who stole the second session.
struct Robbed {
  Given<Account> account{self};
  Uuid own, stolen;
  std::string stolen_token;

  Robbed() {
    Register command;
    command.email = "ann@example.com";
    command.first_name = "Ann";
    command.last_name = "Archer";
    command.password_hash = "hash";
    command.client = home;
    account.when(command);
    account.when(VerifyEmail{account.sent<Notify>()->variables.at("verificationToken"), {}, home});
    own = login(home).session_id;
    const SignIn second = login(home);
    stolen = second.session_id;
    stolen_token = second.refresh_token;
  }
  SignIn login(const ClientFacts& client) {
    REQUIRE(account.as({}).when(RecordLogin{account.state.credentials_version, client}).ends_with("user.login"));
    const SignIn answer = *account.last.reply.get_if<SignIn>();
    account.as(user(ann));
    return answer;
  }
  /// The mail of that template in the last decision.
  const Notify* mail(std::string_view id) const {
    for (const Effect& effect : account.last.effects)
      if (const auto* notify = effect.command.get_if<Notify>(); notify && notify->template_id == id) return notify;
    return nullptr;
  }
  /// Asks for another address: the token that proves it, and the one that takes it back.
  std::pair<std::string, std::string> change_email(const std::string& email) {
    REQUIRE(account.as(user(ann)).when(RequestEmailChange{email, stolen}) == "email_change.requested");
    REQUIRE(mail("email_change_undo_template"));
    return {mail("email_change_template")->variables.at("verificationToken"),
            mail("email_change_undo_template")->variables.at("undoToken")};
  }
  std::string enable_two_factor() {
    account.as(user(ann)).when(SetUpTwoFactor{{"sealed"}});
    REQUIRE(account.when(EnableTwoFactor{"123456", 100, home, stolen}) == "user.two_factor_enabled");
    return mail("two_factor_undo_template")->variables.at("undoToken");
  }
  bool released(const std::string& email) const {
    return std::ranges::any_of(account.last.effects, [&](const Effect& effect) {
      return effect.to == email_claim_address(sodium_crypto, email) && effect.command.get_if<ReleaseClaim>();
    });
  }
};

}  // namespace caravan::testkit::robbed
