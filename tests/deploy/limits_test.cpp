// A node that its host gives too little refuses to start, by name; one that it gives enough serves within that.
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "config/needs.hpp"
#include "tests/process/client.hpp"
#include "tests/process/health.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace limits_test {

using namespace caravan::testing;
using caravan::testkit::PostgresServer;
namespace fs = std::filesystem;

namespace {

/// A control group of version 1 or 2 with one limit; removed at the end.
class Group {
 public:
  Group(const std::string& controller, const std::string& version_1_limit, const std::string& version_2_limit) {
    const fs::path top = "/sys/fs/cgroup", first = top / controller;
    path_ = (fs::exists(first) ? first : top) / ("caravan-test-" + std::to_string(::getpid()));
    limit_ = fs::exists(first) ? version_1_limit : version_2_limit;
    std::error_code failed;
    fs::create_directory(path_, failed);
    if (!fs::exists(path_ / limit_) || ::access((path_ / limit_).c_str(), W_OK) != 0) {
      fs::remove(path_, failed);
      path_.clear();
    }
  }
  ~Group() {
    std::error_code ignored;
    if (usable()) ::rmdir(path_.c_str());
  }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  bool usable() const { return !path_.empty(); }
  void limit(std::int64_t most) const { std::ofstream(path_ / limit_) << most; }
  std::string join() const { return "echo $$ > " + (path_ / "cgroup.procs").string(); }

 private:
  fs::path path_;
  std::string limit_;
};

/// A program that does `first` and then becomes the node.
std::string wrapped(const TemporaryFolder& folder, const std::string& first) {
  const std::string path = folder.path() + "/node";
  std::ofstream(path) << "#!/bin/sh\n" << first << "\nexec " << CARAVAN_BINARY << " \"$@\"\n";
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec | fs::perms::group_read |
                            fs::perms::others_read);
  return path;
}

/// The one line of a node that ends by itself with 1.
std::string refusal(const TemporaryFolder& folder, const std::string& first) {
  ServerProcess node(wrapped(folder, first), folder.path());
  node.launch();
  CHECK(node.wait_end() == 1);
  const std::string said = node.log_end();
  CHECK(std::ranges::count(said, '\n') == 1);
  fs::remove(folder.path() + "/server.log");
  return said;
}

}  // namespace

TEST_CASE("limits: nodes of each kind take no more threads and files than is said, and the default under 450 threads") {
  REQUIRE(PostgresServer::missing() == "");
  const TemporaryFolder folder("needs");
  for (const char* name : {"/alone", "/cluster", "/shared"}) fs::create_directory(folder.path() + name);
  const std::string url = PostgresServer::shared().url("needs");
  ServerProcess alone(CARAVAN_BINARY, folder.path() + "/alone", {{"CARAVAN_TRACES_URL", "http://127.0.0.1:1"}});
  ServerProcess member(CARAVAN_BINARY, folder.path() + "/cluster",
                       {{"CARAVAN_JOURNAL", url},
                        {"CARAVAN_CLUSTER", "true"},
                        {"CARAVAN_NODE_NAME", "a"},
                        {"CARAVAN_SHARED_DATA", folder.path() + "/shared"},
                        {"CARAVAN_TRACES_URL", "http://127.0.0.1:1"}});
  const caravan::Needs needs = caravan::needs_of({});
  for (ServerProcess* node : {&alone, &member}) {
    node->start();
    const Health held = health_of(node->pid());
    CAPTURE(held.threads);
    CAPTURE(held.handles);
    CHECK(held.threads < 450);
    CHECK(static_cast<std::int64_t>(held.threads) <= needs.threads());
    CHECK(static_cast<std::int64_t>(held.threads) >= needs.threads() - 24);
    CHECK(static_cast<std::int64_t>(held.handles) <= needs.other_files);
    CHECK(node->stop() == 0);
  }
}

TEST_CASE("limits: a default node serves among 512 processes, and says why it does not start among 300") {
  const Group group("pids", "pids.max", "pids.max");
  if (!group.usable()) {
    MESSAGE("skipped: no control group of processes can be made here");
    return;
  }
  const TemporaryFolder folder("pids");
  group.limit(300);
  CHECK(refusal(folder, group.join()).find("http-threads wants ") != std::string::npos);
  group.limit(512);
  ServerProcess node(wrapped(folder, group.join()), folder.path());
  node.start();
  CHECK(HttpClient(node.port()).call("GET", "/health/ready").status == 200);
  group.limit(1);  // no thread is left for stopping
  CHECK(node.stop() == 0);
  CHECK(node.log_end().find("terminate") == std::string::npos);
}

TEST_CASE("limits: too few processes of its user keep a node from starting") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can become another user");
    return;
  }
  const TemporaryFolder folder("nproc");
  fs::permissions(folder.path(), fs::perms::all);
  const std::string said =
      refusal(folder, "exec setpriv --reuid=41997 --regid=41997 --clear-groups --inh-caps=-all prlimit --nproc=200 " +
                          std::string(CARAVAN_BINARY) + " \"$@\"");
  CHECK(said.find("the user's limit of processes (ulimit -u) allows 200, and leaves 200: raise it, or set "
                  "http-threads to ") != std::string::npos);
}

TEST_CASE("limits: the soft limit of open files is raised to the hard one, and one that is too low is refused") {
  rlimit files{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
  REQUIRE(files.rlim_max > 1'000);
  const TemporaryFolder folder("nofile");
  CHECK(refusal(folder, "ulimit -n 300").find("the limit of open files (ulimit -n) is 300: raise it\n") !=
        std::string::npos);
  CHECK(refusal(folder, "ulimit -n 700").find("is 700: raise it, or set http-threads to ") != std::string::npos);
  ServerProcess node(wrapped(folder, "ulimit -S -n 300"), folder.path());
  node.start();
  CHECK(node.stop() == 0);
}

TEST_CASE("limits: too little memory keeps a node from starting, before the kernel ends it") {
  const Group group("memory", "memory.limit_in_bytes", "memory.max");
  if (!group.usable()) {
    MESSAGE("skipped: no control group of memory can be made here");
    return;
  }
  const TemporaryFolder folder("memory");
  group.limit(64 << 20);
  CHECK(refusal(folder, group.join()).find("memory: these settings need ") != std::string::npos);
  group.limit(256 << 20);
  ServerProcess node(wrapped(folder, group.join()), folder.path());
  node.start();
  CHECK(node.stop() == 0);
}

}  // namespace limits_test
