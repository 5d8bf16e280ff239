#include "tests/simulation/world.hpp"

#include <stdexcept>

#include "actors/delivery/entity.hpp"
#include "actors/entity/outside.hpp"
#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"
#include "storage/storage_error.hpp"
#include "tests/simulation/plan.hpp"

namespace caravan::simulation {

namespace {

constexpr int most_rounds = 200'000;  // a world that is busier than that never comes to rest

// Permille of the steps of a season, after which the next date has come: at rest, and while somebody asks something.
constexpr int to_next_date = 80, though_some_ask = 5;

constexpr Duration longest_leap = std::chrono::days{5};  // what is under way must not outlive its key

// Percent.
constexpr int spoken_for = 75;         // of deliveries
constexpr int longest_market = 2'000;  // steps
constexpr int others_act = 15;         // of the turns of a season at which no date is due
constexpr int has_aftermath = 50;      // of deliveries that ended before the season

}  // namespace

World::World(std::uint64_t seed, bool is_read, const MakeNodes& make_nodes)
    : chance(seed), history(is_read), faults(Faults::draw(chance)) {
  chronicle.on_entry = [this](const JournalEntry& entry) {
    const bool is_first = entry.sequence == 1;
    if (is_first && entry.entity.kind == EntityKind::delivery) history.call_next(entry.entity.id, "delivery");
    if (is_first && entry.entity.kind == EntityKind::escrow) history.call_next(entry.entity.id, "escrow");
    history.tell(entry);
    checker.entry(entry);
    census.entry(entry, chronicle);
    make_plans(entry);
  };
  chronicle.on_gap = [this](const std::string& what) { checker.fault(what); };
  seam.is_unreadable = [this](const Address& address) {
    const bool fails = nodes && chance.permille(faults.unreadable);  // a node that is being destroyed still runs actors
    if (fails) history.tell(now(), "journal", history.name(address) + " cannot be read");
    return fails;
  };
  clients.may_enter = [this](const Caller& caller) {
    const AccountState* account = chronicle.state<Account>(caller.user.value);
    return !account || !account->is_leaving();
  };
  nodes = make_nodes(*this);
  bank->date = [this] { return now(); };
  people.arrive(*this);
  settle();
}

World::~World() { seam.is_unreadable = nullptr; }

std::vector<std::pair<EntityKind, std::shared_ptr<Provider>>> World::providers() {
  return {{EntityKind::payments, bank},
          {EntityKind::messages,
           std::make_shared<Mail>(chance, faults, [this](const SendMessage& mail) { people.read_mail(*this, mail); })},
          {EntityKind::directory, directory()}};
}

std::shared_ptr<Directory> World::directory() {
  const auto catch_up = [this] {
    if (chance.percent(faults.directory_fails)) {
      if (chance.percent(50)) return false;
      throw StorageError("simulated: the store does not answer");
    }
    chronicle.follow(journal);
    return true;
  };
  auto made = std::make_shared<Directory>(
      Directory::Sources{.catch_up = catch_up,
                         .open_work = [this](UserId user) { return open_work_of(chronicle, user); }},
      Directory::Runs::by_hand);
  directories_.push_back(made);
  return made;
}

bool World::directories_act() {
  std::erase_if(directories_, [](const auto& directory) { return directory.expired(); });
  bool did = false;
  for (std::size_t i = 0; i < directories_.size(); ++i) try {
      const auto directory = directories_[i].lock();
      did |= directory && directory->answer_next();
    } catch (const StorageError& error) {
      history.tell(now(), "directory", error.what());
      did = true;
    }
  return did;
}

void World::step() {
  struct Thing {
    int weight;
    void (World::*happens)();
  };
  static constexpr Thing things[] = {
      {.weight = 20, .happens = &World::somebody_acts},
      {.weight = 30, .happens = &World::actors_run},
      {.weight = 20, .happens = &World::commit},
      {.weight = 10, .happens = &World::bank_acts},
      {.weight = 15, .happens = &World::clients_act},
      {.weight = 10, .happens = &World::tick},
      {.weight = 5, .happens = &World::directories_answer},
      {.weight = 8, .happens = &World::time_passes},
      {.weight = 3, .happens = &World::look_at_something},
  };
  const std::optional<Time> date = phase_ == Phase::season ? calendar.next() : std::nullopt;
  if (date && *date > now() && nodes->has_caught_up() &&
      chance.permille(clients.is_asking() ? though_some_ask : to_next_date))
    nodes->skip_to(std::min(*date, now() + longest_leap));
  (this->*chance.weighted(things).happens)();
  nodes->suffer();
  if (on_step) on_step(*this);
  chronicle.follow(journal);
}

void World::somebody_acts() {
  if (phase_ == Phase::market) return;
  if (phase_ == Phase::season && (calendar.keep(*this, now()) || !chance.percent(others_act))) return;
  people.act(*this);
}

/// Of the legs of a relay all or none, as one plan is made for them.
bool World::will_be_planned(const Uuid& delivery) {
  const BeginAcceptance& terms = chronicle.state<Delivery>(delivery)->terms;
  if (!terms.leg) return chance.percent(spoken_for);
  return terms.request_id.value.bytes.back() % 100 < spoken_for;
}

/// For a delivery that now exists: at once in a season, and until then it is left alone for that.
void World::make_plans(const JournalEntry& entry) {
  for (const AnyRecord& event : entry.events) {
    if (!event.get_if<DeliveryCreated>()) continue;
    const bool is_planned = will_be_planned(entry.entity.id);
    if (is_planned) spoken_for_.insert(entry.entity.id);
    if (is_planned && phase_ == Phase::season) plan_something(*this, entry.entity.id);
  }
}

bool World::is_accepting() const {
  bool any = false;
  chronicle.each<Delivery>(
      [&](const Uuid&, const DeliveryState& delivery) { any |= delivery.status == DeliveryStatus::accepting; });
  return any;
}

void World::hold_market() {
  phase_ = Phase::market;
  const Faults weather = std::exchange(faults, faults.calm());
  people.make_deals(*this);
  for (int steps = longest_market; steps > 0 && (clients.is_waiting() || is_accepting()); --steps) step();
  faults = weather;
}

void World::begin_season() {
  phase_ = Phase::season;
  faults.clock_jumps = 0;  // dates are far enough from each other
  chronicle.each<Delivery>([this](const Uuid& id, const DeliveryState& delivery) {
    if (delivery.is_open()) {
      plan_something(*this, id);
    } else if (delivery.is_created() && chance.percent(has_aftermath)) {
      Plan plan(*this, id);
      plan_aftermath(plan);
    }
  });
}

void World::clients_act() {
  if (Door* door = nodes->door()) clients.act(*door, faults, now());
}

void World::look_at_something() {
  if (Door* door = nodes->door()) look_at_something(*door);
}

/// An answer may never show what a crash could still take back, nor less than what was durable when it was asked for.
void World::look_at_something(Door& door) {
  if (chronicle.entities().empty()) return;
  const Address at = people.something(*this);
  const AnyRecord query = Checker::plain_view(at.kind);
  if (!query) return;
  const auto durable = [this, at] {
    chronicle.follow(journal);
    const Chronicle::Entity* known = chronicle.find(at);
    if (known) chronicle.follow_tracks(journal, at);
    return known ? known->sequence : 0;
  };
  clients.read(door, at, query, people.office(), [this, at, durable, before = durable()](const Reply& reply) {
    if (reply.outcome != Outcome::done) return;
    if (reply.version > durable())
      checker.fault(history.name(at) + " showed version " + std::to_string(reply.version) + ", which is not durable");
    if (reply.version < before)
      checker.fault(history.name(at) + " showed version " + std::to_string(reply.version) + ", and had version " +
                    std::to_string(before) + " before it was asked");
  });
}

void World::settle() {
  for (int round = 0; round < most_rounds; ++round) {
    bool did = nodes->work_off();
    while (bank->act(faults, now())) did = true;
    did |= directories_act();
    if (Door* door = nodes->door()) did |= clients.act(*door, faults, now());
    if (phase_ == Phase::rest) did |= operators_act();
    if (!did) return chronicle.follow(journal);
  }
  throw std::runtime_error("the nodes do not come to rest");
}

/// Has effects to the outside that were given up asked for again.
bool World::operators_act() {
  constexpr std::chrono::minutes patience{10};
  Door* door = nodes->door();
  bool did = false;
  for (const PendingEffect& effect : journal.pending_effects({}, SIZE_MAX)) {
    const OutsideClass* outside = find_outside(effect.receiver.kind);
    if (!outside || !door) continue;
    const Term term = outside->term(codec::decode_tagged(outside->requests, effect.command));
    Time& ordered = ordered_[effect.key];
    if (!term.deadline || *term.deadline > now() || now() < ordered + patience) continue;
    ordered = now();
    Caller operators{.kind = Caller::Kind::user, .permissions = static_cast<std::uint32_t>(Permission::ops)};
    door->ask({.to = effect.key.sender, .command = RetryEffect{effect.key.number}, .origin = {.caller = operators}},
              [](const Reply&) {});
    did = true;
  }
  return did;
}

void World::come_to_rest(Duration by) {
  phase_ = Phase::rest;
  faults = faults.healed();
  nodes->heal();
  const Time end = now() + by;
  int late_rounds = 0;
  for (int round = 0; round < most_rounds; ++round) {
    settle();
    const std::optional<Time> next = nodes->next_moment();
    if (!next || *next > end) {
      // A timer that the store has lost brings no moment; whoever waits for it sees that its date has passed.
      nodes->skip_to(end);
      return settle();
    }
    late_rounds = *next > now() ? 0 : late_rounds + 1;
    if (late_rounds > 100) throw std::runtime_error("a due timer does not fire");
    nodes->skip_to(*next);
  }
  throw std::runtime_error("something is tried again and again");
}

}  // namespace caravan::simulation
