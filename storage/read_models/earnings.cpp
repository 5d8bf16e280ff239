#include "storage/read_models/earnings.hpp"

#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/read_models/money.hpp"
#include "storage/read_models/projection.hpp"

namespace caravan {

namespace {

using read_models::EntryView;

/// A row of `earning` is what one event of an escrow gave a traveler or took back; of `payable_year`, what the postings
/// say of the same, by themselves: the two have to agree.
constexpr const char* tables = R"sql(
CREATE TABLE earning(
  number INTEGER PRIMARY KEY, escrow BLOB NOT NULL, traveler BLOB NOT NULL, year INTEGER NOT NULL,
  month INTEGER NOT NULL, currency TEXT NOT NULL, gross INTEGER NOT NULL, credited INTEGER NOT NULL,
  taken_back INTEGER NOT NULL, fee INTEGER NOT NULL, paid INTEGER NOT NULL);
CREATE INDEX earning_year ON earning(year, traveler, currency);
CREATE INDEX earning_escrow ON earning(escrow);
CREATE TABLE payable_year(
  year INTEGER NOT NULL, currency TEXT NOT NULL, credits INTEGER NOT NULL, PRIMARY KEY(year, currency)) WITHOUT ROWID;
CREATE TABLE tax_facts(owner BLOB PRIMARY KEY, tax_id TEXT, tax_country TEXT);
)sql";

std::chrono::year_month_day day_of(Time at) { return std::chrono::floor<std::chrono::days>(at); }
int year_of(Time at) { return static_cast<int>(day_of(at).year()); }
unsigned month_of(Time at) { return static_cast<unsigned>(day_of(at).month()); }

void add_release(sqlite::Connection& database, EscrowId escrow, const EscrowReleased& event) {
  if (event.traveler_amount == 0) return;
  database
      .query(
          "INSERT INTO earning(escrow, traveler, year, month, currency, gross, credited, taken_back, fee, paid)"
          " VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?, 1)")
      .bind(escrow, event.traveler, year_of(event.at), month_of(event.at), event.currency.text(), event.amount,
            event.traveler_amount, event.platform_fee)
      .run();
}

/// Whose it was stands in the release.
void add_taken_back(sqlite::Connection& database, EscrowId escrow, const PaymentRefunded& event) {
  if (event.from_held) return;
  database
      .query(
          "INSERT INTO earning(escrow, traveler, year, month, currency, gross, credited, taken_back, fee, paid)"
          " SELECT escrow, traveler, ?2, ?3, currency, 0, 0, ?4, ?5, 0 FROM earning WHERE escrow = ?1 LIMIT 1")
      .bind(escrow, year_of(event.at), month_of(event.at), event.amount.amount - event.from_platform,
            -event.from_platform)
      .run();
}

/// When an event says that it was; else when it was decided.
Time time_of(const AnyRecord& event, Time decided) {
  const schema::Field* field = schema::find_field(event.type(), "at");
  if (!field || &field->type() != &schema::type_of<Time>()) return decided;
  return *static_cast<const Time*>(schema::member_of(*field, event.value()));
}

/// Of whatever event: one that pays travelers, and that `keep_earnings` does not know, is found by it. What a cover
/// pays is a customer's, and no traveler's consideration, though it waits in the same account for the wallet.
void add_postings(sqlite::Connection& database, const std::vector<Posting>& postings, Time at) {
  for (const Posting& line : postings) {
    if (line.account != LedgerAccount::traveler_payable) continue;
    database
        .query(
            "INSERT INTO payable_year(year, currency, credits) VALUES(?1, ?2, ?3)"
            " ON CONFLICT DO UPDATE SET credits = credits + ?3")
        .bind(year_of(at), line.currency.text(), -line.amount)
        .run();
  }
}

void keep_tax_facts(sqlite::Connection& database, const Address& wallet, const TaxFacts& facts) {
  database.query("INSERT OR REPLACE INTO tax_facts(owner, tax_id, tax_country) VALUES(?, ?, ?)")
      .bind(wallet.id, facts.tax_id, facts.tax_country)
      .run();
}

void keep_earnings(sqlite::Connection& database, const EntryView& view) {
  const EscrowId escrow{view.entry.entity.id};
  for (const AnyRecord& event : view.entry.events) {
    const auto* postings = read_models::postings_of(event);
    if (postings && view.entry.entity.kind == EntityKind::escrow && !event.get_if<CoverPaid>())
      add_postings(database, *postings, time_of(event, view.entry.origin.at));
    if (const auto* released = event.get_if<EscrowReleased>()) {
      add_release(database, escrow, *released);
    } else if (const auto* refunded = event.get_if<PaymentRefunded>()) {
      add_taken_back(database, escrow, *refunded);
    } else if (const auto* told = event.get_if<TaxFactsTold>()) {
      keep_tax_facts(database, view.entry.entity, told->facts);
    } else if (const auto* taken_back = event.get_if<TaxFactsTakenBack>()) {
      keep_tax_facts(database, view.entry.entity, taken_back->former.facts);
    }
  }
}

/// A cursor names a traveler and a currency, whose three letters are its key.
std::int64_t key_of(Currency currency) {
  return std::int64_t{currency.code[0]} << 16 | std::int64_t{currency.code[1]} << 8 | currency.code[2];
}
std::string currency_in(std::int64_t key) {
  return {static_cast<char>(key >> 16 & 0x7f), static_cast<char>(key >> 8 & 0x7f), static_cast<char>(key & 0x7f)};
}

YearOfTraveler begun(UserId traveler, Currency currency) {
  YearOfTraveler out;
  out.user_id = traveler;
  out.currency = currency;
  for (std::int32_t quarter = 1; quarter <= 4; ++quarter) out.quarters.push_back({quarter, 0, 0, 0});
  out.monthly_gross.resize(12);
  return out;
}

/// Adds the month of a row whose columns from the third on are month, gross, credited, taken back, fees and payments.
void add_month(YearOfTraveler& out, const sqlite::Query& row) {
  const auto month = static_cast<std::size_t>(row.integer(2));
  EarnedQuarter& quarter = out.quarters[(month - 1) / 3];
  const std::int64_t consideration = row.integer(4) - row.integer(5);
  out.monthly_gross[month - 1] += row.integer(3);
  out.gross += row.integer(3);
  out.credited += row.integer(4);
  out.taken_back += row.integer(5);
  out.consideration += consideration;
  quarter.consideration += consideration;
  out.fees += row.integer(6);
  quarter.fees += row.integer(6);
  out.activities += row.integer(7);
  quarter.activities += row.integer(7);
}

/// Who the traveler is, as far as profile, account and wallet know.
void add_person(sqlite::Connection& database, const Viewer& viewer, YearOfTraveler& out) {
  sqlite::Query query = database.query(
      "SELECT p.first_name, p.last_name, p.level, a.email, t.tax_id, t.tax_country, s.body FROM (SELECT ?1 AS id) k"
      " LEFT JOIN profile p ON p.id = k.id LEFT JOIN account a ON a.id = k.id LEFT JOIN tax_facts t ON t.owner = k.id"
      " LEFT JOIN entity_state s ON s.kind = ?2 AND s.id = k.id");
  query.bind(out.user_id, EntityKind::user);
  if (!query.step()) return;
  out.first_name = query.text(0);
  out.last_name = query.text(1);
  if (!query.is_null(2)) out.verification_level = static_cast<VerificationLevel>(query.integer(2));
  out.email = query.text(3);
  if (!query.is_null(4)) out.tax.tax_id = query.text(4);
  if (!query.is_null(5)) out.tax.tax_country = query.text(5);
  if (query.is_null(6)) return;
  const AnyRecord shown = show_state(user_address(out.user_id), query.view(6), viewer, AnyRecord(ListAddresses{}));
  const auto* saved = shown ? shown.get_if<AddressList>() : nullptr;
  if (!saved) return;
  for (const AddressResource& address : saved->items)
    if (address.is_default) out.address = address.address;
}

Currency currency_named(std::string_view text) { return Currency::parse(text).value_or(Currency{}); }

bool needs_form_1099k(const YearOfTraveler& year) {
  return year.currency.text() == "USD" && year.gross > form_1099k_gross && year.activities > form_1099k_payments;
}

}  // namespace

