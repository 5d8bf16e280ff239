#pragma once

#include <memory>
#include <span>

#include "actors/entity/decision.hpp"

/// What makes a struct an entity, and its description for code that hosts any entity.
///
///     struct Trip {
///       static constexpr EntityKind kind = EntityKind::trip;
///       using State = TripState;        // fields(), a default value that means "does not exist", exists()
///       using Rejection = TripRejection;   // enum; not_found is first, of the others the order means nothing
///       using Creates = List<PublishTrip>;                 // commands taken when the entity does not exist
///       using Commands = List<PublishTrip, CancelTrip, …>;  // all
///       using Events = List<TripCreated, TripCancelled, …>;
///       using Queries = List<ViewTrip, …>;
///     };
///
/// A source file beside it defines one function for each command, event and query. No header declares them. Where one
/// is missing, the linker names it:
///
///     Decision decide(const TripState& state, const Context& context, const CancelTrip& command) { … }
///     void evolve(TripState& state, const TripCancelled& event) { … }   // cannot fail
///     Answer answer(const TripState& state, const Context& context, const ViewTrip& query) { … }
namespace caravan {

/// Calls the `decide` of this state and command, which some source file defines. The declaration within the function
/// body makes it visible, so that no entity has to declare its functions.
template <schema::RecordType State, schema::RecordType Command>
Decision decide(const State& state, const Context& context, const Command& command) {
  Decision decide(const State&, const Context&, const Command&);
  return decide(state, context, command);
}
/// The same for `evolve`.
template <schema::RecordType State, schema::RecordType Event>
void evolve(State& state, const Event& event) {
  void evolve(State&, const Event&);
  evolve(state, event);
}
/// The same for `answer`.
template <schema::RecordType State, schema::RecordType Query>
Answer answer(const State& state, const Context& context, const Query& query) {
  Answer answer(const State&, const Context&, const Query&);
  return answer(state, context, query);
}

template <class... Ts>
struct List {
  template <class T>
  static constexpr bool contains = (std::is_same_v<T, Ts> || ...);
};

/// Where an event is stored: with the entity's history, or (positions, messages) in the append path beside it, which
/// the feed does not carry. An entry goes to the track lane only where each of its events does.
enum class Lane : std::uint8_t { journal, track };

/// One command, event or query of an entity.
struct Alternative {
  const schema::Type* type;
  Lane lane = Lane::journal;
};

/// An entity as data: what a host needs to load it, drive it and write it down.
struct EntityClass {
  EntityKind kind;
  std::string_view name;
  const schema::Type* state;
  std::span<const Alternative> commands, events, queries;
  std::span<const std::string_view> rejections;  // labels, as clients see them; the first: it does not exist
  bool (*exists)(const void* state);
  /// Runs `decide`; a command that does not create is refused as not_found where the entity does not exist.
  Decision (*decide)(const void* state, const Context&, const AnyRecord& command);
  void (*evolve)(void* state, const AnyRecord& event);
  Answer (*answer)(const void* state, const Context&, const AnyRecord& query);

  std::shared_ptr<void> new_state() const { return state->make(); }
};

/// The alternative with this tag id, or nullptr.
const schema::Type* find_tag(std::span<const Alternative> alternatives, std::uint16_t id);

namespace detail {

template <class T>
constexpr Lane lane_of() {
  if constexpr (requires { T::lane; }) return T::lane;
  return Lane::journal;
}

template <class... Ts>
std::span<const Alternative> alternatives(List<Ts...>) {
  static const std::array<Alternative, sizeof...(Ts)> all{Alternative{&schema::type_of<Ts>(), lane_of<Ts>()}...};
  return all;
}

template <class Entity, class... Cs>
Decision decide_any(List<Cs...>, const typename Entity::State& state, const Context& context, const AnyRecord& any) {
  Decision out;
  const bool known = ([&] {
    const Cs* command = any.get_if<Cs>();
    if (!command) return false;
    if (!Entity::Creates::template contains<Cs> && !state.exists())
      out = reject(typename Entity::Rejection{});
    else
      out = decide(state, context, *command);
    return true;
  }() || ...);
  if (!known) std::abort();  // a command of another entity: a bug in the sender, caught by the tests of its routes
  return out;
}

template <class State, class... Es>
void evolve_any(List<Es...>, State& state, const AnyRecord& any) {
  const bool known = ([&] {
    const Es* event = any.get_if<Es>();
    if (event) evolve(state, *event);
    return event != nullptr;
  }() || ...);
  if (!known) std::abort();
}

template <class Entity, class... Qs>
Answer answer_any(List<Qs...>, const typename Entity::State& state, const Context& context, const AnyRecord& any) {
  Answer out;
  [[maybe_unused]] const bool known = ([&] {
    const Qs* query = any.get_if<Qs>();
    if (!query) return false;
    out = state.exists() ? answer(state, context, *query) : refuse(typename Entity::Rejection{});
    return true;
  }() || ... || false);
  if (!known) std::abort();
  return out;
}

}  // namespace detail

/// The description of an entity.
template <class Entity>
const EntityClass& entity_class() {
  using State = typename Entity::State;
  static constexpr auto rejections = enum_labels(typename Entity::Rejection{});
  static const EntityClass value{
      .kind = Entity::kind,
      .name = enum_labels(EntityKind{})[static_cast<std::size_t>(Entity::kind)],
      .state = &schema::type_of<State>(),
      .commands = detail::alternatives(typename Entity::Commands{}),
      .events = detail::alternatives(typename Entity::Events{}),
      .queries = detail::alternatives(typename Entity::Queries{}),
      .rejections = rejections,
      .exists = [](const void* state) { return static_cast<const State*>(state)->exists(); },
      .decide =
          [](const void* state, const Context& context, const AnyRecord& command) {
            return detail::decide_any<Entity>(typename Entity::Commands{}, *static_cast<const State*>(state), context,
                                              command);
          },
      .evolve =
          [](void* state, const AnyRecord& event) {
            detail::evolve_any(typename Entity::Events{}, *static_cast<State*>(state), event);
          },
      .answer =
          [](const void* state, const Context& context, const AnyRecord& query) {
            return detail::answer_any<Entity>(typename Entity::Queries{}, *static_cast<const State*>(state), context,
                                              query);
          },
  };
  return value;
}

}  // namespace caravan
