#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "http/access/authenticator.hpp"
#include "http/server/metrics.hpp"
#include "http/server/rate_limiter.hpp"
#include "http/server/router.hpp"

namespace caravan {
class Spans;
}

namespace caravan::http {

/// A request that was answered, for who keeps the log.
struct Exchange {
  const Request& request;
  const Route* route;  // null: none was found
  const Identity& identity;
  const Response& response;
  std::chrono::nanoseconds took;
  std::string_view failure;       // why it is a 500; never shown to the client
  const Route* secret = nullptr;  // the row that takes a secret where the path may hold one, though it found no row
};

/// The body of a request that is still on its way.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The header announces a body, of a length that is known or not.
  virtual bool announces() const = 0;
  /// What is announced; 0 where it is not known.
  virtual long long length() const = 0;
  /// Receives it into the request, at most `limit` bytes. Throws Problem where it is longer, late or broken.
  virtual void receive(Request& request, std::size_t limit) = 0;
};

/// Makes the answer to a request, without a socket. Row, caller, rate limits and rights are checked first, so that who
/// is not let in hears so before the body is received. Then the body comes and the handler runs. Thread-safe.
class Dispatcher {
 public:
  Dispatcher(Services& services, Router& router, const Authenticator& authenticator, Metrics& metrics);

  /// Called with every answered request, e.g. to log it.
  using Observer = std::function<void(const Exchange&)>;
  void observe(Observer observer) { observer_ = std::move(observer); }
  /// Where the spans of requests go; null, as at first: nowhere.
  void trace(Spans* spans) { spans_ = spans; }

  Metrics& metrics() { return metrics_; }
  Router::Match find(const Request& request) const { return router_.find(request.method, request.path); }
  /// The answer, with all its headers but those of the connection. Never throws. The body is received between the two
  /// halves of the way, see BodySource.
  Response respond(Router::Match match, Request& request, BodySource& source);
  /// The answer to what never became a request that can be dispatched, e.g. one that is too large.
  Response refuse(Request& request, const Problem& problem);

 private:
  struct Visit;
  /// The way of a request: enter, admit, receive, then the handler.
  Response handle(Router::Match& match, Request& request, BodySource& source, Visit& visit);
  /// Checks all that can be checked before the body: caller, rate limit, rights, media type, announced length.
  void admit(const Route& route, Request& request, const BodySource& source, Visit& visit);
  /// Receives the body. Meanwhile the request takes no place among those that are handled.
  void receive(const Route& route, Request& request, BodySource& source, Visit& visit);
  /// Takes a place among the requests that are handled at once; throws Problem `overloaded` where all are taken.
  void enter(const Route* route, Visit& visit);
  /// Gives that place back; nothing where the request has none.
  void leave(Visit& visit);
  /// Who the request comes from, within the rate limits of address and caller. Throws Problem: 401, 429.
  Identity identify(const Route& route, const Request& request, RateLimiter::Verdict& verdict);
  /// Draws a token from the caller's bucket; throws Problem `rate_limited` where it is empty.
  void draw(std::string_view caller, RateClass rate, RateLimiter::Verdict& verdict);
  void read_input(const Route& route, const Request& request, Call& call) const;
  /// The row that takes a secret which the path may hold though it found no row; null: none.
  const Route* secret_near(const Route* route, const Request& request) const;
  /// Adds the headers that every answer has.
  void finish(const Request& request, const Route* route, Response& response) const;

  Services& services_;
  Router& router_;
  const Authenticator& authenticator_;
  Metrics& metrics_;
  std::atomic<int> in_flight_{0};
  RateLimiter limiter_;
  Observer observer_;
  Spans* spans_ = nullptr;
};

}  // namespace caravan::http
