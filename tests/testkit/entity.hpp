#pragma once

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/entity/entity.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"

/// Tests an entity's rules without any I/O: given a state, when a command comes, then these events.
namespace caravan::testkit {

/// The same bytes for the same seed.
class SeededRandom : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }

 private:
  std::mt19937_64 engine_;
};

/// A recognisable id: `test_id<UserId>(7)`.
template <class IdType>
IdType test_id(std::uint8_t number) {
  IdType id;
  id.value.bytes[6] = 0x70;
  id.value.bytes[8] = 0x80;
  id.value.bytes[15] = number;
  return id;
}

Caller user(UserId id);
Caller admin(UserId id, Permission permission);
Caller service();
Caller entity(Address address);
Caller timer();
Caller provider();

/// "trip.cancelled, capacity.changed", "! not_owner", or "(nothing)".
std::string outcome(const Decision& decision);
/// "inbox notify" for each effect, in order.
std::vector<std::string> effects(const Decision& decision);
/// What the platform itself gives as a reason stands among its words, so that each language has words for it. What
/// others said before may be quoted.
void check_words(const Decision& decision, std::string_view said_by_others);

inline constexpr Time test_start = std::chrono::sys_days{std::chrono::year{2027} / 1 / 15} + std::chrono::hours{10};

/// One entity in a test. Accepted decisions evolve its state.
template <class Entity>
class Given {
 public:
  using State = typename Entity::State;
  explicit Given(Address address) : self(address) {}

  State state;
  Address self;
  Time now = test_start;
  Caller caller;
  SeededRandom random;
  Decision last;     // of the last `when`
  std::string said;  // the bytes of what others sent, who answer for the words that are quoted from it

  template <class Event>
  Given& event(Event event) {
    evolve(state, event);
    return *this;
  }
  Given& as(Caller who) {
    caller = who;
    return *this;
  }
  Given& at(Time when) {
    now = when;
    return *this;
  }
  /// Sends the command; returns the outcome's text.
  template <class Command>
  std::string when(Command command) {
    const AnyRecord told(std::move(command));
    last = find_entity(Entity::kind)->decide(&state, context(), told);
    if (!last.rejection)
      for (const AnyRecord& event : last.events) find_entity(Entity::kind)->evolve(&state, event);
    if (caller.kind != Caller::Kind::timer) said += codec::encode(told);  // the names of timers are our own
    if (caller.is_platform()) check_words(last, said);
    return outcome(last);
  }
  template <class Query>
  Answer ask(Query query) {
    return find_entity(Entity::kind)->answer(&state, context(), AnyRecord(std::move(query)));
  }
  /// The first event of that type in the last decision, or nullptr.
  template <class Event>
  const Event* emitted() const {
    for (const AnyRecord& event : last.events)
      if (const Event* found = event.get_if<Event>()) return found;
    return nullptr;
  }
  /// The first effect with that command in the last decision, or nullptr.
  template <class Command>
  const Command* sent() const {
    for (const Effect& effect : last.effects)
      if (const Command* found = effect.command.get_if<Command>()) return found;
    return nullptr;
  }
  /// The last decision's first notice to that person, of that template if one is named, or nullptr.
  const Notify* told(UserId who, std::string_view template_id = {}) const {
    for (const Effect& effect : last.effects)
      if (const auto* notice = effect.command.get_if<Notify>(); notice && effect.to == inbox_of(who))
        if (template_id.empty() || notice->template_id == template_id) return notice;
    return nullptr;
  }
  /// Whom the last decision sends such a command, in its order.
  template <class Command>
  std::vector<Address> receivers() const {
    std::vector<Address> all;
    for (const Effect& effect : last.effects)
      if (effect.command.get_if<Command>()) all.push_back(effect.to);
    return all;
  }
  Context context() { return {now, caller, self, random, sodium_crypto}; }
};

/// A row head of a state × command table.
template <class Entity>
struct NamedState {
  std::string name;
  typename Entity::State state;
};
struct NamedCommand {
  std::string name;  // "by owner"; the command's own name is put before it
  AnyRecord command;
  Caller caller;
};

/// Compares lines of text with the file of that name under tests/rules/tables. CARAVAN_UPDATE_TABLES=1 writes the
/// file instead, for its change to be read as a diff.
void check_golden(const std::string& file, const std::vector<std::string>& lines);

/// Every state against every command: the outcome of each pair must stand in tests/rules/tables/<entity>.txt. Fails
/// too where a command of the entity is missing from `commands`.
template <class Entity>
void check_table(const std::vector<NamedState<Entity>>& states, const std::vector<NamedCommand>& commands, Address self,
                 Time now = test_start) {
  const EntityClass& entity = *find_entity(Entity::kind);
  std::set<const schema::Type*> seen;
  for (const auto& command : commands) seen.insert(&command.command.type());
  for (const Alternative& alternative : entity.commands)
    CHECK_MESSAGE(seen.contains(alternative.type), "no row for command ", std::string(alternative.type->name));
  std::vector<std::string> lines;
  for (const auto& state : states)
    for (const auto& command : commands) {
      SeededRandom random;
      const Context context{now, command.caller, self, random, sodium_crypto};
      const Decision decision = entity.decide(&state.state, context, command.command);
      std::string name(command.command.type().name);
      if (!command.name.empty()) name += " " + command.name;
      lines.push_back(state.name + " | " + name + " | " + outcome(decision));
    }
  check_golden(std::string(entity.name) + ".txt", lines);
}

}  // namespace caravan::testkit
