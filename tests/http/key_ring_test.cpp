#include <doctest/doctest.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <map>
#include <vector>

#include "http/access/key_ring.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/access/tokens.hpp"
#include "http/problem/problem.hpp"
#include "http/qr/seal.hpp"
#include "storage/codec/base64.hpp"
#include "storage/worker/failures.hpp"
#include "tests/http/edge.hpp"

namespace key_ring_test {

using namespace caravan;
using namespace caravan::http;
using namespace std::chrono_literals;

namespace {

struct Folder : testkit::ScratchFolder {
  Time now = testkit::test_start;
  KeyRing ring(KeyRing::Settings settings = {}) {
    settings.folder = path;
    return KeyRing(std::move(settings), [this] { return now; });
  }
  void write(const std::string& name, const std::string& bytes) const { std::ofstream(path / name) << bytes; }
  std::size_t key_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path))
      count += entry.path().extension() == ".ed25519" ? 1 : 0;
    return count;
  }
};

bool nobodys(const SigningKey&) { return false; }

auto with_id(std::string id) {
  return [id = std::move(id)](const SigningKey& key) { return key.id == id; };
}

Identity ann() {
  Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = testkit::test_id<UserId>(1);
  return identity;
}

/// The process has no descriptor left while it lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    // The undefined-behaviour sanitizer needs descriptors to look at a kind of virtual table for the first time.
    try {
      throw std::runtime_error("one is told while there are descriptors");
    } catch (const std::exception&) {
      tell_failure("test", "telling");
    }
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(next);
    const rlimit none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

const std::string damaged = "1-x.ed25519";

// Made by the build before there was a key ring, with the key of the test that reads them.
constexpr std::string_view code_of_former_build =
    "Aawp5tuuZVSmDW0vMRNBPk-YCmQZXW1vxCIhDpX4-QbDvkwmmGQlVmrjv6xL52fI1i3YS4NDuJIGNHwLZfeFAEuMS39xFKvKy2NgA6e3KdYQT5QM"
    "FtDzlW99rrACWwiBLCNkdJDY8NuBEGqkkNYdA6eWXKyM7lZ5xdPaoownIidN_N3xaYkTcV1Bu6bj_bphxi8U1yaaTx38U78GDw";
constexpr std::string_view secret_of_former_build =
    "Aawp5tvAGKm2fAJ92bomu2fm8Es-NuGswENsBoRfg_m9_WjAv0b-jADqDaGRbwYf-6lXlLcsLRK9jByGvvs991RyxlBClnhirrlLzTpHSaeF";

}  // namespace

TEST_CASE("key ring: what makes keys unreadable takes none that was read, and nobody's sign-in") {
  Folder folder;
  TokenAuthority tokens({.folder = folder.path}, [&] { return folder.now; });
  const std::string before = tokens.issue(ann());
  std::string stranger;
  {
    Folder elsewhere;
    stranger = TokenAuthority({.folder = elsewhere.path}).issue(ann());
  }
  const auto a_stranger_comes = [&] {
    folder.now += 2s;
    CHECK_THROWS_AS(tokens.verify(stranger), Problem);
  };
  SUBCASE("a file of five bytes, which is removed later") {
    folder.write(damaged, "5byte");
    a_stranger_comes();
    CHECK(tokens.verify(tokens.issue(ann())).caller.user == ann().caller.user);
    std::filesystem::remove(folder.path / damaged);
    a_stranger_comes();
  }
  SUBCASE("a file that is gone between the listing and its opening") {
    std::filesystem::create_symlink(folder.path / "nowhere", folder.path / damaged);
    a_stranger_comes();
  }
  SUBCASE("a file that cannot be opened") {
    std::filesystem::create_symlink(damaged, folder.path / damaged);  // a loop
    a_stranger_comes();
  }
  SUBCASE("no descriptor is left") {
    const NoDescriptors none;
    a_stranger_comes();
  }
  SUBCASE("all files are gone") {
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) std::filesystem::remove(entry.path());
    a_stranger_comes();
  }
  SUBCASE("the folder is gone") {
    std::filesystem::remove_all(folder.path);
    a_stranger_comes();
  }
  CHECK(tokens.verify(before).caller.user == ann().caller.user);
  CHECK(tokens.verify(tokens.issue(ann())).caller.user == ann().caller.user);
}

TEST_CASE("key ring: beside a damaged file it starts with the others; with damaged ones alone it says which") {
  Folder folder;
  folder.write(damaged, "5byte");
  CHECK_THROWS_WITH_AS(folder.ring(), doctest::Contains("1-x.ed25519 is damaged: restore it, or remove it"),
                       std::runtime_error);
  folder.write("2-y.ed25519", "thirty-two bytes that seed a key");
  CHECK(folder.ring().newest()->id == "2-y");
  CHECK(folder.key_files() == 2);
}

