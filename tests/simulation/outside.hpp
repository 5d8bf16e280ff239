#pragma once

#include <functional>

#include "actors/directory/questions.hpp"
#include "actors/messages/requests.hpp"
#include "runtime/provider.hpp"
#include "tests/simulation/chronicle.hpp"
#include "tests/simulation/faults.hpp"

namespace caravan::simulation {

/// The mail provider: takes a message, fails, or asks for a later moment.
class Mail : public Provider {
 public:
  using Arrives = std::function<void(const SendMessage&)>;

  Mail(Chance& chance, const Faults& faults, Arrives arrives)
      : chance_(chance), faults_(faults), arrives_(std::move(arrives)) {}
  std::span<const Alternative> requests() const override { return detail::alternatives(List<SendMessage>{}); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

 private:
  Chance& chance_;
  const Faults& faults_;
  Arrives arrives_;
};

/// What a user has open by now, as the read models would tell it.
OpenWorkFound open_work_of(const Chronicle& chronicle, UserId user);

}  // namespace caravan::simulation
