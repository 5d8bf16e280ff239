#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/entity/caller.hpp"
#include "actors/schema/field.hpp"
#include "actors/values/crypto.hpp"

namespace caravan {

/// Where ids and secrets come from. Production reads the system's generator, simulation a seeded one.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

/// The first `count` characters of a text as a person counts them. Real characters need Unicode's tables, which
/// standard C++ lacks: the host passes a function that has them. The default, first_code_points, counts code points.
using FirstCharacters = std::string_view (*)(std::string_view text, std::size_t count);
std::string_view first_code_points(std::string_view text, std::size_t count);

/// What a decision may know beside the entity's own state and the command: when, who, chance, hashes, and how texts are
/// cut.
struct Context {
  Time now;
  Caller caller;
  Address self;
  Random& random;
  const Crypto& crypto;
  /// How texts are cut; the host replaces the default.
  FirstCharacters first_characters = &first_code_points;

  /// A fresh UUIDv7 at `now`.
  Uuid new_uuid() const;
  template <class IdType>
  IdType new_id() const {
    return IdType{new_uuid()};
  }
  /// `size` random bytes.
  std::string secret(std::size_t size) const;
  /// A text that leads to this entity and proves that who holds it was given `secret`, see values/token.hpp.
  std::string token(std::string_view secret) const;
};

/// A command for another entity or a request to the outside, sent at least once after the decision is durable and
/// taken exactly once.
struct Effect {
  Address to;
  AnyRecord command;
};

/// Sets (`due`) or clears (no `due`) the entity's timer of that name. A due timer comes back as TimerFired.
struct TimerChange {
  std::string name;
  std::optional<Time> due;
};

/// The command that a due timer becomes. Entities that set timers list it among their commands. Tags count within an
/// entity. From 60'000 on are those of commands that several entities take; no entity takes two of one tag. Two
/// stand twice: 60'010 for PaymentAnswer and OpenWorkFound, 60'020 for MessageSent and FilesRemoved.
struct TimerFired {
  static constexpr Tag tag{60'000, "timer_fired"};
  std::string name;
  static constexpr auto fields() { return std::array{field<&TimerFired::name>(1, "name")}; }
};

/// Why a command or query was refused: a value of the entity's rejection enumeration, by label.
struct Rejection {
  std::string_view code;    // a label of the entity's Rejection enumeration; lives for ever
  std::string detail = {};  // for a person; may be empty
  std::string field = {};   // of the command, where one is to blame: "stops[1]"
};

/// What an entity decided: either a rejection, or events with what follows from them. An accepted decision may have
/// no events (nothing changes, e.g. a repeat).
class Decision {
 public:
  /// What changes the state, and is stored.
  std::vector<AnyRecord> events;
  std::vector<Effect> effects;
  std::vector<TimerChange> timers;
  std::vector<Uuid> withdrawn;  // subjects of earlier effects to the outside, see entity/outside.hpp
  AnyRecord reply;  // for the caller, once durable; a route may answer with a query of the new state instead
  std::optional<Rejection> rejection;

  template <class Event>
  Decision& emit(Event event) {
    events.emplace_back(std::move(event));
    return *this;
  }
  template <class Command>
  Decision& send(Address to, Command command) {
    effects.push_back({to, AnyRecord(std::move(command))});
    return *this;
  }
  Decision& set_timer(std::string name, Time due) {
    timers.push_back({std::move(name), due});
    return *this;
  }
  Decision& clear_timer(std::string name) {
    timers.push_back({std::move(name), std::nullopt});
    return *this;
  }
  /// Takes back what was asked of the outside about this and is not answered.
  Decision& withdraw(const Uuid& subject) {
    withdrawn.push_back(subject);
    return *this;
  }
  template <class Reply>
  Decision& answer(Reply value) {
    reply = AnyRecord(std::move(value));
    return *this;
  }
};

/// Refuses: `return reject(TripRejection::not_owner);`. `field` names what of the command is wrong.
template <class Enum>
requires std::is_enum_v<Enum> Decision reject(Enum why, std::string detail = {}, std::string field = {}) {
  static constexpr auto labels = enum_labels(Enum{});
  Decision decision;
  decision.rejection = Rejection{labels[static_cast<std::size_t>(why)], std::move(detail), std::move(field)};
  return decision;
}

/// What a query answers: a resource or a rejection.
struct Answer {
  AnyRecord resource;
  std::optional<Rejection> rejection;
};
template <class Enum>
requires std::is_enum_v<Enum> Answer refuse(Enum why, std::string detail = {}) {
  return {{}, reject(why, std::move(detail)).rejection};
}
template <class Resource>
Answer show(Resource resource) {
  return {AnyRecord(std::move(resource)), std::nullopt};
}

}  // namespace caravan
