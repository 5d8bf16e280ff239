#include "http/server/rate_limiter.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>
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
    case RateClass::page:
      return {600, 20};
    case RateClass::stranger:
      return {300, 10};
    case RateClass::unlimited:
      return {};
  }
  return {};
}

std::string address_block(const std::string& address) {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(address, failed);
  if (failed || parsed.is_v4()) return address;
  const auto v6 = parsed.to_v6();
  if (v6.is_v4_mapped()) return make_address_v4(boost::asio::ip::v4_mapped, v6).to_string();
  return boost::asio::ip::network_v6(v6, 64).canonical().to_string();
}

std::size_t RateLimiter::size() {
  std::size_t count = 0;
  for (Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    count += part.now.size() + part.before.size();
  }
  return count;
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
  const auto seconds_until = [&](double wanted) {
    return std::chrono::seconds{static_cast<int>(std::ceil(std::max(0.0, wanted - bucket.tokens) / limit.per_second))};
  };
  verdict.remaining = static_cast<int>(bucket.tokens);
  verdict.reset = seconds_until(limit.burst);
  if (!verdict.allowed) verdict.retry_after = std::max(std::chrono::seconds{1}, seconds_until(1));
  return verdict;
}

}  // namespace caravan::http
