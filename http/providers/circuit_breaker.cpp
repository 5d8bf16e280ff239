#include "http/providers/circuit_breaker.hpp"

namespace caravan::http {

CircuitBreaker::CircuitBreaker(std::string name, Settings settings) : name_(std::move(name)), settings_(settings) {}

CircuitBreaker::State CircuitBreaker::state_at(Clock::time_point now) const {
  if (!open_) return State::closed;
  return now - opened_ >= settings_.pause ? State::half_open : State::open;
}

bool CircuitBreaker::allow(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const State state = state_at(now);
  const bool allowed = state == State::closed || (state == State::half_open && !trying_);
  if (!allowed) return ++status_.refused, false;
  trying_ = state == State::half_open;
  ++status_.calls;
  return true;
}

void CircuitBreaker::succeeded() {
  const std::lock_guard lock(mutex_);
  open_ = trying_ = false;
  status_.failures = 0;
}

void CircuitBreaker::failed(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  ++status_.failed;
  ++status_.failures;
  if (!trying_ && status_.failures < settings_.max_failures) return;
  open_ = true;
  trying_ = false;
  opened_ = now;
}

CircuitBreaker::Status CircuitBreaker::status(Clock::time_point now) const {
  const std::lock_guard lock(mutex_);
  Status status = status_;
  status.state = state_at(now);
  return status;
}

std::string_view to_text(CircuitBreaker::State state) {
  static constexpr std::string_view names[] = {"closed", "open", "half_open"};
  return names[static_cast<std::size_t>(state)];
}

}  // namespace caravan::http
