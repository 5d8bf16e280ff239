#include "storage/read_models/money.hpp"

#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/state_list.hpp"

namespace caravan {

namespace {

using read_models::EntryView;
using read_models::StateView;

constexpr const char* escrow_tables = R"sql(
CREATE TABLE escrow(
  id BLOB PRIMARY KEY, customer BLOB NOT NULL, traveler BLOB NOT NULL, delivery BLOB NOT NULL, held INTEGER NOT NULL,
  undecided INTEGER NOT NULL, currency TEXT NOT NULL, created INTEGER NOT NULL, owed INTEGER NOT NULL,
  paid INTEGER NOT NULL, cover_waits INTEGER NOT NULL);
CREATE INDEX escrow_paid ON escrow(traveler, created) WHERE paid;
CREATE INDEX escrow_owed ON escrow(customer) WHERE owed;
CREATE INDEX escrow_cover ON escrow(customer) WHERE cover_waits;
CREATE INDEX escrow_customer ON escrow(customer, created, id);
CREATE INDEX escrow_undecided_customer ON escrow(customer) WHERE undecided;
CREATE INDEX escrow_undecided_traveler ON escrow(traveler) WHERE undecided;
CREATE INDEX escrow_created ON escrow(created, id);
CREATE INDEX escrow_open ON escrow(currency) WHERE held > 0;
CREATE TABLE ledger_account(
  currency TEXT NOT NULL, account INTEGER NOT NULL, debits INTEGER NOT NULL, credits INTEGER NOT NULL,
  PRIMARY KEY(currency, account)) WITHOUT ROWID;
CREATE TABLE ledger_fault(position INTEGER PRIMARY KEY);
CREATE TABLE finance_alert(
  number INTEGER PRIMARY KEY, escrow BLOB NOT NULL, delivery BLOB NOT NULL, operation INTEGER NOT NULL,
  amount INTEGER NOT NULL, currency TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL);
)sql";

constexpr const char* dispute_tables = R"sql(
CREATE TABLE dispute(
  id BLOB PRIMARY KEY, status INTEGER NOT NULL, assignee BLOB, created INTEGER NOT NULL, undecided INTEGER NOT NULL,
  customer BLOB NOT NULL, traveler BLOB NOT NULL, delivery BLOB NOT NULL);
CREATE INDEX dispute_created ON dispute(created, id);
CREATE INDEX dispute_undecided_customer ON dispute(customer) WHERE undecided;
CREATE INDEX dispute_undecided_traveler ON dispute(traveler) WHERE undecided;
)sql";

void keep_escrow(sqlite::Connection& database, const StateView& view) {
  const auto& state = view.as<EscrowState>();
  const bool undecided = state.held.amount > 0 || state.status == EscrowStatus::authorising;
  database
      .query(
          "INSERT OR REPLACE INTO"
          " escrow(id, customer, traveler, delivery, held, undecided, currency, created, owed, paid,"
          " cover_waits) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(view.entity.id, state.customer, state.traveler, state.delivery_id, state.held.amount, undecided,
            state.amount.currency.text(), state.created_at, state.is_owed(), state.to_traveler.amount > 0,
            state.cover_standing == CoverStanding::claimed)
      .run();
}

void keep_dispute(sqlite::Connection& database, const StateView& view) {
  const auto& state = view.as<DisputeState>();
  database
      .query(
          "INSERT OR REPLACE INTO dispute(id, status, assignee, created, undecided, customer, traveler, delivery)"
          " VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(view.entity.id, state.status, state.assignee, state.opened_at, !state.is_over(), state.terms.customer,
            state.terms.traveler, state.terms.delivery_id)
      .run();
}

void book(sqlite::Connection& database, const std::vector<Posting>& postings, std::uint64_t position) {
  if (!balanced(postings))
    database.query("INSERT OR IGNORE INTO ledger_fault(position) VALUES(?)").bind(position).run();
  for (const Posting& line : postings)
    database
        .query(
            "INSERT INTO ledger_account(currency, account, debits, credits) VALUES(?1, ?2, ?3, ?4)"
            " ON CONFLICT DO UPDATE SET debits = debits + ?3, credits = credits + ?4")
        .bind(line.currency.text(), line.account, std::max<std::int64_t>(line.amount, 0),
              std::max<std::int64_t>(-line.amount, 0))
        .run();
}

