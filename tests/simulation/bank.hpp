#pragma once

#include <map>
#include <vector>

#include "actors/payments/requests.hpp"
#include "runtime/provider.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/history.hpp"

namespace caravan::simulation {

/// The payment provider, as far away and as unreliable as a real one. Requests and answers lie on the wire until chance
/// picks one, in any order; they may be lost, doubled or late. The bank itself is right whatever happens on the wire:
/// it does each operation once, and outlives every crash of the node.
class Bank : public Provider {
 public:
  Bank(Chance& chance, const History& history) : chance_(chance), history_(history) {}

  bool executes_twice = false;  // sabotage: it takes a repeated request for a new operation

  std::span<const Alternative> requests() const override { return payment_requests(); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

  /// Does one thing: takes a request from the wire, or brings an answer. False where the wire is empty.
  bool act(const Faults& faults, Time now);
  /// The node is gone: what is on the wire reaches nobody.
  void hang_up() { wire_.clear(); }

  /// Minor units of one intent that stand with the bank.
  struct Standing {
    std::int64_t reserved = 0, captured = 0, refunded = 0;
    bool voided = false;  // takes no reservation any more
  };
  Standing standing(IntentId intent) const;
  std::int64_t paid_out(UserId user) const;

 private:
  struct Letter {
    AnyRecord request;
    Done done;
    AnyRecord answer = {};  // empty: the request is still on its way to the bank
  };
  /// What comes of the request; the same for the same operation.
  PaymentAnswer carry_out(const AnyRecord& request, const Faults& faults);
  PaymentAnswer first_time(const AnyRecord& request, const Faults& faults);

  Chance& chance_;
  const History& history_;
  std::vector<Letter> wire_;
  std::map<Uuid, PaymentAnswer> operations_;
  std::map<IntentId, Standing> standings_;
  std::map<UserId, std::int64_t> paid_out_;
};

}  // namespace caravan::simulation
