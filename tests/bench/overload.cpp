#include <cstdio>
#include <cstdlib>

#include "tests/bench/load.hpp"
#include "tests/bench/stage.hpp"
#include "tests/process/health.hpp"
#include "tests/process/server.hpp"

/// overload SERVER_BINARY [SECONDS]
///
/// A node under ten times the load that it serves best: what it still serves, how soon it refuses the rest, what memory
/// it takes, and how it does afterwards. Prints a table.
namespace {

using namespace caravan::bench;
using namespace caravan::testing;

constexpr int connections = 64;  // as in tests/bench/run
constexpr int times = 10;
constexpr int pairs = 50;
constexpr int deliveries = 1'000;

struct Overload {
  ServerProcess& server;
  Stage stage;
  double seconds;
  double best = 0;

  void row(const char* name, int clients, double pause_after_503) {
    Load load;
    load.port = server.port();
    load.connections = clients;
    load.seconds = seconds;
    load.pause_after_503 = pause_after_503;
    load.request = [&](int connection, std::uint64_t number) {
      const std::size_t d = (static_cast<std::size_t>(connection) + number * connections) % deliveries;
      return post_bytes("/api/v1/deliveries/" + stage.deliveries[d].delivery + "/messages", stage.customer(d).token,
                        R"({"text":"on my way )" + std::to_string(number) + R"("})");
    };
    load.holds = "\"messageId\"";
    const Measured measured = run_load(load);
    if (best == 0) best = measured.rate;
    std::printf("| %-58s | %8.0f | %5.2f | %7.1f | %9.0f | %7.1f | %6.0f |\n", name, measured.rate,
                measured.rate / best, measured.p99_ms, static_cast<double>(measured.refused) / seconds,
                measured.refused_p99_ms, health_of(server.pid()).memory_mib);
    std::fflush(stdout);
    if (measured.failed > 0)
      std::fprintf(stderr, "%llu failed, first:\n%s\n", static_cast<unsigned long long>(measured.failed),
                   measured.first_failure.c_str());
  }
};

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_overload SERVER_BINARY [SECONDS]\n");
    return 2;
  }
  try {
    TemporaryFolder folder("overload");
    ServerProcess server(words[1], folder.path());
    server.start();
    Overload run{server, set_stage(server.port(), pairs, deliveries), count > 2 ? std::atof(words[2]) : 10};
    std::printf(
        "| clients that send messages, one after the other | served/s | ratio | p99 ms | refused/s | p99 ms | MiB |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    run.row("64", connections, 0);
    run.row("640, who wait a second after 503, as Retry-After says", times * connections, 1);
    run.row("640, who ask again at once", times * connections, 0);
    run.row("64 again", connections, 0);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "overload: %s\n", error.what());
    return 1;
  }
}
