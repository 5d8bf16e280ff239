#include "storage/read_models/users.hpp"

#include <array>

#include "actors/account/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/full_text.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/projection.hpp"
#include "storage/read_models/state_list.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr const char* account_table = R"sql(
CREATE TABLE account(
  id BLOB PRIMARY KEY, email TEXT NOT NULL, status INTEGER NOT NULL, user_type INTEGER NOT NULL,
  permissions INTEGER NOT NULL, created INTEGER NOT NULL);
CREATE INDEX account_created ON account(created, id);
CREATE INDEX account_permissions ON account(status) WHERE permissions <> 0;
)sql";

constexpr const char* profile_tables = R"sql(
CREATE TABLE profile(
  number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, first_name TEXT NOT NULL, last_name TEXT NOT NULL,
  level INTEGER NOT NULL, verification INTEGER NOT NULL, rating REAL, ratings INTEGER NOT NULL,
  done INTEGER NOT NULL, is_known INTEGER NOT NULL);
CREATE TABLE block(blocker BLOB NOT NULL, blocked BLOB NOT NULL, PRIMARY KEY(blocker, blocked)) WITHOUT ROWID;
CREATE INDEX block_blocked ON block(blocked, blocker);
CREATE VIRTUAL TABLE profile_text USING fts5(name, email, )sql" CARAVAN_WORDS ");";

/// API keys are parts of their accounts; their ids are the first half of their hashes.
std::optional<Uuid> api_key_part(const std::string& hash) {
  if (hash.size() != 64) return std::nullopt;
  std::string text = hash.substr(0, 32);
  for (const std::size_t dash : std::array<std::size_t, 4>{20, 16, 12, 8}) text.insert(dash, "-");
  return Uuid::parse(text);
}

void on_account(sqlite::Connection& database, const StateView& view) {
  const auto& state = view.as<AccountState>();
  database
      .query(
          "INSERT OR REPLACE INTO account(id, email, status, user_type, permissions, created)"
          " VALUES(?, ?, ?, ?, ?, ?)")
      .bind(view.entity.id, state.email, state.status, state.user_type, state.permissions, state.created_at)
      .run();
  for (const ApiKey& key : state.api_keys)
    if (const auto part = api_key_part(key.hash)) add_part(database, *part, view.entity);
}

/// Whether another such account would cost something: a telephone number, or a delivery that was worth it.
bool is_known(const UserState& state) {
  return state.level >= VerificationLevel::phone || state.successful > state.slight;
}

void on_profile(sqlite::Connection& database, const StateView& view) {
  const auto& state = view.as<UserState>();
  database
      .query(
          "INSERT INTO profile(id, first_name, last_name, level, verification, rating, ratings, done, is_known)"
          " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"
          " ON CONFLICT(id) DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,"
          " level = excluded.level, verification = excluded.verification, rating = excluded.rating,"
          " ratings = excluded.ratings, done = excluded.done, is_known = excluded.is_known")
      .bind(view.entity.id, state.first_name, state.last_name, state.level, state.verification,
            state.rating_count > 0 ? std::optional(state.average_rating()) : std::nullopt, state.rating_count,
            state.successful, is_known(state))
      .run();
  database.query("DELETE FROM block WHERE blocker = ?").bind(view.entity.id).run();
  for (const UserId& other : state.blocked)
    database.query("INSERT INTO block(blocker, blocked) VALUES(?, ?)").bind(view.entity.id, other).run();
  std::int64_t number = 0;
  {
    sqlite::Query query = database.query("SELECT number FROM profile WHERE id = ?");
    query.bind(view.entity.id);
    if (query.step()) number = query.integer(0);
  }
  database.query("DELETE FROM profile_text WHERE rowid = ?").bind(number).run();
  if (state.closed) return;  // who left is not found by name
  database.query("INSERT INTO profile_text(rowid, name, email) VALUES(?, ?, ?)")
      .bind(number, unicode::folded(state.first_name + " " + state.last_name), unicode::folded(state.email))
      .run();
}

}  // namespace

