#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/providers/circuit_breaker.hpp"
#include "storage/worker/worker.hpp"

namespace httplib {
class Client;
}

namespace caravan {

/// A server on the web that the platform posts to.
struct PostTarget {
  std::string url;     // "https://host", with a port and a path if need be
  std::string secret;  // known to both sides: signs every post
  std::chrono::milliseconds deadline{10'000};
};

/// Posts JSON to one server, a few at a time. Every post has an identity of its own, which a repeat has too:
///
///     Idempotency-Key: <identity>
///     X-Caravan-Signature: t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "t.identity.body" by the secret>
///
/// and the trace that it belongs to, where there is one (`trace_headers.hpp`). The server refuses a post whose time is
/// more than five minutes off.
///
/// Where the server does not answer in time, answers 408, 429 or 5xx, or the circuit breaker is open, it has decided
/// nothing, and whoever posts is told why: they must post again. Each post is heard of once. Thread-safe.
class SignedPosts {
 public:
  struct Answer {
    int status = 0;  // 0: the server decided nothing
    std::string body;
    std::string failure = {};  // why not
  };
  using Heard = std::function<void(const Answer&)>;

  explicit SignedPosts(std::string name, PostTarget target, http::CircuitBreaker::Settings breaker = {});
  SignedPosts(const SignedPosts&) = delete;
  SignedPosts& operator=(const SignedPosts&) = delete;
  /// Drops what waits; ends what is under way.
  ~SignedPosts();

  /// Never waits. `heard` is called on another thread; at once, with a failure, where too many posts wait; and never
  /// where this ends before.
  void post(std::string identity, std::string body, Heard heard);
  const http::CircuitBreaker& breaker() const { return breaker_; }

 private:
  struct Job {
    std::string identity, body;
    Heard heard;
    std::string trace_id, traceparent;
    std::chrono::steady_clock::time_point since;
  };
  bool step(httplib::Client& client, const std::stop_token& stop);
  Answer send(httplib::Client& client, const Job& job);

  const PostTarget target_;
  std::string path_;
  http::CircuitBreaker breaker_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Job> queue_;
  std::vector<std::unique_ptr<httplib::Client>> clients_;
  std::vector<Worker> workers_;
};

/// The signature's value: "t=…,v1=…".
std::string post_signature(const std::string& secret, std::int64_t seconds, const std::string& identity,
                           const std::string& body);

}  // namespace caravan
