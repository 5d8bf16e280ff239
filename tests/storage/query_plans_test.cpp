#include <algorithm>
#include <sstream>

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/read_models/alerts.hpp"
#include "storage/read_models/signals.hpp"
#include "storage/read_models/trips.hpp"
#include "storage/read_models/users.hpp"
#include "tests/storage/story.hpp"
#include "tests/storage/trips_given.hpp"

/// How SQLite means to answer what is asked often: never by a walk over everybody's rows. The rows would be the same.
namespace query_plans_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), ben = test_id<UserId>(2);

/// SQLite's plans of all that the connection was asked about this table, one step a line.
std::string plans(sqlite::Connection& database, const std::string& table) {
  std::vector<std::string> asked;
  for (sqlite3_stmt* each = sqlite3_next_stmt(database.handle(), nullptr); each;
       each = sqlite3_next_stmt(database.handle(), each))
    if (const std::string sql = sqlite3_sql(each); sql.find(' ' + table) != std::string::npos) asked.push_back(sql);
  std::string out;
  for (const std::string& sql : asked) {
    sqlite::Query steps = database.query("EXPLAIN QUERY PLAN " + sql);
    while (steps.step()) out += steps.text(3) + '\n';
  }
  return out;
}

/// The plans of what is asked of read models that have this one reader.
struct Asked {
  Story story;
  ReadModels models{story.folder.path, 1};

  std::string about(const std::string& table) {
    const auto reading = models.read();
    return plans(*reading, table);
  }
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("query plans: a traveler's trips around another one are sought among theirs, not among all open ones") {
  Asked asked;
  TripFacts trip;
  trip.traveler = ann;
  trip.points = {{trips::new_york, test_start}, {trips::boston, test_start + 5h}};
  CHECK(trips_around(asked.models, trip).empty());
  const std::string plan = asked.about("trip");
  CAPTURE(plan);
  CHECK(has(plan, "trip_traveler (traveler=?)"));
  CHECK_FALSE(has(plan, "trip_departure"));
}

TEST_CASE("query plans: a user's alerts are found by the user, as one or as the other") {
  Asked asked;
  CHECK(security_alerts(asked.models, {.type = {}, .severity = {}, .user = ann}, {}).items.empty());
  const std::string plan = asked.about("security_alert");
  CAPTURE(plan);
  CHECK(has(plan, "security_alert_user (user=?)"));
  CHECK(has(plan, "security_alert_other (other=?)"));
  CHECK_FALSE(has(plan, "SCAN security_alert"));
}

TEST_CASE("query plans: administrators are found among those who have any permission") {
  Asked asked;
  CHECK(administrators(asked.models).empty());
  CHECK(administrators(asked.models, Permission::users).empty());
  const std::string plan = asked.about("account");
  CAPTURE(plan);
  CHECK(std::ranges::count(plan, '\n') == 2);
  CHECK_FALSE(has(plan, "SCAN account"));
  CHECK(plan.rfind("account_permissions (status=?)") != plan.find("account_permissions (status=?)"));
}

TEST_CASE("query plans: a trace is kept, and compared, without a look at those of all accounts") {
  const TemporaryFolder folder;
  sqlite::Connection database(folder.path + "/signals.sqlite", sqlite::Access::create);
  database.run(read_models::alerts_projection().schema);
  database.run(read_models::signals_projection().schema);
  const auto tell = [&](Address entity, auto event) {
    JournalEntry entry;
    entry.entity = entity;
    entry.origin.at = test_start;
    entry.events.emplace_back(std::move(event));
    read_models::signals_projection().on_entry(database, {1, entry});
  };
  for (const UserId user : {ann, ben}) {
    PaymentMethodAdded card;
    card.method.provider = "bank";
    card.method.token = "4242";
    tell({EntityKind::wallet, user.value}, card);
    UserLogin login;
    login.client = {"192.0.2.1", "Firefox/1.0", "192.0.2.1"};
    tell(account_address(user), login);
  }
  DeliveryCreated deal;
  deal.customer_id = ann;
  deal.traveler_id = ben;
  tell({EntityKind::delivery, test_id<DeliveryId>(3).value}, deal);
  const std::string plan = plans(database, "signal_trace");
  CAPTURE(plan);
  std::size_t searches = 0;
  std::istringstream steps(plan);
  for (std::string step; std::getline(steps, step);) {
    CHECK_FALSE(step.starts_with("SCAN"));
    if (!step.starts_with("SEARCH")) continue;
    ++searches;
    CAPTURE(step);
    CHECK((has(step, "user=?") || has(step, "mark=?")));
  }
  CHECK(searches >= 8);
}

}  // namespace query_plans_test
