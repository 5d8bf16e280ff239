#include <doctest/doctest.h>

#include "runtime/cluster/membership.hpp"
#include "storage/cluster/memory_cluster_store.hpp"
#include "tests/testkit/entity.hpp"

using namespace caravan;
using namespace caravan::cluster;
using namespace std::chrono_literals;

namespace {

/// A member "a" that looks at others, which a test puts into the store and lets answer probes or not.
struct Watcher {
  MemoryClusterStore store{std::make_shared<MemoryFile>(4)};
  Membership a{{}, {.node = "a", .link_address = "a:1", .http_address = {}, .version = {}}, 1};
  Moment now{1h};
  std::set<std::string> answering;

  Watcher() { a.be_ready(); }

  void put(const std::string& node, MemberStatus status) {
    const ClusterSnapshot rows = store.read();
    MemberRow row;
    row.id = {node, rows.version + 1};
    row.status = status;
    REQUIRE(store.put_member(row, rows.version));
    answering.insert(node);
  }
  MemberStatus status_of(const std::string& node) {
    for (const MemberRow& row : store.read().members)
      if (row.id.node == node) return row.status;
    return MemberStatus::dead;
  }

  void run(Millis time) {
    for (const Moment end = now + time; now < end; now += 50ms) {
      const Time wall = testkit::test_start + std::chrono::duration_cast<Duration>(now.time_since_epoch());
      for (const MemberRow& row : store.read().members)
        if (answering.contains(row.id.node)) store.touch(row.id, wall);
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
    if (const auto* probe = std::get_if<SendProbe>(&action); probe && answering.contains(probe->to.node))
      a.on_probe_answered(probe->to, probe->number);
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
