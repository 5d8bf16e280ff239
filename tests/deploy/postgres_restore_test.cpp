// PostgreSQL set back to a point in time, with its own tools and in the steps of config/deploy/README.md.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "storage/journal/tools.hpp"
#include "storage/postgres/connection.hpp"
#include "tests/process/market.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace postgres_restore_test {

using namespace caravan::testing;
using caravan::testkit::PostgresServer;

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// Until the server answers the statement with "true".
void wait_until(PostgresServer& server, const std::string& sql) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (server.ask(sql) != "true") {
    REQUIRE_MESSAGE(std::chrono::steady_clock::now() < until, sql);
    std::this_thread::sleep_for(20ms);
  }
}

std::vector<std::string> some_requests(Market& market, const MarketPerson& customer) {
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) ids.push_back(market.request(customer));
  return ids;
}

}  // namespace

TEST_CASE("postgres: a journal is restored to a point in time, and its deliveries go on from there") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("restore");
  PostgresServer first;
  const std::string archive = first.folder() + "/wal", fresh = first.folder() + "/restored";
  first.configure(replaced(text_of("config/deploy/postgresql.conf"), "/backup/postgresql/wal", archive));
  std::filesystem::create_directory(archive);
  std::filesystem::permissions(archive, std::filesystem::perms::all);
  first.crash();
  first.start();

  ServerProcess node(CARAVAN_BINARY, folder.path(), {{"CARAVAN_JOURNAL", first.url()}});
  node.start();
  Market market(node.port());
  const MarketPerson customer = market.person("customer"), traveler = market.person("traveler");
  MarketDelivery delivery = market.offered(customer, traveler, market.trip(traveler));
  market.accept(customer, delivery);
  auto before = some_requests(market, customer);
  REQUIRE(first.run({"pg_basebackup", "-h", first.folder(), "-U", "caravan", "-c", "fast", "-D", fresh + "/data"}) ==
          0);
  market.pick_up(customer, traveler, delivery);
  for (std::string& request : some_requests(market, customer)) before.push_back(std::move(request));
  const std::string moment = first.ask("SELECT clock_timestamp()::text");
  const auto after = some_requests(market, customer);
  CHECK(node.stop() == 0);
  const std::string segment = first.ask("SELECT pg_walfile_name(pg_switch_wal())");
  wait_until(first, "SELECT (last_archived_wal >= '" + segment + "')::text FROM pg_stat_archiver");
  first.crash();

  std::ofstream(fresh + "/data/recovery.signal") << "";
  std::filesystem::permissions(fresh + "/data/recovery.signal", std::filesystem::perms::all);
  std::ofstream(fresh + "/data/postgresql.conf", std::ios::app)
      << "restore_command = 'gunzip -c " << archive << "/%f.gz > %p'\nrecovery_target_time = '" << moment
      << "'\nrecovery_target_action = 'promote'\n";
  PostgresServer restored(fresh);
  wait_until(restored, "SELECT (NOT pg_is_in_recovery())::text");
  const std::string reset = std::string(CARAVAN_BINARY) + " cluster reset --journal '" + restored.url() + "'";
  CHECK(std::system(reset.c_str()) == 0);
  CHECK(restored.ask("SELECT max(epoch)::text FROM shard") == "2");
  CHECK(caravan::tools::verify_database(restored.url()).ok());

  ServerProcess again(CARAVAN_BINARY, folder.path(), {{"CARAVAN_JOURNAL", restored.url()}});
  again.start();
  Market later(again.port());
  const auto status_of = [&](const std::string& request) {
    return later.attempt("GET", "/delivery-requests/" + request, customer.token).status;
  };
  for (const std::string& request : before) CHECK(status_of(request) == 200);
  for (const std::string& request : after) CHECK(status_of(request) == 404);
  const auto listed = later.call("GET", "/delivery-requests?limit=100", customer.token).body;
  for (const std::string& request : before) CHECK(listed.find(request) != std::string::npos);
  for (const std::string& request : after) CHECK(listed.find(request) == std::string::npos);
  later.hand_over(customer, traveler, delivery);
  CHECK(json_at(later.call("GET", "/deliveries/" + delivery.delivery, customer.token).body, "status") == "delivered");
  CHECK(status_of(later.request(customer)) == 200);
  CHECK(again.stop() == 0);
}

}  // namespace postgres_restore_test
