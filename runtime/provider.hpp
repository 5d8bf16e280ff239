#pragma once

#include <functional>

#include "actors/entity/entity.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// Something outside that entities send effects to: a payment provider, a mail provider, a question to a read model.
/// Its answer goes back to the sender as a command. `handle` is called at least once for an effect, with the same key
/// each time, until the sender has taken an answer; one key must have one effect outside. It is called on one thread
/// for all providers, so it must not wait for the outside; it may answer from any thread, late, twice or never (the
/// runtime then repeats the call).
class Provider {
 public:
  using Done = std::function<void(AnyRecord answer)>;

  virtual ~Provider() = default;
  /// The requests that it takes.
  virtual std::span<const Alternative> requests() const = 0;
  virtual void handle(const EffectKey& key, const AnyRecord& request, Done done) = 0;
};

}  // namespace caravan
