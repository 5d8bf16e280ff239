#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include "tests/process/client.hpp"
#include "tests/process/proxy.hpp"
#include "tests/process/raw_connection.hpp"
#include "tests/process/server.hpp"
#include "tests/testkit/authority.hpp"

namespace haproxy_test {

using namespace caravan::testing;

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

/// Asks again until `holds`; false where it does not within the patience.
template <class Holds>
bool comes_true(Holds holds) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

/// Eight clients of the proxy, each with a request at a time, until `stop`.
class Callers {
 public:
  using Request = std::function<int(HttpClient&)>;  // its status
  Callers(const Proxy& proxy, const Request& request) {
    for (int i = 0; i < 8; ++i)
      threads_.emplace_back([this, port = proxy.port(), request] {
        HttpClient caller(port);
        while (!enough_) ++(request(caller) == 200 ? good_ : bad_);
      });
  }
  ~Callers() { stop(); }
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  void stop() {
    enough_ = true;
    threads_.clear();
  }
  /// 200 requests more; false where they do not come.
  bool go_on() {
    return comes_true([this, from = good_.load()] { return good_ > from + 200; });
  }
  int good() const { return good_; }
  int bad() const { return bad_; }

 private:
  std::atomic<bool> enough_{false};
  std::atomic<int> good_{0}, bad_{0};
  std::vector<std::jthread> threads_;
};

/// Whether a request to the route has come through to this very node, since it started, and succeeded.
bool has_served(const ServerProcess& node, const std::string& route) {
  const std::string body = HttpClient(node.port()).call("GET", "/metrics", {{"X-Api-Key", service_key}}).body;
  const std::string counted = "route=\"" + route + "\",status=\"2xx\"} ";
  const std::size_t at = body.find(counted);
  return at != std::string::npos && std::stod(body.substr(at + counted.size(), 20)) > 0;
}

}  // namespace

TEST_CASE("haproxy: a node that stops is taken out without a failed request, and comes back") {
  const TemporaryFolder first_folder("deploy"), second_folder("deploy"), proxy_folder("deploy");
  const std::map<std::string, std::string> settings{
      {"CARAVAN_DRAIN_TIME", "3s"}, {"CARAVAN_ACCESS_LOG", "on"}, {"CARAVAN_TRUSTED_PROXIES", "127.0.0.1"}};
  ServerProcess first(CARAVAN_BINARY, first_folder.path(), settings);
  ServerProcess second(CARAVAN_BINARY, second_folder.path(), settings);
  first.start();
  second.start();
  const Proxy proxy(proxy_folder.path(), {first.port(), second.port()});
  HttpClient client(proxy.port());
  REQUIRE(comes_true([&] { return client.call("GET", "/api/v1/sandbox/clock").status == 200; }));
  CHECK(client.call("GET", "/metrics").status == 404);
  // A proxy before HAProxy, on this host too: its word comes through beside HAProxy's own.
  CHECK(client.call("GET", "/api/v1/sandbox/clock", {{"X-Forwarded-For", "203.0.113.7"}}).status == 200);

  Callers callers(proxy, [](HttpClient& caller) {
    return caller
        .call("POST", "/api/v1/sandbox/clock/advance", {{"Content-Type", "application/json"}}, R"({"seconds":1})")
        .status;
  });
  CHECK(callers.go_on());
  CHECK(first.stop() == 0);
  CHECK(callers.go_on());
  first.start();
  // It serves again when the other one goes: were it still out, requests would fail.
  CHECK(comes_true([&] { return has_served(first, "/api/v1/sandbox/clock/advance"); }));
  CHECK(second.stop() == 0);
  CHECK(callers.go_on());
  callers.stop();
  CHECK(callers.good() > 600);
  CHECK(callers.bad() == 0);
  std::string logs;
  for (const auto* folder : {&first_folder, &second_folder}) {
    std::ifstream log(folder->path() + "/server.log");
    logs += std::string{std::istreambuf_iterator<char>(log), {}};
  }
  CHECK(logs.find("address=203.0.113.7") != std::string::npos);
}

