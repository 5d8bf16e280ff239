#pragma once

#include <deque>
#include <map>

#include "tests/testkit/entity.hpp"

namespace caravan::testkit {

/// Some entities in one thread, with the effects and timers between them: whole lives of a deal under rules alone. The
/// bank does what it is asked; entities that were not named hear nothing. What the platform says as a reason must stand
/// among its words.
class SmallWorld {
 public:
  explicit SmallWorld(std::vector<EntityKind> living, std::uint64_t seed = 1)
      : living_(std::move(living)), random_(seed), dice_(seed) {}

  Time now = test_start;
  std::optional<Time> pickup_until = {}, arrival = {};  // what trips say of their plan

  /// 0 … sides - 1.
  std::uint64_t roll(std::uint64_t sides) { return dice_() % sides; }
  bool percent(std::uint64_t chance) { return roll(100) < chance; }

  /// Sends a command and all that follows from it. The rejection's code, or nothing.
  std::string tell(Address to, AnyRecord command, Caller caller);
  /// Lets time pass, with the timers that fall due.
  void pass(Duration time);

  template <class Entity>
  const typename Entity::State& state(const Uuid& id) {
    return *static_cast<const typename Entity::State*>(state_of({Entity::kind, id}).get());
  }
  template <class Entity>
  typename Entity::State& change(const Uuid& id) {
    return *static_cast<typename Entity::State*>(state_of({Entity::kind, id}).get());
  }
  bool has_timer(const Address& of) const;

 private:
  std::shared_ptr<void>& state_of(const Address& address);
  std::string decide(const Address& to, const AnyRecord& command, const Caller& caller);
  void deliver();
  /// What the bank, a trip and a sequence say, which need no state here.
  void answer_for_others(const Address& from, const Effect& effect);

  std::vector<EntityKind> living_;
  SeededRandom random_;
  std::mt19937_64 dice_;
  std::map<Address, std::shared_ptr<void>> states_;
  std::map<std::pair<Address, std::string>, Time> timers_;
  std::deque<std::pair<Address, Effect>> under_way_;
  std::string said_by_people_;  // the bytes of their commands, in which their texts stand as they are
};

}  // namespace caravan::testkit
