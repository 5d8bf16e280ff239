#include "runtime/door.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>

namespace caravan {

namespace {

/// Waits for one reply. The handler may come after the waiter has left.
class ReplyWait {
 public:
  ReplyHandler handler() {
    return [shared = shared_](Reply reply) {
      {
        std::lock_guard lock(shared->mutex);
        shared->reply = std::move(reply);
      }
      shared->ready.notify_one();  // the waiter may have left, but this handler keeps what it waited on
    };
  }
  Reply get(std::chrono::milliseconds limit) {
    std::unique_lock lock(shared_->mutex);
    if (!shared_->ready.wait_for(lock, limit, [&] { return shared_->reply.has_value(); }))
      return {.outcome = Outcome::unknown, .retry_after = std::chrono::seconds{1}};
    return std::move(*shared_->reply);
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<Reply> reply;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

constexpr std::chrono::seconds patience{30};

}  // namespace

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
