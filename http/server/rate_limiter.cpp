#include "http/server/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace caravan::http {

RateLimit limit_of(RateClass rate) {
  switch (rate) {
    case RateClass::read:
      return {600, 20};
    case RateClass::write:
      return {240, 8};
    case RateClass::sign_in:
      return {20, 0.2};
    case RateClass::search:
      return {120, 4};
    case RateClass::tracking:
      return {1'200, 40};
    case RateClass::bulk:
      return {30, 0.5};
    case RateClass::unlimited:
      return {};
  }
  return {};
}

RateLimiter::Verdict RateLimiter::take(std::string_view caller, RateClass rate, Clock::time_point now) {
  const RateLimit limit = limit_of(rate);
  if (limit.burst <= 0) return {};
  std::string key;
  key += static_cast<char>('0' + static_cast<int>(rate));
  key += caller;
  Part& part = parts_[std::hash<std::string>{}(key) % part_count];
  const std::lock_guard lock(part.mutex);
  auto found = part.now.find(key);
  if (found == part.now.end()) {
    if (part.now.size() >= buckets_a_part) {
      part.before = std::move(part.now);
      part.now.clear();
    }
    const auto old = part.before.find(key);
    const Bucket fresh = old == part.before.end() ? Bucket{limit.burst, now} : old->second;
    found = part.now.emplace(std::move(key), fresh).first;
  }
  Bucket& bucket = found->second;
  const double passed = std::max(0.0, std::chrono::duration<double>(now - bucket.at).count());
  bucket.tokens = std::min(limit.burst, bucket.tokens + passed * limit.per_second);
  bucket.at = now;
  Verdict verdict{.allowed = bucket.tokens >= 1, .limit = static_cast<int>(limit.burst)};
  if (verdict.allowed) bucket.tokens -= 1;
  const auto seconds_until = [&](double tokens) {
    return std::chrono::seconds{static_cast<int>(std::ceil(std::max(0.0, tokens - bucket.tokens) / limit.per_second))};
  };
  verdict.remaining = static_cast<int>(bucket.tokens);
  verdict.reset = seconds_until(limit.burst);
  if (!verdict.allowed) verdict.retry_after = std::max(std::chrono::seconds{1}, seconds_until(1));
  return verdict;
}

}  // namespace caravan::http
