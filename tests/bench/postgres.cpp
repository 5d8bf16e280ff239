#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include "storage/journal/postgres_journal.hpp"
#include "tests/bench/in_process.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/raw_insert.hpp"
#include "tests/bench/requests.hpp"
#include "tests/bench/stage.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

/// bench_postgres SERVER_BINARY [SECONDS]
/// bench_postgres --ratio [SECONDS]      prints durable commands a second beside the server's own rate, and no more
///
/// One node whose journal is in PostgreSQL, beside that server's own multi-row inserts, in one run on one machine.
namespace {

using namespace caravan::bench;
using namespace caravan::testing;

constexpr int pairs = 50;
constexpr int deliveries = 1'000;

void row(const char* name, double rate, double raw, const Measured& measured = {}) {
  std::printf("| %-52s | %9.0f | %8.2f | %8.2f | %6.2f |\n", name, rate, measured.p50_ms, measured.p99_ms, rate / raw);
  std::fflush(stdout);
  if (measured.failed > 0)
    std::fprintf(stderr, "%llu failed, first:\n%s\n", static_cast<unsigned long long>(measured.failed),
                 measured.first_failure.c_str());
}

/// Writes a second through the journal alone: entries of 200 bytes of many entities, in batches.
double journal_rate(const std::string& url, std::size_t writes_a_commit, double seconds) {
  constexpr std::size_t entities = 1'000;
  const auto journal = caravan::open_postgres_journal(url);
  journal->claim_all_shards("bench");
  std::vector<std::uint64_t> sequences(entities);
  std::mt19937_64 random(1);
  std::uint64_t rows = 0;
  const auto begin = std::chrono::steady_clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    std::vector<caravan::Write> batch(writes_a_commit);
    for (caravan::Write& write : batch) {
      const std::size_t entity = random() % entities;
      write.shard = static_cast<std::uint32_t>(entity % journal->shard_count());
      write.entity.kind = caravan::EntityKind::trip;
      write.entity.id.bytes = {static_cast<std::uint8_t>(entity), static_cast<std::uint8_t>(entity >> 8)};
      write.sequence = ++sequences[entity];
      write.body.assign(200, static_cast<char>('a' + rows % 26));
    }
    rows += batch.size();
    for (const caravan::Committed& fate : journal->commit(batch))
      if (fate.status != caravan::CommitStatus::committed)
        throw std::runtime_error("not committed: " + journal->failure());
  }
  return static_cast<double>(rows) / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Commands a second that a node of this process makes durable, one event each, without HTTP.
double command_rate(const std::string& url, double seconds) {
  constexpr std::size_t entities = 1'000;
  const auto journal = caravan::open_postgres_journal(url);
  InProcess node(*journal, 512);
  // Each pass undoes the one before: it takes claims or gives them back. Many passes make one measured run, since at
  // the end of a run the last commits carry little.
  constexpr std::size_t a_run = 20 * entities;
  std::size_t commands = 0;
  double took = 0;
  for (; took < seconds; commands += a_run)
    took += node.run(
        a_run, [](std::size_t i) { return touch_claim(i % entities, i / entities % 2 == 0, std::string(150, 'f')); });
  std::size_t bytes = 0, entries = 0;
  for (const auto& row : journal->history(nth_claim(0), 1, 1'000)) bytes += row.body.size(), ++entries;
  std::fprintf(stderr, "%zu bytes an entry\n", bytes / entries);
  return static_cast<double>(commands) / took;
}

void run(const std::string& binary, double seconds) {
  caravan::testkit::PostgresServer database;
  const TemporaryFolder folder("bench");
  ServerProcess server(binary, folder.path(), {{"CARAVAN_JOURNAL", database.url("bench")}});
  server.start();
  const Stage stage = set_stage(server.port(), pairs, deliveries);
  std::printf("| %-52s | %9s | %8s | %8s | %6s |\n| --- | ---: | ---: | ---: | ---: |\n", "what", "per s", "p50 ms",
              "p99 ms", "ratio");
  const double raw = raw_insert_rate(database.url(), 256, seconds);
  row("PostgreSQL alone, 256 rows of 200 bytes a commit", raw, raw);
  Load load;
  load.port = server.port();
  load.seconds = seconds;
  const auto measure = [&](const char* name, int clients, auto request, const char* holds, double each) {
    load.holds = holds;
    load.connections = clients;
    load.request = [&stage, request](int c, std::uint64_t n) { return request(stage, c, n); };
    const Measured measured = run_load(load);
    row(name, measured.rate * each, raw, measured);
    if (measured.failed > 0) throw std::runtime_error(measured.first_failure);
  };
  measure("durable command: POST …/messages, 64 connections", connections, message, "\"messageId\"", 1);
  measure("durable command: POST …/messages, 256 connections", 4 * connections, message, "\"messageId\"", 1);
  measure("points by hundreds: POST …/tracking/batch", connections, hundred_points, "\"accepted\":100", 100);
  const double small = raw_insert_rate(database.url(), 32, seconds);
  row("PostgreSQL alone, 32 rows of 200 bytes a commit", small, small);
  row("the journal alone, 32 writes a commit", journal_rate(database.url("small_batches"), 32, seconds), small);
  row("the journal alone, 256 writes a commit", journal_rate(database.url("batches"), 256, seconds), raw);
  row("durable command of a node, without HTTP", command_rate(database.url("commands"), seconds), raw);
  row("PostgreSQL alone, 256 rows, once more", raw_insert_rate(database.url(), 256, seconds), raw);
}

/// The server's own rate is measured before and after: the machine is not the same from one second to the next.
void print_ratio(double seconds) {
  caravan::testkit::PostgresServer database;
  const double before = raw_insert_rate(database.url(), 256, seconds);
  const double commands = command_rate(database.url("commands"), seconds);
  const double raw = (before + raw_insert_rate(database.url(), 256, seconds)) / 2;
  std::printf("%.0f %.0f %.2f\n", commands, raw, commands / raw);
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    std::fprintf(stderr, "usage: bench_postgres SERVER_BINARY [SECONDS]\n       bench_postgres --ratio [SECONDS]\n");
    return 2;
  }
  const double seconds = count > 2 && std::atof(words[2]) > 0 ? std::atof(words[2]) : 5;
  try {
    if (words[1] == std::string_view("--ratio"))
      print_ratio(seconds);
    else
      run(words[1], seconds);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_postgres: %s\n", error.what());
    return 1;
  }
}
