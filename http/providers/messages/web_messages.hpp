#pragma once

#include "http/providers/messages/message_templates.hpp"
#include "http/providers/signed_posts.hpp"
#include "runtime/provider.hpp"

namespace caravan {

/// Messages by a server on the web that knows how to mail, text and push: each message is one signed post (see
/// SignedPosts) of its words, recipients and channel, whose identity is `<store>/<sender>#<number>`: a store that was
/// restored has a new name, so that its new messages are no repeats of those that it has forgotten. 2xx takes it; 400,
/// 404, 410 and 422 refuse it for good; any other answer decides nothing, and the runtime asks again. In quiet hours
/// nothing is posted.
class WebMessages : public Provider {
 public:
  WebMessages(PostTarget target, const MessageTemplates& templates, std::string public_url, std::string store,
              http::CircuitBreaker::Settings breaker = {})
      : templates_(templates),
        public_url_(std::move(public_url)),
        store_(std::move(store)),
        posts_("messages", std::move(target), breaker) {}

  std::span<const Alternative> requests() const override;
  void handle(const EffectKey& key, const AnyRecord& request, Done done) override;
  const http::CircuitBreaker& breaker() const { return posts_.breaker(); }

 private:
  const MessageTemplates& templates_;
  const std::string public_url_;
  const std::string store_;
  SignedPosts posts_;
};

}  // namespace caravan
