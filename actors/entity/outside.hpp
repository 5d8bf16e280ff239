#pragma once

#include "actors/entity/entity.hpp"

/// Effects to the outside, whatever provider they are for. The runtime alone repeats them; what it needs to know of a
/// request is here. An effect to the outside ends in one of these ways:
///
/// - the provider answers, or refuses for good: its answer comes as a command;
/// - it is given up, at its deadline or after too many failures: the sender hears `undelivered`. It is kept, and a late
///   answer still comes;
/// - an operator drops it, once it was given up: the sender hears `undelivered`, and it is asked for no more;
/// - the sender withdraws it (`Decision::withdraw`). An answer that was on its way may still come.
///
/// So a sender may hear of one effect twice: that it is undelivered, and later an answer.
namespace caravan {

/// How long an effect to the outside is asked for. The entity that sends it says so.
struct Term {
  static constexpr std::string_view record_name = "Term";
  Time asked_at;
  std::optional<Time> deadline;    // none: of an earlier build, or there is none
  std::int32_t most_failures = 0;  // that the provider tells; 0: any number
  friend bool operator==(const Term&, const Term&) = default;
  static constexpr auto fields() {
    return std::array{field<&Term::asked_at>(1, "askedAt"), field<&Term::deadline>(2, "deadline"),
                      field<&Term::most_failures>(3, "mostFailures")};
  }
};

/// How an effect to the outside ended, where the provider did not say.
enum class Undelivered : std::uint8_t {
  given_up,  // may be asked for again, by an operator
  dropped,   // never asked for again
};

/// What the runtime knows of a kind of outside.
struct OutsideClass {
  EntityKind kind;
  std::span<const Alternative> requests;
  Term (*term)(const AnyRecord& request);
  /// What the sender calls it by when it withdraws it.
  Uuid (*subject)(const AnyRecord& request);
  /// What the sender hears. Null: every question is asked until it is answered.
  AnyRecord (*undelivered)(const AnyRecord& request, Undelivered how, std::string detail);
  /// For how long one that was given up is kept before it is dropped. Zero: until an operator does something.
  Duration kept;
  /// What operators know one by, besides the request's name: a template, an operation. Null: by nothing.
  std::string (*about)(const AnyRecord& request) = nullptr;
  /// What an operator must hold besides `ops` to drop one.
  std::optional<Permission> drop_needs = {};
  /// Whether nobody may drop one that is about this. Null: all may be dropped.
  bool (*stays)(std::string_view about) = nullptr;
};

/// Nullptr for entities and for none.
const OutsideClass* find_outside(EntityKind kind);

/// An operator's order to the sender of an effect: ask for it again, now, whether it was given up or not.
struct RetryEffect {
  static constexpr Tag tag{60'030, "retry_effect"};
  std::uint64_t number = 0;
  std::string about = {};  // what it is, for the activity log
  static constexpr auto fields() {
    return std::array{field<&RetryEffect::number>(1, "number"), field<&RetryEffect::about>(2, "about")};
  }
};
/// An operator's order to the sender of an effect: ask for it no more.
struct DropEffect {
  static constexpr Tag tag{60'031, "drop_effect"};
  std::uint64_t number = 0;
  std::string reason;
  std::string about = {};
  static constexpr auto fields() {
    return std::array{field<&DropEffect::number>(1, "number"), field<&DropEffect::reason>(2, "reason", length(1, 500)),
                      field<&DropEffect::about>(3, "about")};
  }
};
/// The commands that the host of any entity takes, not the entity.
std::span<const Alternative> host_commands();

}  // namespace caravan