namespace read_models {

const Projection& earnings_projection() {
  static constexpr Projection projection{.name = "earnings",
                                         .version = 2,
                                         .schema = tables,
                                         .entries_of = bit(EntityKind::escrow) | bit(EntityKind::wallet),
                                         .on_entry = keep_earnings};
  return projection;
}

}  // namespace read_models

Page<YearOfTraveler> year_of_travelers(const ReadModels& models, int year, const Viewer& viewer, const Paging& paging) {
  const Cursor after = paging.after().value_or(Cursor{});
  const auto reading = models.read();
  std::vector<YearOfTraveler> years;
  {
    sqlite::Query query = (*reading).query(
        "WITH k AS (SELECT DISTINCT traveler, currency FROM earning WHERE year = ?1 AND (traveler, currency) > (?2, ?3)"
        " ORDER BY traveler, currency LIMIT ?4)"
        " SELECT e.traveler, e.currency, e.month, SUM(e.gross), SUM(e.credited), SUM(e.taken_back), SUM(e.fee),"
        " SUM(e.paid) FROM k CROSS JOIN earning e ON e.year = ?1 AND e.traveler = k.traveler AND e.currency = "
        "k.currency"
        " GROUP BY e.traveler, e.currency, e.month ORDER BY e.traveler, e.currency, e.month");
    query.bind(year, after.id, currency_in(after.key), paging.rows());
    while (query.step()) {
      const UserId traveler{query.uuid(0)};
      const Currency currency = currency_named(query.view(1));
      if (years.empty() || years.back().user_id != traveler || years.back().currency != currency)
        years.push_back(begun(traveler, currency));
      add_month(years.back(), query);
    }
  }
  Page<YearOfTraveler> page;
  for (YearOfTraveler& each : years) {
    if (page.items.size() < paging.shown()) add_person(*reading, viewer, each);
    each.form_1099k = needs_form_1099k(each);
    const Cursor here{key_of(each.currency), each.user_id.value};
    if (!page.add(paging, here, std::move(each))) break;
  }
  return page;
}

std::vector<YearTotal> year_totals(const ReadModels& models, int year) {
  std::vector<YearTotal> out;
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT p.currency, COUNT(DISTINCT e.traveler), IFNULL(SUM(e.gross), 0),"
      " IFNULL(SUM(e.credited) - SUM(e.taken_back), 0), IFNULL(SUM(e.fee), 0), IFNULL(SUM(e.paid), 0), p.credits"
      " FROM payable_year p LEFT JOIN earning e ON e.year = p.year AND e.currency = p.currency"
      " WHERE p.year = ?1 GROUP BY p.currency ORDER BY p.currency");
  query.bind(year);
  while (query.step())
    out.push_back({currency_named(query.view(0)), query.integer(1), query.integer(2), query.integer(3),
                   query.integer(4), query.integer(5), query.integer(6)});
  return out;
}

}  // namespace caravan
