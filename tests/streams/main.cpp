#include <civetweb.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/process/client.hpp"
#include "tests/process/proxy.hpp"
#include "tests/process/raw_connection.hpp"
#include "tests/process/server.hpp"
#include "tests/streams/generator.hpp"
#include "tests/streams/judge.hpp"

using namespace caravan::testing;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* help =
    R"(http_streams: sends made-up byte streams, and compares what is answered with a strict reading of RFC 9112.
  http_streams BINARY [--seconds N] [--streams N] [--seed N] [--proxy]
  http_streams --self-test         CivetWeb alone, without our check: its faults must be found within seconds
  --streams N   at most so many (1000000); --seconds N: at most so long (30)
  --seed N      the first stream's number (1); stream N alone: --seed N --streams 1
  --proxy       through HAProxy, with config/deploy/haproxy.cfg
  --port N      against a server that runs already
)";

struct Plan {
  std::string binary;
  std::uint64_t seed = 1, streams = 1'000'000;
  std::chrono::seconds time{30};
  bool by_proxy = false, self_test = false;
  int port = 0;
};

/// CivetWeb as it reads by itself: every request that it finds is answered.
class BareServer {
 public:
  BareServer() {
    mg_init_library(MG_FEATURES_DEFAULT);
    const char* options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "8", "enable_keep_alive", "yes", nullptr};
    mg_callbacks callbacks{};
    callbacks.begin_request = answer;
    context_ = mg_start(&callbacks, nullptr, options);
    mg_server_port port{};
    mg_get_server_ports(context_, 1, &port);
    port_ = port.port;
  }
  ~BareServer() { mg_stop(context_); }
  BareServer(const BareServer&) = delete;
  BareServer& operator=(const BareServer&) = delete;
  int port() const { return port_; }

 private:
  static int answer(mg_connection* connection) {
    char part[4'096];
    while (mg_read(connection, part, sizeof part) > 0) {
    }
    const char* mark = mg_get_header(connection, "X-Trace-Id");
    mg_printf(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Trace-Id: %.60s\r\n\r\n", mark ? mark : "none");
    return 200;
  }
  mg_context* context_ = nullptr;
  int port_ = 0;
};

std::string shown(const std::string& bytes) {
  std::string all;
  char escaped[5];
  for (const char c : bytes) {
    if (c == '\n')
      all += "\\n\n    ";
    else if (c == '\r')
      all += "\\r";
    else if (c >= ' ' && c <= '~')
      all += c;
    else {
      std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
      all += escaped;
    }
  }
  return all;
}

/// Sends one stream; what is wrong with the answers.
std::string play(int port, std::uint64_t seed, bool by_proxy, Tally& tally) {
  const std::string bytes = Generator(seed).stream();
  const auto readings = read_strictly(bytes, !by_proxy);
  ++tally.streams;
  if (bytes.find("hidden") != bytes.npos) ++tally.hidden;
  RawConnection connection(port);
  connection.send(bytes);
  connection.finish();
  const auto got = connection.read_to_end();
  std::string fault = "the connection does not end";
  if (got) {
    const auto answers = answers_in(*got);
    fault = answers ? judge(readings, *answers, by_proxy, tally) : "the answers are not HTTP";
  }
  if (fault.empty()) return "";
  return fault + "\n  stream " + std::to_string(seed) + ":\n    " + shown(bytes) + "\n  came back:\n    " +
         shown(got.value_or("")) + '\n';
}

/// Somebody else at the same server, whose answers must be its own.
std::string play_bystander(HttpClient& bystander, std::uint64_t number) {
  const std::string mark = "bystander" + std::to_string(number);
  const HttpAnswer answer = bystander.call("GET", "/health/live", {{"X-Trace-Id", mark}});
  const auto found = answer.headers.find("x-trace-id");
  if (answer.status == 200 && found != answer.headers.end() && found->second == mark) return "";
  return "a bystander got another's answer: " + std::to_string(answer.status) + '\n';
}

struct Outcome {
  Tally tally;
  std::vector<std::string> faults;
};

/// Whether a request out of a body was answered.
bool is_smuggled(const std::string& fault) {
  return fault.find("answer to hidden") != fault.npos || fault.find("asked: hidden") != fault.npos;
}

Outcome play_all(const Plan& plan, int port) {
  constexpr int players = 4;
  constexpr std::size_t most_faults = 5;
  std::atomic<std::uint64_t> next{plan.seed};
  std::mutex mutex;
  Outcome all;
  const auto until = Clock::now() + plan.time;
  const auto player = [&] {
    Tally tally;
    HttpClient bystander(port);
    std::vector<std::string> faults;
    const auto note = [&](std::string fault) {
      if (!fault.empty() && (!plan.self_test || is_smuggled(fault))) faults.push_back(std::move(fault));
    };
    while (Clock::now() < until && faults.size() < most_faults) {
      const std::uint64_t seed = next++;
      if (seed >= plan.seed + plan.streams) break;
      note(play(port, seed, plan.by_proxy, tally));
      if (seed % 16 == 0) note(play_bystander(bystander, seed));
    }
    const std::lock_guard lock(mutex);
    all.tally += tally;
    all.faults.insert(all.faults.end(), faults.begin(), faults.end());
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < players; ++i) threads.emplace_back(player);
  threads.clear();
  return all;
}

int report(const Outcome& outcome) {
  const Tally& tally = outcome.tally;
  for (const std::string& fault : outcome.faults) std::printf("FAULT %s\n", fault.c_str());
  std::printf(
      "%llu streams and connections, %llu with requests in bodies; %llu requests served, %llu refused, %llu closed "
      "without a word, %llu read leniently by the proxy; %zu faults\n",
      static_cast<unsigned long long>(tally.streams), static_cast<unsigned long long>(tally.hidden),
      static_cast<unsigned long long>(tally.served), static_cast<unsigned long long>(tally.refused),
      static_cast<unsigned long long>(tally.closed), static_cast<unsigned long long>(tally.lenient),
      outcome.faults.size());
  return outcome.faults.empty() ? 0 : 1;
}

/// What the check of framing is there for must be found where it is not.
int self_test(Plan plan) {
  const BareServer server;
  plan.time = std::chrono::seconds(20);
  const auto start = Clock::now();
  const Outcome outcome = play_all(plan, server.port());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
  std::printf("CivetWeb alone: %zu requests out of bodies were answered in %llu streams and %lld ms\n",
              outcome.faults.size(), static_cast<unsigned long long>(outcome.tally.streams),
              static_cast<long long>(took));
  if (!outcome.faults.empty()) std::printf("for example: %s", outcome.faults.front().c_str());
  return outcome.faults.empty() ? 1 : 0;
}

int run(const Plan& plan) {
  if (plan.port > 0) return report(play_all(plan, plan.port));
  const TemporaryFolder folder("streams"), proxy_folder("streams");
  ServerProcess server(plan.binary, folder.path(), {{"CARAVAN_TRUSTED_PROXIES", "127.0.0.1"}});
  server.start();
  std::unique_ptr<Proxy> proxy;
  if (plan.by_proxy) {
    proxy = std::make_unique<Proxy>(proxy_folder.path(), std::vector<int>{server.port()});
    const auto until = Clock::now() + std::chrono::seconds(30);
    while (HttpClient(proxy->port()).call("GET", "/health/live").status != 200)
      if (Clock::now() > until) return std::printf("HAProxy does not serve\n"), 1;
  }
  return report(play_all(plan, proxy ? proxy->port() : server.port()));
}

}  // namespace

int main(int count, char** words) {
  Plan plan;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto number = [&] { return i + 1 < count ? std::stoull(words[++i]) : 0; };
    if (word == "--help") return std::fputs(help, stdout), 0;
    if (word == "--seconds")
      plan.time = std::chrono::seconds(number());
    else if (word == "--streams")
      plan.streams = number();
    else if (word == "--seed")
      plan.seed = number();
    else if (word == "--port")
      plan.port = static_cast<int>(number());
    else if (word == "--proxy")
      plan.by_proxy = true;
    else if (word == "--self-test")
      plan.self_test = true;
    else
      plan.binary = word;
  }
  if (!plan.self_test && plan.port == 0 && plan.binary.empty()) return std::fputs(help, stderr), 2;
  return plan.self_test ? self_test(plan) : run(plan);
}
