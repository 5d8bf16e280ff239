#include "tests/simulation/clients.hpp"

#include <algorithm>

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr Duration patience = 30s;      // then a client asks again
constexpr Duration gives_up = 5 * 24h;  // before an entity forgets its key

std::string outcome_text(const Reply& reply) {
  if (reply.rejection) return "refused: " + std::string(reply.rejection->code);
  constexpr std::string_view labels[] = {"done",       "rejected",    "stale",  "key_reused",
                                         "overloaded", "unavailable", "unknown"};
  return std::string(labels[static_cast<std::size_t>(reply.outcome)]) + (reply.is_replay ? " (replayed)" : "");
}

}  // namespace

void Clients::write(const Address& to, AnyRecord command, const Caller& caller, Time now, Then then) {
  const std::uint64_t call = ++last_call_;
  RequestOrigin origin{.caller = caller, .idempotency_key = "key-" + std::to_string(call)};
  origin.request_hash = command.type().name;
  history_.tell(now, history_.name(caller), std::string(command.type().name) + " to " + history_.name(to));
  pending_.emplace(call,
                   Pending{{.to = to, .command = std::move(command), .origin = origin}, std::move(then), now, now});
}

void Clients::read(Door& door, const Address& to, AnyRecord query, const Caller& caller, Then then) {
  door.query(to, std::move(query), caller, std::move(then));
}

void Clients::send(Door& door, std::uint64_t call, const Ask& ask) {
  door.ask(ask, [answers = answers_, call](Reply reply) { answers->push_back({call, std::move(reply)}); });
}

bool Clients::act(Door& door, const Faults& faults, Time now) {
  bool acted = !answers_->empty();
  for (const Answered& answered : std::exchange(*answers_, {})) take(faults, now, answered);
  std::erase_if(pending_, [&](const auto& item) {
    const Pending& pending = item.second;
    const bool is_too_late = now - pending.begun > gives_up;
    return pending.send_at <= now && (is_too_late || !may_enter(pending.ask.origin.caller));
  });
  for (auto& [call, pending] : pending_) {
    if (pending.send_at > now) continue;
    acted = true;
    pending.send_at = now + patience;
    send(door, call, pending.ask);
    if (chance_.percent(faults.sent_twice)) send(door, call, pending.ask);
  }
  return acted;
}

void Clients::take(const Faults& faults, Time now, const Answered& answered) {
  const auto found = pending_.find(answered.call);
  if (found == pending_.end()) return;  // a second copy's answer
  Pending& pending = found->second;
  const Reply& reply = answered.reply;
  if (reply.outcome != Outcome::done && reply.outcome != Outcome::rejected) {
    pending.send_at = now + chance_.between(100, 2'000) * 1ms;
    return;
  }
  if (chance_.percent(faults.lost_answer)) {
    pending.send_at = now + chance_.between(100, 5'000) * 1ms;
    return;
  }
  const Acknowledged told{pending.ask.to,
                          pending.ask.origin.caller.user,
                          pending.ask.origin.idempotency_key,
                          pending.ask.origin.request_hash,
                          reply.outcome,
                          reply.rejection ? reply.rejection->code : "",
                          reply.version};
  const Pending done = std::move(pending);
  pending_.erase(found);
  if (done.is_repeat) {
    ++repeats_;
    return compare(acknowledged_[done.first], told, reply.is_replay);
  }
  history_.tell(now, history_.name(done.ask.origin.caller), told.command + " is " + outcome_text(reply));
  acknowledged_.push_back(told);
  if (chance_.percent(faults.asked_again))
    pending_.emplace(
        ++last_call_,
        Pending{done.ask, {}, now + chance_.between(0, 60'000) * 1ms, done.begun, true, acknowledged_.size() - 1});
  if (done.then) done.then(reply);
}

bool Clients::is_asking() const {
  return std::ranges::any_of(pending_, [](const auto& item) { return !item.second.is_repeat; });
}

void Clients::compare(const Acknowledged& first, const Acknowledged& again, bool is_replay) {
  // An entity that did not exist could not remember the refusal.
  if (first.version == 0) return;
  if (is_replay && first.outcome == again.outcome && first.rejection == again.rejection) return;
  contradictions_.push_back(first.command + " " + first.key + " to " + history_.name(first.to) +
                            " was answered otherwise when it was repeated");
}

void Clients::connection_lost() {
  for (auto& [call, pending] : pending_) pending.send_at = std::min(pending.send_at, Time{});
}

}  // namespace caravan::simulation
