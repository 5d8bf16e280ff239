#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "runtime/cluster/balancer.hpp"
#include "runtime/cluster/membership.hpp"
#include "storage/cluster/memory_cluster_store.hpp"
#include "tests/testkit/entity.hpp"

namespace membership_test {

using namespace caravan;
using namespace caravan::cluster;
using namespace std::chrono_literals;

namespace {

/// A member "a" that looks at others, which a test puts into the store and lets answer probes or not.
struct Watcher {
  MemoryClusterStore store{std::make_shared<MemoryFile>(4)};
  Membership a;
  Moment now{1h};
  std::set<std::string> answering;
  std::set<std::string> probed;
  std::set<std::string> silent;  // of those: they give no signs of life

  explicit Watcher(std::uint32_t wire_from = 1, std::uint32_t wire_to = 1)
      : a({}, {"a", "a:1", "", "", wire_from, wire_to}, 1) {
    a.be_ready();
  }

  void put(const std::string& node, MemberStatus status, std::uint32_t wire_from = 1, std::uint32_t wire_to = 1) {
    const ClusterSnapshot rows = store.read();
    MemberRow row;
    row.id = {node, rows.version + 1};
    row.status = status;
    row.wire_from = wire_from;
    row.wire_to = wire_to;
    REQUIRE(store.put_member(row, rows.version));
    answering.insert(node);
  }
  MemberRow row_of(const std::string& node) {
    for (const MemberRow& row : store.read().members)
      if (row.id.node == node) return row;
    return {};
  }
  MemberStatus status_of(const std::string& node) { return row_of(node).status; }

  void run(Millis time) {
    for (const Moment end = now + time; now < end; now += 50ms) {
      const Time wall = testkit::test_start + std::chrono::duration_cast<Duration>(now.time_since_epoch());
      for (const MemberRow& row : store.read().members)
        if (answering.contains(row.id.node) && !silent.contains(row.id.node)) store.touch(row.id, wall);
      Actions actions;
      a.tick(now, wall, actions);
      for (const Action& action : actions) carry_out(action);
    }
  }

 private:
  void carry_out(const Action& action) {
    if (const auto* read = std::get_if<ReadStore>(&action)) a.on_read(read->number, now, store.read());
    if (const auto* put = std::get_if<PutMember>(&action))
      a.on_written(put->number, now, store.put_member(put->row, put->expected));
    if (const auto* touch = std::get_if<TouchMember>(&action))
      a.on_touched(touch->number, now, store.touch(touch->member, touch->alive));
    const auto* probe = std::get_if<SendProbe>(&action);
    if (!probe) return;
    probed.insert(probe->to.node);
    if (answering.contains(probe->to.node)) a.on_probe_answered(probe->to, probe->number);
  }
};

}  // namespace

TEST_CASE("membership: two votes make a member dead, where two could vote") {
  Watcher watcher;
  watcher.put("b", MemberStatus::active);
  watcher.put("c", MemberStatus::active);
  watcher.run(10s);
  REQUIRE(watcher.status_of("a") == MemberStatus::active);
  watcher.answering.erase("b");
  watcher.run(4s);
  CHECK(watcher.status_of("b") == MemberStatus::active);  // c has not voted
}

TEST_CASE("membership: nobody waits for the vote of a member that has just joined") {
  Watcher watcher;
  watcher.put("b", MemberStatus::active);
  watcher.run(10s);
  watcher.put("c", MemberStatus::active);
  watcher.run(1s);
  watcher.answering.erase("b");
  watcher.run(3s);
  CHECK(watcher.status_of("b") == MemberStatus::dead);
}

TEST_CASE("membership: one that was drained while it joined votes, as the others expect") {
  Watcher watcher;
  watcher.put("b", MemberStatus::active);
  watcher.run(500ms);
  MemberRow self = watcher.row_of("a");
  REQUIRE(self.status == MemberStatus::joining);
  self.status = MemberStatus::leaving;
  REQUIRE(watcher.store.put_member(self, watcher.store.read().version));
  watcher.run(10s);
  watcher.answering.erase("b");
  watcher.run(6s);
  CHECK(watcher.status_of("b") == MemberStatus::dead);
}

TEST_CASE("membership: nobody waits for what a member without a store would move or claim") {
  Watcher watcher;
  watcher.put("b", MemberStatus::active);
  watcher.run(10s);
  const auto moves = [&] { return mover(watcher.a.snapshot(), watcher.a.stale(watcher.now))->id.node; };
  const auto claims = [&] { return assign(watcher.a.snapshot(), {}, {0, 1}, watcher.a.stale(watcher.now)); };
  const auto is_b = [](const Relocation& claim) { return claim.to.node == "b"; };
  CHECK(moves() == "b");  // it has been there longer
  CHECK(std::ranges::any_of(claims(), is_b));
  watcher.silent.insert("b");  // it answers probes
  watcher.run(8s);
  CHECK(moves() == "a");
  CHECK(claims().size() == 2);
  CHECK(std::ranges::none_of(claims(), is_b));
}

TEST_CASE("membership: those that join take no watcher away") {
  Watcher watcher;
  for (const char* node : {"b", "c", "d", "e"}) watcher.put(node, MemberStatus::active);
  watcher.run(10s);
  const auto watched = [&] {
    std::set<std::string> out;
    for (const std::string& node : std::exchange(watcher.probed, {}))
      if (watcher.status_of(node) == MemberStatus::active) out.insert(node);
    return out;
  };
  watched();
  watcher.run(2s);
  const auto before = watched();
  CHECK(before.size() == MembershipOptions().neighbours);
  for (const char* node : {"u", "v", "w", "x", "y", "z"}) watcher.put(node, MemberStatus::joining);
  watcher.run(2s);
  watched();
  watcher.run(2s);
  CHECK(watched() == before);
}

TEST_CASE("membership: a cluster speaks the next version when all living members do") {
  Watcher newer(1, 2);
  newer.put("b", MemberStatus::active, 1, 1);
  newer.put("gone", MemberStatus::dead, 1, 1);
  newer.run(10s);
  CHECK(newer.status_of("a") == MemberStatus::active);
  CHECK(newer.row_of("a").wire_from == 1);
  newer.put("b", MemberStatus::active, 1, 2);
  newer.run(2s);
  CHECK(newer.row_of("a").wire_from == 2);
}

TEST_CASE("membership: a build that cannot read what the cluster writes does not join, and says why") {
  Watcher older;
  older.put("gone", MemberStatus::dead, 2, 2);
  older.run(2s);
  CHECK(older.a.reason() ==
        "the cluster speaks version 2, this build version 1: start the build that the other nodes run");
  CHECK(older.store.read().members.size() == 1);

  Watcher far_ahead(2, 3);
  far_ahead.put("b", MemberStatus::active, 1, 1);
  far_ahead.run(2s);
  CHECK(far_ahead.a.reason() == "member b speaks version 1, this build versions 2 to 3: upgrade one version at a time");

  Watcher next(2, 3);
  next.put("gone", MemberStatus::dead, 1, 1);
  next.put("b", MemberStatus::active, 2, 2);
  next.run(10s);
  CHECK(next.status_of("a") == MemberStatus::active);
  CHECK(next.row_of("a").wire_from == 2);
}

}  // namespace membership_test
