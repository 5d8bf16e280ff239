#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "actors/payments/requests.hpp"
#include "runtime/provider.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/history.hpp"

namespace caravan::simulation {

/// The payment provider, as far away and as unreliable as the contract allows (actors/payments/requests.hpp). Requests
/// and answers lie on the wire until chance picks one, in any order; they may be lost, doubled or late. The bank itself
/// does each operation once, and outlives every crash of the node.
class Bank : public Provider {
 public:
  Bank(Chance& chance, const History& history) : chance_(chance), history_(history) {}

  std::function<Time()> date;
  std::uint64_t asked = 0;      // so often, repeats included
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
  };
  Standing standing(IntentId intent) const;
  std::int64_t paid_out(UserId user) const;

 private:
  struct Letter {
    AnyRecord request;
    Done done;
    std::optional<ProviderReply> said = {};  // none: the request is still on its way to the bank
    Time sent_at = {};
  };
  struct Intent {
    std::map<Uuid, std::int64_t> reservations;  // by authorisation
    std::int64_t captured = 0, refunded = 0;
    Currency currency = {};
    std::int64_t reserved() const;
  };
  /// What comes of the request; the same for the same operation.
  PaymentAnswer carry_out(const AnyRecord& request, const Faults& faults);
  PaymentAnswer first_time(const AnyRecord& request, const Faults& faults);

  Chance& chance_;
  const History& history_;
  std::vector<Letter> wire_;
  std::map<Uuid, PaymentAnswer> operations_;
  std::map<IntentId, Intent> intents_;
  std::map<UserId, std::int64_t> paid_out_;
};

}  // namespace caravan::simulation
