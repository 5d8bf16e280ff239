#include "http/access/passwords/hasher.hpp"

#include <sodium.h>

#include <stdexcept>

#include "http/problem/problem.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

std::string argon2id(const std::string& password, const PasswordHasher::Cost& cost) {
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), cost.operations, cost.memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::runtime_error("no memory for a password hash");
  return out;
}

}  // namespace

PasswordHasher::PasswordHasher(Settings settings) : settings_(settings), workers_(settings.threads) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  decoy_ = argon2id("not a password of anybody", settings_.cost);
  for (Worker& worker : workers_)
    worker.start({.name = "passwords",
                  .doing = "hashing passwords",
                  .step = [this](const std::stop_token& stop) { return step(stop); },
                  .on_failure = Worker::Retry{}});
}

PasswordHasher::~PasswordHasher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (Worker& worker : workers_) worker.request_stop();
}

/// Does the next job. Those that came before the stop are still done, because somebody waits for each.
bool PasswordHasher::step(const std::stop_token& stop) {
  std::packaged_task<void()> job;
  {
    std::unique_lock lock(mutex_);
    if (!ready_.wait(lock, stop, [this] { return !jobs_.empty(); })) return false;
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  job();
  return true;
}

template <class Result>
Result PasswordHasher::run(std::function<Result()> work) {
  std::promise<Result> promise;
  auto result = promise.get_future();
  std::packaged_task<void()> job([&promise, work = std::move(work)] {
    try {
      promise.set_value(work());
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  });
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= settings_.queue)
      throw Problem{
          .code = "overloaded", .detail = "Too many sign-ins at once.", .retry_after = std::chrono::seconds{2}};
    jobs_.push_back(std::move(job));
  }
  ready_.notify_one();
  return result.get();
}

std::string PasswordHasher::hash(std::string password) {
  return run<std::string>([this, &password] { return argon2id(unicode::nfc(password), settings_.cost); });
}

bool PasswordHasher::verify(std::string hash, std::string password) {
  return run<bool>([&] {
    const bool real = hash.starts_with("$argon2id$") && hash.size() < crypto_pwhash_STRBYTES;
    const std::string& with = real ? hash : decoy_;
    const auto opens = [&](const std::string& typed) {
      return crypto_pwhash_str_verify(with.c_str(), typed.data(), typed.size()) == 0 && real;
    };
    const std::string composed = unicode::nfc(password);
    // Tried as it was typed too: earlier versions made their hashes of that.
    return opens(composed) || (composed != password && opens(password));
  });
}

}  // namespace caravan::http
