#pragma once

#include <map>
#include <vector>

#include "actors/payments/requests.hpp"
#include "runtime/provider.hpp"

namespace caravan::testkit {

/// A payment provider for simulation: does each operation once, whoever repeats it, and says what it did. Its memory
/// outlives the node, as a real provider's does.
class ScriptedPayments : public Provider {
 public:
  /// Decides how an operation ends; by default `tok_declined` is declined and everything else done.
  std::function<PaymentOutcome(const AnyRecord& request)> script;
  bool answers_twice = false;

  std::span<const Alternative> requests() const override { return payment_requests(); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

  /// How many operations of that kind were done.
  std::size_t count(PaymentOperation operation) const;
  /// Money held now: authorised, not let go, captured or refunded.
  std::int64_t held() const;
  std::int64_t paid_out() const;

 private:
  struct Operation {
    PaymentOperation operation;
    IntentId intent;
    std::int64_t amount = 0;
    PaymentAnswer answer;
  };
  std::map<Uuid, Operation> operations_;
};

}  // namespace caravan::testkit
