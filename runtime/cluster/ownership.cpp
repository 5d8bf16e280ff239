#include "runtime/cluster/ownership.hpp"

#include <algorithm>
#include <limits>

namespace caravan::cluster {

bool Ownership::holds(std::uint32_t shard) const {
  const auto found = held_.find(shard);
  return found != held_.end() && found->second.state != Held::State::released;
}

std::uint64_t Ownership::epoch(std::uint32_t shard) const {
  const auto found = held_.find(shard);
  return found == held_.end() ? 0 : found->second.epoch;
}

void Ownership::observe(const ClusterSnapshot& snapshot, const MemberId& self, Moment now, Actions& out) {
  newest_.resize(snapshot.shards.size());
  std::map<MemberId, Moment> gone;
  for (const ShardRow& row : snapshot.shards) {
    newest_[row.shard] = std::max(newest_[row.shard], row.epoch);
    if (row.owner == self) {
      observe_own(row, now, out);
      continue;
    }
    const auto held = held_.find(row.shard);
    if (held != held_.end() && held->second.epoch < row.epoch) {
      if (held->second.state != Held::State::released) out.push_back(DropShard{row.shard});
      held_.erase(held);
    }
    if (row.owner.incarnation == 0 || is_alive(snapshot, row.owner)) continue;
    const auto known = gone_.find(row.owner);
    gone[row.owner] = known == gone_.end() ? now : known->second;
  }
  gone_ = std::move(gone);
}

void Ownership::observe_own(const ShardRow& row, Moment now, Actions& out) {
  const auto found = held_.find(row.shard);
  if (found == held_.end() || found->second.epoch > row.epoch) return;  // to be claimed; or read before our claim
  Held& held = found->second;
  if (held.epoch < row.epoch) {  // a claim of ours that we had given up on
    if (held.state != Held::State::released) out.push_back(DropShard{row.shard});
    held_.erase(found);
    return;
  }
  if (row.phase == MovePhase::leaving && held.state == Held::State::open) {
    held.state = Held::State::giving;
    held.giving_since = now;
    out.push_back(GiveUpShard{row.shard});
  } else if (row.phase == MovePhase::steady && held.state != Held::State::open) {
    // The move was called off. What was released is gone from memory: it is claimed again.
    // Our own PutMove `released` may still be under way: wait for it.
    if (held.state == Held::State::released && moving_.contains(row.shard)) return;
    if (held.state == Held::State::released) {
      held_.erase(found);
      return;
    }
    held.state = Held::State::open;
    out.push_back(OpenShard{row.shard, held.epoch});
  }
}

void Ownership::act(const ClusterSnapshot& snapshot, const MemberId& self, const std::set<MemberId>& stale, Moment now,
                    Actions& out) {
  has_settled_ = false;
  std::erase_if(claiming_, [&](const auto& claim) { return now - claim.second.since > store_patience_; });
  std::erase_if(moving_, [&](const auto& move) { return now - move.second > store_patience_; });
  release(snapshot, now, out);
  claim(snapshot, self, stale, now, out);
  if (const MemberRow* first = mover(snapshot, stale); first && first->id == self) begin_moves(snapshot, now, out);
}

/// Ends what this node does for shards that it gives up: from here on it neither writes to them nor answers for them.
void Ownership::release(const ClusterSnapshot& snapshot, Moment now, Actions& out) {
  for (auto& [shard, held] : held_) {
    if (held.state == Held::State::open || moving_.contains(shard)) continue;
    const ShardRow& row = snapshot.shards.at(shard);
    if (row.phase != MovePhase::leaving || row.epoch != held.epoch) continue;
    if (held.state == Held::State::giving && now - held.giving_since < options_.give_up_patience) continue;
    if (held.state != Held::State::released) out.push_back(DropShard{shard});
    held.state = Held::State::released;
    move(row, MovePhase::released, row.target, now, out);
  }
}

void Ownership::claim(const ClusterSnapshot& snapshot, const MemberId& self, const std::set<MemberId>& stale,
                      Moment now, Actions& out) {
  std::vector<std::uint32_t> orphans;
  std::vector<std::uint32_t> ours;
  for (const ShardRow& row : snapshot.shards) {
    const auto held = held_.find(row.shard);
    if (row.phase == MovePhase::released)  // by the owner itself: it has no lease to wait for
      orphans.push_back(row.shard);
    else if (row.owner == self && (held == held_.end() || held->second.epoch < row.epoch))
      ours.push_back(row.shard);
    else if (const auto since = gone_.find(row.owner);
             row.owner.incarnation == 0 || (since != gone_.end() && now - since->second >= claim_after_))
      orphans.push_back(row.shard);
  }
  if (is_active(snapshot, self))
    // Not by loads: members know different ones, and here all must come to the same.
    for (const Relocation& relocation : assign(snapshot, {}, std::move(orphans), stale))
      if (relocation.to == self) ours.push_back(relocation.shard);
  for (const std::uint32_t shard : ours) {
    if (claiming_.size() >= options_.claims_at_once) break;
    const std::uint64_t expected = snapshot.shards[shard].epoch;
    if (epoch(shard) > expected || !claiming_.try_emplace(shard, Claim{expected, now}).second) continue;
    out.push_back(ClaimShard{shard, expected});
  }
}

void Ownership::begin_moves(const ClusterSnapshot& snapshot, Moment now, Actions& out) {
  if (now < next_balance_) return;
  next_balance_ = now + options_.balance_every;
  for (const ShardRow& row : snapshot.shards)
    if (row.phase == MovePhase::leaving && !is_active(snapshot, row.target) && is_alive(snapshot, row.owner))
      move(row, MovePhase::steady, {}, now, out);
  BalanceLimits limits = options_.balance;
  if (snapshot.is_paused) limits.begin = std::numeric_limits<double>::infinity();
  for (const Relocation& relocation : plan_moves(snapshot, loads_, limits))
    move(snapshot.shards.at(relocation.shard), MovePhase::leaving, relocation.to, now, out);
}

void Ownership::move(const ShardRow& was, MovePhase phase, const MemberId& target, Moment now, Actions& out) {
  if (moving_.try_emplace(was.shard, now).second) out.push_back(PutMove{was, phase, target});
}

void Ownership::on_claimed(std::uint32_t shard, std::optional<std::uint64_t> epoch_now, Actions& out) {
  claiming_.erase(shard);
  if (!epoch_now || *epoch_now <= epoch(shard)) return;
  if (shard < newest_.size() && newest_[shard] > *epoch_now) return;  // it came too late
  if (holds(shard)) out.push_back(DropShard{shard});
  held_[shard] = {.epoch = *epoch_now};
  out.push_back(OpenShard{shard, *epoch_now});
}

void Ownership::settled(std::uint32_t shard) {
  const auto found = held_.find(shard);
  if (found != held_.end() && found->second.state == Held::State::giving) {
    found->second.state = Held::State::settled;
    has_settled_ = true;
  }
}

void Ownership::drop_all(Actions& out) {
  for (const auto& [shard, held] : held_)
    if (held.state != Held::State::released) out.push_back(DropShard{shard});
  held_.clear();
  claiming_.clear();
  moving_.clear();
}

}  // namespace caravan::cluster
