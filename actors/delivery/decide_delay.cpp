#include <algorithm>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/reminders.hpp"

namespace caravan {

using namespace delivery;

namespace {

std::optional<Time> later(std::optional<Time> planned, std::int64_t seconds) {
  if (planned) *planned += std::chrono::seconds{seconds};
  return planned;
}

/// That plan binds the customer no more: it is far from what was agreed, misses the deadline that was to be kept, or
/// was told so shortly before the pickup that nobody plans anew by it, or when the traveler should have come already.
/// Nobody makes up for not having come by telling a delay then.
bool breaks_agreement(const DeliveryState& before, const DeliveryState& after, Time now) {
  const bool moves_pickup = before.pickup_until != after.pickup_until;
  const DelayPolicy& delays = delivery_policy::policy_of(before).delays;
  const std::chrono::seconds ahead{delays.told_ahead_seconds}, bearable{delays.free_beyond_seconds};
  const bool waits = before.status == DeliveryStatus::accepted;
  const auto is_short_notice = [&](Time pickup) { return now >= pickup || now > pickup - ahead; };
  if (moves_pickup && waits && before.pickup_until && is_short_notice(*before.pickup_until)) return true;
  const bool moves_arrival = before.planned_arrival != after.planned_arrival;
  if (moves_arrival && before.planned_arrival && now >= *before.planned_arrival) return true;
  const auto is_far = [&](const std::optional<Time>& agreed, const std::optional<Time>& planned) {
    return agreed && planned && *planned > *agreed + bearable;
  };
  if (is_far(after.delay->agreed_pickup, after.pickup_until)) return true;
  const std::optional<Time> agreed = after.agreed_arrival();
  const std::optional<Time>& deadline = after.terms.deliver_by;
  if (is_far(agreed, after.planned_arrival)) return true;
  return deadline && agreed && *agreed <= *deadline && *after.planned_arrival > *deadline;
}

/// The codes of the handovers ahead, as long as the new plan says; a service may have given one another end.
std::vector<CodeProlonged> prolonged(const DeliveryState& before, const DeliveryState& after) {
  std::vector<CodeProlonged> all;
  for (const QrCode& code : before.codes) {
    if (code.status != QrStatus::active && code.status != QrStatus::locked) continue;
    const Time longer = delivery_policy::code_expiry(after, code.created_at, code.type);
    const bool is_usual = code.expires_at == delivery_policy::code_expiry(before, code.created_at, code.type);
    if (is_usual && longer > code.expires_at) all.push_back({code.qr_code_id, longer});
  }
  return all;
}

/// "2 h 05 min", of whole minutes.
std::string length_text(std::int64_t seconds) {
  const std::int64_t minutes = (seconds + 59) / 60;
  const std::string rest = std::to_string(minutes % 60);
  if (minutes < 60) return rest + " min";
  return std::to_string(minutes / 60) + " h " + (rest.size() < 2 ? "0" : "") + rest + " min";
}

}  // namespace

/// A plan ahead moves; what has been done stays done. Waits count from the new plan on, and what was waited before it
/// for less is lost: nobody waits by one plan and tells the other side to come by another.
Decision decide(const DeliveryState& state, const Context& context, const TripDelayed& command) {
  const Address trip{EntityKind::trip, state.terms.trip_id.value};
  if (context.caller.kind != Caller::Kind::entity || context.caller.entity != trip)
    return reject(DeliveryRejection::forbidden);
  const bool waits = state.status == DeliveryStatus::accepted;
  if (!waits && !state.is_carried()) return {};
  DeliveryState after = state;
  if (waits) after.pickup_until = later(state.pickup_until, command.pickup_seconds);
  after.planned_arrival = later(state.planned_arrival, command.arrival_seconds);
  if (after.pickup_until == state.pickup_until && after.planned_arrival == state.planned_arrival) return {};
  const Delay agreed{state.pickup_until, state.planned_arrival, false, context.now};
  after.delay = state.delay.value_or(agreed);
  after.delay->told_at = context.now;
  after.delay->free_to_leave |= breaks_agreement(state, after, context.now);

  Decision decision;
  decision.emit(DeliveryDelayed{id_of(context), after.pickup_until, after.planned_arrival, *after.delay,
                                prolonged(state, after), context.now});
  decision.set_timer(std::string(overdue_timer),
                     waits ? delivery_policy::code_expiry(after, state.created_at)
                           : delivery_policy::carried_until(after, state.pickup_completed_at.value_or(context.now)));
  const auto giver = state.terms.leg ? state.terms.leg->from : std::nullopt;
  if (giver && after.pickup_until && after.pickup_until != state.pickup_until)
    decision.send({EntityKind::delivery, giver->value}, MeetLater{*after.pickup_until});
  if (waits) plan_pickup_reminders(decision, context, after.pickup_until);
  std::map<std::string, std::string> facts{
      {"later", length_text(waits ? command.pickup_seconds : command.arrival_seconds)}};
  if (waits && after.pickup_until) facts["leavesAt"] = to_rfc3339(*after.pickup_until);
  if (after.planned_arrival) facts["arrivesAt"] = to_rfc3339(*after.planned_arrival);
  if (waits && after.is_plan_broken()) facts["mayLeave"] = "yes";
  tell(decision, state, context, state.terms.customer, "trip_delayed", std::move(facts));
  return decision;
}

}  // namespace caravan
