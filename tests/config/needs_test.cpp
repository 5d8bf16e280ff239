#include "config/needs.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace needs_test {

using namespace caravan;

namespace {

namespace fs = std::filesystem;

/// A system's /proc and /sys, as far as they tell of control groups.
struct FakeSystem {
  fs::path root = fs::temp_directory_path() / ("caravan-needs-" + std::to_string(::getpid()));
  FakeSystem() { fs::create_directories(root); }
  ~FakeSystem() { fs::remove_all(root); }
  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
};

struct Found {
  std::string file;
  std::int64_t limit, in_use;
  friend bool operator==(const Found&, const Found&) = default;
};

std::vector<Found> found(const std::vector<GroupLimit>& limits, const FakeSystem& system) {
  std::vector<Found> out;
  for (const GroupLimit& one : limits)
    out.push_back({fs::path(one.file).lexically_relative(system.root).string(), one.limit, one.in_use});
  return out;
}

constexpr const char* mounts_of_both =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "36 31 0:33 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:9 - cgroup cgroup rw,pids\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

}  // namespace

TEST_CASE("needs: limits of control groups of version 1 are those of the group and of all around it") {
  const FakeSystem system;
  system.write("proc/self/mountinfo", mounts_of_both);
  system.write("proc/self/cgroup", "9:name=systemd:/\n8:pids:/pod/node\n4:memory:/pod\n0::/\n");
  system.write("sys/fs/cgroup/pids/pod/node/pids.max", "max\n");
  system.write("sys/fs/cgroup/pids/pod/pids.max", "512\n");
  system.write("sys/fs/cgroup/pids/pod/pids.current", "17\n");
  system.write("sys/fs/cgroup/memory/pod/memory.limit_in_bytes", "268435456\n");
  system.write("sys/fs/cgroup/memory/pod/memory.usage_in_bytes", "50000000\n");
  system.write("sys/fs/cgroup/memory/pod/memory.stat",
               "cache 9\nactive_file 1\ntotal_active_file 30000000\ntotal_inactive_file 10000000\n");
  CHECK(found(process_group_limits(system.root), system) ==
        std::vector<Found>{{"sys/fs/cgroup/pids/pod/pids.max", 512, 17}});
  CHECK(found(memory_group_limits(system.root), system) ==
        std::vector<Found>{{"sys/fs/cgroup/memory/pod/memory.limit_in_bytes", 268'435'456, 10'000'000}});
}

TEST_CASE("needs: limits of control groups of version 2, also where a container sees only its own") {
  const FakeSystem system;
  system.write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
  system.write("proc/self/cgroup", "0::/kube/pod/node\n");
  system.write("sys/fs/cgroup/kube/pod/node/pids.max", "2000\n");
  system.write("sys/fs/cgroup/kube/pod/node/pids.current", "1\n");
  system.write("sys/fs/cgroup/kube/pod/pids.max", "max\n");
  system.write("sys/fs/cgroup/kube/pids.max", "1024\n");
  system.write("sys/fs/cgroup/kube/pids.current", "900\n");
  system.write("sys/fs/cgroup/kube/pod/memory.max", "200000000\n");
  system.write("sys/fs/cgroup/kube/pod/memory.current", "150000000\n");
  system.write("sys/fs/cgroup/kube/pod/memory.stat", "anon 1\nactive_file 60000000\ninactive_file 40000000\n");
  CHECK(found(process_group_limits(system.root), system) ==
        std::vector<Found>{{"sys/fs/cgroup/kube/pod/node/pids.max", 2'000, 1},
                           {"sys/fs/cgroup/kube/pids.max", 1'024, 900}});
  CHECK(found(memory_group_limits(system.root), system) ==
        std::vector<Found>{{"sys/fs/cgroup/kube/pod/memory.max", 200'000'000, 50'000'000}});

  // The mount begins at the container's group; or the group is of a namespace around ours.
  system.write("sys/fs/cgroup/pids.max", "300\n");
  system.write("sys/fs/cgroup/pids.current", "2\n");
  const std::vector<Found> top{{"sys/fs/cgroup/pids.max", 300, 2}};
  system.write("proc/self/mountinfo", "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  for (const char* group : {"0::/docker/abc\n", "0::/\n", "0::/../other\n"}) {
    CAPTURE(group);
    system.write("proc/self/cgroup", group);
    CHECK(found(process_group_limits(system.root), system) == top);
  }
  system.write("proc/self/mountinfo", "");
  CHECK(process_group_limits(system.root).empty());
}

TEST_CASE("needs: what is short is told with the setting, the figures and a remedy that suffices") {
  Settings settings;
  settings.http_threads = 400;
  settings.worker_threads = 4;
  const Needs needs = needs_of(settings);
  CHECK(needs.threads() == 400 + needs.other_threads);
  const auto limits = [&](std::int64_t threads) {
    return Limits{.threads = {{"/pids.max", threads, 11}}, .user_threads = {}, .descriptors = {}, .memory = {}};
  };
  CHECK(shortages(settings, limits(needs.threads() + 10)).empty());  // one of the 11 is this process itself
  const auto told = shortages(settings, limits(needs.threads() + 9));
  REQUIRE(told.size() == 1);
  CHECK(told[0] == "http-threads wants 400 threads, and " + std::to_string(needs.other_threads) +
                       " more are needed: /pids.max allows " + std::to_string(needs.threads() + 9) + ", and leaves " +
                       std::to_string(needs.threads() - 1) + ": raise it, or set http-threads to 399 or less");
  settings.http_threads = 399;
  CHECK(shortages(settings, limits(needs.threads() + 9)).empty());
  CHECK(shortages(settings, limits(20))[0].ends_with(", and leaves 10: raise it"));  // no setting helps

  Limits files{.descriptors = needs_of(settings).descriptors() - 5};
  CHECK(shortages(settings, files)[0].ends_with(": raise it, or set http-threads to 394 or less"));
  settings.http_threads = 394;
  CHECK(shortages(settings, files).empty());

  const std::int64_t memory = needs_of(settings).memory_bytes;
  CHECK(shortages(settings, {.memory = {{"/memory.max", memory + 5, 5}}}).empty());
  CHECK(
      shortages(settings, {.memory = {{"/memory.max", memory + 5, 6}}})[0].starts_with("memory: these settings need "));
  settings.password_memory_kib *= 100;
  CHECK(shortages(settings, {.memory = {{"/memory.max", memory * 2, 0}}}).size() == 1);
}

TEST_CASE("needs: the settings of nobody's making fit a container of 512 processes and 256 MiB") {
  const Settings settings;
  CHECK(needs_of(settings).threads() < 450);
  CHECK(shortages(settings, {.threads = {{"/pids.max", 512, 2}},
                             .user_threads = {},
                             .descriptors = 1'024,
                             .memory = {{"/memory.max", 256 << 20, 10 << 20}}})
            .empty());
}

}  // namespace needs_test
