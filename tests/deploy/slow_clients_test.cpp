#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <thread>

#include "tests/process/client.hpp"
#include "tests/process/health.hpp"
#include "tests/process/proxy.hpp"
#include "tests/process/raw_connection.hpp"
#include "tests/process/server.hpp"

namespace slow_clients_test {

using namespace caravan::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t crowd = 1'100;  // far more than a node has threads
constexpr auto patience = 5s;

const std::string slow_body =
    "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    "Content-Length: 100000\r\n\r\n{";
const std::string slow_header = "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ";
const std::string whole = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

/// So many connections that send this and then wait.
std::deque<RawConnection> crowd_of(int port, const std::string& bytes) {
  std::deque<RawConnection> all;
  for (std::size_t i = 0; i < crowd; ++i) {
    all.emplace_back(port);
    all.back().send(bytes);
  }
  return all;
}

bool comes_true(const std::function<bool()>& holds, std::chrono::seconds limit) {
  for (const auto until = std::chrono::steady_clock::now() + limit; !holds();) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

/// Somebody who comes meanwhile is served, again and again, each time soon. HAProxy may take a node out for a moment
/// while it is overrun.
void check_served(int port) {
  for (int i = 0; i < 5; ++i)
    CHECK(comes_true(
        [&] {
          HttpClient client(port);
          return client.call("GET", "/health/live").status == 200 &&
                 client.call("POST", "/api/v1/sandbox/clock/advance", {}, R"({"seconds":1})").status == 200;
        },
        patience));
}

}  // namespace

TEST_CASE("slow clients: a node with its own settings fits a small container, and a crowd of them stops nobody") {
  const TemporaryFolder folder("deploy");
  ServerProcess node(CARAVAN_BINARY, folder.path());
  node.start();
  CHECK(health_of(node.pid()).threads < 450);
  for (const std::string& bytes : {slow_body, slow_header, whole, std::string()}) {
    CAPTURE(bytes);
    const auto crowd = crowd_of(node.port(), bytes);
    check_served(node.port());
  }
}

TEST_CASE("slow clients: behind HAProxy a crowd of them stops nobody") {
  const TemporaryFolder folder("deploy"), proxy_folder("deploy");
  ServerProcess node(CARAVAN_BINARY, folder.path(), {{"CARAVAN_TRUSTED_PROXIES", "127.0.0.1"}});
  node.start();
  const Proxy proxy(proxy_folder.path(), {node.port()});
  REQUIRE(comes_true([&] { return HttpClient(proxy.port()).call("GET", "/health/live").status == 200; }, 30s));
  // With more of its body than HAProxy keeps to itself, it comes through to the node.
  for (const std::string& bytes : {slow_body, slow_body + std::string(20'000, ' '), slow_header, whole}) {
    CAPTURE(bytes.substr(0, 120));
    const auto crowd = crowd_of(proxy.port(), bytes);
    check_served(proxy.port());
  }
}

TEST_CASE("slow clients: what is announced and does not come takes no memory, and a big body gives its memory back") {
  const TemporaryFolder folder("deploy");
  ServerProcess node(CARAVAN_BINARY, folder.path());
  node.start();
  const auto memory = [&] { return health_of(node.pid()).memory_mib; };
  const auto upload = [&](const std::string& key, const std::string& body) {
    return "PUT /api/v1/users/me/avatar HTTP/1.1\r\nHost: x\r\n" + key +
           "Connection: close\r\nContent-Type: image/png\r\nContent-Length: 10485760\r\n\r\n" + body;
  };
  const std::string key = "X-Api-Key: " + std::string(service_key) + "\r\n";
  RawConnection(node.port()).send(whole);
  const double before = memory();
  {
    std::deque<RawConnection> waiting;
    for (int i = 0; i < 40; ++i) {
      waiting.emplace_back(node.port());
      waiting.back().send(upload(key, "x"));
    }
    for (int i = 0; i < 60; ++i) {
      RawConnection stranger(node.port());
      stranger.send(upload("", "x"));
      CHECK(stranger.read_until("\r\n\r\n").starts_with("HTTP/1.1 401"));  // the body need not come
    }
    CHECK(memory() - before < 20);
  }
  double peak = 0;
  {
    std::deque<RawConnection> big;
    for (int i = 0; i < 16; ++i) {
      big.emplace_back(node.port());
      CHECK(big.back().send(upload(key, std::string((10U << 20) - 1, 'x'))));
    }
    CHECK(comes_true([&] { return (peak = std::max(peak, memory())) - before > 150; }, 30s));
    for (RawConnection& connection : big) CHECK(connection.send("x"));
    for (RawConnection& connection : big) CHECK(connection.read_to_end());
  }
  MESSAGE((peak - before), " MiB for sixteen bodies of 10 MiB, ", (memory() - before), " MiB after them");
  CHECK(comes_true([&] { return memory() - before < 50; }, 30s));
}

}  // namespace slow_clients_test