void keep_parts(sqlite::Connection& database, const AnyRecord& event, const Address& owner) {
  if (const auto* intent = event.get_if<PaymentIntentCreated>())
    read_models::add_part(database, intent->intent_id.value, owner);
  else if (const auto* refund = event.get_if<PaymentRefunded>())
    read_models::add_part(database, refund->refund_id.value, owner);
  else if (const auto* asked = event.get_if<TakeBackAsked>())
    read_models::add_part(database, asked->wait.refund_id.value, owner);
  else if (const auto* credited = event.get_if<WalletCredited>())
    read_models::add_part(database, credited->payout_id.value, owner);
  else if (const auto* payout = event.get_if<PayoutRequested>())
    read_models::add_part(database, payout->payout_id.value, owner);
}

void keep_money(sqlite::Connection& database, const EntryView& view) {
  for (const AnyRecord& event : view.entry.events) {
    if (const auto* postings = read_models::postings_of(event)) book(database, *postings, view.position);
    keep_parts(database, event, view.entry.entity);
    if (const auto* alert = event.get_if<FinanceAlert>())
      database
          .query(
              "INSERT INTO finance_alert(escrow, delivery, operation, amount, currency, detail, at)"
              " VALUES(?, ?, ?, ?, ?, ?, ?)")
          .bind(view.entry.entity.id, alert->delivery_id, alert->operation, alert->amount.amount,
                alert->amount.currency.text(), alert->detail, alert->at)
          .run();
  }
}

Currency currency_of(std::string_view text) { return Currency::parse(text).value_or(Currency{}); }

}  // namespace

namespace read_models {

const std::vector<Posting>* postings_of(const AnyRecord& event) {
  const schema::Field* field = schema::find_field(event.type(), "postings");
  if (!field || &field->type() != &schema::type_of<std::vector<Posting>>()) return nullptr;
  return static_cast<const std::vector<Posting>*>(schema::member_of(*field, event.value()));
}

const Projection& escrows_projection() {
  static constexpr Projection projection{
      .name = "escrows",
      .version = 7,
      .schema = escrow_tables,
      .state_of = EntityKind::escrow,
      .on_state = keep_escrow,
      .entries_of = bit(EntityKind::escrow) | bit(EntityKind::wallet) | bit(EntityKind::cover),
      .on_entry = keep_money};
  return projection;
}

const Projection& disputes_projection() {
  static constexpr Projection projection{.name = "disputes",
                                         .version = 3,
                                         .schema = dispute_tables,
                                         .state_of = EntityKind::dispute,
                                         .on_state = keep_dispute};
  return projection;
}

}  // namespace read_models

Page<IntentResource> intents_of(const ReadModels& models, std::optional<UserId> customer, const Viewer& viewer,
                                const Paging& paging) {
  const auto reading = models.read();
  const std::string whose = customer ? "t.customer = ?5" : "?5 IS NULL";
  sqlite::Query query = (*reading).query(read_models::newest_first("escrow", whose));
  read_models::bind_page(query, EntityKind::escrow, paging).bind(customer);
  return read_models::state_page<IntentResource>(query, EntityKind::escrow, viewer, paging, AnyRecord(ViewIntent{}));
}

std::optional<DeliveryId> money_held_for(const ReadModels& models, UserId party) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(read_models::of_either_side("delivery", "escrow", "undecided") + " LIMIT 1");
  query.bind(party);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

std::optional<DeliveryId> payment_owed_by(const ReadModels& models, UserId customer) {
  const auto reading = models.read();
  sqlite::Query query =
      (*reading).query("SELECT delivery FROM escrow WHERE customer = ? AND owed ORDER BY created LIMIT 1");
  query.bind(customer);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

std::optional<DeliveryId> cover_waits_for(const ReadModels& models, UserId customer) {
  const auto reading = models.read();
  sqlite::Query query =
      (*reading).query("SELECT delivery FROM escrow WHERE customer = ? AND cover_waits ORDER BY created LIMIT 1");
  query.bind(customer);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

std::optional<PaidDelivery> paid_delivery_of(const ReadModels& models, UserId traveler, Time ended_after) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT d.id, d.ended FROM escrow e JOIN delivery d ON d.id = e.delivery"
      " WHERE e.traveler = ? AND e.paid AND d.ended > ? ORDER BY d.ended DESC LIMIT 1");
  query.bind(traveler, ended_after);
  if (!query.step()) return std::nullopt;
  return PaidDelivery{DeliveryId{query.uuid(0)}, query.time(1)};
}

