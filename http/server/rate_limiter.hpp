#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "http/route.hpp"

namespace caravan::http {

/// How many requests a class of rows allows one caller: `burst` at once, refilled at `per_second`.
struct RateLimit {
  double burst = 0;
  double per_second = 0;
};
/// The limit of a class; {0, 0} where it has none.
RateLimit limit_of(RateClass rate);

/// Whom an address stands for: itself, or the /64 that IPv6 gives each customer. IPv4 within IPv6 is IPv4.
std::string address_block(const std::string& address);

/// Token buckets, one a caller and class. Bounded: callers not seen for a while are forgotten, with full buckets. Each
/// node has its own. Thread-safe.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;
  struct Verdict {
    bool allowed = true;
    int limit = 0;  // 0: the class has no limit
    int remaining = 0;
    std::chrono::seconds reset{0};        // until the bucket is full
    std::chrono::seconds retry_after{0};  // until one more is allowed
  };

  /// Takes one token of the caller's bucket. `caller` is an address_block or a program_text.
  Verdict take(std::string_view caller, RateClass rate, Clock::time_point now);
  /// Buckets in memory.
  std::size_t size();
  static constexpr std::size_t most = 2 * 16 * 8'192;

 private:
  static constexpr std::size_t part_count = 16, buckets_a_part = most / part_count / 2;
  struct Bucket {
    double tokens;
    Clock::time_point at;
  };
  using Buckets = std::unordered_map<std::string, Bucket>;
  struct Part {
    std::mutex mutex;
    Buckets now, before;  // when `now` is full it becomes `before`, whose callers are forgotten
  };
  std::array<Part, part_count> parts_;
};

}  // namespace caravan::http
