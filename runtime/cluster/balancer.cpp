#include "runtime/cluster/balancer.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "actors/values/stable_hash.hpp"

namespace caravan::cluster {

namespace {

constexpr double least_rate = 100;   // work items a second in all; the further below it, the more alike shards weigh
constexpr double base_weight = 0.5;  // a shard costs something by being there

/// Loads by member, as they will be when the moves under way have ended.
class Books {
 public:
  Books(const ClusterSnapshot& snapshot, std::span<const double> loads) : loads_(loads) {
    for (const MemberRow& row : snapshot.members)
      if (row.status == MemberStatus::active) active_[row.id];
    for (const ShardRow& row : snapshot.shards) {
      const MemberId& holder = heir(row);
      const auto found = active_.find(holder);
      if (found == active_.end()) continue;
      found->second.load += load_of(row.shard);
      if (row.phase == MovePhase::steady) found->second.shards.push_back(row.shard);
    }
  }

  double load_of(std::uint32_t shard) const { return shard < loads_.size() ? loads_[shard] : 1; }
  /// Who has the shard when its move has ended.
  const MemberId& heir(const ShardRow& row) const {
    return row.phase != MovePhase::steady && active_.contains(row.target) ? row.target : row.owner;
  }

  struct Account {
    double load = 0;
    std::vector<std::uint32_t> shards;  // that may move
  };
  std::map<MemberId, Account>& active() { return active_; }
  void leave_out(const MemberId& member) { active_.erase(member); }

  /// Ties go by a hash of shard and member, so that equal members are not filled in the order of their names.
  std::map<MemberId, Account>::iterator least_loaded(std::uint32_t shard) {
    return std::ranges::min_element(active_, {}, [shard](const auto& account) {
      return std::pair(account.second.load, stable_hash(to_text(account.first) + '#' + std::to_string(shard)));
    });
  }
  void give(Account& account, std::uint32_t shard) { account.load += load_of(shard); }
  void take(Account& account, std::uint32_t shard) {
    account.load -= load_of(shard);
    std::erase(account.shards, shard);
  }
  void sort_by_weight(std::vector<std::uint32_t>& shards) const {
    std::ranges::sort(shards, [this](std::uint32_t a, std::uint32_t b) {
      return std::pair(-load_of(a), a) < std::pair(-load_of(b), b);
    });
  }

