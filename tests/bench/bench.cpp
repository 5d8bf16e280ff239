#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "tests/bench/load.hpp"
#include "tests/process/market.hpp"
#include "tests/process/server.hpp"

/// bench SERVER_BINARY CIVETWEB_BINARY [SECONDS]
///
/// Durable commands (POST …/messages) and tracking points on a node, and CivetWeb alone with a small JSON answer, each
/// over 64 keep-alive connections, in the same run on the same machine.
namespace {

using namespace caravan::bench;
using namespace caravan::testing;

constexpr int connections = 64;
constexpr int deliveries_a_connection = 2;  // a delivery takes a bounded number of messages
constexpr std::uint64_t messages_a_delivery = 950;
constexpr double asked_ratio = 0.40;  // of bare CivetWeb, for durable commands

class BareServer {
 public:
  explicit BareServer(const std::string& binary) : port(free_port()) {
    pid_ = fork();
    if (pid_ == 0) {
      execl(binary.c_str(), binary.c_str(), std::to_string(port).c_str(), nullptr);
      _exit(127);
    }
    for (int i = 0; i < 500 && HttpClient(port).call("GET", "/").status != 200; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ~BareServer() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  BareServer(const BareServer&) = delete;
  BareServer& operator=(const BareServer&) = delete;
  const int port;

 private:
  int pid_;
};

struct Stage {
  MarketPerson customer, traveler;
  std::vector<std::string> deliveries;  // of connection i: i, i + 64, …; picked up and tracked
};

Stage set_stage(int port) {
  Market market(port);
  Stage stage;
  stage.customer = market.person("ana");
  stage.traveler = market.person("ben");
  constexpr int deliveries = connections * deliveries_a_connection;
  std::string trip;
  for (int i = 0; i < deliveries; ++i) {
    if (i % connections == 0) trip = market.trip(stage.traveler);
    MarketDelivery delivery = market.offered(stage.customer, stage.traveler, trip);
    stage.deliveries.push_back(market.accept(stage.customer, delivery));
    market.pick_up(stage.customer, stage.traveler, delivery);
    market.call("POST", "/location/tracking/start", stage.traveler.token,
                R"({"deliveryId":")" + delivery.delivery + R"("})");
    std::fprintf(stderr, "\rsetting the stage: %d of %d deliveries", i + 1, deliveries);
  }
  std::fprintf(stderr, "\n");
  return stage;
}

std::string time_text() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string message(const Stage& stage, int connection, std::uint64_t number) {
  const std::uint64_t turn = number / messages_a_delivery % deliveries_a_connection;
  const std::size_t delivery = static_cast<std::size_t>(connection) + turn * connections;
  return post_bytes("/api/v1/deliveries/" + stage.deliveries[delivery] + "/messages", stage.customer.token,
                    R"({"text":"on my way )" + std::to_string(number) + R"("})");
}

std::string point(const Stage& stage, int connection, std::uint64_t number) {
  char place[64];
  std::snprintf(place, sizeof(place), R"({"lat":%.5f,"lng":-72.9279})",
                41.0 + static_cast<double>(number % 9'000) / 1e4);
  return post_bytes("/api/v1/location/tracking/update", stage.traveler.token,
                    R"({"deliveryId":")" + stage.deliveries[static_cast<std::size_t>(connection)] + R"(","location":)" +
                        place + R"(,"accuracy":8,"timestamp":")" + time_text() + R"("})");
}

void print_row(const char* name, const Measured& measured, double bare_rate) {
  std::printf("| %-34s | %9.0f | %7.2f | %7.2f | %6.2f | %8llu |\n", name, measured.rate, measured.p50_ms,
              measured.p99_ms, bare_rate > 0 ? measured.rate / bare_rate : 1.0,
              static_cast<unsigned long long>(measured.failed));
  if (measured.failed > 0) std::fprintf(stderr, "first failure of %s:\n%s\n", name, measured.first_failure.c_str());
  std::fflush(stdout);
}

int run(const std::string& server_binary, const std::string& bare_binary, double seconds) {
  TemporaryFolder folder("bench");
  ServerProcess server(server_binary, folder.path());
  server.start();
  const Stage stage = set_stage(server.port());
  Load load;
  load.connections = connections;
  load.seconds = seconds;
  std::printf("| %-34s | %9s | %7s | %7s | %6s | %8s |\n", "64 connections, keep-alive", "per s", "p50 ms", "p99 ms",
              "ratio", "failed");
  std::printf("| --- | ---: | ---: | ---: | ---: | ---: |\n");
  Measured bare;
  {
    const BareServer civetweb(bare_binary);
    load.port = civetweb.port;
    load.request = [](int, std::uint64_t) { return get_bytes("/"); };
    bare = run_load(load);
    print_row("CivetWeb alone, small JSON answer", bare, 0);
  }
  load.port = server.port();
  load.request = [&](int connection, std::uint64_t number) { return message(stage, connection, number); };
  const Measured durable = run_load(load);
  print_row("durable command: POST …/messages", durable, bare.rate);
  load.request = [&](int connection, std::uint64_t number) { return point(stage, connection, number); };
  const Measured tracked = run_load(load);
  print_row("tracking point: …/tracking/update", tracked, bare.rate);
  load.request = [](int, std::uint64_t) { return get_bytes("/health/live"); };
  print_row("no work: GET /health/live", run_load(load), bare.rate);
  std::printf("\nThe goal for durable commands is %.2f of CivetWeb alone; this run: %.2f.\n", asked_ratio,
              durable.rate / bare.rate);
  return durable.failed + tracked.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: bench SERVER_BINARY CIVETWEB_BINARY [SECONDS]\n");
    return 2;
  }
  try {
    return run(words[1], words[2], count > 3 ? std::atof(words[3]) : 5);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
