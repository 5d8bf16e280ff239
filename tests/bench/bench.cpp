#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>

#include "actors/entity/address.hpp"
#include "storage/sqlite/connection.hpp"
#include "tests/bench/flights.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/raw_append.hpp"
#include "tests/bench/requests.hpp"
#include "tests/bench/stage.hpp"
#include "tests/process/health.hpp"
#include "tests/process/server.hpp"

/// bench SERVER_BINARY CIVETWEB_BINARY FLIGHTS [SECONDS] [--quick | --market]
///
/// A node under load beside CivetWeb alone and SQLite alone, all in one run on one machine: a table of rates.
/// --quick leaves out what needs a full data folder: trip search and the restart. --market measures trip search and
/// whole deliveries alone.
namespace {

using namespace caravan::bench;
using namespace caravan::testing;

constexpr int pairs = 50;
constexpr int deliveries = 1'000;
constexpr int clients_of_whole_deliveries = 64;
constexpr int timetables = 5;  // of 20,000 flights each
constexpr const char* first_day_text = "2030-01-01";
constexpr std::uint64_t events_before_restart = 1'000'000;
constexpr int activated = 50'000;
constexpr std::size_t waves = 5;                // in which the trips come into memory
constexpr std::chrono::seconds until_rest{15};  // then they are at rest: runtime/residents.hpp

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
  int pid() const { return pid_; }
  const int port;

 private:
  int pid_;
};

