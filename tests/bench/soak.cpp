#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/sqlite/connection.hpp"
#include "tests/process/health.hpp"
#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

/// soak SERVER_BINARY [MINUTES]
///
/// Mixed traffic of a market for long, with a kill -9 at the end of each of the server's lives. Prints a row for each
/// life, and at the end whether memory, file handles, threads and the journal's size stayed as expected, and whether
/// the ledger balances and the journal verifies. Exit code 0 where they did.
namespace {

using namespace caravan::testing;
using Clock = std::chrono::steady_clock;

constexpr int clients = 8;
constexpr int lives = 5;
constexpr int points_a_delivery = 30;
constexpr int messages_a_delivery = 6;
constexpr double young = 0.3;  // the part of a life after which its memory is first looked at

// What is expected.
constexpr double caches_mib = 80;  // SQLite's: 32 of the journal, 32 of the read models, 2 of each reader; they fill
constexpr double memory_of_lives = 1.25;    // of the last life's end beside the first one's
constexpr double handle_growth = 16;        // file handles of a life's end beside its young days
constexpr double bytes_growth = 1.15;       // journal bytes an entry, of the last life beside the first
constexpr double most_log_mib = 400;        // of the write-ahead log
constexpr double most_restart_seconds = 3;  // until ready

double mib_of(const std::string& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  return error ? 0 : static_cast<double>(size) / (1 << 20);
}

/// What the clients share.
struct Traffic {
  std::atomic<bool> running{true};
  std::atomic<int> life{0};  // counts kills, too: odd while the server is down
  std::atomic<std::uint64_t> delivered{0}, requests{0}, cut{0}, failed{0};
  std::mutex mutex;
  std::string first_failure;
};

/// One delivery from request to hand-over, with what people do meanwhile.
class Client {
 public:
  Client(int port, int number, Traffic& traffic) : port_(port), number_(number), traffic_(traffic) {}

  void run() {
    for (int life = -1; traffic_.running;) {
      const int now = traffic_.life;
      if (now % 2 != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        continue;
      }
      try {
        Market market(port_);
        if (life != now) meet(market, now);
        life = now;
        while (traffic_.running && traffic_.life == life) carry(market);
      } catch (const std::exception& error) {
        if (traffic_.life != now) {
          ++traffic_.cut;
          continue;
        }
        const std::lock_guard lock(traffic_.mutex);
        if (traffic_.failed++ == 0) traffic_.first_failure = error.what();
      }
    }
  }

 private:
  void meet(Market& market, int life) {
    const std::string name = std::to_string(life) + "x" + std::to_string(number_);
    customer_ = market.person("customer" + name);
    traveler_ = market.person("traveler" + name);
    trip_ = market.trip(traveler_);
  }
  void call(Market& market, const char* method, const std::string& path, const MarketPerson& who,
            const std::string& body = {}) {
    market.call(method, path, who.token, body);
    ++traffic_.requests;
  }
  void carry(Market& market) {
    if (++carried_ % 80 == 0) trip_ = market.trip(traveler_);
    MarketDelivery delivery = market.offered(customer_, traveler_, trip_);
    const std::string path = "/deliveries/" + market.accept(customer_, delivery);
    market.pick_up(customer_, traveler_, delivery);
    call(market, "POST", "/location/tracking/start", traveler_, R"({"deliveryId":")" + delivery.delivery + R"("})");
    for (int i = 0; i < points_a_delivery; ++i) point(market, delivery.delivery, i);
    for (int i = 0; i < messages_a_delivery; ++i) {
      call(market, "POST", path + "/messages", i % 2 == 0 ? customer_ : traveler_,
           R"({"text":"message )" + std::to_string(i) + R"("})");
      call(market, "GET", path + "/messages?limit=5", customer_);
      call(market, "GET", path, traveler_);
    }
    call(market, "GET", "/trips/search?origin=New York&destination=Boston&departureDate=2030-01-01", customer_);
    call(market, "GET", "/notifications", customer_);
    market.hand_over(customer_, traveler_, delivery);
    ++traffic_.delivered;
  }
  void point(Market& market, const std::string& delivery, int i) {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()) -
        std::chrono::milliseconds(100 - i);
    call(market, "POST", "/location/tracking/update", traveler_,
         R"({"deliveryId":")" + delivery + R"(","location":{"lat":41.)" + std::to_string(100 + i) +
             R"(,"lng":-73.1},"accuracy":8,"timestamp":")" + caravan::to_rfc3339(caravan::Time(now)) + R"("})");
  }

  const int port_, number_;
  Traffic& traffic_;
  MarketPerson customer_, traveler_;
  std::string trip_;
  int carried_ = 0;
};

class Soak {
 public:
  Soak(std::string binary, double minutes) : binary_(std::move(binary)), server_(binary_, folder_.path(), settings()) {
    life_ = std::chrono::duration<double>(minutes * 60 / lives);
  }

