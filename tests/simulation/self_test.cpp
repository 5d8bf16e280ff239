#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/simulation/sabotage.hpp"

namespace self_test {

using namespace caravan;
using namespace caravan::simulation;

// A checker that has never failed proves nothing: each case breaks one rule and counts the runs in which it is seen.

namespace {

constexpr std::uint64_t runs = 30;

/// Falsifies each write of a kind of entity.
std::function<void(World&)> tampering(EntityKind kind, std::function<bool(Write&)> keeps) {
  return
      [=](World& world) { world.seam.keeps = [=](Write& write) { return write.entity.kind != kind || keeps(write); }; };
}

/// Now and then a command of somebody who claims to be another entity, of the kind `as`.
template <class EntityType>
std::function<void(World&)> forging(AnyRecord (*forge)(const Uuid&, const typename EntityType::State&),
                                    EntityKind as = EntityKind::inbox) {
  return [=](World& world) {
    world.on_step = [=](World& now) {
      const std::vector<Uuid>& all = now.chronicle.all(EntityType::kind);
      if (all.empty() || !now.chance.percent(4)) return;
      const Uuid id = now.chance.one_of(all);
      const AnyRecord command = forge(id, *now.chronicle.state<EntityType>(id));
      const Caller forged{.kind = Caller::Kind::entity, .user = {}, .permissions = 0, .entity = {as, id}};
      if (command) now.write({EntityType::kind, id}, command, forged);
    };
  };
}

}  // namespace

TEST_CASE("simulation: a seed is one run, and another seed another") {
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Report report = run(seed, one_node);
    CHECK(report.digest == run(seed, one_node).digest);
    digests.insert(report.digest);
  }
  CHECK(digests.size() == 10);
}

TEST_CASE("simulation: sees a journal that loses a write and says that it is there") {
  const auto sabotage = [](World& world) {
    world.seam.keeps = [written = 0](Write&) mutable { return ++written != 60; };
  };
  CHECK(caught(runs, sabotage, "") > runs * 7 / 10);
}

TEST_CASE("simulation: sees a journal that keeps an effect although it was taken") {
  const auto keeps_effect = [](Write& write) {
    write.settled.clear();
    return true;
  };
  // It was never taken, by the outbox, or taken twice, where the mark of its sender is forgotten.
  CHECK(caught(runs, tampering(EntityKind::inbox, keeps_effect), "taken") > runs * 8 / 10);
}

TEST_CASE("simulation: sees a journal that forgets timers") {
  const auto forgets_timers = [](Write& write) {
    write.timers.clear();
    return true;
  };
  CHECK(caught(runs, tampering(EntityKind::request, forgets_timers), "did not fire") > runs * 4 / 10);
}

TEST_CASE("simulation: is told of what landed, whatever its commit says") {
  for (const bool lands : {true, false}) {
    MemoryJournal journal;
    const SeamRules rules;
    JournalSeam seam(journal, rules);
    std::size_t landed = 0;
    seam.on_landed = [&](const Write&) { ++landed; };
    seam.claim_all_shards("one");
    journal.break_next_commit(lands);
    Write write;
    write.entity = {EntityKind::trip, {}};
    write.sequence = 1;
    CHECK(seam.commit({write}).front().status == CommitStatus::unknown);
    CHECK(landed == (lands ? 1 : 0));
  }
}

TEST_CASE("simulation: sees a feed that leaves a position out") {
  const auto sabotage = [](World& world) {
    world.seam.keeps = [&world, written = 0](Write&) mutable {
      if (++written == 60) ++world.journal.file()->head;
      return true;
    };
  };
  CHECK(caught(runs, sabotage, "of the feed comes after") > runs * 8 / 10);
}

TEST_CASE("simulation: sees a bank that does an operation as often as it is asked") {
  const auto sabotage = [](World& world) {
    world.bank->executes_twice = true;
    world.faults.bank_is_silent = 50;
  };
  CHECK(caught(runs, sabotage, "by the bank's") > runs / 10);
}

TEST_CASE("simulation: sees a release that nobody has earned") {
  const auto release = [](const Uuid&, const EscrowState& escrow) {
    return escrow.is_held() ? AnyRecord(ReleaseEscrow{"forged", {}}) : AnyRecord();
  };
  CHECK(caught(runs, forging<Escrow>(release), "without a verified scan or a decision") > runs / 10);
}

TEST_CASE("simulation: sees room that is given back under a parcel") {
  const auto give_back = [](const Uuid&, const TripState& trip) {
    const auto held = std::ranges::find_if(trip.reservations, &Reservation::confirmed);
    return held == trip.reservations.end() ? AnyRecord() : AnyRecord(ReleaseReservation{held->delivery_id});
  };
  CHECK(caught(runs, forging<Trip>(give_back), "room was given back under a parcel") > runs / 10);
}

TEST_CASE("simulation: sees a debt that no customer was given anything for") {
  const auto take_back = [](const Uuid& id, const WalletState& wallet) {
    if (wallet.payouts.empty() || !wallet.payouts.back().delivery_id) return AnyRecord();
    return AnyRecord(TakeBack{*wallet.payouts.back().delivery_id, RefundId{id}, Money{100, {}}});
  };
  CHECK(caught(runs, forging<Wallet>(take_back, EntityKind::escrow), "travelers are owed") > runs / 10);
}

TEST_CASE("simulation: sees a hold that is given back under an open delivery") {
  const auto cancel = [](const Uuid&, const EscrowState& escrow) {
    return escrow.is_held() ? AnyRecord(CancelIntent{}) : AnyRecord();
  };
  CHECK(caught(runs, forging<Escrow>(cancel), "without its hold") > runs / 10);
}

}  // namespace self_test
