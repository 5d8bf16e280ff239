#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "runtime/links/links.hpp"
#include "tests/testkit/authority.hpp"

namespace links_test {

using namespace caravan;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto patience = 20s;

/// A node's end of its links, and all that it was told.
struct LinkedNode {
  explicit LinkedNode(const std::string& name, std::uint64_t incarnation = 1, std::optional<LinkTls> tls = {},
                      LinkLimits limits = {}, const std::string& listen = "127.0.0.1:0", const std::string& secret = {})
      : links(make_tcp_links({.self = {name, incarnation, {}},
                              .listen = listen,
                              .tls = std::move(tls),
                              .secret = secret,
                              .limits = limits},
                             {.message =
                                  [this](const std::string&, std::string message) {
                                    const std::lock_guard lock(mutex);
                                    messages.push_back(std::move(message));
                                    changed.notify_all();
                                  },
                              .changed =
                                  [this](const std::string&, bool is_open, const std::string& reason) {
                                    const std::lock_guard lock(mutex);
                                    open = is_open;
                                    if (!is_open) why = reason;
                                    changed.notify_all();
                                  },
                              .lost =
                                  [this](const std::string&, std::size_t count) {
                                    const std::lock_guard lock(mutex);
                                    lost += count;
                                    changed.notify_all();
                                  }})) {}

  template <class Condition>
  bool wait(const Condition& condition) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, patience, condition);
  }
  bool wait_open(bool wanted = true) {
    return wait([&] { return open == wanted; });
  }
  bool wait_messages(std::size_t count) {
    return wait([&] { return messages.size() >= count; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> messages;
  bool open = false;
  std::string why;
  std::size_t lost = 0;
  std::unique_ptr<Links> links;
};

/// The network between two nodes: relays what comes to its address, until it is told to cut or to hold still.
class Wire {
 public:
  explicit Wire(const std::string& to) : to_(to) {
    listen();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Wire() {
    io_.stop();
    thread_.join();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
  void cut() {
    asio::post(io_, [this] {
      for (const auto& socket : sockets_) {
        boost::system::error_code ignored;
        socket->close(ignored);
      }
      sockets_.clear();
    });
  }
  /// Nothing passes any more, and nobody is told.
  void hold() { held_ = true; }
  void go_on() {
    held_ = false;
    cut();
  }

 private:
  using Socket = std::shared_ptr<tcp::socket>;

  void listen() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (!error && !held_) {
        auto near = std::make_shared<tcp::socket>(std::move(socket));
        auto far = std::make_shared<tcp::socket>(io_);
        boost::system::error_code refused;
        far->connect({asio::ip::make_address("127.0.0.1"),
                      static_cast<unsigned short>(std::stoi(to_.substr(to_.rfind(':') + 1)))},
                     refused);
        sockets_.insert({near, far});
        relay(near, far);
        relay(far, near);
      }
      listen();
    });
  }
  void relay(const Socket& from, const Socket& to) {
    auto bytes = std::make_shared<std::array<char, 4'096>>();
    from->async_read_some(asio::buffer(*bytes),
                          [this, from, to, bytes](boost::system::error_code error, std::size_t n) {
                            boost::system::error_code failed = error;
                            if (!failed && !held_) asio::write(*to, asio::buffer(bytes->data(), n), failed);
                            if (!failed) return relay(from, to);
                            if (held_) return;
                            boost::system::error_code ignored;
                            from->close(ignored);
                            to->close(ignored);
                          });
  }

  const std::string to_;
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, {asio::ip::make_address("127.0.0.1"), 0}};
  std::set<Socket> sockets_;
  std::atomic<bool> held_{false};
  std::thread thread_;
};

void connect(LinkedNode& a, LinkedNode& b, const std::string& b_address) {
  b.links->set_peers({{"a", "127.0.0.1:1"}});
  a.links->set_peers({{"b", b_address}});
}

void send_numbers(Links& links, const std::string& to, std::size_t from, std::size_t until) {
  for (std::size_t i = from; i < until; ++i) REQUIRE(links.send(to, std::to_string(i)));
}

void check_numbers(LinkedNode& node, std::size_t count) {
  REQUIRE(node.wait_messages(count));
  const std::lock_guard lock(node.mutex);
  REQUIRE(node.messages.size() == count);
  for (std::size_t i = 0; i < count; ++i) REQUIRE(node.messages[i] == std::to_string(i));
}

}  // namespace

