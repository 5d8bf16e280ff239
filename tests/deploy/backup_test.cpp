// A serving node's data folder is backed up again and again, and another node goes on from one of the points.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "storage/sqlite/connection.hpp"
#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

namespace backup_test {

using namespace caravan::testing;

namespace {

/// Runs a command of caravan, which ends with `code`; what it said.
std::string caravan_says(const std::string& words, const std::string& log, int code = 0) {
  const int status = std::system((std::string(CARAVAN_BINARY) + ' ' + words + " > " + log + " 2>&1").c_str());
  std::ifstream in(log);
  std::string said{std::istreambuf_iterator<char>(in), {}};
  REQUIRE_MESSAGE((WIFEXITED(status) && WEXITSTATUS(status) == code), said);
  return said;
}

}  // namespace

TEST_CASE("backup: a node goes on from a point of a backup that was taken beside writers") {
  const TemporaryFolder folder("backup"), restored("restored");
  const std::string backup = folder.path() + "/backup", log = folder.path() + "/log.txt";
  ServerProcess node(CARAVAN_BINARY, folder.path());
  node.start();
  Market market(node.port());
  const MarketPerson customer = market.person("customer"), traveler = market.person("traveler");
  MarketDelivery delivery = market.offered(customer, traveler, market.trip(traveler));
  market.accept(customer, delivery);
  market.pick_up(customer, traveler, delivery);
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    Market busy(node.port());
    while (!stop)
      written += busy.attempt("PATCH", "/users/me", customer.token, R"({"bio":"Here and there."})").status == 200;
  });
  const std::string backup_command = "backup --data " + node.data_folder() + ' ' + backup;
  std::string said;
  for (int i = 0; i < 5; ++i) said = caravan_says(backup_command, log);
  const std::string kept = market.request(customer);
  said = caravan_says(backup_command, log);
  const std::string moment =
      said.substr(said.find("as of ") + 6, said.find('\n', said.find("as of ")) - said.find("as of ") - 6);
  const std::string lost = market.request(customer);
  caravan_says(backup_command, log);
  stop = true;
  writer.join();
  CHECK(written > 10);
  CHECK(node.stop() == 0);

  said = caravan_says("restore --data " + restored.path() + "/data --until " + moment + ' ' + backup, log);
  CHECK(said.find("point 6 of the backup") != std::string::npos);
  CHECK(said.find(" checked: sound\n") != std::string::npos);
  ServerProcess again(CARAVAN_BINARY, restored.path());
  again.start();
  Market later(again.port());
  CHECK(later.attempt("GET", "/delivery-requests/" + kept, customer.token).status == 200);
  CHECK(later.attempt("GET", "/delivery-requests/" + lost, customer.token).status == 404);
  later.hand_over(customer, traveler, delivery);
  CHECK(json_at(later.call("GET", "/deliveries/" + delivery.delivery, customer.token).body, "status") == "delivered");
  CHECK(again.stop() == 0);

  caravan::sqlite::Connection(backup + "/journal.sqlite", caravan::sqlite::Access::write)
      .run("UPDATE entry SET body = zeroblob(30) WHERE sequence = 1");
  said = caravan_says("restore --data " + restored.path() + "/damaged " + backup, log, 1);
  CHECK(said.find(": wrong checksum\n") != std::string::npos);
  CHECK(said.find("the backup is damaged: do not start what was restored") != std::string::npos);
}

}  // namespace backup_test
