#pragma once

#include "actors/payments/requests.hpp"
#include "http/providers/signed_posts.hpp"
#include "runtime/provider.hpp"

namespace caravan {

/// Payments by a server on the web: each request is one signed post (see SignedPosts), whose identity is the
/// operation's id. The server answers 200 and {"outcome":"done"|"declined"|"failed","code"?,"detail"?,"reference"?};
/// any other answer decides nothing, and the runtime asks again. Once it has answered an operation, it must answer a
/// repeat alike and move no money for it.
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
