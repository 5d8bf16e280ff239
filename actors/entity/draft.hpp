#pragma once

#include <utility>

#include "actors/entity/decision.hpp"

namespace caravan {

/// A decision in the making. Each event is applied to a copy of the state as it is added, so that a decision of several
/// steps (give a part back, release the rest) reads as those steps.
template <class State>
class Draft {
 public:
  Draft(const State& before, const Context& context) : state_(before), context_(context) {}

  const State& state() const { return state_; }
  bool is_empty() const { return decision_.events.empty(); }

  template <class Event>
  void emit(Event event) {
    evolve(state_, event);
    decision_.emit(std::move(event));
  }
  template <class Command>
  void send(Address to, Command command) {
    decision_.send(to, std::move(command));
  }
  Decision finish() { return std::move(decision_); }

 protected:
  State state_;
  const Context& context_;
  Decision decision_;
};

}  // namespace caravan
