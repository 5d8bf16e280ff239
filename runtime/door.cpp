#include "runtime/door.hpp"

#include <semaphore.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "runtime/hand_over.hpp"

namespace caravan {

namespace {

/// Waits for one reply. The reply may come after the waiter has given up, so both share what they touch. A semaphore
/// and no condition variable: waking from the latter takes a mutex, which costs one more system call for each reply.
class ReplyWait {
 public:
  ReplyHandler handler() {
    return [shared = shared_](Reply reply) {
      shared->reply = std::move(reply);
      hand_over(shared.get());
      sem_post(&shared->ready);  // the waiter may have left, but this handler keeps what it waited on
    };
  }
  Reply get(std::chrono::milliseconds limit) {
    timespec until{};
    clock_gettime(CLOCK_MONOTONIC, &until);
    const std::chrono::nanoseconds end = std::chrono::nanoseconds(until.tv_nsec) + limit;
    until.tv_sec += end / std::chrono::seconds(1);
    until.tv_nsec = (end % std::chrono::seconds(1)).count();
    int failed = 0;
    do failed = sem_clockwait(&shared_->ready, CLOCK_MONOTONIC, &until);
    while (failed != 0 && errno == EINTR);
    if (failed != 0) return {.outcome = Outcome::unknown, .retry_after = std::chrono::seconds{1}};
    take_over(shared_.get());
    return std::move(shared_->reply);
  }

 private:
  struct Shared {
    Shared() { sem_init(&ready, 0, 0); }
    ~Shared() { sem_destroy(&ready); }
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;

    sem_t ready;
    Reply reply;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

thread_local std::chrono::milliseconds patience{30'000};

}  // namespace

ShortPatience::ShortPatience(std::chrono::milliseconds limit)
    : before_(std::exchange(patience, std::min(limit, patience))) {}

ShortPatience::~ShortPatience() { patience = before_; }

Reply Door::ask(Ask command) {
  ReplyWait wait;
  ask(std::move(command), wait.handler());
  return wait.get(patience);
}

Reply Door::query(Address to, AnyRecord question, Caller caller) {
  ReplyWait wait;
  query(to, std::move(question), caller, wait.handler());
  return wait.get(patience);
}

Reply Door::await(Address to, AnyRecord question, Caller caller, std::function<bool(const Reply&)> done,
                  std::chrono::milliseconds deadline) {
  ReplyWait wait;
  await(to, std::move(question), caller, std::move(done), deadline, wait.handler());
  return wait.get(deadline + patience);
}

}  // namespace caravan