TEST_CASE("haproxy: what it closes is closed in whatever way it is written") {
  const TemporaryFolder folder("deploy"), proxy_folder("deploy");
  ServerProcess node(CARAVAN_BINARY, folder.path());
  node.start();
  const Proxy proxy(proxy_folder.path(), {node.port()});
  REQUIRE(comes_true([&] { return HttpClient(proxy.port()).call("GET", "/health/live").status == 200; }));
  for (const char* path : {"/metrics", "/metrics/", "//metrics", "/metrics//", "/Metrics", "/METRICS/", "/%6detrics",
                           "/metrics%2f", "/%2fmetrics", "/%2e/metrics", "/./metrics", "/x/../metrics",
                           "/x/%2e%2e/metrics", "/metrics?x=y", "/metrics/?x", "/metrics;x", "/metrics/x"}) {
    CAPTURE(path);
    RawConnection connection(proxy.port());
    connection.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK(statuses_of(connection.read_to_end().value_or("")) == std::vector{404});
  }
}

TEST_CASE("haproxy: a node that is killed fails no read") {
  const TemporaryFolder first_folder("deploy"), second_folder("deploy"), proxy_folder("deploy");
  ServerProcess first(CARAVAN_BINARY, first_folder.path());
  ServerProcess second(CARAVAN_BINARY, second_folder.path());
  first.start();
  second.start();
  const Proxy proxy(proxy_folder.path(), {first.port(), second.port()});
  REQUIRE(comes_true([&] { return HttpClient(proxy.port()).call("GET", "/api/v1/sandbox/clock").status == 200; }));

  Callers callers(proxy, [](HttpClient& caller) { return caller.call("GET", "/api/v1/sandbox/clock").status; });
  for (ServerProcess* node : {&first, &second, &first}) {
    CHECK(callers.go_on());
    node->crash();
    CHECK(callers.go_on());
    node->start();
    CHECK(comes_true([&] { return has_served(*node, "/api/v1/sandbox/clock"); }));  // before the next one is killed
  }
  callers.stop();
  CHECK(callers.bad() == 0);
}

TEST_CASE("haproxy: a node that speaks TLS is checked and asked over it, under its own name") {
  const TemporaryFolder folder("deploy"), proxy_folder("deploy"), other_folder("deploy");
  const caravan::testkit::Authority authority(folder.path() + "/link");
  authority.issue("node-a");
  ServerProcess node(
      CARAVAN_BINARY, folder.path(),
      {{"CARAVAN_TLS_CERT", authority.path("node-a.crt")}, {"CARAVAN_TLS_KEY", authority.path("node-a.key")}});
  node.launch();
  const std::string way = " ssl verify required ca-file " + authority.file() + " verifyhost ";
  const Proxy proxy(proxy_folder.path(), {node.port()}, way + "node-a");
  const Proxy other(other_folder.path(), {node.port()}, way + "node-b");
  const auto asked = [](const Proxy& of) { return HttpClient(of.port()).call("GET", "/api/v1/sandbox/clock").status; };
  CHECK(comes_true([&] { return asked(proxy) == 200; }));
  CHECK(comes_true([&] { return asked(other) == 503; }));  // it does not talk to a node of another name
  CHECK(HttpClient(node.port()).call("GET", "/api/v1/sandbox/clock").status != 200);
  CHECK(node.stop() == 0);
}

TEST_CASE("drain: the node says that it is not ready, and serves until the time is up") {
  const TemporaryFolder folder("deploy");
  ServerProcess node(CARAVAN_BINARY, folder.path(), {{"CARAVAN_DRAIN_TIME", "60s"}});
  node.start();
  CHECK(HttpClient(node.port()).call("GET", "/health").headers["connection"] == "keep-alive");
  kill(node.pid(), SIGTERM);
  CHECK(comes_true([&] { return HttpClient(node.port()).call("GET", "/health/ready").status == 503; }));
  const HttpAnswer answer = HttpClient(node.port()).call("GET", "/api/v1/sandbox/clock");
  CHECK(answer.status == 200);
  CHECK(answer.headers.at("connection") == "close");
  CHECK(node.stop() == 0);  // a second signal: at once
}

}  // namespace haproxy_test
