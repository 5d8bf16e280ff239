// A single node's data moves into PostgreSQL while the node serves; its deliveries go on from there.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/process/market.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace migrate_test {

using namespace caravan::testing;
using caravan::testkit::PostgresServer;

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

/// `caravan migrate`, until this object ends.
class MigrateProcess {
 public:
  MigrateProcess(const std::string& data, const std::string& url, std::string log) : log_(std::move(log)) {
    std::ofstream(log_, std::ios::trunc);
    pid_ = fork();
    if (pid_ != 0) return;
    const int out = open(log_.c_str(), O_WRONLY | O_APPEND);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execl(CARAVAN_BINARY, "caravan", "migrate", "--data", data.c_str(), "--to", url.c_str(), nullptr);
    _exit(127);
  }
  ~MigrateProcess() { crash(); }
  MigrateProcess(const MigrateProcess&) = delete;
  MigrateProcess& operator=(const MigrateProcess&) = delete;

  /// kill -9.
  void crash() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  /// The exit code.
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string told() const {
    std::ifstream in(log_);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void wait_until_told(const std::string& text) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (told().find(text) == std::string::npos) {
      REQUIRE_MESSAGE(std::chrono::steady_clock::now() < until, told());
      std::this_thread::sleep_for(5ms);
    }
  }

 private:
  const std::string log_;
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("migrate: deliveries under way go on in PostgreSQL, and what was acknowledged meanwhile is there") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("migrate");
  const std::string url = PostgresServer::shared().url("migrated"), log = folder.path() + "/migrate.log";
  ServerProcess single(CARAVAN_BINARY, folder.path());
  single.start();
  Market before(single.port());
  const MarketPerson customer = before.person("customer"), traveler = before.person("traveler");
  MarketDelivery delivery = before.offered(customer, traveler, before.trip(traveler));
  before.accept(customer, delivery);
  before.pick_up(customer, traveler, delivery);
  std::vector<std::string> requests;
  for (int killed = 0; killed < 4; ++killed) {
    MigrateProcess migrate(single.data_folder(), url, log);
    for (int i = 0; i < 5; ++i) requests.push_back(before.request(customer));
    migrate.crash();
  }
  MigrateProcess migrate(single.data_folder(), url, log);
  migrate.wait_until_told("stop that node");
  requests.push_back(before.request(customer));
  CHECK(single.stop() == 0);
  REQUIRE_MESSAGE(migrate.wait() == 0, migrate.told());
  CHECK(migrate.told().find("carried over and compared") != std::string::npos);

  CHECK_THROWS_WITH_AS(single.start(), doctest::Contains("name it with --journal"), std::runtime_error);
  ServerProcess moved(CARAVAN_BINARY, folder.path(),
                      {{"CARAVAN_JOURNAL", url},
                       {"CARAVAN_CLUSTER", "on"},
                       {"CARAVAN_NODE_NAME", "first"},
                       {"CARAVAN_LINK", "127.0.0.1:0"}});
  moved.start();
  Market after(moved.port());
  for (const std::string& request : requests)
    CHECK(after.attempt("GET", "/delivery-requests/" + request, customer.token).status == 200);
  after.hand_over(customer, traveler, delivery);
  CHECK(json_at(after.call("GET", "/deliveries/" + delivery.delivery, customer.token).body, "status") == "delivered");
  CHECK(moved.stop() == 0);
}

}  // namespace migrate_test
