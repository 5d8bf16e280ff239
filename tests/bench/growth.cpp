#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <unordered_set>

#include "storage/journal/sqlite_journal.hpp"
#include "tests/bench/in_process.hpp"
#include "tests/process/health.hpp"
#include "tests/process/server.hpp"

/// growth [ENTITIES] [GIGABYTES]
///
/// What a durable command costs as a node grows: first with more and more entities, then with a larger and larger
/// journal. In one process, without HTTP. Prints two tables of tab-separated columns, for people and for gnuplot.
namespace {

using namespace caravan;
using namespace caravan::bench;

constexpr int under_way = 512;  // commands at a time
constexpr std::size_t sample = 20'000;
constexpr std::size_t filling_bytes = 20'000;  // of an entry that fills the journal
constexpr std::size_t batch_entries = 500;

/// A node on a journal in a folder of its own.
class Grown {
 public:
  InProcess& node() { return node_; }

  double journal_gigabytes() const {
    double bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path()))
      if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
    return bytes / 1e9;
  }
  /// Makes the journal larger without the node's doing: writes entries of entities that nobody asks for.
  void fill(std::size_t entries, std::uint64_t first, const std::string& body) {
    std::vector<Write> batch(entries);
    for (std::size_t i = 0; i < entries; ++i)
      batch[i] = {.shard = 0, .entity = nth_claim(first + i), .sequence = 1, .body = body};
    for (const Committed& fate : journal_->commit(batch))
      if (fate.status != CommitStatus::committed) throw std::runtime_error("the journal takes no filling");
  }

 private:
  testing::TemporaryFolder folder_{"growth"};
  std::unique_ptr<Journal> journal_ = open_sqlite_journal(folder_.path());
  InProcess node_{*journal_, under_way};
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// What commands cost.
struct Cost {
  double cpu = 0, wall = 0;  // seconds
  std::size_t commands = 0;
  double micros() const { return cpu / static_cast<double>(commands) * 1e6; }
  double rate() const { return static_cast<double>(commands) / wall; }
};

void touch_all(Grown& grown, const std::vector<std::uint64_t>& entities, bool take, Cost& cost) {
  const double cpu = cpu_seconds();
  cost.wall += grown.node().run(entities.size(), [&](std::size_t i) { return touch_claim(entities[i], take); });
  cost.cpu += cpu_seconds() - cpu;
  cost.commands += entities.size();
}

/// Commands to random ones of the first `known` entities, of which none is in memory: each is read from the journal and
/// released, then taken again. Prints what either costs.
void measure(Grown& grown, std::uint64_t known, double x) {
  std::mt19937_64 random(known);
  Cost read, kept;
  while (read.commands < sample) {
    std::unordered_set<std::uint64_t> chosen_once;
    while (chosen_once.size() < std::min<std::uint64_t>(sample, known)) chosen_once.insert(random() % known);
    const std::vector<std::uint64_t> chosen(chosen_once.begin(), chosen_once.end());
    grown.node().restart();
    touch_all(grown, chosen, false, read);
    touch_all(grown, chosen, true, kept);
  }
  std::printf("%.3f\t%.1f\t%.1f\t%.0f\t%.0f\t%.0f\t%.2f\n", x, kept.micros(), read.micros(), kept.rate(), read.rate(),
              testing::health_of(getpid()).memory_mib, grown.journal_gigabytes());
  std::fflush(stdout);
}

void by_entities(Grown& grown, std::uint64_t most) {
  std::printf(
      "# entities\tCPU us in memory\tCPU us from journal\tper s in memory\tper s from journal\tRSS MiB\tjournal GB\n");
  std::uint64_t known = 0;
  for (std::uint64_t goal = 1'000; goal <= most; goal *= 10) {
    grown.node().run(goal - known, [&](std::size_t i) { return touch_claim(known + i, true, ""); });
    known = goal;
    measure(grown, known, static_cast<double>(known));
  }
}

void by_journal(Grown& grown, std::uint64_t known, double most_gigabytes) {
  std::printf(
      "\n\n# journal GB\tCPU us in memory\tCPU us from journal\tper s in memory\tper s from journal\tRSS MiB\tjournal "
      "GB\n");
  const std::string filling(filling_bytes, 'x');
  std::uint64_t next = 1ULL << 40;
  for (double goal = most_gigabytes / 16; goal <= most_gigabytes; goal *= 2) {
    for (; grown.journal_gigabytes() < goal; next += batch_entries) grown.fill(batch_entries, next, filling);
    measure(grown, known, grown.journal_gigabytes());
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    const std::uint64_t entities = count > 1 ? std::strtoull(words[1], nullptr, 10) : 1'000'000;
    Grown grown;
    by_entities(grown, entities);
    by_journal(grown, entities, count > 2 ? std::atof(words[2]) : 10);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "growth: %s\n", error.what());
    return 1;
  }
}