namespace read_models {

std::string and_is_active(std::string_view column) {
  return " AND NOT EXISTS (SELECT 1 FROM account WHERE account.id = " + std::string(column) +
         " AND account.status <> " + std::to_string(static_cast<int>(UserStatus::active)) + ")";
}

const Projection& accounts_projection() {
  static constexpr Projection projection{.name = "accounts",
                                         .version = 2,
                                         .schema = account_table,
                                         .state_of = EntityKind::account,
                                         .on_state = on_account};
  return projection;
}

const Projection& profiles_projection() {
  static constexpr Projection projection{
      .name = "profiles", .version = 6, .schema = profile_tables, .state_of = EntityKind::user, .on_state = on_profile};
  return projection;
}

}  // namespace read_models

std::optional<UserId> account_with_key(const ReadModels& models, const std::string& hash) {
  const auto part = api_key_part(hash);
  const auto owner = part ? locate(models, *part) : std::nullopt;
  return owner && owner->kind == EntityKind::account ? std::optional(UserId{owner->id}) : std::nullopt;
}

std::vector<UserId> administrators(const ReadModels& models, std::uint32_t permissions) {
  const auto reading = models.read();
  // In the very words of account_permissions, or SQLite would not take that index of the few who have any.
  sqlite::Query query = (*reading).query(
      "SELECT id FROM account WHERE permissions <> 0 AND (permissions & ?1) = ?1 AND status = ?2 LIMIT 200");
  query.bind(static_cast<std::int64_t>(permissions), UserStatus::active);
  return read_models::ids_of<UserId>(std::move(query));
}

std::vector<UserId> administrators(const ReadModels& models) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query("SELECT id FROM account WHERE permissions <> 0 AND status = ?1 LIMIT 200");
  query.bind(UserStatus::active);
  return read_models::ids_of<UserId>(std::move(query));
}

std::set<UserId> kept_apart(const ReadModels& models, UserId person) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT blocked FROM block WHERE blocker = ?1 UNION SELECT blocker FROM block WHERE blocked = ?1");
  query.bind(person);
  std::set<UserId> out;
  while (query.step()) out.insert(UserId{query.uuid(0)});
  return out;
}

Page<UserRow> search_users(const ReadModels& models, const UserSearch& search, const Paging& paging) {
  const Cursor after = paging.after().value_or(Cursor{INT64_MAX, {}});
  const std::string words = match_words(search.words.value_or(""));
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT a.created, a.id, a.email, a.status, a.user_type, a.permissions, p.first_name, p.last_name, p.level,"
      " p.verification FROM account a LEFT JOIN profile p ON p.id = a.id"
      " WHERE (a.created, a.id) < (?1, ?2) AND (?4 IS NULL OR a.status = ?4) AND (?5 IS NULL OR a.user_type = ?5)"
      " AND (?6 IS NULL OR p.verification = ?6)"
      " AND (?7 = '' OR p.number IN (SELECT rowid FROM profile_text WHERE profile_text MATCH ?7))"
      " ORDER BY a.created DESC, a.id DESC LIMIT ?3");
  query.bind(after.key, after.id, paging.rows(), search.status, search.user_type, search.verification, words);
  Page<UserRow> page;
  while (query.step()) {
    UserRow row;
    row.user_id = UserId{query.uuid(1)};
    row.email = query.text(2);
    row.status = static_cast<UserStatus>(query.integer(3));
    row.user_type = static_cast<UserType>(query.integer(4));
    row.roles = role_list(row.user_type, static_cast<std::uint32_t>(query.integer(5)));
    row.first_name = query.text(6);
    row.last_name = query.text(7);
    row.verification_level = static_cast<VerificationLevel>(query.integer(8));
    row.verification = static_cast<VerificationState>(query.integer(9));
    row.created_at = query.time(0);
    if (!page.add(paging, {query.integer(0), row.user_id.value}, std::move(row))) break;
  }
  return page;
}

}  // namespace caravan
