#include "http/outcome.hpp"

#include <algorithm>

#include "http/problem/problem.hpp"

namespace caravan::http {

namespace {

std::chrono::seconds at_least_a_second(std::chrono::milliseconds wait) {
  return std::max(std::chrono::seconds{1}, std::chrono::ceil<std::chrono::seconds>(wait));
}

[[noreturn]] void refuse_unavailable(const Reply& reply) {
  throw Problem{.code = "unavailable",
                .detail = "What has this is away: a node, the database, or a shard on its way: ask again.",
                .retry_after = at_least_a_second(reply.retry_after)};
}

}  // namespace

void require_answer(const Reply& reply) {
  // A question changes nothing, so it can simply be asked again.
  if (reply.outcome == Outcome::unknown) refuse_unavailable(reply);
  if (reply.outcome != Outcome::rejected) require_done(reply);
}

void require_done(const Reply& reply) {
  switch (reply.outcome) {
    case Outcome::done:
      return;
    case Outcome::rejected:
      throw Problem{.code = std::string(reply.rejection ? reply.rejection->code : "internal_error"),
                    .detail = reply.rejection ? reply.rejection->detail : "",
                    .field = reply.rejection ? reply.rejection->field : "",
                    .retry_after = std::chrono::ceil<std::chrono::seconds>(reply.retry_after),
                    .replayed = reply.is_replay};
    case Outcome::stale:
      throw Problem{"stale_version"};
    case Outcome::key_reused:
      throw Problem{"idempotency_key_reused"};
    case Outcome::overloaded:
      throw Problem{.code = "overloaded", .retry_after = at_least_a_second(reply.retry_after)};
    case Outcome::unavailable:
      refuse_unavailable(reply);
    case Outcome::unknown:
      throw Problem{.code = "outcome_unknown",
                    .detail = "It may or may not have happened; a repeat with the same Idempotency-Key is safe.",
                    .retry_after = at_least_a_second(reply.retry_after)};
  }
}

}  // namespace caravan::http
