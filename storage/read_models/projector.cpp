#include "storage/read_models/projector.hpp"

namespace caravan {

namespace {

constexpr std::size_t batch_entries = 500;
// Another process may write to the same journal without telling, so look by oneself now and then.
constexpr std::chrono::milliseconds look_again{1'000};

}  // namespace

Projector::Projector(Journal& journal, ReadModels& models) : journal_(journal), models_(models) {
  thread_ = std::thread([this] { run(); });
}

Projector::~Projector() { stop(); }

void Projector::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Projector::notify(std::uint64_t position) {
  {
    std::lock_guard lock(mutex_);
    head_ = std::max(head_, position);
  }
  woken_.notify_one();
}

std::string Projector::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

bool Projector::take_batch() {
  const auto entries = journal_.feed(models_.position(), batch_entries);
  if (!entries.empty()) models_.apply(entries);
  return entries.size() == batch_entries;
}

void Projector::run() {
  bool checked = false;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    std::string why;
    bool more = false;
    try {
      if (!checked && models_.position() > journal_.head()) models_.rebuild(journal_);
      checked = true;
      more = take_batch();
    } catch (const std::exception& error) {
      why = error.what();
    }
    const std::uint64_t position = models_.position();
    lock.lock();
    failure_ = why;
    if (more) continue;
    const auto is_behind = [&] { return stopping_ || (head_ > position && failure_.empty()); };
    woken_.wait_for(lock, look_again, is_behind);
  }
}

}  // namespace caravan
