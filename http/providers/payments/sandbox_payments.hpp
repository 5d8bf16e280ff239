#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "actors/payments/requests.hpp"
#include "runtime/provider.hpp"
#include "storage/sandbox/payment_book.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// The sandbox's payment provider. Tokens say how it behaves: `tok_ok`, `tok_declined`, `tok_insufficient`, `tok_slow`
/// (answers after 5 s), `tok_timeout` (never answers), `tok_error` (fails), `tok_closed` (a payout account that is good
/// when it is added; payouts to it are declined as `account_closed`), `tok_lapses` (a card whose reservation is gone by
/// the time of the capture, which is declined as `not_reserved`). A capture of 13.37 fails. It keeps what it did in a
/// file of its own, by the operation's id, so that a repeat, even after a crash of either side, has no second effect.
/// One thread does the work and the waiting; `handle` only puts into a bounded queue.
class SandboxPayments : public Provider {
 public:
  /// `path`: its file, sandbox_payments.sqlite in the data folder. `slow`: how long tok_slow takes.
  explicit SandboxPayments(const std::string& path, std::chrono::milliseconds slow = std::chrono::seconds(5),
                           sqlite::Sharing sharing = sqlite::Sharing::one_host);
  SandboxPayments(const SandboxPayments&) = delete;
  SandboxPayments& operator=(const SandboxPayments&) = delete;
  /// Drops what waits; the runtime asks again.
  ~SandboxPayments() override = default;

  std::span<const Alternative> requests() const override { return payment_requests(); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

 private:
  using Clock = std::chrono::steady_clock;
  struct Job {
    AnyRecord request;
    Done done;
  };
  struct Outgoing {
    PaymentAnswer answer;
    Done done;
  };

  bool step(const std::stop_token& stop);
  /// Does the jobs in one transaction, then answers them or lets them wait.
  void take(std::deque<Job> jobs);

  PaymentBook book_;
  const std::chrono::milliseconds slow_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Job> queue_;
  std::multimap<Clock::time_point, Outgoing> waiting_;  // the thread's own
  Worker worker_;
};

/// What the sandbox says of a payment method's token; nothing where it does not know the token.
struct SandboxCard {
  std::string brand;
  std::string last4;
};
std::optional<SandboxCard> sandbox_card(std::string_view token);

}  // namespace caravan
