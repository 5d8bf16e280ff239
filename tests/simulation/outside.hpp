#pragma once

#include "actors/directory/questions.hpp"
#include "actors/messages/requests.hpp"
#include "runtime/provider.hpp"
#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/faults.hpp"

namespace caravan::simulation {

/// The mail provider: takes a message, fails, or asks for a later moment.
class Mail : public Provider {
 public:
  Mail(Chance& chance, const Faults& faults) : chance_(chance), faults_(faults) {}
  std::span<const Alternative> requests() const override { return detail::alternatives(List<SendMessage>{}); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

 private:
  Chance& chance_;
  const Faults& faults_;
};

/// Answers what a user still has open, as the read models do: from the journal.
class OpenWork : public Provider {
 public:
  OpenWork(MemoryJournal& journal, Chronicle& chronicle) : journal_(journal), chronicle_(chronicle) {}
  std::span<const Alternative> requests() const override { return detail::alternatives(List<FindOpenWork>{}); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

  /// The same for the checker: what a user has open by now.
  static OpenWorkFound of(const Chronicle& chronicle, UserId user);

 private:
  MemoryJournal& journal_;
  Chronicle& chronicle_;
};

}  // namespace caravan::simulation
