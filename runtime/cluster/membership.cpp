#include "runtime/cluster/membership.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "actors/values/stable_hash.hpp"

namespace caravan::cluster {

const MemberRow* find_member(const ClusterSnapshot& snapshot, const MemberId& member) {
  const auto found = std::ranges::find(snapshot.members, member, &MemberRow::id);
  return found == snapshot.members.end() ? nullptr : &*found;
}

bool is_alive(const ClusterSnapshot& snapshot, const MemberId& member) {
  const MemberRow* row = find_member(snapshot, member);
  return row && row->status != MemberStatus::dead;
}

bool is_active(const ClusterSnapshot& snapshot, const MemberId& member) {
  const MemberRow* row = find_member(snapshot, member);
  return row && row->status == MemberStatus::active;
}

bool has_left(const MemberRow& row) { return row.status == MemberStatus::dead && row.votes.empty(); }

void mark_left(MemberRow& row) {
  row.status = MemberStatus::dead;
  row.votes.clear();
}

Membership::Membership(MembershipOptions options, Self self, std::uint64_t seed)
    : options_(options), self_(std::move(self)), random_(seed), id_{self_.node, 0} {
  // The dead owner's clock may be a tenth slow and the claimant's a tenth fast: 10/9 times 11/10 of the lease.
  if (options_.claim_after * 9 < options_.lease * 11)
    throw std::invalid_argument("claim_after must be longer than the lease by two tenths and more");
  if (options_.probation < options_.vote_life)
    throw std::invalid_argument("probation must not be shorter than a vote's life");
}

void Membership::stop(std::string reason) {
  phase_ = Phase::stopped;
  reason_ = std::move(reason);
}

/// Forgets the silence of others up to now: it may be our own fault, or the store's.
void Membership::start_over(Moment now) {
  for (auto& [member, seen] : lives_) seen.since = now;
  former_since_.reset();
}

void Membership::expire(Moment now) {
  if (last_tick_ != Moment{} && now - last_tick_ > options_.freeze) {
    start_over(now);
    for (auto& [member, probe] : probes_) probe = {.ever_answered = probe.ever_answered};
  }
  last_tick_ = now;
  if (operation_ && now - operation_->started > options_.store_patience) {
    operation_.reset();
    start_over(now);
    next_read_ = now;
  }
  if (touch_ && now - touch_->started > options_.store_patience) {
    touch_.reset();
    start_over(now);
  }
  for (auto& [member, probe] : probes_)
    if (probe.number != 0 && now - probe.sent > options_.probe_patience) {
      probe.number = 0;
      ++probe.misses;
    }
}

void Membership::tick(Moment now, Time wall, Actions& out) {
  if (phase_ == Phase::stopped) return;
  expire(now);
  if (!operation_ && std::exchange(is_new_, false)) {
    if (auto write = next_write(now, wall)) {
      operation_ = Operation{++numbers_, now, phase_ == Phase::outside ? write->row.id : MemberId{}};
      if (write->forgets)
        out.push_back(ForgetMember{numbers_, write->row.id.node, snapshot_.version});
      else
        out.push_back(PutMember{numbers_, std::move(write->row), snapshot_.version});
    }
  }
  if (phase_ == Phase::stopped) return;
  if (!operation_ && now >= next_read_) {
    operation_ = Operation{++numbers_, now, {}};
    out.push_back(ReadStore{numbers_});
  }
  if (phase_ != Phase::inside) return;
  if (!touch_ && now >= next_touch_) {
    touch_ = Operation{++numbers_, now, {}};
    next_touch_ = now + options_.alive_every;
    out.push_back(TouchMember{numbers_, id_, wall});
  }
  if (now >= next_probe_) probe(now, out);
}

void Membership::probe(Moment now, Actions& out) {
  next_probe_ = now + options_.probe_every;
  for (auto& [member, probe] : probes_) {
    if (probe.number != 0) continue;
    probe.number = ++numbers_;
    probe.sent = now;
    out.push_back(SendProbe{member, probe.number});
  }
}

bool Membership::on_read(std::uint64_t number, Moment now, std::optional<ClusterSnapshot> snapshot) {
  if (phase_ == Phase::stopped || !operation_ || operation_->number != number) return false;
  const Moment started = operation_->started;
  operation_.reset();
  next_read_ = now + options_.read_every;
  if (!snapshot) {
    start_over(now);
    return false;
  }
  if (now - last_read_ > options_.freeze + options_.read_every) start_over(now);
  last_read_ = now;
  snapshot_ = std::move(*snapshot);
  is_new_ = true;
  if (phase_ == Phase::inside) read_own_row();
  if (phase_ == Phase::stopped) return true;
  if (phase_ == Phase::inside) {
    lease_until_ = std::max(lease_until_, started + options_.lease);
    // A member that is drained while it joins votes too, since the others count it among those who could.
    if (status_ != MemberStatus::joining && !active_since_) active_since_ = now;
  }
  observe(now);
  choose_neighbours();
  return true;
}

void Membership::read_own_row() {
  const MemberRow* row = find_member(snapshot_, id_);
  if (!row) return stop("another life of node " + self_.node + " has taken its place");
  status_ = row->status;
  if (status_ != MemberStatus::dead) return;
  if (wants_to_depart_) return stop("left");
  std::string by;
  for (const Suspicion& vote : row->votes) by += (by.empty() ? "" : ", ") + to_text(vote.voter);
  by = "declared dead by " + (by.empty() ? "an operator" : by);
  if (!active_since_ && !row->votes.empty())
    by += " before it was active: they cannot reach it at " + self_.link_address +
          ", or do not trust its certificate: see link-address, link-ca and link-cert, and their logs";
  stop(by);
}

void Membership::observe(Moment now) {
  std::map<MemberId, Seen> lives;
  std::map<MemberId, Moment> voters;
  std::map<std::pair<MemberId, MemberId>, Seen> votes;
  for (const MemberRow& row : snapshot_.members) {
    if (row.status == MemberStatus::dead) continue;
    const auto life = lives_.find(row.id);
    lives[row.id] = life != lives_.end() && life->second.value == row.alive ? life->second : Seen{row.alive, now};
    if (row.status != MemberStatus::joining) {
      const auto voter = voters_.find(row.id);
      voters[row.id] = voter == voters_.end() ? now : voter->second;
    }
    for (const Suspicion& vote : row.votes) {
      const auto known = votes_.find({row.id, vote.voter});
      votes[{row.id, vote.voter}] =
          known != votes_.end() && known->second.value == vote.at ? known->second : Seen{vote.at, now};
    }
  }
  lives_ = std::move(lives);
  voters_ = std::move(voters);
  votes_ = std::move(votes);
}

void Membership::choose_neighbours() {
  if (phase_ != Phase::inside) return;
  struct Place {
    std::uint64_t hash = 0;
    MemberId member;
    bool may_vote = false;
  };
  std::vector<Place> ring;
  for (const MemberRow& row : snapshot_.members)
    if (row.status != MemberStatus::dead)
      ring.push_back({stable_hash(to_text(row.id)), row.id, row.status != MemberStatus::joining});
  std::ranges::sort(ring, {}, [](const Place& place) { return std::tie(place.hash, place.member); });
  const auto own = std::ranges::find(ring, id_, &Place::member);
  std::map<MemberId, Probe> probes;
  const auto at = static_cast<std::size_t>(own - ring.begin());
  // Those that may vote count: each member is to be watched by as many of them, however many join. One that joins has
  // no vote, and only asks whether it is reached: were all to answer it, a hundred could not begin at once.
  const bool has_vote = status_ != MemberStatus::joining;
  for (std::size_t i = 1, counted = 0; i < ring.size() && counted < options_.neighbours; ++i) {
    const Place& place = ring[(at + i) % ring.size()];
    const auto known = probes_.find(place.member);
    probes[place.member] = known == probes_.end() ? Probe{} : known->second;
    counted += place.may_vote || !has_vote ? 1 : 0;
  }
  probes_ = std::move(probes);
}

void Membership::on_written(std::uint64_t number, Moment now, std::optional<bool> landed) {
  if (phase_ == Phase::stopped || !operation_ || operation_->number != number) return;
  if (landed == true && operation_->joins.incarnation != 0) {
    id_ = operation_->joins;
    phase_ = Phase::inside;
    next_touch_ = now + options_.alive_every;
  }
  operation_.reset();
  if (!landed) start_over(now);
  // Many write at once when somebody dies: who came too late tries again a little later, not all at the same time.
  next_read_ = landed == true ? now : now + Millis(random_() % 100);
}

void Membership::on_touched(std::uint64_t number, Moment now, bool landed) {
  if (!touch_ || touch_->number != number) return;
  touch_.reset();
  if (!landed) start_over(now);
}

void Membership::on_probe_answered(const MemberId& member, std::uint64_t number) {
  const auto found = probes_.find(member);
  if (found == probes_.end() || found->second.number != number || number == 0) return;
  found->second = {.ever_answered = true};
}

}  // namespace caravan::cluster
