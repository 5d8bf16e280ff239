#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "storage/worker/worker.hpp"

namespace caravan::http {

/// Argon2id hashes of passwords and of other low-entropy secrets, made on threads of their own: a hash takes long and
/// much memory by design, and must not hold up other requests. Queue and threads are bounded.
class PasswordHasher {
 public:
  struct Cost {
    unsigned long long operations = 2;     // passes
    std::size_t memory_bytes = 19U << 20;  // OWASP's second choice: 19 MiB, 2 passes
  };
  struct Settings {
    Cost cost = {};
    std::size_t threads = 1;
    std::size_t queue = 64;  // jobs that wait; beyond it Problem `overloaded`
  };

  explicit PasswordHasher(Settings settings);
  PasswordHasher() : PasswordHasher(Settings{}) {}
  ~PasswordHasher();
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

  /// Passwords are compared in their composed form (NFC): keyboards differ in how they make an é.
  /// The hash as text ("$argon2id$…"), with salt and cost inside. Waits for it. Throws Problem `overloaded`.
  std::string hash(std::string password);
  /// Is it the password of that hash? An empty or broken hash takes as long as a real one and is never right, so that
  /// time does not tell whether an account exists. Throws Problem `overloaded`.
  bool verify(std::string hash, std::string password);

 private:
  template <class Result>
  Result run(std::function<Result()> work);
  bool step(const std::stop_token& stop);

  Settings settings_;
  std::string decoy_;  // compared with where there is no hash
  std::mutex mutex_;
  std::condition_variable_any ready_;
  std::deque<std::packaged_task<void()>> jobs_;
  bool stopping_ = false;
  std::vector<Worker> workers_;
};

}  // namespace caravan::http
