#include "http/routes/auth/send_turn.hpp"

#include <algorithm>

#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "http/access/accounts.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

namespace {

using namespace std::chrono_literals;

constexpr int most_an_hour = 5, most_a_day = 15;

std::chrono::seconds seconds_of(Time at) { return std::chrono::ceil<std::chrono::seconds>(at.time_since_epoch()); }

}  // namespace

SendTurn::SendTurn(Call& call, std::string_view to) : door_(call.door()), id_(call.fresh_uuid()) {
  take("day", to, most_a_day, 24h);
  take("hour", to, most_an_hour, 1h);
}

void SendTurn::take(std::string_view kind, std::string_view to, int most, std::chrono::seconds life) {
  const Time now = door_.now();
  const std::chrono::seconds end = seconds_of(now + life);
  std::chrono::seconds first_free = end;
  for (int i = 0; i < most; ++i) {
    const Address claim =
        claim_address(sodium_crypto, "send-" + std::string(kind) + ':' + std::to_string(i) + ':' + lower_case(to));
    // The fingerprint says when the turn ends, so that whoever finds it taken can be told how long to wait.
    const Reply reply = door_.ask({.to = claim,
                                   .command = TakeClaim{id_, std::to_string(end.count()), {}, Time{end}},
                                   .origin = {.caller = edge_caller()}});
    const auto* holder = reply.resource.get_if<ClaimHolder>();
    if (reply.outcome != Outcome::done || !holder) {
      give_back();
      throw Problem{.code = "unavailable", .retry_after = 1s};
    }
    if (holder->owner == id_) {
      claims_.push_back(claim);
      return;
    }
    first_free = std::min(first_free, std::chrono::seconds{std::stoll(holder->fingerprint)});
  }
  give_back();
  throw Problem{
      .code = "too_many_attempts",
      .detail = "Too many codes or links were sent there lately.",
      .retry_after = std::max(1s, first_free - std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()))};
}

void SendTurn::give_back() {
  for (const Address& claim : claims_)
    door_.ask({.to = claim, .command = ReleaseClaim{id_}, .origin = {.caller = edge_caller()}}, [](const Reply&) {});
  claims_.clear();
}

}  // namespace caravan::http