 private:
  const std::span<const double> loads_;
  std::map<MemberId, Account> active_;
};

using Entry = std::pair<const MemberId, Books::Account>;

/// The heaviest shard that may go from the one to the other without taking either beyond the bounds; else the lightest
/// that makes them more alike.
std::optional<std::uint32_t> best_to_move(const Books& books, const Books::Account& from, const Books::Account& to,
                                          double low, double high) {
  std::optional<std::uint32_t> best, lightest;
  const auto is_heavier = [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(books.load_of(a), b) > std::pair(books.load_of(b), a);
  };
  for (const std::uint32_t shard : from.shards) {
    const double load = books.load_of(shard);
    if (from.load - load >= low && to.load + load <= high && (!best || is_heavier(shard, *best))) best = shard;
    if (to.load + load < from.load && (!lightest || is_heavier(*lightest, shard))) lightest = shard;
  }
  return best ? best : lightest;
}

/// One move towards even loads; none where all are within `rest`, or nothing can be made better.
std::optional<Relocation> even_out(Books& books, double even, double rest) {
  std::vector<Entry*> by_load;
  for (Entry& entry : books.active()) by_load.push_back(&entry);
  std::ranges::sort(by_load, {}, [](const Entry* entry) { return std::pair(entry->second.load, entry->first); });
  const double low = even * (1 - rest), high = even * (1 + rest);
  Entry& coldest = *by_load.front();
  Entry& hottest = *by_load.back();
  const auto move = [&](Entry& from, Entry& to) -> std::optional<Relocation> {
    const auto shard = best_to_move(books, from.second, to.second, low, high);
    if (!shard) return std::nullopt;
    books.take(from.second, *shard);
    books.give(to.second, *shard);
    return Relocation{*shard, to.first};
  };
  // The one that is farther off first: it gives or gets, the other side is whoever has most or least.
  if (hottest.second.load > high && hottest.second.load - even >= even - coldest.second.load)
    return move(hottest, coldest);
  if (coldest.second.load >= low) return std::nullopt;
  for (auto from = by_load.rbegin(); from + 1 != by_load.rend(); ++from)
    if ((*from)->second.load > even * 0.999)  // loads are sums of fractions: who has just its share may seem below it
      if (const auto moved = move(**from, coldest)) return moved;
  return move(hottest, coldest);
}

}  // namespace

std::vector<double> weights_of(std::span<const ShardLoad> loads) {
  double total = 0;
  for (const ShardLoad& load : loads) total += static_cast<double>(load.rate);
  if (total <= 0) return {};
  // With more work the weights go gradually from all equal to those of the work. With a step at some bound, a cluster
  // whose work goes to and fro about that bound would send its shards to and fro.
  const double share = std::min(1.0, total / least_rate) * (1 - base_weight);
  std::vector<double> weights;
  for (const ShardLoad& load : loads)
    weights.push_back(1 - share + share * static_cast<double>(load.rate * loads.size()) / total);
  return weights;
}

const MemberRow* mover(const ClusterSnapshot& snapshot, const std::set<MemberId>& stale) {
  const MemberRow* first = nullptr;
  for (const MemberRow& row : snapshot.members)
    if (row.status == MemberStatus::active && !stale.contains(row.id) &&
        (!first || row.id.incarnation < first->id.incarnation))
      first = &row;
  return first;
}

std::vector<Relocation> assign(const ClusterSnapshot& snapshot, std::span<const double> loads,
                               std::vector<std::uint32_t> orphans, const std::set<MemberId>& stale) {
  Books books(snapshot, loads);
  for (const MemberId& member : stale) books.leave_out(member);
  std::vector<Relocation> out;
  if (books.active().empty()) return out;
  books.sort_by_weight(orphans);
  for (const std::uint32_t shard : orphans) {
    const ShardRow& row = snapshot.shards.at(shard);
    if (books.active().contains(books.heir(row))) {
      out.push_back({shard, books.heir(row)});
      continue;
    }
    const auto least = books.least_loaded(shard);
    books.give(least->second, shard);
    out.push_back({shard, least->first});
  }
  return out;
}

std::vector<Relocation> plan_moves(const ClusterSnapshot& snapshot, std::span<const double> loads,
                                   const BalanceLimits& limits) {
  Books books(snapshot, loads);
  std::vector<Relocation> out;
  std::size_t under_way = 0, drains = 0;
  std::vector<std::uint32_t> to_drain;
  double total = 0;
  for (const ShardRow& row : snapshot.shards) {
    total += books.load_of(row.shard);
    if (!is_alive(snapshot, row.owner)) return {};
    const bool is_drained = !is_active(snapshot, row.owner);
    if (row.phase != MovePhase::steady) {
      ++under_way;
      if (is_drained) ++drains;
    } else if (is_drained) {
      to_drain.push_back(row.shard);
    }
  }
  if (books.active().empty()) return {};
  books.sort_by_weight(to_drain);
  for (const std::uint32_t shard : to_drain) {
    if (under_way >= limits.moves || drains >= limits.drain_moves) break;
    const auto least = books.least_loaded(shard);
    books.give(least->second, shard);
    out.push_back({shard, least->first});
    ++under_way;
    ++drains;
  }
  if (!to_drain.empty()) return out;  // leaving members first: evening out meanwhile would move shards twice

  const double even = total / static_cast<double>(books.active().size());
  const bool is_uneven = std::ranges::any_of(
      books.active(), [&](const auto& account) { return std::abs(account.second.load - even) > even * limits.begin; });
  if (!is_uneven) return out;
  for (; under_way < limits.moves; ++under_way) {
    const auto next = even_out(books, even, limits.rest);
    if (!next) break;
    out.push_back(*next);
  }
  return out;
}

}  // namespace caravan::cluster
