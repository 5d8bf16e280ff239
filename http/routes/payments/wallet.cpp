#include <charconv>

#include "actors/wallet/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/providers/payments/sandbox_payments.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/payments/payments.hpp"

namespace caravan::http {

namespace {

constexpr Target own_wallet = by_caller(EntityKind::wallet);

Address wallet_of(UserId owner) { return {EntityKind::wallet, owner.value}; }

void require_provider(Call& call, const std::string& provider) {
  const std::string& known = call.services().settings.payment_provider;
  if (provider == known) return;
  throw Problem{.code = "validation_failed",
                .detail = "There is no such payment provider.",
                .errors = {{"provider", "unknown_value", "there is: " + known}}};
}

/// The provider's part of a payment method: it knows the token, and what the card looks like.
void look_up_card(Call& call, AddPaymentMethod& command) {
  require_provider(call, command.provider);
  command.method_id = PaymentMethodId{call.fresh_uuid()};
  if (!call.services().settings.sandbox) {
    // Such a provider shows nothing of a card, and takes or refuses the token when money is due.
    command.brand = "card";
    return;
  }
  const auto card = sandbox_card(command.token);
  if (!card) throw Problem{"payment_token_invalid", "The provider does not know this token.", "token"};
  command.brand = card->brand;
  command.last4 = card->last4;
}

void name_account(Call& call, AddPayoutAccount& command) {
  require_provider(call, command.provider);
  command.account_id = PayoutAccountId{call.fresh_uuid()};
  command.by_young_client = is_young_client(call.door(), call.user(), client_of(call));
}

void name_payout(Call& call, RequestPayout& command) { command.payout_id = PayoutId{call.fresh_uuid()}; }

/// A page of a list that is newest first and grows at its head. The cursor is the count of items that are left, which
/// does not change when newer ones come.
template <class T>
Response page(Call& call, const std::vector<T>& items) {
  const auto& query = call.query<PageQuery>();
  std::size_t left = items.size();
  if (query.cursor) {
    const char* end = query.cursor->data() + query.cursor->size();
    std::size_t wanted = 0;
    const auto [stop, error] = std::from_chars(query.cursor->data(), end, wanted);
    if (error != std::errc{} || stop != end)
      throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", "not a cursor of this list"}}};
    left = std::min(left, wanted);
  }
  const std::size_t from = items.size() - left;
  const auto limit = static_cast<std::size_t>(query.limit.value_or(default_page_limit));
  const std::size_t count = std::min(limit, left);
  const auto begin = items.begin() + static_cast<std::ptrdiff_t>(from);
  const std::vector<T> shown(begin, begin + static_cast<std::ptrdiff_t>(count));
  return call.list(shown, left > count ? std::optional(std::to_string(left - count)) : std::nullopt);
}

/// The list that a query of the caller's wallet answers with.
template <class Query, class List>
Response list_own(Call& call) {
  const Reply reply = call.ask_query(wallet_of(call.user()), Query{});
  return page(call, call.resource<List>(reply).items);
}

/// An own payout, or for finance anybody's.
Response payout(Call& call) {
  const ViewPayout query{call.path<PayoutId>("payoutId")};
  if (call.caller().kind == Caller::Kind::user) {
    const Reply own = call.try_query(wallet_of(call.user()), query);
    if (own.outcome == Outcome::done) return call.answer(own);
  }
  const Address owner = call.locate(query.payout_id.value);
  if (owner.kind != EntityKind::wallet) throw Problem{"not_found"};
  return call.answer(call.ask_query(owner, query));
}

}  // namespace

std::vector<Route> wallet_routes(Services&) {
  return {
      get("/payments/methods", user, "Payment methods (token and last four only)")
          .query<PageQuery>()
          .lists_own<PaymentMethodResource>()
          .handle(list_own<ListPaymentMethods, PaymentMethodList>),
      post("/payments/methods", user, "Add")
          .scoped(Scope::payments_move)
          .command<AddPaymentMethod>(own_wallet, look_up_card)
          .answers<PaymentMethodResource>(201),
      del("/payments/methods/:methodId", user, "Remove")
          .scoped(Scope::payments_move)
          .command<RemovePaymentMethod>(own_wallet)
          .answers_nothing(),
      post("/payments/methods/:methodId/default", user, "Make it the default")
          .scoped(Scope::payments_move)
          .command<MakeDefaultMethod>(own_wallet)
          .then<ViewPaymentMethod>()
          .answers<PaymentMethodResource>(),
      get("/payments/payout-accounts", user, "Payout accounts")
          .query<PageQuery>()
          .lists_own<PayoutAccountResource>()
          .handle(list_own<ListPayoutAccounts, PayoutAccountList>),
      post("/payments/payout-accounts", user, "Add; verified with the provider")
          .after_step_up()
          .command<AddPayoutAccount>(own_wallet, name_account)
          .answers<PayoutAccountResource>(201),
      del("/payments/payout-accounts/:accountId", user, "Remove")
          .after_step_up()
          .command<RemovePayoutAccount>(own_wallet)
          .answers_nothing(),
      post("/payments/payout-accounts/:accountId/default", user, "Be paid on this one; else it is the one added first")
          .after_step_up()
          .command<MakeDefaultAccount>(own_wallet)
          .then<ViewPayoutAccount>()
          .answers<PayoutAccountResource>(),
      get("/payments/payouts", user, "Own payouts")
          .query<PageQuery>()
          .lists_own<PayoutResource>()
          .handle(list_own<ListPayouts, PayoutList>),
      get("/payments/payouts/:payoutId", user, "One payout").answers<PayoutResource>().handle(payout),
      post("/payments/payouts", person, "Pay out wallet balance")
          .scoped(Scope::payments_move)
          .command<RequestPayout>(own_wallet, name_payout)
          .answers<PayoutResource>(201),
      get("/payments/wallet", user, "Balances by currency: available, pending")
          .view<ViewWallet>(own_wallet)
          .answers<WalletResource>(),
      get("/payments/wallet/transactions", user, "Statement")
          .query<PageQuery>()
          .lists_own<WalletTransaction>()
          .handle(list_own<ListTransactions, TransactionList>),
  };
}

}  // namespace caravan::http
