#pragma once

#include <functional>
#include <optional>
#include <string>

#include "actors/payments/requests.hpp"
#include "storage/sqlite/connection.hpp"

namespace caravan {

/// What the sandbox's payment provider remembers: each operation once, by its id, and what came of it. Used by one
/// thread at a time. Throws StorageError.
class PaymentBook {
 public:
  struct Entry {
    Uuid operation_id;
    PaymentOperation operation = PaymentOperation::authorize;
    IntentId intent_id;  // nil for payouts and accounts
    Money amount;
    PaymentOutcome outcome = PaymentOutcome::done;
    std::string code;
    bool answers = true;  // false: the provider keeps silent
    Time at;
  };
  /// Minor units of an intent that stand with the provider.
  struct Standing {
    std::int64_t reserved = 0;
    std::int64_t captured = 0;
    std::int64_t refunded = 0;
    std::optional<Currency> currency;  // none: nothing was ever asked of it
  };

  /// Opens the file, or makes it.
  explicit PaymentBook(const std::string& path, sqlite::Sharing sharing = sqlite::Sharing::one_host);

  /// Runs `work` in one transaction: all that it recorded is durable when this returns, or none.
  void in_one_transaction(const std::function<void()>& work);

  std::optional<Entry> find(const Uuid& operation_id);
  /// Remembers how an operation ended.
  void record(const Entry& entry);
  Standing standing(IntentId intent);
  /// Lets go of what is reserved, or of what one authorisation reserved. Those that were never answered become declined
  /// as `voided`.
  void let_go(IntentId intent, const std::optional<Uuid>& authorisation = {});

  /// How many operations ended so; for tests.
  std::int64_t count(PaymentOperation operation, PaymentOutcome outcome);

 private:
  sqlite::Connection database_;
};

}  // namespace caravan
