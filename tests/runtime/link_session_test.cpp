#include <doctest/doctest.h>

#include <deque>
#include <random>

#include "runtime/links/session.hpp"

namespace link_session_test {

using namespace caravan;
using namespace std::chrono_literals;

namespace {

using Moment = LinkSession::Moment;

/// Two sessions and what is on its way between them.
struct Pair {
  explicit Pair(LinkLimits limits = {}) : a({"a", 1, {}}, "b", limits), b({"b", 1, {}}, "a", limits) {}

  void connect() {
    a.connected(now);
    b.connected(now);
  }
  void cut() {
    a.disconnected();
    b.disconnected();
    to_a.clear();
    to_b.clear();
  }
  void collect() {
    for (auto& frame : a.take_frames()) to_b.push_back(std::move(frame));
    for (auto& frame : b.take_frames()) to_a.push_back(std::move(frame));
  }
  /// Brings the oldest frame to its end; false where there is none, or the session does not like it.
  bool bring(LinkSession& to, std::deque<std::string>& way) {
    collect();
    if (way.empty()) return false;
    const std::string frame = std::move(way.front());
    way.pop_front();
    return to.received(frame, now);
  }
  void settle() {
    while (bring(a, to_a) || bring(b, to_b)) {
    }
  }

  LinkSession a, b;
  std::deque<std::string> to_a, to_b;
  Moment now{1h};
};

}  // namespace

TEST_CASE("link session: messages arrive once and in order, also those taken before there was a connection") {
  Pair link;
  CHECK(link.a.send("one", link.now));
  link.connect();
  link.settle();
  CHECK(link.a.is_open());
  CHECK(link.b.is_open());
  CHECK(link.a.send("two", link.now));
  link.settle();
  CHECK(link.b.take_messages() == std::vector<std::string>{"one", "two"});
  CHECK(link.a.waiting() == 2);
  link.now += 600ms;
  CHECK(link.b.tick(link.now));
  link.settle();
  CHECK(link.a.waiting() == 0);
}

TEST_CASE("link session: what was on its way when the connection went is written again, and not taken twice") {
  Pair link;
  link.connect();
  link.settle();
  link.a.send("taken, but not acknowledged", link.now);
  link.settle();
  link.a.send("not taken", link.now);
  link.cut();
  link.connect();
  link.settle();
  CHECK(link.b.take_messages() == std::vector<std::string>{"taken, but not acknowledged", "not taken"});
}

TEST_CASE("link session: a new process of the peer gets nothing that was written to the former one") {
  Pair link;
  link.connect();
  link.settle();
  link.a.send("perhaps done", link.now);
  link.collect();
  link.cut();
  link.a.send("never written", link.now);
  link.b = LinkSession({"b", 2, {}}, "a", {});
  link.connect();
  link.settle();
  CHECK(link.a.take_lost() == 1);
  CHECK(link.b.take_messages() == std::vector<std::string>{"never written"});
}

TEST_CASE("link session: it takes no more than its limits") {
  Pair link({.messages = 2, .bytes = 10, .message_bytes = 6});
  CHECK_FALSE(link.a.send("1234567", link.now));
  CHECK(link.a.send("123456", link.now));
  CHECK_FALSE(link.a.send("12345", link.now));
  CHECK(link.a.send("1234", link.now));
  CHECK_FALSE(link.a.send("5", link.now));
  CHECK_FALSE(Pair().a.send("", link.now));
}

TEST_CASE("link session: what a cut outlives does not come, and what is younger does") {
  Pair link({.messages = 3, .bytes = 20});
  link.connect();
  link.settle();
  link.a.send("written", link.now);
  link.collect();
  link.cut();
  link.a.send("waits", link.now);
  link.now += 6s;
  link.a.send("young", link.now);
  CHECK_FALSE(link.a.send("too much", link.now));
  link.now += 5s;
  CHECK(link.a.tick(link.now));
  CHECK(link.a.waiting_bytes() == 5);
  CHECK(link.a.send("younger", link.now));
  link.connect();
  link.settle();
  CHECK(link.b.take_messages() == std::vector<std::string>{"young", "younger"});
  CHECK(link.a.take_lost() == 0);
  link.now += 600ms;
  CHECK(link.b.tick(link.now));
  link.settle();
  CHECK(link.a.waiting() == 0);
}

TEST_CASE("link session: a silent peer, a late greeting and a peer of another name or version are faults") {
  Pair link;
  link.a.connected(link.now);
  CHECK(link.a.tick(link.now + 3s));
  CHECK_FALSE(link.a.tick(link.now + 4s));
  CHECK(link.a.fault() == "no greeting");

  Pair other;
  other.connect();
  other.settle();
  CHECK_FALSE(other.a.tick(other.now + 4s));
  CHECK(other.a.fault() == "silent");

  LinkSession stranger({"c", 1, {}}, "a", {});
  stranger.connected(link.now);
  link.a.connected(link.now);
  CHECK_FALSE(link.a.received(stranger.take_frames().front(), link.now));
  CHECK(link.a.fault() == "this is node c, not b");

  LinkSession newer({"b", 1, {3, 4}}, "a", {});
  newer.connected(link.now);
  link.a.connected(link.now);
  CHECK_FALSE(link.a.received(newer.take_frames().front(), link.now));
  CHECK(link.a.fault() == "it speaks wire version 3 to 4, this node 1: upgrade nodes one version at a time");
}

TEST_CASE("link session: two neighbouring versions speak the newest that both know") {
  LinkSession older({"a", 1, {1, 2}}, "b", {}), newer({"b", 1, {2, 3}}, "a", {});
  older.connected({});
  newer.connected({});
  CHECK(newer.received(older.take_frames().front(), {}));
  CHECK(older.received(newer.take_frames().front(), {}));
  CHECK(older.wire() == 2);
  CHECK(newer.wire() == 2);
}

TEST_CASE("link session: whatever is cut, delayed or restarted, nothing comes twice, out of order, or gets lost") {
  for (unsigned seed = 1; seed <= 1'000; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto dice = [&](unsigned sides) { return random() % sides; };
    Pair link;
    std::uint64_t incarnation = 1;
    unsigned sent = 0, taken = 0, lost = 0, skipped = 0;
    const auto take = [&] {
      for (const std::string& message : link.b.take_messages()) {
        const auto number = static_cast<unsigned>(std::stoul(message));
        REQUIRE(number >= taken);
        skipped += number - taken;
        taken = number + 1;
      }
      lost += static_cast<unsigned>(link.a.take_lost());
    };
    for (int step = 0; step < 300; ++step) {
      link.now += std::chrono::milliseconds(dice(5));
      switch (dice(12)) {
        case 0:
          link.cut();
          break;
        case 1:
          link.cut();
          link.connect();
          break;
        case 2:
          if (dice(4) != 0) break;
          take();
          link.cut();
          link.b = LinkSession({"b", ++incarnation, {}}, "a", {});
          break;
        case 3:
        case 4:
        case 5:
          if (link.a.send(std::to_string(sent), link.now)) ++sent;
          break;
        case 6:
          REQUIRE(link.b.tick(link.now));
          break;
        case 7:
        case 8:
          link.bring(link.a, link.to_a);
          break;
        default:
          link.bring(link.b, link.to_b);
          break;
      }
      REQUIRE(link.a.fault().empty());
      REQUIRE(link.b.fault().empty());
      take();
    }
    link.cut();
    link.connect();
    link.settle();
    take();
    // All that was sent was taken, except for what had been written to a former process of the peer.
    CHECK(taken + lost >= sent);
    CHECK(skipped <= lost);
    CHECK(link.a.waiting() <= sent);
    CHECK(link.b.is_open());
    if (incarnation == 1) {
      CHECK(lost == 0);
      CHECK(taken == sent);
    }
  }
}

}  // namespace link_session_test
