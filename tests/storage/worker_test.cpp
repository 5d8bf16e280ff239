#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <fstream>
#include <future>
#include <list>
#include <stdexcept>

#include "storage/worker/failures.hpp"
#include "storage/worker/worker.hpp"

namespace worker_test {

using namespace caravan;
using namespace std::chrono_literals;

namespace {

constexpr Worker::Retry at_once{.first = 0ms, .last = 0ms};
constexpr auto patience = 30s;

std::uint64_t failures_of(const std::string& name) {
  const auto all = failures_by_part();
  const auto found = all.find("thread " + name);
  return found == all.end() ? 0 : found->second;
}

[[maybe_unused]] std::size_t memory_in_use() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("worker: its thread has its name, and steps until there is nothing to do") {
  std::promise<std::string> named;
  int steps = 0;
  Worker worker;
  worker.start({.name = "fifteen-letters",
                .doing = "counting",
                .step =
                    [&](const std::stop_token&) {
                      std::array<char, 16> name{};
                      pthread_getname_np(pthread_self(), name.data(), name.size());
                      if (++steps < 3) return true;
                      named.set_value(name.data());
                      return false;
                    },
                .on_failure = at_once});
  CHECK(named.get_future().get() == "fifteen-letters");
  worker.stop();
  CHECK(worker.has_ended());
  CHECK(steps == 3);
}

TEST_CASE("worker: a name that the system would cut is refused") {
  Worker worker;
  const auto step = [](const std::stop_token&) { return false; };
  CHECK_THROWS_AS(worker.start({.name = "sixteen-letters!", .doing = "", .step = step, .on_failure = at_once}),
                  std::invalid_argument);
  CHECK_THROWS_AS(worker.start({.name = "", .doing = "", .step = step, .on_failure = at_once}), std::invalid_argument);
}

TEST_CASE("worker: a step that throws is counted and called again, whatever it throws") {
  const std::uint64_t before = failures_of("failing");
  std::promise<void> worked;
  std::mutex mutex;
  std::condition_variable_any woken;
  int calls = 0;
  Worker worker;
  worker.start({.name = "failing",
                .doing = "trying",
                .step = [&](const std::stop_token& stop) -> bool {
                  switch (++calls) {
                    case 1:
                      throw std::runtime_error("the store is away");
                    case 2:
                      throw 42;
                    case 3:
                      return true;
                    default:
                      worked.set_value();
                      std::unique_lock lock(mutex);
                      return woken.wait(lock, stop, [] { return false; });
                  }
                },
                .on_failure = at_once});
  REQUIRE(worked.get_future().wait_for(patience) == std::future_status::ready);
  CHECK(failures_of("failing") == before + 2);
  CHECK(worker.failure().empty());  // a step was good since
  worker.stop();
  CHECK(calls == 4);
}

TEST_CASE("worker: why it fails is known while it does, and a stop does not wait for the pause") {
  std::promise<void> failed;
  int calls = 0;
  Worker worker;
  worker.start({.name = "pausing",
                .doing = "trying",
                .step = [&](const std::stop_token&) -> bool {
                  if (++calls == 2) failed.set_value();
                  throw std::runtime_error("the store is away");
                },
                .on_failure = Worker::Retry{.first = 0ms, .last = 1h}});
  REQUIRE(failed.get_future().wait_for(patience) == std::future_status::ready);
  CHECK(worker.failure() == "the store is away");
  const auto began = std::chrono::steady_clock::now();
  worker.stop();
  CHECK(std::chrono::steady_clock::now() - began < patience);
  CHECK(worker.has_ended());
}

TEST_CASE("worker: one that gives up tells its owner why, and ends") {
  std::promise<std::string> told;
  int calls = 0;
  Worker worker;
  worker.start({.name = "giving-up",
                .doing = "committing",
                .step = [&](const std::stop_token&) -> bool {
                  ++calls;
                  throw std::runtime_error("half of it is done");
                },
                .on_failure = Worker::GiveUp{[&](const std::string& why) { told.set_value(why); }}});
  CHECK(told.get_future().get() == "the thread giving-up failed at committing: half of it is done");
  worker.stop();
  CHECK(calls == 1);
  CHECK(failures_of("giving-up") >= 1);
}

TEST_CASE("worker: an owner that throws when it is told ends nothing else") {
  Worker worker;
  worker.start({.name = "untold",
                .doing = "committing",
                .step = [](const std::stop_token&) -> bool { throw std::runtime_error("half of it is done"); },
                .on_failure = Worker::GiveUp{[](const std::string&) { throw std::runtime_error("nobody is there"); }}});
  worker.stop();
  CHECK(worker.has_ended());
}

TEST_CASE("worker: a step that waits is woken by a stop, and by the end of its owner") {
  std::promise<void> waits;
  bool was_stopped = false;
  {
    std::mutex mutex;
    std::condition_variable_any woken;
    Worker worker;
    worker.start({.name = "waiting",
                  .doing = "waiting",
                  .step =
                      [&](const std::stop_token& stop) {
                        std::unique_lock lock(mutex);
                        waits.set_value();
                        woken.wait(lock, stop, [] { return false; });
                        was_stopped = stop.stop_requested();
                        return false;
                      },
                  .on_failure = at_once});
    waits.get_future().get();
  }
  CHECK(was_stopped);
}

// Under a sanitizer a process cannot be kept from memory. GCC and clang say so in different ways.
#if defined(__has_feature)
#define UNDER_SANITIZER (__has_feature(thread_sanitizer) || __has_feature(address_sanitizer))
#elif defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define UNDER_SANITIZER 1
#else
#define UNDER_SANITIZER 0
#endif
#if !UNDER_SANITIZER
TEST_CASE("worker: where the system has no thread left, the start says so") {
  std::array<int, 2> line{};
  REQUIRE(::pipe(line.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // no memory is left for another thread's stack
    const rlimit limit{.rlim_cur = memory_in_use() + (1U << 20), .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_AS, &limit);
    std::list<Worker> workers;  // stacks of threads that have ended may be used again
    std::string said = "nothing";
    try {
      for (int i = 0; i < 64; ++i)
        workers.emplace_back().start({.name = "one-more",
                                      .doing = "waiting",
                                      .step = [](const std::stop_token& stop) { return pause_for(1h, stop); },
                                      .on_failure = Worker::Retry{}});
    } catch (const std::runtime_error& error) {
      said = error.what();
    }
    (void)!::write(line[1], said.data(), said.size());
    ::_exit(0);
  }
  ::close(line[1]);
  std::array<char, 512> text{};
  const ssize_t size = ::read(line[0], text.data(), text.size());
  ::close(line[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  const std::string said(text.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
  CHECK(said.starts_with("cannot start the thread one-more: "));
  CHECK(said.find("ulimit -u") != std::string::npos);
}
#endif

TEST_CASE("failures: a kind is told at once, then once a minute with how many came meanwhile") {
  FailureLog log;
  const FailureLog::Moment start{};
  CHECK(log.told("a", "away", start) == "away");
  CHECK_FALSE(log.told("a", "away", start + 1s));
  CHECK_FALSE(log.told("a", "away still", start + 59s));
  CHECK(log.told("b", "another", start + 59s) == "another");
  CHECK(log.told("a", "away", start + 60s) == "away (2 more since the last such line)");
  CHECK(log.told("a", "away", start + 120s) == "away");
}

TEST_CASE("failures: kinds beyond the limit count as one") {
  FailureLog log;
  for (std::size_t i = 0; i < FailureLog::most_kinds; ++i) log.told("kind " + std::to_string(i), "", {});
  CHECK(log.told("one more", "", {}));
  CHECK_FALSE(log.told("and one more", "", {}));
}

}  // namespace worker_test
