#include "http/server/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "http/idempotency.hpp"
#include "http/json/read.hpp"
#include "http/server/header_text.hpp"
#include "http/server/trace.hpp"
#include "storage/storage_error.hpp"

namespace caravan::http {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds overload_pause{1};
// How much later a refusal is answered where there are too many requests. A client who asks again at once would
// otherwise take the processors from the requests that are served.
constexpr std::chrono::milliseconds refusal_takes{70};

/// For rows that take no query: every parameter is unknown.
struct NoQuery {
  static constexpr std::string_view record_name = "NoQuery";
  static constexpr auto fields() { return no_fields; }
};

bool has_body(Method method) { return method != Method::get && method != Method::del; }

/// "application/json; charset=utf-8" and "application/merge-patch+json" are JSON; in another charset it is not.
bool is_json(std::string_view header) {
  const std::string type = media_type(header), charset = media_parameter(header, "charset").value_or("utf-8");
  if (!same_letters(charset, "utf-8") && !same_letters(charset, "utf8") && !same_letters(charset, "us-ascii"))
    return false;
  return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

/// Of a row that takes JSON: whether the body is it.
void check_media(const Route& route, const Request& request) {
  if (!route.body_type || !has_body(route.method)) return;
  if (!is_json(request.header("Content-Type")))
    throw Problem{"unsupported_media_type", "The body must be JSON in UTF-8: Content-Type: application/json."};
  if (!std::ranges::all_of(request.list_header("Content-Encoding"),
                           [](std::string_view coding) { return same_letters(coding, "identity"); }))
    throw Problem{"unsupported_media_type", "The body must not be compressed: leave Content-Encoding out."};
}

Response not_found_or_method(const Router::Match& match, const Request& request) {
  if (match.allowed.empty())
    return to_response(Problem{"not_found", "There is nothing at this path."}, request.trace_id);
  std::string allow;
  for (Method method : match.allowed) {
    allow += (allow.empty() ? "" : ", ") + std::string(to_text(method));
    if (method == Method::get) allow += ", HEAD";
  }
  allow += ", OPTIONS";
  Response response = request.method == "OPTIONS" ? Response{204, {}, {}, {}}
                                                  : to_response(Problem{"method_not_allowed"}, request.trace_id);
  response.headers.emplace_back("Allow", allow);
  return response;
}

/// The problem where the store fails. Its own message is for operators; clients hear that they may repeat the request.
Problem store_is_away() {
  return {.code = "unavailable",
          .detail = "The store does not answer: send the request again.",
          .retry_after = overload_pause};
}

void add_rate_headers(const RateLimiter::Verdict& verdict, Response& response) {
  if (verdict.limit == 0) return;
  response.headers.emplace_back("RateLimit-Limit", std::to_string(verdict.limit));
  response.headers.emplace_back("RateLimit-Remaining", std::to_string(verdict.remaining));
  response.headers.emplace_back("RateLimit-Reset", std::to_string(verdict.reset.count()));
}

}  // namespace

Dispatcher::Dispatcher(Services& services, Router& router, const Authenticator& authenticator, Metrics& metrics)
    : services_(services), router_(router), authenticator_(authenticator), metrics_(metrics) {}

/// What the dispatcher notes of a request on its way.
struct Dispatcher::Visit {
  Identity identity;
  RateLimiter::Verdict verdict;
  SteadyClock::time_point start = SteadyClock::now();
  SteadyClock::duration receiving{0};  // the time that the client took to send the body: not ours
  std::size_t body_limit = 0;          // known once it is admitted
  bool is_counted = false;             // among those that are handled at once
  bool is_refused = false;             // there were too many of them
  bool is_known = false;               // the caller is identified (perhaps as nobody) and within the limits
  Spans* spans = nullptr;              // where its steps may be kept
  OpenSpanPtr span = {};               // null: its trace is not kept
};

/// Counts a request among those that are handled at once, and refuses it where they are too many. It does not count
/// while its body comes: slow senders take no place.
void Dispatcher::enter(const Route* route, Visit& visit) {
  const int before = in_flight_.fetch_add(1, std::memory_order_relaxed);
  visit.is_counted = true;
  // Rows at the root (health and metrics, documents and pages of mails) are answered whatever comes: who looks after
  // the node must see what is wrong.
  visit.is_refused = before >= services_.settings.max_in_flight && !(route && route->at_root);
  if (visit.is_refused) throw Problem{.code = "overloaded", .retry_after = overload_pause};
}

void Dispatcher::leave(Visit& visit) {
  if (std::exchange(visit.is_counted, false)) in_flight_.fetch_sub(1, std::memory_order_relaxed);
}

void Dispatcher::draw(std::string_view caller, RateClass rate, RateLimiter::Verdict& verdict) {
  verdict = limiter_.take(caller, rate, SteadyClock::now());
  if (!verdict.allowed) throw Problem{.code = "rate_limited", .retry_after = verdict.retry_after};
}

Identity Dispatcher::identify(const Route& route, const Request& request, RateLimiter::Verdict& verdict) {
  if (route.rate == RateClass::unlimited && route.access.kind == Access::Kind::anyone) return {};
  const bool limited = services_.settings.rate_limits;
  Identity identity;
  if (shows_credential(request)) {
    // Bad credentials count against their address, so that whoever guesses has to wait. Good ones pass even where
    // others at the address guess. To check them is cheap: the seal, the signature or the index of old keys refuses
    // what we did not make, and no account is asked.
    try {
      identity = authenticator_.identify(route, request);
    } catch (const Problem& problem) {
      RateLimiter::Verdict stranger;
      if (limited && problem.status() == 401)
        stranger = limiter_.take(address_block(request.remote_address), RateClass::stranger, SteadyClock::now());
      // A row that is open to all stays open to a caller whose token has expired.
      if (route.access.kind != Access::Kind::anyone) {
        verdict = stranger;
        if (!stranger.allowed) throw Problem{.code = "rate_limited", .retry_after = stranger.retry_after};
        throw;
      }
    }
  }
  if (identity.caller.is_service()) return identity;
  // Rows for signing in are limited by address even for signed-in callers: the limit guards passwords against guessing.
  const bool by_caller = identity.signed_in() && route.rate != RateClass::sign_in;
  if (limited) draw(by_caller ? program_text(identity) : address_block(request.remote_address), route.rate, verdict);
  return identity;
}

void Dispatcher::read_input(const Route& route, const Request& request, Call& call) const {
  if (route.query_type) {
    call.set_query(record_from_query(request.query, *route.query_type, route.is_list ? list_mark(route.path) : ""),
                   *route.query_type);
  } else if (!request.query.empty() && !route.at_root) {
    record_from_query(request.query, schema::type_of<NoQuery>());
  }
  if (!route.body_type) return;
  if (request.body.empty() || !has_body(route.method))
    return call.set_body(record_from_json("{}", *route.body_type), *route.body_type);
  call.set_body(record_from_json(request.body, *route.body_type), *route.body_type);
}

void Dispatcher::admit(const Route& route, Request& request, const BodySource& source, Visit& visit) {
  visit.identity = identify(route, request, visit.verdict);
  visit.is_known = true;
  visit.span = begin_trace(request, route.path, visit.identity, visit.spans);
  const Time now = services_.door.now();
  Authenticator::authorize(route, visit.identity, now);
  visit.identity.caller.stepped_up = is_stepped_up(visit.identity, now);
  if (source.announces()) check_media(route, request);
  visit.body_limit = route.body_limit(services_.settings);
  if (source.length() > static_cast<long long>(visit.body_limit))
    throw Problem{"payload_too_large", "At most " + std::to_string(visit.body_limit) + " bytes."};
}

void Dispatcher::receive(const Route& route, Request& request, BodySource& source, Visit& visit) {
  if (!source.announces()) return;
  const auto start = SteadyClock::now();
  leave(visit);
  source.receive(request, visit.body_limit);
  visit.receiving = SteadyClock::now() - start;
  enter(&route, visit);
}

Response Dispatcher::handle(Router::Match& match, Request& request, BodySource& source, Visit& visit) {
  enter(match.route, visit);
  if (!match.route) return not_found_or_method(match, request);
  const Route& route = *match.route;
  admit(route, request, source, visit);
  receive(route, request, source, visit);
  Call call(route, request, services_, visit.identity, std::move(match.path_values));
  read_input(route, request, call);
  Response response = run(route, call);
  // In one place for all rows, those to come too: whatever a service reads in a user's name is in the activity log.
  if (route.method == Method::get && !route.at_root) call.record_reading();
  return response;
}

Response Dispatcher::respond(Router::Match match, Request& request, BodySource& source) {
  Visit visit;
  metrics_.request_began();
  // Probes and scrapes come all the time, and a probe that says no has not failed: nobody asks for their traces.
  visit.spans = match.route && match.route->at_root ? nullptr : spans_;
  take_trace(request);
  const WithTrace trace({request.trace_id, request.traceparent});  // begin_trace changes its flag in place
  const std::string_view path = match.route ? std::string_view(match.route->path) : "none";
  Response response;
  std::string failed;
  try {
    response = handle(match, request, source, visit);
  } catch (const Problem& problem) {
    response = to_response(problem, request.trace_id);
    if (response.status == 500) failed = problem.code + ": " + problem.detail;
  } catch (const StorageError& failure) {
    response = to_response(store_is_away(), request.trace_id);
    failed = failure.what();
  } catch (const std::exception& failure) {
    response = to_response(Problem{"internal_error"}, request.trace_id);
    failed = failure.what();
  }
  add_rate_headers(visit.verdict, response);
  const auto took = SteadyClock::now() - visit.start - visit.receiving;
  metrics_.request_ended(match.route ? router_.index(*match.route) : Metrics::no_row, response.status, took);
  if (visit.span)
    close_span(*visit.span, response);
  else if (visit.spans && !visit.is_refused)
    keep_remarkable(request, path, response, visit.is_known, took, *visit.spans);
  if (observer_)
    observer_({request, match.route, visit.identity, response, took, failed, secret_near(match.route, request)});
  finish(request, match.route, response);
  leave(visit);
  if (visit.is_refused) response.answer_after = refusal_takes;
  return response;
}

/// Only what found no row is looked through all of them for a secret: a row says itself whether it takes one.
const Route* Dispatcher::secret_near(const Route* route, const Request& request) const {
  return route ? nullptr : router_.secret_in(request.path);
}

Response Dispatcher::refuse(Request& request, const Problem& problem) {
  take_trace(request);
  Response response = to_response(problem, request.trace_id);
  metrics_.request_began();
  metrics_.request_ended(Metrics::no_row, response.status, {});
  if (observer_) {
    const Route* route = router_.find(request.method, request.path).route;
    observer_({request, route, {}, response, {}, {}, secret_near(route, request)});
  }
  finish(request, nullptr, response);
  return response;
}

void Dispatcher::finish(const Request& request, const Route* route, Response& response) const {
  response.headers.reserve(response.headers.size() + 9);
  const auto add = [&](std::string_view name, std::string_view value) { response.headers.emplace_back(name, value); };
  add("X-Trace-Id", request.trace_id);
  add("X-Correlation-Id", request.correlation_id);
  add("traceparent", request.traceparent);
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "no-referrer");
  if (request.tls) add("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  const bool own_cache =
      std::ranges::any_of(response.headers, [](const auto& h) { return h.first == "Cache-Control"; });
  if (!own_cache)
    add("Cache-Control", route && route->access.kind != Access::Kind::anyone ? "private, no-store" : "no-store");
  const bool own_policy =
      std::ranges::any_of(response.headers, [](const auto& h) { return h.first == "Content-Security-Policy"; });
  if (!own_policy) add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

}  // namespace caravan::http
