#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "actors/directory/questions.hpp"
#include "runtime/provider.hpp"

namespace caravan {

/// Answers entities' questions to the read models: it first lets them reach the journal's head, so that the asker's own
/// writes are in the answer. One thread does the waiting; a question that finds the queue full is asked again by the
/// runtime.
class Directory : public Provider {
 public:
  struct Sources {
    std::function<bool()> catch_up;  // false: the read models are behind for too long
    std::function<OpenWorkFound(UserId)> open_work;
  };

  explicit Directory(Sources sources);
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() override;

  std::span<const Alternative> requests() const override;
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;

 private:
  static constexpr std::size_t queue_limit = 1'000;
  struct Question {
    UserId user;
    Done done;
  };
  void run();

  const Sources sources_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::deque<Question> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace caravan
