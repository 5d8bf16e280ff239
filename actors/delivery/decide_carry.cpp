#include <algorithm>
#include <map>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/messages/talk.hpp"

namespace caravan {

using namespace delivery;

namespace {

/// Why the parcel is not with the traveler on its way to the receiver; nothing where it is.
std::optional<DeliveryRejection> not_carried(const DeliveryState& state) {
  if (!state.is_open()) return DeliveryRejection::delivery_closed;
  if (!state.is_carried()) return DeliveryRejection::invalid_state;
  return std::nullopt;
}

/// A return cannot be called off, and the customer may end it: the traveler gives the price up, and says so themselves.
Decision not_by_key() {
  return reject(DeliveryRejection::forbidden, "A return is started by the traveler who signed in, not by an API key.");
}

/// Only what may become a fee is kept: a stay at the place of the handover that comes next, not before its earliest
/// time. A stay from before the pickup is none at the receiver's.
void note_stay(Decision& decision, const DeliveryState& state, const Context& context, Handover at,
               const std::optional<Time>& since, Time until, std::optional<Time> plausible_from = {}) {
  const bool at_receiver = at == Handover::delivery;
  const bool goes_back = state.status == DeliveryStatus::returning;
  const bool is_next = at_receiver ? state.is_carried() : state.status == DeliveryStatus::accepted || goes_back;
  if (!is_next) return;
  const std::optional<Stay>& known = state.stay_at(at);
  const bool is_over = known && (!since || known->since != *since);
  const bool keeps_earned = is_over && delivery_policy::is_wait(state, at, *known, context.now);
  if (!since) {
    if (known) decision.emit(WaitMeasured{at, {}, {}, false, context.now, {}, {}, keeps_earned});
    return;
  }
  if (at_receiver && *since < state.pickup_completed_at.value_or(context.now)) return;
  if (!at_receiver && !goes_back && context.now < delivery_policy::awaited_from(state)) return;
  std::optional<Time> came_at;
  const Time came = std::max(*since, plausible_from.value_or(*since));
  if (state.status == DeliveryStatus::accepted && !state.came_at && delivery_policy::shows_coming(state, came, until)) {
    came_at = context.now;
    tell_stay(decision, state, at, id_of(context), {came, until});
  }
  const bool told = delivery_policy::is_due_to_tell(state, known, *since, context.now);
  const WaitMeasured measured{at, since, until, told, context.now, plausible_from, came_at, keeps_earned};
  decision.emit(measured);
  if (!told) return;
  DeliveryState after = state;
  evolve(after, measured);
  const Duration so_far = delivery_policy::waited(after, at, context.now).value_or(Duration{0});
  const auto left = std::chrono::ceil<std::chrono::minutes>(delivery_policy::least_wait(state) - so_far);
  const PinType place = at_receiver ? PinType::delivery : PinType::pickup;
  std::map<std::string, std::string> facts{{"place", place_text(state, place)},
                                           {"minutes", std::to_string(std::max<std::int64_t>(left.count(), 1))}};
  // The fence lies around the point: whoever goes to the address has to agree on a pin there first.
  if (const auto& off = state.stop(place).off_address_meters) facts["offAddressMeters"] = std::to_string(*off);
  tell(decision, state, context, state.terms.customer, "traveler_waiting", std::move(facts));
}

/// How long the traveler has waited there, now or before; nothing where that was no wait.
std::optional<Duration> long_enough(const DeliveryState& state, Handover at, Time now) {
  if (delivery_policy::has_waited(state, at, now)) return delivery_policy::waited(state, at, now);
  return delivery_policy::earned_wait(state, at, now);
}

/// The parcel is back at the pickup, and nobody takes it. The wait is put before an administrator, with the fee that
/// the attempt at the receiver's has earned; who has the parcel in the end is their matter too.
Decision not_taken_back(const DeliveryState& state, const Context& context, const RecordFailedAttempt& command) {
  if (state.not_taken_back_at) return {};
  const std::optional<Duration> wait = long_enough(state, Handover::giving_back, context.now);
  if (!wait)
    return reject(
        DeliveryRejection::not_waited_enough,
        "Wait at the pickup for " + delivery_policy::least_wait_minutes(state) + " minutes, with tracking on.");
  Decision decision;
  const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(*wait).count();
  decision.emit(NotTakenBack{id_of(context), command.reason, seconds, command.note, command.location, command.photo,
                             context.now, context.caller.service});
  keep_files(decision, state, command.photo);
  tell_wait(decision, state, context, Handover::giving_back);
  // The traveler did their part of the way: what is decided or agreed now is paid at once.
  decision.send(escrow_of(state), DropSplit{{}, ParcelWay::not_carried});
  tell(decision, state, context, state.terms.customer, "attempt_failed",
       {{"reason", command.reason}, {"nextStep", "decision"}});
  const Settlement due = state.agreed_rest ? delivery_policy::agreed(state)
                                           : delivery_policy::giving_back(state, std::nullopt, context.now);
  if (!state.settled && !state.funds_gone)
    ask_for_decision(decision, state, context, state.terms.traveler, "not taken back",
                     "The traveler waited for " + std::to_string(seconds / 60) +
                         " minutes at the pickup, and nobody took the parcel back.",
                     due.compensation);
  return decision;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const TrackingBegan& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  Decision decision;
  if (state.status == DeliveryStatus::picked_up) depart(decision, state, context, command.at);
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const GeofenceHit& command) {
  if (!context.caller.is_platform() && !context.caller.is_service()) return reject(DeliveryRejection::forbidden);
  if (!state.is_created()) return reject(DeliveryRejection::not_found);
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  Decision decision;
  const bool arrives = command.geofence_type == Handover::delivery && command.event_type == GeofenceEventType::entry;
  const Time told_at = state.arrival_told_at.value_or(Time{});
  const bool told = arrives && state.is_carried() && context.now - told_at >= delivery_policy::arrival_notice_pause;
  // Who disputes knows by then what they would have to have done.
  const bool told_late = state.dispute || is_told_late(command.at, context.now);
  decision.emit(PlaceReached{command, context.now, context.caller.is_service(), told, told_late});
  const bool left_pickup = command.geofence_type == Handover::pickup && command.event_type == GeofenceEventType::exit;
  if (left_pickup && state.status == DeliveryStatus::picked_up) depart(decision, state, context, command.at);
  if (told) tell(decision, state, context, state.terms.customer, "arriving");
  return decision;
}

/// From the tracker: a wait, and so a fee, comes from the traveler's own points alone, never from what a service says.
/// The fences of the delivery itself count.
Decision decide(const DeliveryState& state, const Context& context, const TravelerSeen& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  Decision decision;
  const auto fence = std::ranges::find(state.geofences, command.geofence_id, &GeofenceRef::geofence_id);
  if (fence != state.geofences.end())
    note_stay(decision, state, context, command.geofence_type, command.since, command.until.value_or(context.now),
              command.plausible_from);
  return decision;
}

/// From the traveler's profile. What was paid by then is past doubting: the fee was held for a day, and longer for a
/// side that was shut out.
Decision decide(const DeliveryState& state, const Context& context, const DoubtWait& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.status == DeliveryStatus::accepted)
    return state.came_at ? Decision{}.emit(WaitDoubted{command.distance_meters, context.now, true}) : Decision{};
  const bool is_held = state.settlement && state.settlement->held_until && !state.settled && !state.funds_gone;
  const bool is_earned = !state.settlement && state.attempt_at_pin.value_or(false);
  Decision decision;
  if (!is_held && !is_earned) return decision;
  decision.emit(WaitDoubted{command.distance_meters, context.now});
  if (!is_held) return decision;
  decision.clear_timer(std::string(fee_timer));
  if (!state.dispute)
    ask_for_decision(decision, state, context, state.terms.traveler, state.settlement->reason,
                     "Another place of the traveler contradicts the wait.", {}, context.now);
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const ConfirmReceipt&) {
  if (auto why = not_customer(state, context.caller)) return reject(*why);
  // Their word ends a hold, or says that the parcel is back: in whose hands a key is nobody knows, and a service may
  // have reported the handover itself.
  const bool is_unproven = state.status == DeliveryStatus::returning ||
                           (state.status == DeliveryStatus::delivered && state.handover_held_until());
  if (is_unproven && (context.caller.api_key || context.caller.service))
    return reject(DeliveryRejection::forbidden, "Whoever signed in confirms this, not an API key, nor a service.");
  // In whose hands an old session is nobody knows either. What was scanned at its place is confirmed by any.
  if (is_unproven && !state.confirmed_at && context.caller.is_stale_session())
    return reject(DeliveryRejection::step_up_required, std::string(show_once_more));
  Decision decision;
  if (state.status == DeliveryStatus::delivered) {
    if (state.confirmed_at) return decision;
    decision.emit(ReceiptConfirmed{context.now, context.caller.service});
    if (state.handover_held_until()) {
      decision.clear_timer(std::string(fee_timer));
      pay_traveler(decision, state);
    }
  } else if (state.status == DeliveryStatus::returning) {
    hand_back(decision, state, context, {.by = std::string(role_of(state, context.caller)), .at = context.now});
  } else {
    return reject(state.is_open() ? DeliveryRejection::invalid_state : DeliveryRejection::delivery_closed);
  }
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const SayPresent&) {
  if (auto why = not_customer(state, context.caller)) return reject(*why);
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  const Handover next = state.is_carried() ? Handover::delivery : Handover::pickup;
  if (state.is_meeting(next))
    return reject(DeliveryRejection::invalid_state, "Two travelers meet there: nobody of yours stands at that place.");
  const std::optional<Time>& said = state.is_carried() ? state.said_at_dropoff : state.said_at_pickup;
  if (said && context.now - *said < delivery_policy::presence_said_pause) return {};
  Decision decision;
  decision.emit(PresenceSaid{next, context.now, context.caller.service});
  tell(decision, state, context, state.terms.traveler, "customer_present",
       {{"place", state.is_carried() ? state.terms.dropoff.address : state.terms.pickup.address}});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const RecordFailedAttempt& command) {
  if (auto why = not_traveler(state, context.caller)) return reject(*why);
  if (state.status == DeliveryStatus::returning) return not_taken_back(state, context, command);
  if (auto why = not_carried(state)) return reject(*why);
  const NextStep next = command.next_step.value_or(NextStep::retry);
  if (next == NextStep::giving_back && context.caller.api_key) return not_by_key();
  const std::int32_t attempt = state.failed_attempts + 1;
  if (attempt > delivery_policy::policy_of(state).waiting.max_attempts && next == NextStep::retry)
    return reject(DeliveryRejection::attempts_exhausted, "Start the return.");
  const std::optional<Duration> wait = long_enough(state, Handover::delivery, context.now);
  if (!wait)
    return reject(DeliveryRejection::not_waited_enough,
                  "Wait at the receiver's for " + delivery_policy::least_wait_minutes(state) +
                      " minutes, with tracking on. A return without a fee may start at once.");
  Decision decision;
  AttemptFailed failed;
  failed.delivery_id = id_of(context);
  failed.reason = command.reason;
  failed.attempt = attempt;
  failed.waited_seconds = command.waited_seconds.value_or(0);
  failed.measured_wait_seconds = std::chrono::floor<std::chrono::seconds>(*wait).count();
  // Whoever says that they come again is paid for it by itself once they have.
  failed.at_pin =
      next == NextStep::giving_back && delivery_policy::pays_by_itself(state, Handover::delivery, context.now);
  failed.next_step = next;
  failed.note = command.note;
  failed.location = command.location;
  failed.photo = command.photo;
  failed.at = context.now;
  failed.service = context.caller.service;
  decision.emit(std::move(failed));
  tell_wait(decision, state, context, Handover::delivery);
  keep_files(decision, state, command.photo);
  if (next == NextStep::giving_back)
    start_return(decision, state, context, command.reason, {.location = command.location});
  tell(decision, state, context, state.terms.customer, "attempt_failed",
       {{"reason", command.reason}, {"nextStep", next == NextStep::giving_back ? "return" : "retry"}});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const StartReturn& command) {
  if (auto why = not_traveler(state, context.caller)) return reject(*why);
  if (state.status == DeliveryStatus::returning) return {};
  if (auto why = not_carried(state)) return reject(*why);
  if (context.caller.api_key) return not_by_key();
  Decision decision;
  send_back(decision, state, context, command.reason.value_or("started by the traveler"),
            {.location = command.location, .photo = command.photo});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const SideClosed& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!state.is_created() || !state.is_party(command.side) || state.is_closed(command.side)) return {};
  return Decision{}.emit(DeliverySideClosed{command.side, context.now});
}

