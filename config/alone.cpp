#include "config/alone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>

#include "runtime/spoken_versions.hpp"
#include "storage/cluster/open.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

constexpr auto sign_every = 1s;
constexpr auto sign_life = 3s;

}  // namespace

void refuse_living_members(const Settings& settings) {
  if (settings.journal.empty()) return;
  const auto store = open_cluster_store(settings.journal, settings.data);
  const auto living = [&] {
    std::map<MemberId, Time> lives;
    for (const MemberRow& row : store->read().members)
      if (row.status != MemberStatus::dead) lives[row.id] = row.alive;
    return lives;
  };
  const std::uint32_t newest = spoken_versions().newest;
  for (const MemberRow& row : store->read().members)
    if (row.wire_from > newest)
      throw StorageError(
          fmt::format("a cluster that speaks version {} has written this journal, this build reads {} at "
                      "most: start the build that node {} ran",
                      row.wire_from, newest, row.id.node));
  const std::map<MemberId, Time> before = living();
  if (before.empty()) return;
  const auto end = std::chrono::steady_clock::now() + cluster::MembershipOptions().alive_every * 2;
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(100ms);
    for (const auto& [member, alive] : living())
      if (const auto was = before.find(member); was == before.end() || was->second != alive)
        throw StorageError("node " + member.node +
                           " of a cluster works with this journal: stop its nodes first, or be one of them (`caravan "
                           "serve --cluster on`)");
  }
}

void refuse_node_alone(ClusterStore& store) {
  const std::string before = store.read().alone;
  if (before.empty()) return;
  for (const auto end = std::chrono::steady_clock::now() + sign_life; std::chrono::steady_clock::now() < end;) {
    std::this_thread::sleep_for(100ms);
    if (const std::string now = store.read().alone; now != before && !now.empty())
      throw StorageError("node " + now.substr(0, now.find(' ')) +
                         " works alone with this journal: stop it, then start it with --cluster too");
  }
  store.put_alone("");  // it crashed
}

Alone::Alone(Of of) : of_(std::move(of)), shards_(of_.store.read().shards) {
  worker_.start({.name = "alone",
                 .doing = "showing that this node works alone with its journal",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{.first = sign_every, .last = sign_every}});
}

Alone::~Alone() {
  worker_.stop();
  try {
    if (!was_taken_) of_.store.put_alone("");
  } catch (const std::exception&) {  // then whoever comes next waits until the sign of life has become old
  }
}

bool Alone::look() {
  const std::vector<ShardRow> now = of_.store.read().shards;
  return now.size() == shards_.size() && std::ranges::equal(now, shards_, {}, &ShardRow::epoch, &ShardRow::epoch);
}

bool Alone::step(const std::stop_token& stop) {
  if (!look()) {
    was_taken_ = true;
    of_.node.lose("another process has taken its journal");
    return false;
  }
  // By the cluster's store and not by the journal, where it would wait behind commits.
  of_.store.put_alone(fmt::format("{} {}", of_.name, ++number_));
  return pause_for(sign_every, stop);
}

}  // namespace caravan
