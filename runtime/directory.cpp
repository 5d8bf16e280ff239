#include "runtime/directory.hpp"

namespace caravan {

Directory::Directory(Sources sources) : sources_(std::move(sources)), thread_([this] { run(); }) {}

Directory::~Directory() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_one();
  thread_.join();
}

std::span<const Alternative> Directory::requests() const { return detail::alternatives(List<FindOpenWork>{}); }

void Directory::handle(const EffectKey&, const AnyRecord& request, Done done) {
  const FindOpenWork* question = request.get_if<FindOpenWork>();
  std::lock_guard lock(mutex_);
  if (!question || queue_.size() >= queue_limit) return;
  queue_.push_back({question->user_id, std::move(done)});
  woken_.notify_one();
}

void Directory::run() {
  for (;;) {
    Question question;
    {
      std::unique_lock lock(mutex_);
      woken_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      question = std::move(queue_.front());
      queue_.pop_front();
    }
    if (sources_.catch_up()) question.done(AnyRecord(sources_.open_work(question.user)));
  }
}

}  // namespace caravan