TEST_CASE("key ring: the keys of former builds are read, and what they made opens") {
  Folder folder;
  folder.write("4102444800000-00000001.ed25519", "thirty-two bytes that seed a key");
  folder.write("4102444800000-00000001.ed25519.new", "half");  // of a process that crashed
  const CodeSealer codes(folder.path);
  const CodeContent content{testkit::test_id<QrCodeId>(1), testkit::test_id<DeliveryId>(2), "0123456789abcdef"};
  CHECK(codes.seal(content) == code_of_former_build);
  REQUIRE(codes.open(code_of_former_build));
  const SecretSealer secrets(folder.path);
  const auto sealed = from_base64(secret_of_former_build, Base64::url);
  REQUIRE(sealed);
  CHECK(secrets.open(testkit::test_id<UserId>(1), {*sealed}) == Bytes{"a secret of twenty b"});
  CHECK(KeyRing({.folder = folder.path}).newest()->made_at == from_millis(4102444800000));
}

TEST_CASE("key ring: an unknown id looks at the folder once a second at most") {
  Folder folder;
  KeyRing ring = folder.ring();
  folder.now += 2s;
  CHECK_FALSE(ring.find(nobodys));
  folder.write("9-z.ed25519", "thirty-two bytes that seed a key");
  for (int i = 0; i < 1'000; ++i) CHECK_FALSE(ring.find(with_id("9-z")));
  folder.now += 1s;
  CHECK(ring.find(with_id("9-z")));
}

TEST_CASE("key ring: where no new key can be made, the present one goes on, and the next second tries again") {
  Folder folder;
  KeyRing ring = folder.ring({.folder = {}, .rotate_after = 24h});
  const std::string first = ring.newest()->id;
  folder.now += 25h;
  {
    const NoDescriptors none;
    CHECK(ring.newest()->id == first);
  }
  CHECK(ring.newest()->id == first);  // not at once
  folder.now += 1s;
  CHECK(ring.newest()->id != first);
  CHECK(folder.key_files() == 2);
}

TEST_CASE("key ring: another process that holds the lock, frozen, holds up nobody") {
  Folder folder;
  KeyRing ring = folder.ring({.folder = {}, .rotate_after = 24h});
  const std::string first = ring.newest()->id;
  folder.now += 25h;
  const KeyFolderLock other(folder.path, 0ms);
  REQUIRE(other.is_held());
  const auto began = std::chrono::steady_clock::now();
  CHECK(ring.newest()->id == first);
  CHECK(std::chrono::steady_clock::now() - began < 5s);
}

namespace {

constexpr int processes = 8;

/// Runs `what` in so many processes that begin at once; what they say, and how many of them say it.
std::map<std::string, int> said_at_once(const std::function<std::string()>& what) {
  int go[2], told[2];
  REQUIRE(::pipe(go) == 0);
  REQUIRE(::pipe(told) == 0);
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(go[1]);
      char ignored = 0;
      (void)!::read(go[0], &ignored, 1);  // until the other end is closed
      std::string line;
      try {
        line = what() + '\n';
      } catch (const std::exception& error) {
        line = std::string(error.what()) + '\n';
      }
      (void)!::write(told[1], line.data(), line.size());
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const int end : {go[0], go[1], told[1]}) ::close(end);
  std::map<std::string, int> said;
  std::string line;
  for (char byte = 0; ::read(told[0], &byte, 1) == 1; line = byte == '\n' ? "" : line + byte)
    if (byte == '\n') ++said[line];
  ::close(told[0]);
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  return said;
}

}  // namespace

TEST_CASE("key ring: of processes that start at once, one makes the first key for all") {
  Folder folder;
  const auto said = said_at_once([&] { return folder.ring().newest()->id; });
  REQUIRE(said.size() == 1);
  CHECK(said.begin()->second == processes);
  CHECK(folder.key_files() == 1);
}

TEST_CASE("key ring: of processes that rotate at once, one makes the next key for all") {
  Folder folder;
  const std::string first = folder.ring().newest()->id;
  folder.now += 25h;
  const auto said = said_at_once([&] {
    KeyRing ring = folder.ring({.folder = {}, .rotate_after = 24h});
    // A process that finds another one rotating goes on with the former key, and looks again a second later.
    for (int turn = 0; turn < 1'000'000 && ring.newest()->id == first; ++turn, folder.now += 1s) ::sched_yield();
    return ring.newest()->id;
  });
  REQUIRE(said.size() == 1);
  CHECK(said.begin()->first != first);
  CHECK(said.begin()->second == processes);
  CHECK(folder.key_files() == 2);
}

}  // namespace key_ring_test