TEST_CASE("links: two nodes find each other and send both ways; nobody else is listened to") {
  LinkedNode a("a"), b("b"), c("c");
  connect(a, b, b.links->address());
  c.links->set_peers({{"b", b.links->address()}, {"a", a.links->address()}});
  CHECK(a.wait_open());
  CHECK(b.wait_open());
  send_numbers(*a.links, "b", 0, 5'000);
  send_numbers(*b.links, "a", 0, 5'000);
  check_numbers(a, 5'000);
  check_numbers(b, 5'000);
  CHECK_FALSE(a.links->send("c", "not a peer"));
  const auto states = c.links->states();
  REQUIRE(states.size() == 2);
  CHECK_FALSE(states[0].open);
  CHECK_FALSE(states[1].open);
}

TEST_CASE("links: cuts of the network lose nothing and repeat nothing") {
  LinkedNode a("a"), b("b");
  Wire wire(b.links->address());
  connect(a, b, wire.address());
  for (std::size_t round = 0; round < 5; ++round) {
    REQUIRE(a.wait_open());
    send_numbers(*a.links, "b", round * 1'000, (round + 1) * 1'000);
    send_numbers(*b.links, "a", round * 1'000, (round + 1) * 1'000);
    wire.cut();
    CHECK(a.wait([&] { return a.links->states()[0].connections > round + 1; }) == true);
  }
  check_numbers(b, 5'000);
  check_numbers(a, 5'000);
}

TEST_CASE("links: a peer that holds still is noticed at both ends, and the link heals") {
  CHECK(LinkLimits{}.silence + LinkLimits{}.beat < 5s);
  const LinkLimits quick{.beat = 50ms, .silence = 300ms, .greeting = 300ms};
  LinkedNode a("a", 1, {}, quick), b("b", 1, {}, quick);
  Wire wire(b.links->address());
  connect(a, b, wire.address());
  REQUIRE(a.wait_open());
  REQUIRE(b.wait_open());
  wire.hold();
  CHECK(a.links->send("b", "0"));
  CHECK(a.wait_open(false));
  CHECK(b.wait_open(false));
  CHECK(a.wait([&] { return a.why == "silent"; }));
  wire.go_on();
  check_numbers(b, 1);
}

TEST_CASE("links: a peer whose address is none is told of, and keeps nobody else from being linked") {
  LinkedNode a("a"), c("c");
  a.links->set_peers({{"b", "nowhere"}, {"c", c.links->address()}});
  c.links->set_peers({{"a", a.links->address()}});
  const auto told = [&] {
    const auto states = a.links->states();
    return states[0].fault == "link address nowhere: write host:port" && states[1].open;
  };
  CHECK(a.wait(told));
}

TEST_CASE("links: a peer that is a new process is told of, with what is lost") {
  LinkedNode a("a");
  auto b = std::make_unique<LinkedNode>("b");
  const std::string address = b->links->address();
  connect(a, *b, address);
  REQUIRE(a.wait_open());
  b.reset();
  REQUIRE(a.wait_open(false));
  CHECK(a.links->send("b", "0"));
  LinkedNode again("b", 2, {}, {}, address);
  again.links->set_peers({{"a", "127.0.0.1:1"}});
  check_numbers(again, 1);
  CHECK(a.lost == 0);
}

TEST_CASE("links: a peer that was let go and taken on again is heard, and hears, from the beginning") {
  LinkedNode a("a"), b("b");
  connect(a, b, b.links->address());
  REQUIRE(a.wait_open());
  send_numbers(*a.links, "b", 0, 100);
  send_numbers(*b.links, "a", 0, 100);
  check_numbers(a, 100);
  check_numbers(b, 100);
  // As when a member's next life starts before its former one is declared dead: only one side has dropped the peer.
  b.links->set_peers({});
  REQUIRE(a.wait_open(false));
  b.links->set_peers({{"a", "127.0.0.1:1"}});
  send_numbers(*b.links, "a", 100, 200);
  check_numbers(a, 200);
  REQUIRE(a.wait_open());
  send_numbers(*a.links, "b", 100, 200);
  check_numbers(b, 200);
}

TEST_CASE("links: with certificates, only nodes of one authority talk, each under its own name") {
  const auto folder = std::filesystem::temp_directory_path() / ("caravan-links-" + std::to_string(::getpid()));
  const testkit::Authority ours(folder / "ours"), theirs(folder / "theirs");
  for (const char* name : {"a", "b", "z"}) ours.issue(name);
  theirs.issue("a");
  const auto files = [](const testkit::Authority& authority, const testkit::Authority& issuer,
                        const std::string& name) {
    return LinkTls{authority.file(), issuer.path(name + ".crt"), issuer.path(name + ".key")};
  };
  {
    LinkedNode a("a", 1, files(ours, ours, "a")), b("b", 1, files(ours, ours, "b"));
    connect(a, b, b.links->address());
    CHECK(a.wait_open());
    send_numbers(*a.links, "b", 0, 100);
    check_numbers(b, 100);
  }
  for (const LinkTls& wrong : {files(ours, theirs, "a"), files(ours, ours, "z")}) {
    LinkedNode a("a", 1, wrong), b("b", 1, files(ours, ours, "b"));
    connect(a, b, b.links->address());
    // It dials, is shut out, and dials again.
    CHECK(a.wait([&] { return a.links->states()[0].fault.size() > 0; }));
    CHECK_FALSE(b.links->states()[0].open);
    CHECK(b.messages.empty());
  }
  LinkedNode plain("a"), b("b", 1, files(ours, ours, "b"));
  connect(plain, b, b.links->address());
  CHECK_FALSE(b.links->states()[0].open);
  std::filesystem::remove_all(folder);
}

TEST_CASE("links: without certificates, only who knows the nodes' secret is listened to") {
  const std::string secret(32, 's'), other(32, 'o');
  {
    LinkedNode a("a", 1, {}, {}, "127.0.0.1:0", secret), b("b", 1, {}, {}, "127.0.0.1:0", secret);
    connect(a, b, b.links->address());
    CHECK(a.wait_open());
    CHECK(b.wait_open());
    send_numbers(*a.links, "b", 0, 100);
    send_numbers(*b.links, "a", 0, 100);
    check_numbers(a, 100);
    check_numbers(b, 100);
  }
  for (const std::string& wrong : {other, std::string()}) {
    LinkedNode a("a", 1, {}, {}, "127.0.0.1:0", wrong), b("b", 1, {}, {}, "127.0.0.1:0", secret);
    connect(a, b, b.links->address());
    // It dials, is shut out, and dials again.
    CHECK(a.wait([&] { return a.links->states()[0].fault.size() > 0; }));
    CHECK_FALSE(b.links->states()[0].open);
    CHECK(b.messages.empty());
  }
}

TEST_CASE("links: while an authority takes another's place, a file with both lets their nodes talk") {
  const auto folder = std::filesystem::temp_directory_path() / ("caravan-links-" + std::to_string(::getpid()));
  const testkit::Authority former(folder / "former"), next(folder / "next");
  former.issue("a");
  next.issue("b");
  const std::string both = (folder / "both.crt").string();
  {
    std::ofstream file(both);
    for (const testkit::Authority* authority : {&former, &next}) file << std::ifstream(authority->file()).rdbuf();
  }
  LinkedNode a("a", 1, LinkTls{both, former.path("a.crt"), former.path("a.key")});
  LinkedNode b("b", 1, LinkTls{both, next.path("b.crt"), next.path("b.key")});
  connect(a, b, b.links->address());
  CHECK(a.wait_open());
  CHECK(b.wait_open());
  send_numbers(*a.links, "b", 0, 100);
  check_numbers(b, 100);
  std::filesystem::remove_all(folder);
}

TEST_CASE("links: a node that cannot listen or read its certificates says so") {
  const LinkedNode a("a");
  CHECK_THROWS_WITH_AS(LinkedNode("b", 1, {}, {}, a.links->address()), doctest::Contains("links cannot listen on"),
                       std::runtime_error);
  CHECK_THROWS_WITH_AS(LinkedNode("b", 1, LinkTls{"/none", "/none", "/none"}),
                       doctest::Contains("the links' authority /none: "), std::runtime_error);
}

}  // namespace links_test
