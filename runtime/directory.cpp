#include "runtime/directory.hpp"

#include <algorithm>

#include "storage/storage_error.hpp"

namespace caravan {

Directory::Directory(Sources sources, Runs runs) : sources_(std::move(sources)) {
  if (runs == Runs::by_itself)
    worker_.start({.name = "directory",
                   .doing = "answering entities' questions",
                   .step = [this](const std::stop_token& stop) { return step(stop); },
                   .on_failure = Worker::Retry{}});
}

std::span<const Alternative> Directory::requests() const { return detail::alternatives(List<FindOpenWork>{}); }

void Directory::handle(const EffectKey& key, const AnyRecord& request, Done done) {
  const FindOpenWork* question = request.get_if<FindOpenWork>();
  std::lock_guard lock(mutex_);
  const bool waits = std::ranges::find(queue_, key, &Question::key) != queue_.end();
  if (!question || waits || queue_.size() >= queue_limit) return;
  queue_.push_back({key, question->user_id, std::move(done)});
  woken_.notify_one();
}

bool Directory::step(const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    if (!woken_.wait(lock, stop, [&] { return !queue_.empty(); }) || stop.stop_requested()) return false;
  }
  answer_next();
  return true;
}

OpenWorkFound Directory::find(UserId user) const {
  if (!sources_.catch_up()) throw StorageError("the read models are behind the journal");
  return sources_.open_work(user);
}

bool Directory::answer_next() {
  Question question;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    question = std::move(queue_.front());
    queue_.pop_front();
  }
  OpenWorkFound found;
  try {
    found = find(question.user);
  } catch (...) {
    put_back(std::move(question));
    throw;
  }
  question.done(AnyRecord(found));
  return true;
}

/// Puts a question behind the others, so that one which always fails does not hold them up.
void Directory::put_back(Question question) {
  std::lock_guard lock(mutex_);
  if (++question.attempts < most_attempts) queue_.push_back(std::move(question));
}

}  // namespace caravan
