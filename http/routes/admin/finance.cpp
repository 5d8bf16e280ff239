#include "actors/cover/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/escrow/resources.hpp"
#include "actors/wallet/entity.hpp"
#include "http/access/accounts.hpp"
#include "http/both_sides.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/payments/payment_bodies.hpp"
#include "http/routes/payments/payments.hpp"
#include "storage/read_models/money.hpp"

namespace caravan::http {

namespace {

Response check_ledger(Call& call) {
  call.see_own_writes();
  return call.answer(AnyRecord(ledger_check(*call.services().read_models, call.door().now())));
}

Response alerts(Call& call) {
  const auto& query = call.query<PageQuery>();
  const auto page = finance_alerts(*call.services().read_models, paging_of(query));
  return call.list(page.items, page.next_cursor);
}

/// How the caller came to move money by hand, and what ties them to the sides of this wallet or escrow.
Appointment finance_for(Call& call, Address thing) {
  return office_for(call.door(), call.caller(), PermissionName::finance, thing);
}

Response pay_out(Call& call) {
  const auto& body = call.body<ManualPayout>();
  RequestPayout command{PayoutId{call.fresh_uuid()}, body.amount, body.currency, {}};
  const Address wallet{EntityKind::wallet, body.user_id.value};
  command.office = finance_for(call, wallet);
  return call.answer(call.ask(wallet, std::move(command)));
}

/// What finance has done about money that the provider has not taken.
template <class Command>
Response order_of_escrow(Call& call) {
  const auto& body = call.body<EscrowOrder>();
  const Address escrow{EntityKind::escrow, body.escrow_id.value};
  return call.answer(call.ask(escrow, Command{body.reason, finance_for(call, escrow)}, ViewEscrow{}));
}

/// Nobody has their own claim paid, nor a friend's. All claims in the currency are asked about: which of them it pays
/// the pool decides, as another addition may come first.
Response add_to_cover(Call& call) {
  auto& command = call.body<AddToCover>();
  const Reply pool = call.ask_query(cover_address, ViewCover{});
  std::vector<UserId> customers;
  for (const CoverClaim& claim : call.resource<CoverState>(pool).waiting)
    if (claim.amount.currency == command.currency) customers.push_back(claim.customer);
  command.office = find_appointment(call.door(), call.caller(), PermissionName::finance, customers);
  return call.answer(call.ask(cover_address, command, ViewCover{}), 201);
}

}  // namespace

std::vector<Route> finance_routes(Services&) {
  return {
      get("/admin/finance/alerts", admin(Permission::finance), "List")
          .query<PageQuery>()
          .lists<FinanceAlertItem>()
          .handle(alerts),
      post("/admin/finance/payouts", admin(Permission::finance), "Manual payout")
          .after_step_up()
          .body<ManualPayout>()
          .answers<PayoutResource>(201)
          .handle(pay_out),
      post("/admin/finance/write-offs", admin(Permission::finance),
           "Pay out what the provider refused to take: the platform bears it")
          .after_step_up()
          .body<EscrowOrder>()
          .answers<EscrowResource>(201)
          .handle(order_of_escrow<WriteOffEscrow>),
      post(
          "/admin/finance/collections", admin(Permission::finance),
          "Ask the provider again for money whose capture was dropped without an answer; what it refused stays refused")
          .after_step_up()
          .body<EscrowOrder>()
          .answers<EscrowResource>(202)
          .handle(order_of_escrow<CollectEscrow>),
      get("/admin/finance/cover", admin(Permission::finance),
          "What is there to pay covers from, and the claims that wait for more")
          .answers<CoverState>()
          .handle([](Call& call) { return call.answer(call.ask_query(cover_address, ViewCover{})); }),
      post("/admin/finance/cover", admin(Permission::finance),
           "Add to what covers are paid from, out of the platform's revenue; claims that wait are paid")
          .after_step_up()
          .body<AddToCover>()
          .answers<CoverState>(201)
          .handle(add_to_cover),
      post("/admin/finance/held-payouts/:userId/release", admin(Permission::finance),
           "Let the payouts of a banned account go before their time")
          .after_step_up()
          .command<ReleasePayouts>(by_path(EntityKind::wallet, "userId"),
                                   [](Call& call, ReleasePayouts& command) {
                                     command.office = finance_for(call, {EntityKind::wallet, call.path_uuid("userId")});
                                   })
          .then<ViewWallet>()
          .answers<WalletResource>(),
      get("/admin/finance/ledger-check", admin(Permission::finance),
          "Trial balance: debits equal credits, the account of holds equals what escrows hold")
          .answers<LedgerCheck>()
          .handle(check_ledger),
  };
}

}  // namespace caravan::http