  int run() {
    std::printf(
        "| life | deliveries | requests/s | cut | failed | ready s | MiB young | MiB old | handles | threads |"
        " journal MiB | bytes an entry | log MiB |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        " ---: | ---: | ---: | ---: | ---: |\n");
    start();
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) threads.emplace_back([this, i] { Client(server_.port(), i, traffic_).run(); });
    for (int life = 1; life <= lives; ++life) live(life);
    traffic_.running = false;
    for (std::thread& thread : threads) thread.join();
    settle();
    for (const std::string& fault : faults_) std::printf("FAULT %s\n", fault.c_str());
    std::printf("%s\n", faults_.empty() ? "All is as expected." : "Not as expected.");
    return faults_.empty() ? 0 : 1;
  }

 private:
  /// Entities leave memory soon, so that what a life needs shows early.
  static std::map<std::string, std::string> settings() { return {{"CARAVAN_IDLE_PASSIVATION", "10s"}}; }

  void expect(bool holds, const std::string& what) {
    if (!holds) faults_.push_back(what);
  }

  void start() {
    const auto begin = Clock::now();
    server_.start();
    ready_seconds_ = std::chrono::duration<double>(Clock::now() - begin).count();
    expect(ready_seconds_ <= most_restart_seconds, "ready only after " + std::to_string(ready_seconds_) + " s");
  }

  double rest_until(Clock::time_point moment) {
    double largest = 0;
    while (Clock::now() < moment) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      largest = std::max(largest, mib_of(server_.data_folder() + "/journal.sqlite-wal"));
    }
    return largest;
  }

  void live(int life) {
    const std::uint64_t delivered = traffic_.delivered, requests = traffic_.requests, cut = traffic_.cut,
                        failed = traffic_.failed;
    const auto begin = Clock::now();
    double log_mib = rest_until(begin + std::chrono::duration_cast<Clock::duration>(life_ * young));
    const Health before = health_of(server_.pid());
    log_mib = std::max(log_mib, rest_until(begin + std::chrono::duration_cast<Clock::duration>(life_)));
    const Health after = health_of(server_.pid());
    ++traffic_.life;
    server_.crash();
    const double journal = mib_of(server_.data_folder() + "/journal.sqlite");
    start();
    const double bytes = journal * (1 << 20) / static_cast<double>(entries());
    ++traffic_.life;
    std::printf("| %d | %llu | %.0f | %llu | %llu | %.2f | %.0f | %.0f | %zu | %zu | %.0f | %.0f | %.0f |\n", life,
                static_cast<unsigned long long>(traffic_.delivered - delivered),
                static_cast<double>(traffic_.requests - requests) / life_.count(),
                static_cast<unsigned long long>(traffic_.cut - cut),
                static_cast<unsigned long long>(traffic_.failed - failed), ready_seconds_, before.memory_mib,
                after.memory_mib, after.handles, after.threads, journal, bytes, log_mib);
    std::fflush(stdout);
    const std::string of_life = " of life " + std::to_string(life);
    expect(after.memory_mib <= before.memory_mib + caches_mib, "memory" + of_life + " grew by more than the caches");
    expect(static_cast<double>(after.handles) <= static_cast<double>(before.handles) + handle_growth,
           "file handles" + of_life + " grew");
    expect(after.threads == before.threads, "threads" + of_life + " changed");
    expect(log_mib <= most_log_mib, "the write-ahead log" + of_life + " grew to " + std::to_string(log_mib) + " MiB");
    if (life == 1) first_ = {after.memory_mib, bytes};
    expect(after.memory_mib <= first_.memory_mib * memory_of_lives, "memory" + of_life + " is beyond the first one's");
    expect(bytes <= first_.bytes * bytes_growth, "bytes an entry" + of_life + " are beyond the first one's");
  }

  std::int64_t entries() const {
    caravan::sqlite::Connection journal(server_.data_folder() + "/journal.sqlite", caravan::sqlite::Access::read);
    return journal.integer("SELECT (SELECT max(position) FROM entry) + (SELECT max(position) FROM track)");
  }

  void settle() {
    expect(traffic_.failed == 0, std::to_string(traffic_.failed) + " failed, first: " + traffic_.first_failure);
    Market market(server_.port());
    const std::string ledger = market.call("GET", "/admin/finance/ledger-check", market.admin_token()).body;
    expect(json_at(ledger, "balanced") == "true", "the ledger: " + ledger);
    expect(server_.stop() == 0, "the node did not stop by itself");
    const std::string verify = binary_ + " journal verify --data " + server_.data_folder() + " >/dev/null";
    expect(std::system(verify.c_str()) == 0, "failed: " + verify);
    if (!faults_.empty()) folder_.keep();
  }

  struct First {
    double memory_mib = 0, bytes = 0;
  };
  const std::string binary_;
  TemporaryFolder folder_{"soak"};
  ServerProcess server_;
  std::chrono::duration<double> life_{};
  Traffic traffic_;
  double ready_seconds_ = 0;
  First first_;
  std::vector<std::string> faults_;
};

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_soak SERVER_BINARY [MINUTES]\n");
    return 2;
  }
  try {
    return Soak(words[1], count > 2 ? std::atof(words[2]) : 20).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "soak: %s\n", error.what());
    return 1;
  }
}
