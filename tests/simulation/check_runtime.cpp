#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"
#include "tests/simulation/checker.hpp"

// What the runtime promises: every effect once, every timer fired, every acknowledged write there once.
namespace caravan::simulation {

AnyRecord Checker::plain_view(EntityKind kind) {
  switch (kind) {
    case EntityKind::trip:
      return ViewCapacity{};
    case EntityKind::request:
      return ViewOffers{};
    case EntityKind::delivery:
      return ViewDelivery{};
    case EntityKind::escrow:
      return ViewEscrow{};
    case EntityKind::wallet:
      return ViewWallet{};
    case EntityKind::dispute:
      return ViewDispute{};
    default:
      return {};
  }
}

void Checker::runtime(Journal& journal, Time now, bool all_is_over) {
  for (const PendingEffect& effect : journal.pending_effects({}, 5))
    fault("effect " + std::to_string(effect.key.number) + " of " + to_text(effect.key.sender) + " was never taken");
  for (const auto& [sender, count] : effects_sent_)
    for (std::uint64_t number = 1; number <= count; ++number)
      if (!taken_.contains({sender, number}))
        fault("effect " + std::to_string(number) + " of " + to_text(sender) + " is in nobody's journal");
  std::size_t running = 0;
  for (const auto& [address, timers] : timers_)
    for (const auto& [name, timer] : timers) {
      ++running;
      if (*timer.due <= now) fault("timer " + name + " of " + to_text(address) + " is due, and did not fire");
      if (all_is_over) fault("timer " + name + " of " + to_text(address) + " runs, and everything is over");
    }
  if (journal.due_timers(Time::max(), 1'000'000).size() != running) fault("the timers of entries and store differ");
}

void Checker::promises(const Clients& clients) {
  for (const Acknowledged& told : clients.acknowledged()) {
    const std::string name = told.command + " " + told.key + " to " + to_text(told.to);
    // An entity that does not exist yet remembers no refusal, so the repeat of a refused request is a new request.
    if (told.outcome == Outcome::rejected && told.version == 0) continue;
    const auto written = keys_.find(told.key);
    if (written == keys_.end()) {
      fault(name + " was answered, and is not in the journal");
      continue;
    }
    if (written->second.to != told.to || written->second.sequence != told.version ||
        written->second.rejection != told.rejection)
      fault(name + " was answered otherwise than the journal says");
  }
  for (const std::string& what : clients.contradictions()) fault(what);
}

void Checker::view(const Address& at, const Reply& reply, const Caller& by, Time now) {
  const Chronicle::Entity& known = *chronicle_.find(at);
  testkit::SeededRandom random;
  const Answer answer =
      known.kind->answer(known.state.get(), Context{now, by, at, random, sodium_crypto}, plain_view(at.kind));
  const bool same = answer.resource && reply.resource ? codec::encode(answer.resource) == codec::encode(reply.resource)
                                                      : !answer.resource && !reply.resource;
  if (reply.outcome != Outcome::done && reply.outcome != Outcome::rejected)
    fault(to_text(at) + " does not answer: " + std::to_string(static_cast<int>(reply.outcome)));
  else if (!same || reply.version != known.sequence)
    fault(to_text(at) + " does not show what its journal says");
}

}  // namespace caravan::simulation
