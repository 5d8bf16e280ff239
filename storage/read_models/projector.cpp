#include "storage/read_models/projector.hpp"

#include <algorithm>

namespace caravan {

namespace {

constexpr std::size_t batch_entries = 2'000;
// A batch costs by the entities in it rather than by their entries. So while nobody waits for the read models, the
// projector lets entries gather: for three times as long as the last batch took, which makes it use a quarter of a core
// at most, but never longer than this.
constexpr int rest_per_work = 3;
constexpr std::chrono::milliseconds longest_gathering{50};
// Another process may write to the same journal without telling this one, so the projector looks by itself too.
constexpr std::chrono::milliseconds look_again{1'000};
constexpr std::chrono::milliseconds mark_every{100};
constexpr std::size_t most_marks = 4'096;

}  // namespace

Projector::Projector(Journal& journal, ReadModels& models) : journal_(journal), models_(models) {
  models_.when_awaited([this] { hurry(); });
  head_ = journal.head();
  marks_.push_back({head_, std::chrono::steady_clock::now()});
  worker_.start({.name = "projector",
                 .doing = "taking entries into the read models",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::Retry{.last = look_again}});
}

Projector::~Projector() { stop(); }

void Projector::stop() {
  models_.when_awaited({});
  worker_.stop();
}

void Projector::notify(std::uint64_t position) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    head_ = std::max(head_, position);
    const auto now = std::chrono::steady_clock::now();
    if (marks_.empty() || (now - marks_.back().at >= mark_every && marks_.size() < most_marks))
      marks_.push_back({position, now});
    wake = resting_;
  }
  if (wake) woken_.notify_one();
}

void Projector::hurry() {
  {
    std::lock_guard lock(mutex_);
    hurried_ = true;
  }
  woken_.notify_one();
}

std::string Projector::failure() const { return worker_.failure(); }

Projector::Lag Projector::lag() const {
  const std::uint64_t position = models_.position();
  std::lock_guard lock(mutex_);
  if (head_ <= position) return {};
  const auto mark = std::ranges::find_if(marks_, [&](const Mark& each) { return each.position > position; });
  const auto now = std::chrono::steady_clock::now();
  return {head_ - position, mark == marks_.end() ? 0 : std::chrono::duration<double>(now - mark->at).count()};
}

bool Projector::take_batch() {
  const auto entries = journal_.feed(models_.position(), batch_entries);
  if (!entries.empty()) models_.apply(entries);
  return entries.size() == batch_entries;
}

void Projector::rest(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  using Length = std::chrono::steady_clock::duration;
  if (!awaited_)
    woken_.wait_for(lock, stop, std::min<Length>(took_ * rest_per_work, longest_gathering), [&] { return hurried_; });
  resting_ = true;
  woken_.wait_for(lock, stop, look_again, [&] { return hurried_ || head_ > taken_; });
  resting_ = false;
}

bool Projector::step(const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    if (!has_more_) rest(lock, stop);
    if (stop.stop_requested()) return false;
    hurried_ = false;
  }
  has_more_ = true;  // if this step throws, the next one does not wait
  const auto began = std::chrono::steady_clock::now();
  if (!checked_ && models_.position() > journal_.head()) models_.rebuild(journal_);
  checked_ = true;
  has_more_ = take_batch();
  taken_ = models_.position();
  took_ = std::chrono::steady_clock::now() - began;
  awaited_ = models_.is_awaited();
  std::lock_guard lock(mutex_);
  while (!marks_.empty() && marks_.front().position <= taken_) marks_.pop_front();
  return true;
}

}  // namespace caravan
