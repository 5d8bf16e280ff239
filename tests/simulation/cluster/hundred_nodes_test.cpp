// A hundred nodes that decide by themselves, by loads that each of them knows late and not exactly.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "tests/simulation/cluster/cluster_world.hpp"

namespace hundred_nodes_test {

using namespace caravan;
using namespace caravan::simulation;

namespace {

constexpr TrueTime all_start = 10 * second;      // at most
constexpr TrueTime evening_takes = 30 * second;  // at most
constexpr TrueTime is_rest = 4 * second;         // without a move

/// Who owns how much, by what is true.
struct Balance {
  explicit Balance(ClusterWorld& world) : rows(world.rows()), weights(world.loads->weights()) {
    for (const MemberRow& row : rows.members)
      if (row.status == MemberStatus::active) by_member[row.id];
    for (const ShardRow& row : rows.shards)
      if (const auto owner = by_member.find(row.owner); owner != by_member.end()) owner->second += weights[row.shard];
    for (const double weight : weights) total += weight;
  }
  double even() const { return total / static_cast<double>(by_member.size()); }
  /// How far the worst member is off the even load.
  double worst() const {
    double off = 0;
    for (const auto& [member, load] : by_member) off = std::max(off, std::abs(load / even() - 1));
    return off;
  }
  std::uint64_t owned_by(const MemberId& member) const {
    return static_cast<std::uint64_t>(std::ranges::count(rows.shards, member, &ShardRow::owner));
  }
  /// How many shards so many newcomers need at least to come within 10 % of the even load, if they got the heaviest
  /// ones.
  std::uint64_t least_for(std::size_t newcomers) const {
    std::vector<double> heaviest = weights;
    std::ranges::sort(heaviest, std::greater<>());
    const double load = 0.9 * total / static_cast<double>(by_member.size() + newcomers);
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < newcomers; ++i)
      for (double has = 0; has < load; ++count) has += heaviest[count];
    return count;
  }
  const MemberId& longest() const {
    return std::ranges::min_element(by_member, {}, [](const auto& item) { return item.first.incarnation; })->first;
  }

  ClusterSnapshot rows;
  std::vector<double> weights;
  std::map<MemberId, double> by_member;
  double total = 0;
};

bool moves(const ShardRow& row) { return row.phase != MovePhase::steady; }

std::unique_ptr<ClusterWorld> start_all(std::size_t nodes, std::uint32_t shards, cluster::BalanceLimits limits = {}) {
  const Setup setup{.machines = nodes, .shards = shards, .watch_every = second, .ownership = {.balance = limits}};
  auto world = std::make_unique<ClusterWorld>(1, false, cluster::MembershipOptions{}, Sabotage{}, setup);
  world->weather.quiet = true;
  world->loads = std::make_unique<Loads>(world->chance, shards);
  const auto is_active = [](const MemberRow& row) { return row.status == MemberStatus::active; };
  while (static_cast<std::size_t>(std::ranges::count_if(world->rows().members, is_active)) < nodes) {
    world->run(world->now() + 100 * millisecond);
    REQUIRE(world->now() < all_start);
  }
  world->share_out();
  return world;
}

/// False: moves go on and on.
bool comes_to_rest(ClusterWorld& world) {
  const TrueTime end = world.now() + evening_takes;
  for (TrueTime since = world.now(); world.now() - since < is_rest;) {
    const std::uint64_t before = world.moves;
    world.run(world.now() + second);
    if (world.moves != before || std::ranges::any_of(world.rows().shards, moves)) since = world.now();
    if (world.now() > end) return false;
  }
  return true;
}

/// Once all is even.
Balance rest(ClusterWorld& world) {
  CHECK(comes_to_rest(world));
  world.check_at_rest();
  for (const std::string& fault : world.faults()) FAIL_CHECK(fault);
  REQUIRE(world.faults().empty());
  Balance balance(world);
  CHECK(balance.worst() < 0.1);
  return balance;
}

}  // namespace

TEST_CASE("cluster: a hundred nodes even out what they know late and not exactly, by few moves") {
  const auto world = start_all(100, 2'048);
  const Balance before = rest(*world);
  CHECK(before.by_member.size() == 100);
  const std::uint64_t moves_before = world->moves;
  world->join();
  world->join();
  world->run(world->now() + 5 * second);
  const Balance joined = rest(*world);
  CHECK(joined.by_member.size() == 102);
  const MemberId leaves = std::next(joined.by_member.begin(), 50)->first;
  world->leave(leaves.node);
  world->run(world->now() + second);
  const Balance left = rest(*world);
  CHECK(left.by_member.size() == 101);
  const std::uint64_t least = before.least_for(2) + joined.owned_by(leaves);
  const std::uint64_t begun = world->moves - moves_before;
  CHECK(static_cast<double>(begun) <= 1.2 * static_cast<double>(least));

  const MemberId killed = left.longest();  // it began all moves
  const std::uint64_t claimed = left.owned_by(killed);
  world->kill(killed.node);
  world->run(world->now() + 6 * second);
  const Balance after = rest(*world);
  CHECK(after.by_member.size() == 100);
  CHECK(after.owned_by(killed) == 0);
  const std::uint64_t changed_hands = world->moves - moves_before + claimed;
  CHECK(static_cast<double>(changed_hands) <= 1.2 * static_cast<double>(least + claimed));
  MESSAGE("moves begun by two joins and a leave " << begun << ", at least needed " << least << "; changes of hands by "
                                                  << "these and a kill " << changed_hands << ", at least "
                                                  << least + claimed);
}

TEST_CASE("cluster: moves end, since they begin later than they rest") {
  CHECK(comes_to_rest(*start_all(50, 512)));
  CHECK_FALSE(comes_to_rest(*start_all(50, 512, {.begin = 0.05, .rest = 0.05})));
}

}  // namespace hundred_nodes_test