/// Nobody who is banned scans a code, or brings a parcel back: where it is becomes an administrator's matter at once.
Decision decide(const DeliveryState& state, const Context& context, const SideInactive& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!state.is_open() || !state.is_party(command.side)) return {};
  const bool is_traveler = command.side == state.terms.traveler;
  const bool is_taken = state.status != DeliveryStatus::accepted;
  std::map<std::string, std::string> facts;
  if (!is_taken)
    facts["mayLeave"] = "yes";
  else
    facts[is_traveler ? "withThem" : "withYou"] = "yes";
  if (command.banned) facts["banned"] = "yes";
  Decision decision;
  tell(decision, state, context, is_traveler ? state.terms.customer : state.terms.traveler, "other_side_inactive",
       std::move(facts));
  if (command.banned && is_traveler && is_taken && !state.dispute && !state.funds_gone)
    ask_for_decision(decision, state, context, state.terms.customer, "traveler banned",
                     "The traveler's account was banned while they had the parcel.");
  return decision;
}

namespace {

/// What a side has written once it has written one more now.
WrittenMessages one_more(const WrittenMessages& before, Time now) {
  const std::int64_t day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  return {before.all + 1, day, day == before.day ? before.that_day + 1 : 1};
}

std::map<std::string, std::string> message_notice(const Context& context, const MessageResource& message) {
  std::map<std::string, std::string> out{
      {"text", std::string(context.first_characters(message.text, delivery_policy::announced_characters))}};
  if (!message.flags.empty()) out.emplace("flagged", "yes");
  return out;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const PostMessage& command) {
  if (!state.is_created() || !may_see(state, context.caller)) return reject(DeliveryRejection::not_found);
  const bool is_customer = context.caller.is_user(state.terms.customer);
  if (!is_customer && !context.caller.is_user(state.terms.traveler)) return reject(DeliveryRejection::forbidden);
  // What there is to say of it later is said in its dispute.
  if (state.ended_at && context.now >= *state.ended_at + delivery_policy::writing_after_end(state))
    return reject(DeliveryRejection::delivery_closed,
                  "Messages are written until " + std::to_string(delivery_policy::policy_of(state).disputes.open_days) +
                      " days after the delivery ended.");
  if (state.ended_at && command.blocked)
    return reject(DeliveryRejection::forbidden, "One of you has blocked the other.");
  if (state.is_closed(is_customer ? state.terms.traveler : state.terms.customer))
    return reject(DeliveryRejection::forbidden, "The other side's account is closed.");
  const WrittenMessages written = one_more(is_customer ? state.by_customer : state.by_traveler, context.now);
  const bool is_full =
      state.messages >= delivery_policy::max_messages || written.all > delivery_policy::max_messages_of_side;
  if (is_full && written.that_day > delivery_policy::always_taken_messages_a_day)
    return reject(DeliveryRejection::limit_reached, "Of so long a conversation " +
                                                        std::to_string(delivery_policy::always_taken_messages_a_day) +
                                                        " more messages of each side are taken a day.");
  Decision decision;
  const MessageResource message{context.new_uuid(), context.caller.user, command.text, context.now,
                                talk_flags(command.text)};
  const Announcements& other = is_customer ? state.to_traveler : state.to_customer;
  const Time next_notice = other.last.value_or(Time{}) + delivery_policy::message_notice_pause;
  const bool announced = other.waiting == 0 && (!other.last || context.now >= next_notice);
  decision.emit(DeliveryMessagePosted{message, announced, written});
  if (announced)
    tell(decision, state, context, is_customer ? state.terms.traveler : state.terms.customer, "message_received",
         message_notice(context, message));
  else if (other.waiting == 0)
    decision.set_timer(std::string(is_customer ? traveler_messages_timer : customer_messages_timer), next_notice);
  return decision.answer(message);
}

}  // namespace caravan
