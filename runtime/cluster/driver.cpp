#include "runtime/cluster/driver.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <ctime>

namespace caravan::cluster {

namespace {

using namespace std::chrono_literals;

constexpr Millis condition_life = 5s;  // then what a peer told of itself is forgotten
constexpr Millis settle_look = 2ms;    // between looks while a shard is given up: requests may wait for it somewhere

std::uint64_t any_number(Random& random) {
  std::uint64_t number = 0;
  random.fill({reinterpret_cast<std::uint8_t*>(&number), sizeof number});
  return number >> 1 | 1;
}

}  // namespace

Moment boot_clock() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return Moment(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

Time wall_clock() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

Driver::Driver(ClusterOptions options, Runtime runtime, Random& random)
    : options_(std::move(options)),
      runtime_(std::move(runtime)),
      first_number_(any_number(random)),
      node_(options_.membership, options_.ownership, options_.self, first_number_),
      rates_(runtime_.shards.count()),
      loads_(runtime_.shards.count()),
      work_seen_(runtime_.shards.count()) {}

Driver::~Driver() { stop(); }

void Driver::start(bool threads) {
  LinkOptions links = options_.links;
  links.self.name = options_.self.node;
  links.self.incarnation = first_number_;  // tells processes apart; a member's incarnation tells lives
  links.self.wire = {static_cast<std::uint16_t>(options_.self.wire_from),
                     static_cast<std::uint16_t>(options_.self.wire_to)};
  links_ = options_.make_links(
      std::move(links), {.message = [this](const std::string& peer, std::string message) { received(peer, message); },
                         .changed =
                             [this](const std::string& peer, bool open, const std::string& why) {
                               spdlog::info("link to {}: {}", peer, open ? "open" : why);
                               runtime_.router.link_changed(peer, open);
                               if (open) post([this](Actions&) { rows_changed_ = true; });
                             },
                         .lost = [this](const std::string& peer, std::size_t) { runtime_.router.lost(peer); }});
  Self self = options_.self;
  if (self.link_address.empty()) self.link_address = links_->address();
  // Made anew: only now is the address known that its row names.
  node_ = ClusterNode(options_.membership, options_.ownership, std::move(self), first_number_);
  node_.be_ready();
  runtime_.router.join(
      [this](const std::string& peer, std::string message) { return links_->send(peer, std::move(message)); },
      runtime_.grown, first_number_);
  const auto send = [this](const std::string& peer, std::string message) {
    return links_->send(peer, std::move(message));
  };
  runtime_.traces.join(options_.self.node, send);
  runtime_.stuck.join(send);
  if (!threads) return;
  // A step that throws may leave the state machine half changed. So the node ends, and the cluster's others take over.
  worker_.start({.name = "cluster",
                 .doing = "moving the membership",
                 .step = [this](const std::stop_token&) { return wait_and_step(); },
                 .on_failure = Worker::GiveUp{runtime_.failed}});
  for (StoreWork* store : {&membership_work_, &bulk_work_})
    store->worker.start({.name = "cluster-store",
                         .doing = "asking the cluster's store",
                         .step = [this, store](const std::stop_token&) { return work(*store, true); },
                         .on_failure = Worker::Retry{}});
}

bool Driver::wait_and_step() {
  const Millis wait = giving_.empty() ? options_.step_every : settle_look;
  {
    std::unique_lock lock(mutex_);
    woken_.wait_for(lock, wait, [&] { return stopping_ || !events_.empty(); });
    if (stopping_) return false;
  }
  step();
  return true;
}

void Driver::step() {
  std::vector<Event> events;
  {
    std::lock_guard lock(mutex_);
    events.swap(events_);
  }
  Actions actions;
  for (const Event& event : events) event(actions);
  const Moment now = options_.clock();
  node_.tick(now, options_.wall(), actions);
  lease_until_ = node_.membership().lease_until().time_since_epoch().count();
  for (const Action& action : actions) std::visit([this](const auto& one) { perform(one); }, action);
  open_loaded(std::exchange(to_open_, {}));
  settle();
  if (std::exchange(has_new_rows_, false)) follow_members();
  exchange_loads(now);
  tell_condition(now);
  if (std::exchange(rows_changed_, false)) tell_peers(wire::RowsChanged{});
  publish();
}

void Driver::leave() {
  post([this](Actions&) { node_.hand_over(); });
}

void Driver::stop() {
  {
    std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
  }
  woken_.notify_all();
  worker_.stop();
  for (StoreWork* store : {&membership_work_, &bulk_work_}) {
    store->woken.notify_all();
    store->worker.stop();
  }
  lease_until_ = 0;
  abandon();
  if (links_) links_->stop();  // the object stays: actors that end after this still call it to answer peers
}

/// Tells the others at once that this node ends, so that they need not find out by probes.
void Driver::abandon() {
  if (node_.membership().phase() != Membership::Phase::inside) return;
  try {
    for (int tries = 0; tries < 3; ++tries) {
      const ClusterSnapshot rows = options_.store->read();
      const MemberRow* own = find_member(rows, node_.membership().id());
      if (!own || own->status == MemberStatus::dead) return;
      MemberRow row = *own;
      mark_left(row);
      if (options_.store->put_member(row, rows.version)) return;
    }
  } catch (const std::exception& error) {
    spdlog::warn("the cluster's store cannot be told that this node ends: {}", error.what());
  }
}

void Driver::post(Event event) {
  {
    std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  woken_.notify_one();
}

void Driver::to_store(StoreWork& where, std::function<void()> what) {
  {
    std::lock_guard lock(mutex_);
    where.queue.push_back(std::move(what));
  }
  where.woken.notify_one();
}

bool Driver::work(StoreWork& where, bool wait) {
  std::function<void()> next;
  {
    std::unique_lock lock(mutex_);
    if (wait) where.woken.wait(lock, [&] { return stopping_ || !where.queue.empty(); });
    if (stopping_ || where.queue.empty()) return false;
    next = std::move(where.queue.front());
    where.queue.pop_front();
  }
  next();
  return true;
}

template <class Change, class Result>
void Driver::ask_store(StoreWork& where, Change change, Result result) {
  to_store(where, [this, change = std::move(change), result = std::move(result)] {
    using Value = std::invoke_result_t<const Change&>;
    auto value = std::make_shared<std::optional<Value>>();
    try {
      *value = change();
      if (store_fails_.exchange(false)) spdlog::info("the cluster's store answers again");
    } catch (const std::exception& error) {
      if (!store_fails_.exchange(true)) spdlog::warn("the cluster's store: {}", error.what());
    }
    post([result, value](Actions& out) { result(std::move(*value), out); });
  });
}

auto Driver::written(std::uint64_t number) {
  return [this, number](std::optional<bool> landed, Actions&) {
    node_.on_written(number, options_.clock(), landed);
    rows_changed_ = rows_changed_ || landed == true;
  };
}

void Driver::perform(const ReadStore& read) {
  ask_store(
      membership_work_, [&store = *options_.store] { return store.read(); },
      [this, number = read.number](std::optional<ClusterSnapshot> rows, Actions& out) {
        node_.on_read(number, options_.clock(), std::move(rows), out);
        has_new_rows_ = true;
      });
}

void Driver::perform(const PutMember& put) {
  ask_store(
      membership_work_, [&store = *options_.store, put] { return store.put_member(put.row, put.expected); },
      written(put.number));
}

void Driver::perform(const ForgetMember& forget) {
  ask_store(
      membership_work_,
      [&store = *options_.store, forget] { return store.forget_member(forget.node, forget.expected); },
      written(forget.number));
}

void Driver::perform(const TouchMember& touch) {
  ask_store(
      membership_work_, [&store = *options_.store, touch] { return store.touch(touch.member, touch.alive); },
      [this, number = touch.number](std::optional<bool> landed, Actions&) {
        node_.on_touched(number, options_.clock(), landed == true);
      });
}

void Driver::perform(const SendProbe& probe) {
  links_->send(probe.to.node, wire::encode(wire::Probe{probe.to.node, probe.to.incarnation, probe.number}));
}

void Driver::perform(const ClaimShard& claim) {
  ask_store(
      membership_work_,
      [&journal = runtime_.journal, claim, owner = to_text(node_.membership().id())] {
        const auto lease = journal.claim_shard(claim.shard, claim.expected, owner);
        return lease ? lease->epoch : 0;
      },
      [this, shard = claim.shard](std::optional<std::uint64_t> epoch, Actions& out) {
        const bool is_ours = epoch.value_or(0) != 0;
        node_.on_claimed(shard, is_ours ? epoch : std::nullopt, out);
        rows_changed_ = rows_changed_ || is_ours;
      });
}

void Driver::perform(const PutMove& move) {
  const bool evens_out = move.phase == MovePhase::leaving && is_active(node_.membership().snapshot(), move.was.owner);
  ask_store(
      membership_work_, [&store = *options_.store, move] { return store.put_move(move.was, move.phase, move.target); },
      [this, evens_out, shard = move.was.shard](std::optional<bool> landed, Actions&) {
        node_.on_moved(shard);
        if (landed != true) return;
        rows_changed_ = true;
        if (!evens_out) return;
        std::lock_guard lock(mutex_);
        ++state_.moves;
      });
}

void Driver::perform(const OpenShard& open) {
  giving_.erase(open.shard);
  if (runtime_.shards.epoch(open.shard) == open.epoch)
    runtime_.residents.open(open.shard, open.epoch);  // it was being given up
  else
    to_open_.push_back(open);
}

void Driver::perform(const GiveUpShard& give_up) {
  runtime_.residents.give_up(give_up.shard);
  giving_.insert(give_up.shard);
}

void Driver::perform(const DropShard& drop) {
  opening_.erase(drop.shard);
  giving_.erase(drop.shard);
  runtime_.residents.close(drop.shard);
  runtime_.outbox.close(drop.shard);
  std::lock_guard lock(mutex_);
  ++state_.drops;
}

/// Opens claimed shards once their pending effects are in the outbox. Many at once, since one walk over the store finds
/// the effects of all.
void Driver::open_loaded(std::vector<OpenShard> shards) {
  if (shards.empty()) return;
  std::ranges::sort(shards, {}, &OpenShard::shard);
  for (const OpenShard& shard : shards) opening_[shard.shard] = shard.epoch;
  ask_store(
      bulk_work_,
      [this, shards] {
        std::vector<std::uint32_t> numbers;
        for (const OpenShard& shard : shards) numbers.push_back(shard.shard);
        runtime_.outbox.open(runtime_.journal, numbers);
        return true;
      },
      [this, shards](std::optional<bool> loaded, Actions&) {
        for (const auto& [shard, epoch] : shards) {
          const auto found = opening_.find(shard);
          if (found == opening_.end() || found->second != epoch) {  // lost meanwhile, or claimed once more
            if (!opening_.contains(shard) && runtime_.shards.epoch(shard) == 0) runtime_.outbox.close(shard);
            continue;
          }
          if (!loaded) {
            to_open_.push_back({shard, epoch});  // the store failed: again
            continue;
          }
          opening_.erase(found);
          runtime_.residents.open(shard, epoch);
          if (giving_.contains(shard)) runtime_.residents.give_up(shard);
          std::lock_guard lock(mutex_);
          ++state_.claims;
        }
        runtime_.router.tick();
      });
}

void Driver::settle() {
  std::erase_if(giving_, [&](std::uint32_t shard) {
    if (opening_.contains(shard) || !runtime_.residents.is_settled(shard)) return false;
    node_.settled(shard);
    return true;
  });
}

void Driver::tell_end(const MemberId& member) const {
  if (node_.membership().phase() != Membership::Phase::inside) return;
  const MemberRow* row = find_member(node_.membership().snapshot(), member);
  const auto is_same = [&](const auto& other) { return other.id.node == member.node; };
  if (!row && std::ranges::any_of(node_.membership().snapshot().members, is_same))
    spdlog::warn("node {} has started anew", member.node);
  else if (!row || has_left(*row))
    spdlog::info("node {} has left the cluster", member.node);
  else
    spdlog::warn("node {} was declared dead: others take its shards", member.node);
}

/// Links and routes follow the rows.
void Driver::follow_members() {
  const ClusterSnapshot& rows = node_.membership().snapshot();
  const MemberId& self = node_.membership().id();
  std::map<std::string, MemberId> peers;
  std::vector<LinkPeer> links;
  // Not before it is a member: a process that is refused because its name is taken must not take the other's links.
  if (node_.membership().phase() == Membership::Phase::inside)
    for (const MemberRow& row : rows.members)
      if (row.status != MemberStatus::dead && row.id.node != options_.self.node) {
        peers[row.id.node] = row.id;
        links.push_back({row.id.node, row.link_address});
      }
  if (peers != peers_) links_->set_peers(links);
  std::swap(peers, peers_);
  for (const auto& [node, former] : peers)
    if (const auto now = peers_.find(node); now == peers_.end() || now->second != former) {
      runtime_.router.lost(node);
      tell_end(former);
    }
  std::vector<std::string> owners(runtime_.shards.count());
  for (const ShardRow& row : rows.shards)
    if (row.owner != self && row.phase != MovePhase::released && is_alive(rows, row.owner))
      owners[row.shard] = row.owner.node;
  runtime_.router.set_owners(std::move(owners));
}

void Driver::tell_peers(const AnyRecord& message) {
  const std::string bytes = wire::encode(message);
  for (const auto& [node, member] : peers_) links_->send(node, bytes);
}

void Driver::publish() {
  const Membership& membership = node_.membership();
  const ClusterSnapshot& rows = membership.snapshot();
  std::string ended;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(heard_, [now = options_.clock()](const auto& peer) { return now - peer.second > condition_life; });
    std::erase_if(state_.peers, [&](const auto& peer) { return !heard_.contains(peer.first); });
    state_.phase = membership.phase();
    state_.status = membership.status();
    state_.id = membership.id();
    state_.was_active = membership.was_active();
    state_.reason = membership.reason();
    if (const MemberRow* own = find_member(rows, state_.id)) {
      if (own->wire_from > state_.wire && membership.phase() == Membership::Phase::inside)
        spdlog::info("the cluster speaks version {}: no build that does not know it can join any more", own->wire_from);
      state_.wire = own->wire_from;
    }
    state_.shards = state_.orphans = state_.moving = 0;
    for (const ShardRow& row : rows.shards) {
      state_.shards += row.owner == state_.id ? 1 : 0;
      state_.orphans += is_alive(rows, row.owner) ? 0 : 1;
      state_.moving += row.phase == MovePhase::steady ? 0 : 1;
    }
    state_.takers = static_cast<std::size_t>(std::ranges::count_if(
        rows.members, [&](const MemberRow& row) { return row.status == MemberStatus::active && row.id != state_.id; }));
    state_.members = static_cast<std::size_t>(
        std::ranges::count_if(rows.members, [](const MemberRow& row) { return row.status != MemberStatus::dead; }));
    if (state_.phase == Membership::Phase::stopped && !std::exchange(told_end_, true)) ended = state_.reason;
  }
  if (!ended.empty() && runtime_.lost_membership) runtime_.lost_membership(ended);
}

ClusterState Driver::state() const {
  ClusterState out;
  {
    std::lock_guard lock(mutex_);
    out = state_;
  }
  out.has_lease = has_lease();
  if (links_) out.links = links_->states();
  return out;
}

}  // namespace caravan::cluster
