#include "tests/crash/gate.hpp"

#include <stdexcept>

namespace caravan::testing {

void Gate::pass(bool begun) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !closed_; });
  --waiting_;
  if (abandoned_ || (over_ && !begun)) throw Over{};
}

void Gate::leave() {
  const std::lock_guard lock(mutex_);
  --writers_;
  changed_.notify_all();
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
  changed_.notify_all();
}

void Gate::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  changed_.wait(lock, [this] { return waiting_ == writers_; });
}

void Gate::finish() {
  std::unique_lock lock(mutex_);
  over_ = true;
  closed_ = false;
  changed_.notify_all();
  changed_.wait(lock, [this] { return writers_ == 0; });
}

void Gate::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  closed_ = false;
  changed_.notify_all();
}

HttpAnswer EnduringMarket::call(const std::string& method, const std::string& path, const std::string& token,
                                const std::string& body, const std::string& idempotency_key) {
  const bool writes = method != "GET";
  std::string key = idempotency_key;
  if (writes && key.empty()) key = name_ + '-' + std::to_string(++calls_);
  for (bool begun = false;; begun = writes) {
    gate_.pass(begun);
    const HttpAnswer answer = attempt(method, path, token, body, key);
    if (answer.status == 0) {
      if (writes && !begun) ++cut_off_;
      continue;
    }
    if (writes) ++acknowledged_;
    if (answer.status / 100 != 2)
      throw std::runtime_error(method + ' ' + path + " -> " + std::to_string(answer.status) + ' ' + answer.body);
    return answer;
  }
}

}  // namespace caravan::testing
