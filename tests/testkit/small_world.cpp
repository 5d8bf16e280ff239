#include "tests/testkit/small_world.hpp"

#include <algorithm>

#include "actors/account/standing.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/payments/requests.hpp"
#include "actors/trip/commands.hpp"

namespace caravan::testkit {

std::shared_ptr<void>& SmallWorld::state_of(const Address& address) {
  auto& state = states_[address];
  if (!state) state = find_entity(address.kind)->new_state();
  return state;
}

std::string SmallWorld::decide(const Address& to, const AnyRecord& command, const Caller& caller) {
  const EntityClass& entity = *find_entity(to.kind);
  auto& state = state_of(to);
  const Decision decision = entity.decide(state.get(), Context{now, caller, to, random_, sodium_crypto}, command);
  if (decision.rejection) return std::string(decision.rejection->code);
  if (!caller.is_platform()) said_by_people_ += codec::encode(command);
  if (caller.is_platform()) check_words(decision, said_by_people_);
  for (const AnyRecord& event : decision.events) entity.evolve(state.get(), event);
  for (const TimerChange& timer : decision.timers) {
    if (timer.due)
      timers_[{to, timer.name}] = *timer.due;
    else
      timers_.erase({to, timer.name});
  }
  for (const Effect& effect : decision.effects) under_way_.emplace_back(to, effect);
  return {};
}

void SmallWorld::answer_for_others(const Address& from, const Effect& effect) {
  const auto says = [&](AnyRecord command, Caller caller) { decide(from, command, caller); };
  if (effect.command.get_if<TakeNumber>()) says(AnyRecord(AssignNumber{7}), entity(effect.to));
  if (effect.command.get_if<ReserveCapacity>())
    says(AnyRecord(CapacityReserved{TripId{effect.to.id}, pickup_until, arrival}), entity(effect.to));
  if (effect.command.get_if<AskStanding>()) says(AnyRecord(SideStanding{UserId{effect.to.id}}), entity(effect.to));
  PaymentAnswer answer{PaymentOperation::authorize, {}, PaymentOutcome::done, "", "", "bank"};
  const auto asked = [&]<class Request>(PaymentOperation operation) {
    const auto* request = effect.command.get_if<Request>();
    if (!request) return;
    answer.operation = operation;
    answer.operation_id = request->operation_id;
    says(AnyRecord(answer), provider());
  };
  asked.operator()<Authorize>(PaymentOperation::authorize);
  asked.operator()<Capture>(PaymentOperation::capture);
  asked.operator()<Void>(PaymentOperation::cancel);
  asked.operator()<Refund>(PaymentOperation::refund);
  asked.operator()<PayOut>(PaymentOperation::pay_out);
}

void SmallWorld::deliver() {
  while (!under_way_.empty()) {
    const auto [from, effect] = std::move(under_way_.front());
    under_way_.pop_front();
    if (std::ranges::find(living_, effect.to.kind) != living_.end())
      decide(effect.to, effect.command, entity(from));
    else
      answer_for_others(from, effect);
  }
}

std::string SmallWorld::tell(Address to, AnyRecord command, Caller caller) {
  std::string refusal = decide(to, command, caller);
  deliver();
  return refusal;
}

void SmallWorld::pass(Duration time) {
  const Time until = now + time;
  while (true) {
    const auto next = std::ranges::min_element(timers_, {}, [](const auto& timer) { return timer.second; });
    if (next == timers_.end() || next->second > until) break;
    const auto [owner, name] = next->first;
    now = std::max(now, next->second);
    timers_.erase(next);
    tell(owner, AnyRecord(TimerFired{name}), timer());
  }
  now = until;
}

bool SmallWorld::has_timer(const Address& of) const {
  return std::ranges::any_of(timers_, [&](const auto& timer) { return timer.first.first == of; });
}

}  // namespace caravan::testkit
