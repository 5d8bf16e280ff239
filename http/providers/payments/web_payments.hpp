#pragma once

#include "actors/payments/requests.hpp"
#include "http/providers/signed_posts.hpp"
#include "runtime/provider.hpp"

namespace caravan {

/// Payments by a server on the web: each request is one signed post (see SignedPosts), whose identity is the
/// operation's id; what it must promise is in actors/payments/requests.hpp. The server answers 200 and
/// {"outcome":"done"|"declined"|"failed","code"?,"detail"?,"reference"?}. A 4xx that speaks of the request is a refusal
/// for good: `declined`, with the body's code, or else `refused_<status>`. Any other answer decides nothing, and the
/// runtime asks again; so do 401, 403, 404, 405, 407, 408, 425 and 429, which speak of who asks, where and when.
class WebPayments : public Provider {
 public:
  explicit WebPayments(PostTarget target, http::CircuitBreaker::Settings breaker = {})
      : posts_("payments", std::move(target), breaker) {}

  std::span<const Alternative> requests() const override { return payment_requests(); }
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;
  const http::CircuitBreaker& breaker() const { return posts_.breaker(); }

  static constexpr std::string_view name = "web";  // as payment methods and payout accounts name it

 private:
  SignedPosts posts_;
};

}  // namespace caravan
