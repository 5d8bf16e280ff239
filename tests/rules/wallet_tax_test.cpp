#include "actors/account/undo.hpp"
#include "actors/inbox/catalog.hpp"
#include "tests/rules/wallet_given.hpp"

/// What a traveler's tax office knows them by: told with a payout account, and shown to few.
namespace wallet_tax_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::wallets;

namespace {

AddPayoutAccount account_with(TaxFacts tax) {
  AddPayoutAccount command{bank, "sandbox", "tok_ok", "Ben", dollars};
  command.tax = std::move(tax);
  return command;
}

TaxFacts facts_for(GivenWallet& wallet, const Caller& reader) {
  const auto shown = wallet.as(reader).ask(ViewWallet{}).resource;
  const auto* found = shown.get_if<WalletResource>();
  REQUIRE(found);
  return found->tax;
}

}  // namespace

TEST_CASE("wallet tax: a number is told with the country that gave it, and what is told last holds") {
  GivenWallet wallet(self);
  CHECK(wallet.as(user(ben)).when(account_with({"12 345 678 901", {}})) == "! validation_failed");
  CHECK(wallet.last.rejection->field == "taxCountry");
  CHECK(wallet.state.accounts.empty());
  CHECK(wallet.when(account_with({"12345678901", "DE"})) == "wallet.payout_account_added, wallet.tax_facts_told");
  CHECK(wallet.state.tax == TaxFacts{"12345678901", "DE"});
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
  CHECK(wallet.as(user(ben)).when(MakeDefaultAccount{bank}) == "wallet.default_account_changed");
  CHECK(wallet.state.tax == TaxFacts{"12345678901", "DE"});
  CHECK(wallet.when(MakeDefaultAccount{bank, {"98765432101", "DE"}}) == "wallet.tax_facts_told");
  CHECK(wallet.when(MakeDefaultAccount{bank, {"98765432101", "DE"}}) == "(nothing)");
  CHECK(wallet.when(MakeDefaultAccount{bank, {"98765432101", {}}}) == "! validation_failed");
  CHECK(wallet.when(MakeDefaultAccount{bank, {{}, "AT"}}) == "wallet.tax_facts_told");
  CHECK(wallet.state.tax == TaxFacts{{}, "AT"});
}

TEST_CASE("wallet tax: it outlives the account that it was told with") {
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(account_with({"12345678901", "DE"}));
  CHECK(wallet.when(RemovePayoutAccount{bank}) == "wallet.payout_account_removed");
  CHECK(wallet.state.tax == TaxFacts{"12345678901", "DE"});
}

TEST_CASE("wallet tax: whoever tells other facts is mailed, with the link that takes it back") {
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(account_with({"12345678901", "DE"}));
  REQUIRE(wallet.sent<MailPayoutChange>());
  CHECK(wallet.sent<MailPayoutChange>()->change == PayoutAccountChange::added);
  CHECK(wallet.sent<MailPayoutChange>()->tax_facts);
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
  wallet.as(user(ben)).when(MakeDefaultAccount{bank});
  CHECK_FALSE(wallet.sent<MailPayoutChange>()->tax_facts);
  // The account is the default already, and the facts alone are others.
  wallet.when(MakeDefaultAccount{bank, {"98765432101", "DE"}});
  REQUIRE(wallet.sent<MailPayoutChange>());
  CHECK(wallet.sent<MailPayoutChange>()->change == PayoutAccountChange::taxed);
  CHECK(wallet.sent<Notify>()->template_id == "payout_account_taxed");
  CHECK(template_rule("payout_account_taxed").mandatory);
  wallet.when(MakeDefaultAccount{bank, {"98765432101", "DE"}});
  CHECK_FALSE(wallet.sent<MailPayoutChange>());
}

TEST_CASE("wallet tax: with a thief shut out the facts are those of before, and it is told") {
  constexpr auto week = 7 * 24h;
  const Caller account = entity({EntityKind::account, ben.value});
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(account_with({"12345678901", "DE"}));
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
  wallet.as(user(ben)).when(MakeDefaultAccount{bank});
  wallet.at(test_start + 2 * week);
  for (const char* number : {"98765432101", "98765432102"}) wallet.when(MakeDefaultAccount{bank, {number, "AT"}});
  CHECK(wallet.state.former_tax.size() == 2);  // what is older than a week has gone
  wallet.at(wallet.now + 24h).as(account);
  CHECK(wallet.when(RemoveNewAccounts{wallet.now - week}) == "wallet.tax_facts_taken_back");
  CHECK(wallet.state.tax == TaxFacts{"12345678901", "DE"});
  REQUIRE(wallet.sent<Notify>());
  CHECK(wallet.sent<Notify>()->template_id == "tax_facts_taken_back");
  CHECK(wallet.when(RemoveNewAccounts{wallet.now - week}) == "(nothing)");
  // Where none were told before, none are known again.
  GivenWallet fresh(self);
  fresh.as(user(ben)).when(account_with({"98765432101", "AT"}));
  fresh.at(fresh.now + 1h).as(account);
  CHECK(fresh.when(RemoveNewAccounts{fresh.now - week}) ==
        "wallet.payout_account_removed, wallet.tax_facts_taken_back");
  CHECK_FALSE(fresh.state.tax);
  // What was told so long before stays.
  GivenWallet late(self);
  late.as(user(ben)).when(account_with({"12345678901", "DE"}));
  late.at(late.now + 2 * week).as(account);
  CHECK(late.when(RemoveNewAccounts{late.now - week}) == "(nothing)");
  CHECK(late.state.tax == TaxFacts{"12345678901", "DE"});
}

TEST_CASE("wallet tax: the owner and finance see it, and neither a service nor a key") {
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(account_with({"12345678901", "DE"}));
  const TaxFacts told{"12345678901", "DE"}, nothing{};
  CHECK(facts_for(wallet, user(ben)) == told);
  CHECK(facts_for(wallet, admin(finn, Permission::finance)) == told);
  CHECK(facts_for(wallet, service()) == nothing);
  Caller by_key = user(ben);
  by_key.api_key = test_id<UserId>(40).value;
  CHECK(facts_for(wallet, by_key) == nothing);
  Caller on_behalf = user(ben);
  on_behalf.service = test_id<UserId>(41).value;
  CHECK(facts_for(wallet, on_behalf) == nothing);
  CHECK_FALSE(wallet.as(user(eve)).ask(ViewWallet{}).resource);
}

}  // namespace wallet_tax_test
