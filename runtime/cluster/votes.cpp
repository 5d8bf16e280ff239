// What a member writes: it joins, becomes active, leaves, and votes.
#include <algorithm>

#include "runtime/cluster/membership.hpp"

namespace caravan::cluster {

std::optional<Membership::NextWrite> Membership::next_write(Moment now, Time wall) {
  if (phase_ == Phase::outside) return join(now, wall);
  const MemberRow* own = find_member(snapshot_, id_);
  if (!own) return std::nullopt;
  MemberRow row = *own;
  if (wants_to_leave_ && status_ != MemberStatus::leaving)
    row.status = MemberStatus::leaving;
  else if (wants_to_depart_ && status_ == MemberStatus::leaving)
    mark_left(row);
  else if (is_ready_ && status_ == MemberStatus::joining && is_reachable(now))
    row.status = MemberStatus::active;
  else if (row.wire_from < common_version())
    row.wire_from = common_version();  // who speaks less cannot join from here on
  else
    return vote(now, wall);
  return NextWrite{std::move(row)};
}

/// The newest version that all living members speak.
std::uint32_t Membership::common_version() const {
  std::uint32_t version = self_.wire_to;
  for (const MemberRow& row : snapshot_.members)
    if (row.status != MemberStatus::dead) version = std::min(version, row.wire_to);
  return version;
}

/// Why this build can neither talk to the members that live, nor read what those that are gone have written; empty: it
/// can.
std::string Membership::version_fault() const {
  const auto range = [](std::uint32_t from, std::uint32_t to) {
    return from == to ? "version " + std::to_string(to)
                      : "versions " + std::to_string(from) + " to " + std::to_string(to);
  };
  const std::string own = ", this build " + range(self_.wire_from, self_.wire_to);
  for (const MemberRow& row : snapshot_.members) {
    const bool is_too_old = row.wire_to < self_.wire_from && row.status != MemberStatus::dead;
    if (is_too_old && row.id.node != self_.node)
      return "member " + row.id.node + " speaks " + range(row.wire_from, row.wire_to) + own +
             ": upgrade one version at a time";
    if (row.wire_from > self_.wire_to)
      return "the cluster speaks " + range(row.wire_from, row.wire_from) + own +
             ": start the build that the other nodes run";
  }
  return {};
}

std::optional<Membership::NextWrite> Membership::join(Moment now, Time wall) {
  if (const std::string fault = version_fault(); !fault.empty()) {
    stop(fault);
    return std::nullopt;
  }
  std::size_t dead = 0;
  std::uint32_t spoken = self_.wire_from;
  const MemberRow* oldest = nullptr;
  for (const MemberRow& row : snapshot_.members) {
    spoken = std::max(spoken, row.wire_from);
    if (row.id.node == self_.node && row.status != MemberStatus::dead) {
      // A former life may be gone, or be another process under our name: that one shows signs of life.
      if (!former_since_) former_since_ = now;
      if (lives_.at(row.id).since > *former_since_) {
        stop("another process is node " + self_.node + " (" + row.link_address + "): give this one another name");
        return std::nullopt;
      }
      if (now - *former_since_ < options_.alive_every * 3 / 2) return std::nullopt;
    }
    if (row.status == MemberStatus::dead) {
      ++dead;
      if (row.id.node != self_.node && (!oldest || row.id.incarnation < oldest->id.incarnation)) oldest = &row;
    }
  }
  if (oldest && dead > options_.dead_rows) return NextWrite{*oldest, true};
  MemberRow row;
  row.id = {self_.node, snapshot_.version + 1};  // the version rises with every life: no two have the same
  row.link_address = self_.link_address;
  row.http_address = self_.http_address;
  row.version = self_.version;
  row.wire_from = spoken;  // what the cluster spoke once is in its journal
  row.wire_to = self_.wire_to;
  row.started = row.alive = wall;
  return NextWrite{std::move(row)};
}

bool Membership::is_silent(const MemberRow& row, Moment now, Millis since) const {
  const auto found = lives_.find(row.id);
  return row.id != id_ && found != lives_.end() && now - found->second.since > since;
}

bool Membership::is_suspect(const MemberRow& row, Moment now) const {
  const auto found = probes_.find(row.id);
  return found != probes_.end() &&
         (found->second.misses >= options_.misses || is_silent(row, now, options_.silent_after));
}

std::set<MemberId> Membership::stale(Moment now) const {
  std::set<MemberId> out;
  for (const MemberRow& row : snapshot_.members)
    if (is_stale(row, now)) out.insert(row.id);
  return out;
}

/// Every neighbour has answered a probe; those that give no signs of life in the store do not count.
bool Membership::is_reachable(Moment now) const {
  return std::ranges::all_of(probes_, [&](const auto& probe) {
    const MemberRow* row = find_member(snapshot_, probe.first);
    return probe.second.ever_answered || !row || is_stale(*row, now);
  });
}

/// Whether this node counts the member among those who could vote. A member that is new does not vote yet, so it does
/// not count. But while this node is itself new it counts all the same: both may have started together, and then one
/// vote alone must not kill.
bool Membership::may_vote(const MemberRow& row, Moment now) const {
  const auto since = voters_.find(row.id);
  if (since == voters_.end() || is_stale(row, now)) return false;
  return now - since->second >= options_.probation || !active_since_ || now - *active_since_ < 2 * options_.probation;
}

std::size_t Membership::votes_needed(const MemberRow& row, Moment now) const {
  const auto voters = static_cast<std::size_t>(std::ranges::count_if(
      snapshot_.members, [&](const MemberRow& voter) { return voter.id != row.id && may_vote(voter, now); }));
  return std::clamp<std::size_t>(voters, 1, options_.votes);
}

std::optional<Membership::NextWrite> Membership::vote(Moment now, Time wall) const {
  if (!active_since_ || now - *active_since_ < options_.probation) return std::nullopt;
  for (const MemberRow& row : snapshot_.members) {
    if (row.status == MemberStatus::dead || row.id == id_ || !is_suspect(row, now)) continue;
    MemberRow next = row;
    next.votes.clear();
    bool voted_lately = false;
    for (const Suspicion& vote : row.votes) {
      const auto age = now - votes_.at({row.id, vote.voter}).since;
      if (vote.voter == id_)
        voted_lately = age < options_.vote_life / 2;
      else if (age < options_.vote_life && is_alive(snapshot_, vote.voter))
        next.votes.push_back(vote);
    }
    next.votes.push_back({id_, wall});
    if (next.votes.size() >= votes_needed(row, now))
      next.status = MemberStatus::dead;
    else if (voted_lately)
      continue;
    return NextWrite{std::move(next)};
  }
  return std::nullopt;
}

}  // namespace caravan::cluster
