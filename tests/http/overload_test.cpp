#include <future>
#include <thread>

#include "tests/http/edge.hpp"
#include "tests/process/raw_connection.hpp"

namespace overload_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;

namespace {

/// A handler that says that it was entered, and waits to be let go.
struct Gate {
  std::promise<void> entered, released;
  std::shared_future<void> let_go = released.get_future().share();

  std::vector<Route> rows() {
    return {get("/slow", anyone, "Waits").handle([this](Call& call) {
              entered.set_value();
              let_go.wait();
              return call.bytes("text/plain", "done");
            }),
            get("/fast", anyone, "Does not").handle([](Call& call) { return call.bytes("text/plain", "here"); })};
  }
};

}  // namespace

TEST_CASE("overload: beyond the requests that a node handles at once, callers are told when to come again") {
  Gate gate;
  RouteSettings settings = Edge::quiet();
  settings.max_in_flight = 1;
  Edge edge(gate.rows(), settings);
  auto slow = std::async(std::launch::async, [&] { return edge.client().Get("/api/v1/slow"); });
  gate.entered.get_future().wait();
  auto answer = edge.client().Get("/api/v1/fast");
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->get_header_value("Retry-After") == "1");
  CHECK(testkit::field_of(answer->body, "code") == "overloaded");
  gate.released.set_value();
  CHECK(slow.get()->status == 200);
  CHECK(edge.client().Get("/api/v1/fast")->status == 200);
}

TEST_CASE("overload: more clients than threads, and each gets its turn") {
  Gate gate;
  http::ServerSettings server = Edge::small_server();
  server.threads = 3;
  server.idle_limit = std::chrono::minutes(5);  // who waits for a quiet client to leave waits longer than this test
  Edge edge(gate.rows(), Edge::quiet(), server);
  std::vector<httplib::Client> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(edge.client());
  for (int round = 0; round < 2; ++round)
    for (httplib::Client& client : clients) {
      client.set_keep_alive(true);
      const auto answer = client.Get("/api/v1/fast");
      REQUIRE(answer);
      CHECK(answer->status == 200);
    }
}

TEST_CASE("overload: header and body have one deadline together, however they drip") {
  using Clock = std::chrono::steady_clock;
  constexpr auto limit = std::chrono::milliseconds(2'000);
  http::ServerSettings server = Edge::small_server();
  server.request_limit = limit;
  Edge edge({post("/echo", anyone, "Says it again").uploads().handle([](Call& call) {
              return call.bytes("text/plain", call.request().body);
            })},
            Edge::quiet(), server);
  testing::RawConnection slow(edge.server.port());
  const std::string head = "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
  const auto start = Clock::now();
  std::size_t sent = 0;
  std::string answer;
  // The header takes half of the time, and the body never ends; a byte comes all the while.
  while (answer.empty() && Clock::now() - start < std::chrono::seconds(20)) {
    const auto due =
        static_cast<std::size_t>((Clock::now() - start) * static_cast<std::int64_t>(head.size()) / (limit / 2));
    while (sent < std::min(due, head.size())) slow.send(head.substr(sent++, 1));
    if (sent == head.size()) slow.send("x");
    answer = slow.read_until("\r\n\r\n", std::chrono::milliseconds(50));
  }
  CHECK(testing::statuses_of(answer) == std::vector{408});
  CHECK(Clock::now() - start >= limit);
  CHECK(Clock::now() - start < limit + limit);
}

TEST_CASE("overload: unfinished requests have half of the threads, and the oldest of them goes first") {
  http::ServerSettings server = Edge::small_server();
  server.threads = 16;
  Gate gate;
  Edge edge(gate.rows(), Edge::quiet(), server);
  const std::string unfinished = "GET /api/v1/fast HTTP/1.1\r\nHost: x\r\nX: ";
  std::vector<testing::RawConnection> slow;
  for (int i = 0; i < 16; ++i) {
    slow.emplace_back(edge.server.port());
    slow.back().send(unfinished);
    CHECK(edge.client().Get("/api/v1/fast")->status == 200);  // so that one is older than the next
  }
  CHECK(testing::statuses_of(slow.front().read_to_end().value_or("")) == std::vector{408});
  slow.back().send("y\r\n\r\n");
  CHECK(testing::statuses_of(slow.back().read_until("here")) == std::vector{200});
}

TEST_CASE("overload: all addresses of a /64 together hold few unfinished requests, and another's stays") {
  http::ServerSettings server = Edge::small_server();
  server.threads = 16;  // of which one client may hold four
  server.proxies = TrustedProxies("127.0.0.1");
  Gate gate;
  Edge edge(gate.rows(), Edge::quiet(), server);
  std::vector<testing::RawConnection> slow;
  for (const char* client : {"2001:db8:1:3::1", "2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2::3",
                             "2001:db8:1:2::4", "2001:db8:1:2::5"}) {
    slow.emplace_back(edge.server.port());
    slow.back().send("GET /api/v1/fast HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + std::string(client) +
                     "\r\nContent-Length: 2\r\n\r\n");
  }
  // Which of the five was seen first is the machine's business: the test above holds them apart by many.
  std::string answer;
  std::size_t refused = 0;
  for (int turn = 0; answer.empty() && turn < 100; ++turn) {
    refused = refused % 5 + 1;
    answer = slow[refused].read_until("\r\n\r\n", std::chrono::milliseconds(100));
  }
  CHECK_MESSAGE(testing::statuses_of(answer) == std::vector{408}, answer);
  for (std::size_t stays = 0; stays < slow.size(); ++stays) {
    if (stays == refused) continue;
    slow[stays].send("{}");
    CHECK(testing::statuses_of(slow[stays].read_until("here")) == std::vector{200});
  }
}

TEST_CASE("a server that stops answers what it has begun, and does not wait for clients who say nothing") {
  Gate gate;
  auto edge = std::make_unique<Edge>(gate.rows());
  httplib::Client quiet = edge->client(), slow = edge->client();
  quiet.set_keep_alive(true);
  REQUIRE(quiet.Get("/api/v1/fast"));
  auto answer = std::async(std::launch::async, [&] { return slow.Get("/api/v1/slow"); });
  gate.entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { edge.reset(); });
  gate.released.set_value();
  const auto got = answer.get();
  REQUIRE(got);
  CHECK(got->status == 200);
  stopped.get();
}

}  // namespace overload_test
