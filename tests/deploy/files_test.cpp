// The sample files of config/deploy, read by what operators give them to.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/process/server.hpp"
#include "tests/testkit/authority.hpp"

namespace files_test {

using namespace caravan::testing;
using caravan::testkit::Authority;
namespace fs = std::filesystem;

namespace {

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The file with other words; a test fails where it does not have the former ones.
void copy_with(const fs::path& from, const fs::path& to, const std::string& former, const std::string& other) {
  std::string text = text_of(from);
  REQUIRE_MESSAGE(text.find(former) != std::string::npos, from.string(), " does not have: ", former);
  for (std::size_t at = 0; (at = text.find(former, at)) != std::string::npos; at += other.size())
    text.replace(at, former.size(), other);
  std::ofstream(to) << text;
}

/// Exit code and what was said.
std::pair<int, std::string> run(const std::string& command, const std::string& log) {
  const int status = std::system((command + " > " + log + " 2>&1").c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(log)};
}

}  // namespace

TEST_CASE("deploy files: the settings of three nodes are read, and are those of one cluster") {
  const TemporaryFolder folder("deploy-files");
  const std::string keys = folder.path() + "/link/";
  const Authority authority(keys);
  fs::copy(authority.file(), keys + "ca.crt");
  for (const std::string node : {"node-a", "node-b", "node-c"}) {
    authority.issue(node);
    const std::string file = folder.path() + '/' + node + ".toml";
    copy_with("config/deploy/three-nodes/" + node + ".toml", file, "/etc/caravan/link/", keys);
    const auto [code, said] =
        run("CARAVAN_LINK_KEY=" + authority.path(node + ".key") + ' ' + CARAVAN_BINARY + " config --config " + file,
            folder.path() + "/log");
    const std::string& printed = said;
    CAPTURE(printed);
    CHECK(code == 0);
    CHECK(said.find(node + ' ') != std::string::npos);
    CHECK(said.find(file) != std::string::npos);  // who set it
  }
  const auto [code, said] =
      run(std::string(CARAVAN_BINARY) + " config --config config/caravan.toml", folder.path() + "/log");
  const std::string& printed = said;
  CAPTURE(printed);
  CHECK(code == 0);
}

TEST_CASE("deploy files: another host is told every package that the program needs there") {
  const TemporaryFolder folder("deploy-packages");
  // What every Debian has, and what a build with sanitizers needs besides.
  const std::string not_told = "^(libc6|libgcc-s1|libstdc\\+\\+6|lib(a|t|ub)san[0-9]+)$";
  const auto [code, said] = run(std::string("objdump -p ") + CARAVAN_BINARY +
                                    " | awk '/NEEDED/ {print $2}' | while read library; do dpkg -S \"*/$(uname "
                                    "-m)-linux-gnu/$library\" | head -n 1"
                                    " | cut -d: -f1; done | sort -u | grep -Ev '" +
                                    not_told + "'",
                                folder.path() + "/log");
  REQUIRE(code == 0);
  const std::string readme = text_of("config/deploy/README.md");
  std::istringstream packages(said);
  std::size_t count = 0;
  for (std::string package; packages >> package; ++count) {
    CAPTURE(package);
    CHECK(readme.find(' ' + package) != std::string::npos);
  }
  CHECK(count > 10);
}

TEST_CASE("deploy files: systemd finds nothing wrong with the units") {
  if (!fs::exists("/usr/bin/systemd-analyze")) {
    MESSAGE("skipped: no systemd is installed here");
    return;
  }
  const TemporaryFolder folder("units");
  fs::create_directory(folder.path() + "/caravan.service.d");
  fs::copy("config/deploy/three-nodes/cluster.conf", folder.path() + "/caravan.service.d/cluster.conf");
  fs::copy("config/deploy/caravan-backup.timer", folder.path() + "/caravan-backup.timer");
  for (const char* unit : {"/caravan.service", "/caravan-backup.service"})
    copy_with(std::string("config/deploy") + unit, folder.path() + unit, "/opt/caravan/bin/caravan", CARAVAN_BINARY);
  const std::string units = folder.path() + "/caravan.service " + folder.path() + "/caravan-backup.service " +
                            folder.path() + "/caravan-backup.timer";
  const auto [code, said] = run("systemd-analyze verify " + units, folder.path() + "/log");
  CHECK(code == 0);
  CHECK(said == "");  // what it ignores it says, and that is all
}

}  // namespace files_test
