#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "actors/directory/questions.hpp"
#include "runtime/provider.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// Answers entities' questions to the read models: it first lets them reach the journal's head, so that the asker's own
/// writes are in the answer. A question that cannot be answered now, as the store is away or the read models are
/// behind, waits and is tried again, behind the others. One that finds the queue full, or has been tried in vain too
/// often, is asked again by the runtime.
class Directory : public Provider {
 public:
  struct Sources {
    std::function<bool()> catch_up;  // false: the read models are behind for too long
    std::function<OpenWorkFound(UserId)> open_work;
  };
  /// A thread of its own does the waiting; without one, a test calls `answer_next`.
  enum class Runs : std::uint8_t { by_itself, by_hand };

  explicit Directory(Sources sources, Runs runs = Runs::by_itself);
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() override = default;

  std::span<const Alternative> requests() const override;
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

  /// Tries to answer the question that has waited longest; false where none waits. Throws where it cannot be answered
  /// now; it is among those that wait then.
  bool answer_next();

 private:
  static constexpr std::size_t queue_limit = 1'000;
  static constexpr int most_attempts = 20;
  struct Question {
    EffectKey key;
    UserId user;
    Done done;
    int attempts = 0;
  };
  bool step(const std::stop_token& stop);
  OpenWorkFound find(UserId user) const;
  void put_back(Question question);

  const Sources sources_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Question> queue_;
  Worker worker_;
};

}  // namespace caravan
