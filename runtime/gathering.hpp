#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace caravan {

/// Asks all peers at once, and waits a bounded time for what they tell. `Told` has the question's `number`.
/// Thread-safe.
template <class Told>
class Gathering {
 public:
  /// False: the peer's link takes no more.
  using Send = std::function<bool(const std::string& peer, std::string message)>;
  static constexpr std::size_t most = 64;  // questions at once; beyond it nobody is asked

  /// Before the first question.
  void join(Send send) { send_ = std::move(send); }

  /// What came, with who told it. Blocks for `patience` at most.
  std::vector<std::pair<std::string, Told>> ask(const std::vector<std::string>& peers,
                                                std::chrono::milliseconds patience,
                                                const std::function<std::string(std::uint64_t number)>& message) {
    std::unique_lock lock(mutex_);
    if (peers.empty() || questions_.size() >= most) return {};
    const std::uint64_t number = ++numbers_;
    questions_[number].unanswered = peers.size();
    lock.unlock();
    std::size_t unreached = 0;
    for (const std::string& peer : peers) unreached += send_(peer, message(number)) ? 0 : 1;
    lock.lock();
    Question& question = questions_.at(number);
    told_.wait_for(lock, patience, [&] { return question.unanswered <= unreached; });
    auto found = std::move(question.found);
    questions_.erase(number);
    return found;
  }

  void received(const std::string& peer, Told told) {
    const std::lock_guard lock(mutex_);
    const auto question = questions_.find(told.number);
    if (question == questions_.end()) return;  // too late
    question->second.found.emplace_back(peer, std::move(told));
    --question->second.unanswered;
    told_.notify_all();
  }

 private:
  struct Question {
    std::size_t unanswered = 0;
    std::vector<std::pair<std::string, Told>> found;
  };

  Send send_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::uint64_t numbers_ = 0;
  std::map<std::uint64_t, Question> questions_;
};

}  // namespace caravan