std::vector<EscrowId> undecided_escrows(const ReadModels& models, UserId party) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(read_models::of_either_side("id", "escrow", "undecided"));
  query.bind(party);
  return read_models::ids_of<EscrowId>(std::move(query));
}

std::optional<DeliveryId> disputed_for(const ReadModels& models, UserId party) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(read_models::of_either_side("delivery", "dispute", "undecided") + " LIMIT 1");
  query.bind(party);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

std::optional<DeliveryId> dispute_between(const ReadModels& models, UserId one, UserId other) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      read_models::of_either_side("delivery", "dispute", "undecided AND ?2 IN (customer, traveler)") + " LIMIT 1");
  query.bind(one, other);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

Page<DisputeResource> disputes(const ReadModels& models, const DisputeFilter& filter, const Viewer& viewer,
                               const Paging& paging) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      read_models::newest_first("dispute", "(?5 IS NULL OR t.status = ?5) AND (?6 IS NULL OR t.assignee = ?6)"));
  read_models::bind_page(query, EntityKind::dispute, paging).bind(filter.status, filter.assignee);
  return read_models::state_page<DisputeResource>(query, EntityKind::dispute, viewer, paging, AnyRecord(ViewDispute{}));
}

LedgerCheck ledger_check(const ReadModels& models, Time now) {
  LedgerCheck check;
  check.checked_at = now;
  const auto reading = models.read();
  sqlite::Transaction one_view(*reading, "BEGIN");  // the accounts and the escrows of the same moment
  sqlite::Query accounts = (*reading).query(
      "SELECT a.currency, SUM(a.debits), SUM(a.credits), SUM(CASE a.account WHEN ?1 THEN a.credits - a.debits ELSE 0 "
      "END),"
      " (SELECT IFNULL(SUM(e.held), 0) FROM escrow e WHERE e.held > 0 AND e.currency = a.currency),"
      " SUM(CASE a.account WHEN ?2 THEN a.debits - a.credits ELSE 0 END)"
      " FROM ledger_account a GROUP BY a.currency ORDER BY a.currency");
  accounts.bind(LedgerAccount::escrow_held, LedgerAccount::traveler_debts);
  while (accounts.step()) {
    const CurrencyBalance line{currency_of(accounts.view(0)), accounts.integer(1), accounts.integer(2),
                               accounts.integer(3), accounts.integer(5)};
    if (line.debits != line.credits || line.held != accounts.integer(4)) check.balanced = false;
    check.debits += line.debits;
    check.credits += line.credits;
    check.held += line.held;
    check.currencies.push_back(line);
  }
  if ((*reading).integer("SELECT EXISTS(SELECT 1 FROM ledger_fault)") != 0) check.balanced = false;
  check.open_holds = (*reading).integer("SELECT COUNT(*) FROM escrow WHERE held > 0");
  return check;
}

Page<FinanceAlertItem> finance_alerts(const ReadModels& models, const Paging& paging) {
  Page<FinanceAlertItem> page;
  const auto after = paging.after();
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT number, escrow, delivery, operation, amount, currency, detail, at FROM finance_alert WHERE number < ?1"
      " ORDER BY number DESC LIMIT ?2");
  query.bind(after ? after->key : INT64_MAX, paging.rows());
  while (query.step()) {
    const FinanceAlertItem item{query.integer(0),
                                EscrowId{query.uuid(1)},
                                DeliveryId{query.uuid(2)},
                                static_cast<PaymentOperation>(query.integer(3)),
                                query.integer(4),
                                currency_of(query.view(5)),
                                query.text(6),
                                query.time(7)};
    if (!page.add(paging, {item.alert_id, {}}, item)) break;
  }
  return page;
}

}  // namespace caravan
