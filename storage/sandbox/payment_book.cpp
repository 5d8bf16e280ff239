#include "storage/sandbox/payment_book.hpp"

namespace caravan {

namespace {

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS operation(
  id BLOB PRIMARY KEY, kind INTEGER NOT NULL, intent BLOB NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
  outcome INTEGER NOT NULL, code TEXT NOT NULL, answers INTEGER NOT NULL, let_go INTEGER NOT NULL DEFAULT 0,
  at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS operation_of_intent ON operation(intent);
)";

}  // namespace

PaymentBook::PaymentBook(const std::string& path, sqlite::Sharing sharing) : database_(path, sqlite::Access::create) {
  database_.keep_log_for(sharing);
  database_.run("PRAGMA synchronous=FULL;");
  database_.run(tables);
}

void PaymentBook::in_one_transaction(const std::function<void()>& work) {
  sqlite::Transaction transaction(database_);
  work();
  transaction.commit();
}

std::optional<PaymentBook::Entry> PaymentBook::find(const Uuid& operation_id) {
  auto query =
      database_.query("SELECT kind, intent, amount, currency, outcome, code, answers, at FROM operation WHERE id = ?");
  query.bind(operation_id);
  if (!query.step()) return std::nullopt;
  Entry entry;
  entry.operation_id = operation_id;
  entry.operation = static_cast<PaymentOperation>(query.integer(0));
  entry.intent_id = IntentId{query.uuid(1)};
  entry.amount = {query.integer(2), Currency::parse(query.view(3)).value_or(Currency{})};
  entry.outcome = static_cast<PaymentOutcome>(query.integer(4));
  entry.code = query.text(5);
  entry.answers = query.integer(6) != 0;
  entry.at = query.time(7);
  return entry;
}

void PaymentBook::record(const Entry& entry) {
  database_
      .query(
          "INSERT OR REPLACE INTO operation(id, kind, intent, amount, currency, outcome, code, answers, at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(entry.operation_id, entry.operation, entry.intent_id, entry.amount.amount, entry.amount.currency.text(),
            entry.outcome, entry.code, entry.answers, entry.at)
      .run();
}

PaymentBook::Standing PaymentBook::standing(IntentId intent) {
  Standing standing;
  auto first = database_.query("SELECT currency FROM operation WHERE intent = ? AND kind = ? LIMIT 1");
  first.bind(intent, PaymentOperation::authorize);
  if (first.step()) standing.currency = Currency::parse(first.view(0));
  auto query = database_.query(
      "SELECT kind, SUM(amount) FROM operation WHERE intent = ? AND outcome = ? AND answers AND NOT let_go "
      "GROUP BY kind");
  query.bind(intent, PaymentOutcome::done);
  while (query.step()) {
    const auto kind = static_cast<PaymentOperation>(query.integer(0));
    if (kind == PaymentOperation::authorize) standing.reserved = query.integer(1);
    if (kind == PaymentOperation::capture) standing.captured = query.integer(1);
    if (kind == PaymentOperation::refund) standing.refunded = query.integer(1);
  }
  return standing;
}

void PaymentBook::let_go(IntentId intent, const std::optional<Uuid>& authorisation) {
  database_.query("UPDATE operation SET let_go = 1 WHERE intent = ?1 AND kind = ?2 AND (?3 IS NULL OR id = ?3)")
      .bind(intent, PaymentOperation::authorize, authorisation)
      .run();
  database_
      .query(
          "UPDATE operation SET outcome = ?1, code = 'voided', answers = 1 WHERE intent = ?2 AND kind = ?3 AND NOT "
          "answers AND (?4 IS NULL OR id = ?4)")
      .bind(PaymentOutcome::declined, intent, PaymentOperation::authorize, authorisation)
      .run();
}

std::int64_t PaymentBook::count(PaymentOperation operation, PaymentOutcome outcome) {
  auto query = database_.query("SELECT COUNT(*) FROM operation WHERE kind = ? AND outcome = ?");
  query.bind(operation, outcome);
  query.step();
  return query.integer(0);
}

}  // namespace caravan