std::string validate(const Stage& stage, int connection, std::uint64_t number) {
  const std::string body = R"({"token":")" + stage.customer(delivery_of(stage, connection, number)).token + R"("})";
  return "POST /api/v1/auth/validate HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Api-Key: " + std::string(service_key) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void import_trips(const std::string& binary, const std::string& data, const std::string& flights) {
  const std::string command =
      binary + " import trips " + flights + " --data " + data + " --first-day " + first_day_text + " >/dev/null";
  std::fprintf(stderr, "importing trips\n");
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

class Table {
 public:
  Table() {
    std::printf("| %-46s | %7s | %6s | %6s | %5s | %6s | %8s | %-22s |\n", "what", "per s", "p50 ms", "p99 ms", "ratio",
                "CPU µs", "of bare", "goal");
    std::printf("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
  }
  /// What no server answered.
  void row(const char* name, double rate, double p50_ms, double p99_ms, const char* goal) const {
    std::printf("| %-46s | %7.0f | %6.2f | %6.2f | %5s | %6s | %8s | %-22s |\n", name, rate, p50_ms, p99_ms, "", "", "",
                goal);
    std::fflush(stdout);
  }
  /// `baseline`: the rate that `ratio` is to; `bare`: CivetWeb alone, just before.
  void row(const char* name, const Measured& measured, double baseline, const Measured& bare, const char* goal,
           double each = 1) {
    std::printf("| %-46s | %7.0f | %6.2f | %6.2f | %5.2f | %6.1f | %8.2f | %-22s |\n", name, measured.rate * each,
                measured.p50_ms, measured.p99_ms, measured.rate * each / baseline, measured.cpu_micros,
                measured.cpu_micros / bare.cpu_micros, goal);
    std::fflush(stdout);
    // A few flights of the sample leave after midnight where they are, so that a search of their day finds none.
    if (measured.failed * 1'000 > measured.answered) failed += measured.failed;
    if (measured.failed > 0)
      std::fprintf(stderr, "%llu failed, first:\n%s\n", static_cast<unsigned long long>(measured.failed),
                   measured.first_failure.c_str());
  }
  std::uint64_t failed = 0;
};

/// What is measured: all, all that needs no full data folder, or trip search and whole deliveries alone.
enum class Part { all, quick, market };

class Bench {
 public:
  Bench(std::string server, const std::string& bare, std::string flights, double seconds, Part part)
      : part_(part),
        binary_(std::move(server)),
        flights_(std::move(flights)),
        server_(binary_, folder_.path()),
        civetweb_(bare) {
    load_.connections = connections;
    load_.seconds = seconds;
  }

  int run() {
    if (part_ != Part::quick) {
      const std::string timetable = folder_.path() + "/timetable.tsv";
      write_timetables(flights_, timetable, timetables);
      import_trips(binary_, server_.data_folder(), timetable);
    }
    server_.start();
    stage_ = set_stage(server_.port(), pairs, deliveries);
    Table table;
    measure_bare();
    table.row("CivetWeb alone, small JSON answer", bare_now_, bare_now_.rate, bare_now_, "baseline");
    raw_rate_ = raw_append_rate(folder_.path(), 256, load_.seconds);
    table.row("SQLite alone, 256 rows of 200 bytes a commit", raw_rate_, 0, 0, "baseline");
    if (part_ != Part::market) {
      commands(table);
      reads(table);
    }
    if (part_ != Part::quick) search(table);
    const Carriage carriage =
        carry_whole_deliveries(server_.port(), stage_, clients_of_whole_deliveries, load_.seconds * 2);
    table.row("whole deliveries, request to released funds", carriage.rate, carriage.p50_ms, carriage.p99_ms,
              "300 a second");
    if (part_ == Part::all) restart();
    return table.failed == 0 ? 0 : 1;
  }

 private:
  /// The baseline just now: the machine is not the same from one second to the next.
  void measure_bare() {
    load_.port = civetweb_.port;
    load_.pid = civetweb_.pid();
    load_.holds.clear();
    load_.request = [](int, std::uint64_t) { return get_bytes("/"); };
    bare_now_ = run_load(load_);
  }

  /// `holds`: what each answer has, where the work was done.
  Measured measure(std::string holds, std::function<std::string(int, std::uint64_t)> request) {
    measure_bare();
    load_.port = server_.port();
    load_.pid = server_.pid();
    load_.holds = std::move(holds);
    load_.request = std::move(request);
    return run_load(load_);
  }

  void row(Table& table, const char* name, const char* goal, std::string holds,
           std::function<std::string(int, std::uint64_t)> request) {
    const Measured measured = measure(std::move(holds), std::move(request));
    table.row(name, measured, bare_now_.rate, bare_now_, goal);
  }

  void commands(Table& table) {
    row(table, "durable command: POST …/messages", "0.40, p99 <= 20 ms", "\"messageId\"",
        [&](int c, std::uint64_t n) { return message(stage_, c, n); });
    row(table, "the same under an Idempotency-Key", "", "\"messageId\"",
        [&](int c, std::uint64_t n) { return keyed_message(stage_, c, n); });
    row(table, "tracking point: POST …/tracking/update", "0.40", "\"accepted\":1,",
        [&](int c, std::uint64_t n) { return point(stage_, c, n); });
    const Measured hundreds =
        measure("\"accepted\":100,", [&](int c, std::uint64_t n) { return hundred_points(stage_, c, n); });
    table.row("points by hundreds: POST …/tracking/batch", hundreds, raw_rate_, bare_now_, "0.40 of SQLite alone", 100);
  }

  void reads(Table& table) {
    row(table, "POST /auth/validate", "0.70", "\"valid\":true",
        [&](int c, std::uint64_t n) { return validate(stage_, c, n); });
    row(table, "GET /deliveries/:id", "0.60", "\"deliveryNumber\"", [&](int c, std::uint64_t n) {
      const std::size_t d = delivery_of(stage_, c, n);
      return get_bytes("/api/v1/deliveries/" + stage_.deliveries[d].delivery, stage_.customer(d).token);
    });
    row(table, "no work: GET /health/live", "", "", [](int, std::uint64_t) { return get_bytes("/health/live"); });
  }

  void search(Table& table) {
    const std::vector<FlightWanted> wanted = known_flights();
    row(table, "GET /trips/search, 100,000 trips", "3,000/s, p99 <= 20 ms", "\"tripId\"", [&](int c, std::uint64_t n) {
      const FlightWanted& flight = wanted[(n * connections + static_cast<std::size_t>(c)) * 7 % wanted.size()];
      return get_bytes("/api/v1/trips/search?origin=" + flight.from + "&destination=" + flight.to + "&departureFrom=" +
                           flight.day + "T00:00:00Z&departureTo=" + flight.day + "T23:59:59Z&maxDistance=50",
                       stage_.customer(0).token);
    });
  }

  /// Those between cities that the gazetteer knows by the sample's names: a handful is not.
  std::vector<FlightWanted> known_flights() {
    std::vector<FlightWanted> wanted = flights_wanted(flights_, first_day_text);
    std::map<std::string, bool> cities;
    Market market(server_.port());
    const auto is_known = [&](const std::string& city) {
      const auto [at, is_new] = cities.try_emplace(city, true);
      if (is_new)
        at->second =
            market.attempt("GET", "/trips/search?limit=1&origin=" + city, stage_.customer(0).token).status == 200;
      return at->second;
    };
    std::erase_if(wanted, [&](const FlightWanted& flight) { return !is_known(flight.from) || !is_known(flight.to); });
    return wanted;
  }

  /// kill -9 over a million entries, the time until it serves again, and what an actor takes in memory.
  void restart() {
    std::uint64_t entries = entry_count();
    load_.port = server_.port();
    load_.pid = 0;
    load_.holds.clear();
    Load fill = load_;
    fill.request = [&](int c, std::uint64_t n) { return point(stage_, c, n); };
    fill.seconds = 5;
    while (entries < events_before_restart) {
      run_load(fill);
      entries = entry_count();
      std::fprintf(stderr, "\rfilling the journal: %llu entries", static_cast<unsigned long long>(entries));
    }
    std::fprintf(stderr, "\n");
    server_.crash();
    const auto begin = std::chrono::steady_clock::now();
    server_.start();
    Market(server_.port()).call("GET", "/deliveries/" + stage_.deliveries[0].delivery, stage_.customer(0).token);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("\nRestart after kill -9 over %llu entries: serving within %.2f s (goal: 3 s).\n",
                static_cast<unsigned long long>(entries), seconds);

    std::vector<std::string> trips;
    {
      caravan::sqlite::Connection journal(server_.data_folder() + "/journal.sqlite", caravan::sqlite::Access::read);
      caravan::sqlite::Query query = journal.query("SELECT DISTINCT id FROM entry WHERE kind = ? LIMIT ?");
      query.bind(caravan::EntityKind::trip, activated);
      while (query.step()) trips.push_back(query.uuid(0).text());
    }
    Load visit = load_;
    visit.warm_up = 0;
    visit.seconds = 30;
    visit.requests = trips.size() / waves;
    visit.request = [&](int, std::uint64_t) {
      return get_bytes("/api/v1/trips/" + trips[next_trip_++ % trips.size()], stage_.customer(0).token);
    };
    double before = 0;
    for (std::size_t wave = 0; wave < waves; ++wave) {
      if (wave == 1) before = health_of(server_.pid()).memory_mib;  // the first one fills the caches that all share
      run_load(visit);
      std::this_thread::sleep_for(until_rest);  // what is freed then serves those who come next
    }
    const double kib = (health_of(server_.pid()).memory_mib - before) * 1'024;
    std::printf("An actor at rest, of %zu trips in memory: %.2f KB (goal: 3 KB).\n", trips.size(),
                kib / static_cast<double>(visit.requests * (waves - 1)));
  }

  std::uint64_t entry_count() const {
    caravan::sqlite::Connection journal(server_.data_folder() + "/journal.sqlite", caravan::sqlite::Access::read);
    return static_cast<std::uint64_t>(
        journal.integer("SELECT (SELECT max(position) FROM entry) + max(position) FROM track"));
  }

  const Part part_;
  const std::string binary_, flights_;
  TemporaryFolder folder_{"bench"};
  ServerProcess server_;
  const BareServer civetweb_;
  Load load_;
  Stage stage_;
  Measured bare_now_;
  double raw_rate_ = 0;
  std::size_t next_trip_ = 0;
};

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr, "usage: bench SERVER_BINARY CIVETWEB_BINARY FLIGHTS [SECONDS] [--quick | --market]\n");
    return 2;
  }
  try {
    const std::string_view last = words[count - 1];
    const Part part = last == "--quick" ? Part::quick : last == "--market" ? Part::market : Part::all;
    const double seconds = count > 4 && std::atof(words[4]) > 0 ? std::atof(words[4]) : 5;
    return Bench(words[1], words[2], words[3], seconds, part).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
