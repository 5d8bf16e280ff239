#include "storage/worker/worker.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

constexpr std::size_t longest_name = 15;  // the system's

}  // namespace

bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void Worker::start(Plan plan) {
  if (plan.name.empty() || plan.name.size() > longest_name)
    throw std::invalid_argument("a thread's name has 1 to 15 characters: " + plan.name);
  plan_ = std::move(plan);
  if (const auto* retry = std::get_if<Retry>(&plan_.on_failure)) pause_ = retry->first;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    throw std::runtime_error("cannot start the thread " + plan_.name + ": " + error.code().message() +
                             ": allow this process more threads (ulimit -u, pids.max, TasksMax) or more memory");
  }
}

void Worker::stop() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

std::string Worker::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Worker::run() {
  pthread_setname_np(pthread_self(), plan_.name.c_str());
  const std::stop_token stop = stop_.get_token();
  for (bool more = true; more;) {
    try {
      more = plan_.step(stop);
      if (fails_) recovered();
    } catch (...) {
      more = take_failure();
    }
  }
  ended_ = true;
}

/// To be called in a `catch (...)`. True: the step is to be called again.
bool Worker::take_failure() noexcept {
  const bool was_told = tell_failure("thread " + plan_.name, plan_.doing);
  try {
    const std::string why = failure_at_hand().text;
    if (const auto* give_up = std::get_if<GiveUp>(&plan_.on_failure)) {
      give_up->tell("the thread " + plan_.name + " failed at " + plan_.doing + ": " + why);
      return false;
    }
    was_told_ = was_told_ || was_told;
    fails_ = true;
    const std::lock_guard lock(mutex_);
    failure_ = why;
  } catch (...) {
    if (std::holds_alternative<GiveUp>(plan_.on_failure)) {
      spdlog::critical("nobody could be told that the thread {} ends", plan_.name);
      return false;
    }
  }
  const Retry& retry = std::get<Retry>(plan_.on_failure);
  const std::chrono::milliseconds pause = pause_;
  pause_ = std::min(std::max(pause_ * 2, std::chrono::milliseconds{1}), retry.last);
  return pause_for(pause, stop_.get_token());
}

void Worker::recovered() {
  fails_ = false;
  {
    const std::lock_guard lock(mutex_);
    failure_.clear();
  }
  pause_ = std::get<Retry>(plan_.on_failure).first;
  if (std::exchange(was_told_, false)) spdlog::info("the thread {} works again", plan_.name);
}

}  // namespace caravan
