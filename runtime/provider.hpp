#pragma once

#include <functional>

#include "actors/entity/entity.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// What a provider says to a request: its answer, which is final, or why there is none now.
struct ProviderReply {
  template <class Answer>
  requires(!std::same_as<Answer, ProviderReply>) ProviderReply(Answer said)  // meant to be implicit
      : answer(std::move(said)) {}
  static ProviderReply failed(std::string why) {
    ProviderReply reply{AnyRecord{}};
    reply.failure = std::move(why);
    return reply;
  }

  AnyRecord answer;     // empty: it failed, and is asked again later
  std::string failure;  // for people
};

/// Something outside that entities send effects to: a payment provider, a mail provider, a question to a read model.
/// Its answer goes back to the sender as a command. The runtime alone repeats: `handle` is called at least once for an
/// effect, with the same key each time, until the sender has taken an answer or the effect is given up; one key must
/// have one effect outside. It is called on one thread for all providers, so it must not wait for the outside; it may
/// answer from any thread, late, twice or never. A refusal that asking again does not change is an answer, no failure.
class Provider {
 public:
  using Done = std::function<void(ProviderReply reply)>;

  virtual ~Provider() = default;
  /// The requests that it takes.
  virtual std::span<const Alternative> requests() const = 0;
  virtual void handle(const EffectKey& key, const AnyRecord& request, Done done) = 0;
};

}  // namespace caravan
