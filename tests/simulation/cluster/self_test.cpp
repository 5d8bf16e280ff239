// Rules broken on purpose: the checks must see it. And the balancer, over a hundred nodes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/simulation/cluster/cluster_world.hpp"

namespace self_test {

using namespace caravan;
using namespace caravan::simulation;
using namespace std::chrono_literals;

namespace {

/// In which of so many storms, at the earliest, a fault with that text is found; 0: in none.
std::uint64_t first_seen(const Sabotage& sabotage, std::string_view text, std::uint64_t storms = 300) {
  for (std::uint64_t seed = 1; seed <= storms; ++seed) {
    ClusterWorld world(seed, false, {}, sabotage);
    world.run(15 * second);
    for (int i = 0; i < 15 && world.faults().empty(); ++i) {
      world.trouble();
      world.run(world.now() + world.chance.between(50, 4'000) * millisecond);
    }
    if (std::ranges::any_of(world.faults(),
                            [&](const std::string& fault) { return fault.find(text) != std::string::npos; }))
      return seed;
  }
  return 0;
}

/// A cluster as rows, whose moves end at once.
struct Fleet {
  explicit Fleet(std::size_t shards, std::uint64_t seed) : chance(seed) {
    for (std::uint32_t shard = 0; shard < shards; ++shard) {
      rows.shards.push_back({shard, 1, {}, MovePhase::steady, {}});
      loads.push_back(static_cast<double>(chance.between(50, 150)));
    }
  }
  void join() {
    MemberRow row;
    row.id = {"n" + std::to_string(++incarnations), incarnations};
    row.status = MemberStatus::active;
    rows.members.push_back(row);
  }
  std::size_t move_all() {
    std::size_t moves = 0;
    while (true) {
      const auto plan = cluster::plan_moves(rows, loads, {});
      if (plan.empty()) return moves;
      CHECK(plan.size() <= cluster::BalanceLimits{}.moves);
      for (const auto& [shard, to] : plan) rows.shards[shard].owner = to;
      moves += plan.size();
      REQUIRE(moves < rows.shards.size());
    }
  }
  std::size_t claim_orphans() {
    std::vector<std::uint32_t> orphans;
    for (const ShardRow& row : rows.shards)
      if (!cluster::is_alive(rows, row.owner)) orphans.push_back(row.shard);
    for (const auto& [shard, to] : cluster::assign(rows, loads, orphans)) rows.shards[shard].owner = to;
    return orphans.size();
  }
  std::map<MemberId, double> by_member() const {
    std::map<MemberId, double> out;
    for (const MemberRow& row : rows.members)
      if (row.status == MemberStatus::active) out[row.id];
    for (const ShardRow& row : rows.shards) out[row.owner] += loads[row.shard];
    return out;
  }
  double even() const {
    double total = 0;
    for (const double load : loads) total += load;
    return total / static_cast<double>(by_member().size());
  }
  /// How far the worst member is off the even load.
  double worst() const {
    double off = 0;
    for (const auto& [member, load] : by_member()) off = std::max(off, std::abs(load / even() - 1));
    return off;
  }
  std::size_t owned_by(const MemberId& member) const {
    return static_cast<std::size_t>(std::ranges::count(rows.shards, member, &ShardRow::owner));
  }

  Chance chance;
  ClusterSnapshot rows;
  std::vector<double> loads;
  std::uint64_t incarnations = 0;
};

/// How many shards a newcomer needs at least to come within 10 % of the even load, if it got the heaviest ones.
std::size_t least_for_newcomer(const Fleet& fleet) {
  std::vector<double> heaviest = fleet.loads;
  std::ranges::sort(heaviest, std::greater<>());
  double load = 0;
  std::size_t count = 0;
  while (load < 0.9 * fleet.even()) load += heaviest[count++];
  return count;
}

}  // namespace

TEST_CASE("cluster self test: a lease that outlives its shard's next owner is seen, and refused") {
  cluster::MembershipOptions options;
  options.claim_after = 500ms;
  CHECK_THROWS_AS(cluster::Membership(options, {}, 1), std::invalid_argument);
  CHECK(first_seen({.lease_is_longer = true}, " is answered for by ") > 0);
}

TEST_CASE("cluster self test: a store that takes a member's row from who read an older one lets the dead come back") {
  CHECK(first_seen({.store_compares = false}, " came back from the dead") > 0);
}

TEST_CASE("cluster self test: a store that says to two that they have claimed a shard makes two owners") {
  CHECK(first_seen({.claims_are_compared = false}, " has two owners under epoch ") > 0);
}

TEST_CASE("cluster self test: a store that refuses nobody takes what is not its owner's") {
  CHECK(first_seen({.store_fences = false}, " landed that is not its owner's") > 0);
}

TEST_CASE("cluster balancer: a hundred nodes are evenly loaded, by few moves, when nodes join, leave and die") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    Fleet fleet(4'096, seed);
    for (int i = 0; i < 100; ++i) fleet.join();
    fleet.claim_orphans();
    CHECK(fleet.move_all() == 0);
    CHECK(fleet.worst() < 0.1);
    double moved = 0, least = 0;
    for (int round = 0; round < 30; ++round) {
      const std::size_t i = fleet.chance.below(fleet.rows.members.size());
      const MemberId member = fleet.rows.members[i].id;
      const int what = static_cast<int>(fleet.chance.below(3));
      if (what == 0) {
        fleet.join();
        least += static_cast<double>(least_for_newcomer(fleet));
      } else {
        least += static_cast<double>(fleet.owned_by(member));
        if (what == 1) fleet.rows.members[i].status = MemberStatus::leaving;
        if (what == 2) fleet.rows.members[i].status = MemberStatus::dead;
        moved += static_cast<double>(fleet.claim_orphans());
      }
      moved += static_cast<double>(fleet.move_all());
      CHECK(fleet.worst() < 0.1);
      if (what != 0) CHECK(fleet.owned_by(member) == 0);
      std::erase_if(fleet.rows.members, [](const MemberRow& row) { return row.status != MemberStatus::active; });
    }
    MESSAGE("moves " << moved << ", at least needed " << least);
    CHECK(moved <= 1.2 * least);
  }
}

TEST_CASE("cluster balancer: what is nearly even stays, what leaves moves slowly, and a lost owner comes first") {
  Fleet fleet(60, 1);
  fleet.loads.assign(60, 1);
  for (int i = 0; i < 3; ++i) fleet.join();
  fleet.claim_orphans();
  CHECK(fleet.worst() == 0);
  fleet.rows.shards[0].owner = fleet.rows.members[fleet.rows.shards[0].owner == fleet.rows.members[0].id ? 1 : 0].id;
  CHECK(cluster::plan_moves(fleet.rows, fleet.loads, {}).empty());  // 5 % off
  fleet.rows.members[2].status = MemberStatus::leaving;
  CHECK(cluster::plan_moves(fleet.rows, fleet.loads, {}).size() == cluster::BalanceLimits{}.drain_moves);
  fleet.rows.members[1].status = MemberStatus::dead;
  CHECK(cluster::plan_moves(fleet.rows, fleet.loads, {}).empty());
}

}  // namespace self_test
