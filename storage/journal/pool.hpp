#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace caravan {

/// A few connections, shared by any number of threads; opened at first need. The thread that waits longest is next:
/// without turns, threads that come again and again made another wait a hundred times as long as themselves.
template <class Connection>
class Pool {
 public:
  Pool(std::size_t limit, std::function<std::unique_ptr<Connection>()> open) : limit_(limit), make_(std::move(open)) {}

  /// A connection for the time of its scope; waits while all are taken.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(connection_)); }
    Connection& operator*() const { return *connection_; }

   private:
    Pool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  Lease take() {
    std::unique_lock lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
    if (open_ >= limit_) {
      Waiter waiter;
      waiters_.push_back(&waiter);
      waiter.served.wait(lock, [&] { return waiter.connection != nullptr; });
      return Lease(*this, std::move(waiter.connection));
    }
    auto connection = make_();
    ++open_;
    return Lease(*this, std::move(connection));
  }

  /// Threads that wait for one.
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return waiters_.size();
  }

 private:
  struct Waiter {
    std::condition_variable served;
    std::unique_ptr<Connection> connection;
  };

  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    if (waiters_.empty()) return idle_.push_back(std::move(connection));
    Waiter& next = *waiters_.front();
    waiters_.pop_front();
    next.connection = std::move(connection);
    next.served.notify_one();  // under the lock: the waiter's variable is gone as soon as it goes on
  }

  const std::size_t limit_;
  const std::function<std::unique_ptr<Connection>()> make_;
  std::mutex mutex_;
  std::deque<Waiter*> waiters_;
  std::vector<std::unique_ptr<Connection>> idle_;  // none while somebody waits
  std::size_t open_ = 0;
};

}  // namespace caravan
