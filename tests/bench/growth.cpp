#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <random>

#include "actors/claim/commands.hpp"
#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "tests/process/health.hpp"
#include "tests/process/server.hpp"

/// growth [ENTITIES] [GIGABYTES]
///
/// What a durable command costs as a node grows: first with more and more entities, then with a larger and larger
/// journal. In one process, without HTTP. Prints two tables of tab-separated columns, for people and for gnuplot.
namespace {

using namespace caravan;

constexpr int under_way = 512;  // commands at a time
constexpr std::size_t sample = 40'000;
constexpr std::size_t filling_bytes = 20'000;  // a command's, that fills the journal

/// A node on a journal in a folder of its own, with a window of commands under way.
class Grown {
 public:
  Grown() { node_->start(); }
  ~Grown() { node_->stop(); }
  Grown(const Grown&) = delete;
  Grown& operator=(const Grown&) = delete;

  /// Sends `count` commands and waits for their answers; seconds it took.
  template <class Make>
  double run(std::size_t count, const Make& make) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return waiting_ < under_way; });
        ++waiting_;
      }
      Ask ask = make(i);
      node_->ask(std::move(ask), [this](Reply reply) {
        const std::lock_guard lock(mutex_);
        failed_ += reply.outcome == Outcome::done ? 0 : 1;
        --waiting_;
        room_.notify_one();
      });
    }
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_ == 0; });
    if (failed_ > 0) throw std::runtime_error(std::to_string(failed_) + " commands failed");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  static Address entity(std::uint64_t n) {
    Address address{EntityKind::claim, {}};
    std::mt19937_64 spread(n);
    for (std::size_t at = 0; at < 16; at += 8) {
      const std::uint64_t bits = spread();
      std::memcpy(address.id.bytes.data() + at, &bits, 8);
    }
    return address;
  }
  static Ask take(std::uint64_t n, std::string fingerprint) {
    const Address address = entity(n);
    return {.to = address, .command = TakeClaim{address.id, std::move(fingerprint), {}}};
  }
  /// Takes and gives back, turn by turn: each is one durable event.
  Ask touch(std::uint64_t n, bool take_it) {
    const Address address = entity(n);
    if (take_it) return take(n, "touched");
    return {.to = address, .command = ReleaseClaim{address.id}};
  }

  double journal_gigabytes() const {
    double bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path()))
      if (file.is_regular_file()) bytes += static_cast<double>(file.file_size());
    return bytes / 1e9;
  }
  NodeStats stats() const { return node_->stats(); }

 private:
  testing::TemporaryFolder folder_{"growth"};
  std::unique_ptr<Journal> journal_ = open_sqlite_journal(folder_.path());
  OffsetClock clock_;
  std::unique_ptr<Node> node_ = make_node(*journal_, clock_, system_random(), {});
  std::mutex mutex_;
  std::condition_variable room_;
  int waiting_ = 0;
  std::uint64_t failed_ = 0;
};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Commands to random ones of the first `known` entities: released, then taken again. Prints what one costs.
void measure(Grown& grown, std::uint64_t known, double x) {
  std::mt19937_64 random(known);
  std::vector<std::uint64_t> chosen(sample / 2);
  for (std::uint64_t& n : chosen) n = random() % known;
  std::ranges::sort(chosen);
  chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());
  std::ranges::shuffle(chosen, random);
  const double cpu = cpu_seconds();
  double seconds = grown.run(chosen.size(), [&](std::size_t i) { return grown.touch(chosen[i], false); });
  seconds += grown.run(chosen.size(), [&](std::size_t i) { return grown.touch(chosen[i], true); });
  const double commands = 2 * static_cast<double>(chosen.size());
  std::printf("%.3f\t%.0f\t%.1f\t%.0f\t%zu\t%.2f\n", x, commands / seconds, (cpu_seconds() - cpu) / commands * 1e6,
              testing::health_of(getpid()).memory_mib, grown.stats().residents, grown.journal_gigabytes());
  std::fflush(stdout);
}

void by_entities(Grown& grown, std::uint64_t most) {
  std::printf("# entities\tcommands/s\tCPU us each\tRSS MiB\tin memory\tjournal GB\n");
  std::uint64_t known = 0;
  for (std::uint64_t goal = 1'000; goal <= most; goal *= 10) {
    grown.run(goal - known, [&](std::size_t i) { return Grown::take(known + i, ""); });
    known = goal;
    measure(grown, known, static_cast<double>(known));
  }
}

void by_journal(Grown& grown, std::uint64_t known, double most_gigabytes) {
  std::printf("\n\n# journal GB\tcommands/s\tCPU us each\tRSS MiB\tin memory\tjournal GB\n");
  const std::string filling(filling_bytes, 'x');
  std::uint64_t next = 1ULL << 40;
  for (double goal = most_gigabytes / 16; goal <= most_gigabytes; goal *= 2) {
    while (grown.journal_gigabytes() < goal) {
      grown.run(2'000, [&](std::size_t i) { return Grown::take(next + i, filling); });
      next += 2'000;
    }
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
