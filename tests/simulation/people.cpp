#include "tests/simulation/people.hpp"

#include <algorithm>

#include "actors/cover/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/simulation/choice.hpp"
#include "tests/simulation/world.hpp"

namespace caravan::simulation {

namespace {

constexpr std::uint32_t every_permission = 0xFF;
constexpr int proves_address = 85;              // percent
constexpr int most_relays = 4, has_relay = 75;  // of a market day; percent, for each
constexpr int most_tries = 4;                   // intents that come to nothing, before somebody else has a turn

/// Whoever has no account that the bank knows has none that failed in its way, and adds one.
void get_paid(World& world, const Person& who) {
  const WalletState* wallet = world.chronicle.state<Wallet>(who.id.value);
  if (!wallet ||
      std::ranges::find(wallet->accounts, AccountStatus::verified, &PayoutAccount::status) != wallet->accounts.end())
    return;
  for (const PayoutAccount& account : wallet->accounts)
    world.write({EntityKind::wallet, who.id.value}, RemovePayoutAccount{account.account_id}, who.caller());
  add_payout_account(world, who);
}

}  // namespace

const std::vector<Place>& places() {
  static const std::vector<Place> road{{"New York, NY", 40.7128, -74.006},
                                       {"New Haven, CT", 41.3083, -72.9279},
                                       {"Providence, RI", 41.824, -71.4128},
                                       {"Boston, MA", 42.3601, -71.0589}};
  return road;
}

Caller People::office() const {
  Caller caller = clerk_.caller();
  caller.permissions = every_permission;
  return caller;
}

Caller People::colleague() const {
  Caller caller = colleague_.caller();
  caller.permissions = every_permission;
  return caller;
}

Caller People::service() const {
  Caller caller;
  caller.kind = Caller::Kind::service;
  return caller;
}

const Person* People::find(UserId id) const {
  for (const auto* list : {&customers_, &travelers_})
    for (const Person& person : *list)
      if (person.id == id) return &person;
  return nullptr;
}

const Person* People::other_traveler(World& world, UserId than) const {
  std::vector<const Person*> others;
  for (const Person& person : travelers_)
    if (person.id != than) others.push_back(&person);
  return others.empty() ? nullptr : world.chance.one_of(others);
}

void People::arrive(World& world) {
  Chance& chance = world.chance;
  const auto make = [&](std::string name, UserType type) {
    Person person{chance.id<UserId>(world.now()), std::move(name), chance.percent(85) ? "tok_ok" : "tok_declined"};
    world.history.call(person.id.value, person.name);
    if (type == UserType::both) return person;
    Register join{
        .email = person.name + "@example.com", .first_name = person.name, .last_name = "Doe", .user_type = type};
    if (type == UserType::traveler) add_payout_account(world, person);
    const Address account{EntityKind::account, person.id.value};
    world.write(account, join, {}, [&world, account](const Reply&) {
      world.write(account, SetAccountStatus{UserStatus::active, "known in person"}, world.people.office());
    });
    return person;
  };
  clerk_ = make("clerk", UserType::both);
  colleague_ = make("colleague", UserType::both);
  const char* customers[] = {"ann", "ben", "cleo", "dora"};
  const char* travelers[] = {"tom", "uma", "vic"};
  for (std::size_t i = 1 + chance.below(4); i > 0; --i)
    customers_.push_back(make(customers[i - 1], UserType::customer));
  for (std::size_t i = 1 + chance.below(3); i > 0; --i)
    travelers_.push_back(make(travelers[i - 1], UserType::traveler));
}

void People::read_mail(World& world, const SendMessage& mail) {
  const auto token = mail.variables.find("verificationToken");
  if (token == mail.variables.end() || !world.chance.percent(proves_address)) return;
  for (const auto* list : {&customers_, &travelers_})
    for (const Person& person : *list)
      if (mail.to.front() == person.name + "@example.com")
        world.write({EntityKind::account, person.id.value}, VerifyEmail{token->second}, {});
}

void People::make_deals(World& world) {
  const auto is_here = [&](const Person& person) {
    const AccountState* account = world.chronicle.state<Account>(person.id.value);
    return account && !account->is_leaving();
  };
  for (std::int64_t deals = world.chance.between(6, 14); deals > 0; --deals) {
    const Person& customer = world.chance.one_of(customers_);
    const Person& traveler = world.chance.one_of(travelers_);
    if (is_here(customer) && is_here(traveler)) make_deal(world, customer, traveler);
  }
  for (int relays = 0; relays < most_relays; ++relays) {
    if (!world.chance.percent(has_relay)) continue;
    const Person& customer = world.chance.one_of(customers_);
    const Person& first = world.chance.one_of(travelers_);
    const Person* second = other_traveler(world, first.id);
    if (second && is_here(customer) && is_here(first) && is_here(*second)) make_relay(world, customer, first, *second);
  }
}

void People::act(World& world) {
  Chance& chance = world.chance;
  const bool is_customer = chance.percent(50);
  const Person& person = is_customer ? chance.one_of(customers_) : chance.one_of(travelers_);
  const std::size_t mind = chance.below(100);
  const std::span<const Intent> intents = mind < 40   ? (is_customer ? customer_intents() : traveler_intents())
                                          : mind < 85 ? carrying_intents()
                                          : mind < 98 ? money_intents()
                                                      : office_intents();
  for (int tries = 0; tries < most_tries; ++tries)
    if (chance.weighted(intents).act(world, person)) return;
}

Address People::something(World& world) const {
  static constexpr EntityKind kinds[] = {EntityKind::trip,   EntityKind::request, EntityKind::delivery,
                                         EntityKind::escrow, EntityKind::wallet,  EntityKind::dispute};
  const EntityKind kind = world.chance.one_of(kinds);
  const std::vector<Uuid>& all = world.chronicle.all(kind);
  return all.empty() ? Address{} : Address{kind, world.chance.one_of(all)};
}

void People::decide_all(World& world) {
  world.chronicle.each<Dispute>([&](const Uuid& id, const DisputeState& dispute) {
    if (dispute.is_over()) return;
    const auto* delivery = world.chronicle.state<Delivery>(dispute.terms.delivery_id.value);
    // Nobody is paid for a parcel that is under way: with its money gone the delivery is over.
    const auto resolution = delivery && delivery->is_open() ? DisputeResolution::refund : DisputeResolution::release;
    world.write({EntityKind::dispute, id}, ResolveDispute{resolution, {}, "the run ends"}, office());
  });
}

void People::finish(World& world) {
  const Chronicle& known = world.chronicle;
  for (const auto* list : {&travelers_, &customers_})  // customers by their covers
    for (const Person& person : *list) get_paid(world, person);
  known.each<Delivery>([&](const Uuid& id, const DeliveryState& delivery) {
    if (!delivery.is_open()) return;
    if (delivery.status == DeliveryStatus::accepted)
      world.write({EntityKind::delivery, id}, CancelDelivery{"the run ends"}, service());
    else  // the parcel is on its way: with its money gone the delivery is over
      world.write({EntityKind::escrow, delivery.escrow_id.value},
                  RefundPayment{world.chance.id<RefundId>(world.now()), {}, "the run ends"}, office());
  });
}

void People::regret(World& world) {
  world.chronicle.each<Escrow>([&](const Uuid& id, const EscrowState& escrow) {
    if (!escrow.is_released() || escrow.frozen_by || world.chance.percent(50)) return;
    world.write({EntityKind::escrow, id}, RefundPayment{world.chance.id<RefundId>(world.now()), {}, "long after"},
                office());
  });
}

void People::bear_losses(World& world) {
  world.chronicle.each<Escrow>([&](const Uuid& id, const EscrowState& escrow) {
    if (escrow.uncollected && escrow.is_released())
      world.write({EntityKind::escrow, id}, WriteOffEscrow{"the platform bears it"}, office());
  });
}

void People::fill_pool(World& world, int percent) {
  const CoverState* pool = world.chronicle.state<Cover>(cover_address.id);
  if (!pool || pool->waiting.empty()) return;
  const Currency currency = pool->waiting.front().amount.currency;
  Money missing = -pool->balance_in(currency);
  for (const CoverClaim& claim : pool->waiting)
    if (claim.amount.currency == currency) missing = missing + claim.amount;
  const std::int64_t added = share_of(missing.amount, percent, 100);
  if (added > 0) world.write(cover_address, AddToCover{added, currency, "claims wait"}, office());
}

}  // namespace caravan::simulation
