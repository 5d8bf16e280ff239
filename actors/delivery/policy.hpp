#pragma once

#include <algorithm>
#include <string>

#include "actors/delivery/state.hpp"
#include "actors/pricing/policy.hpp"

/// The numbers and the judgement by which deliveries are run. Those that decide who pays are in the policy's table.
namespace caravan::delivery_policy {

using namespace std::chrono_literals;

inline constexpr Duration saga_deadline = 60s;       // an acceptance that takes longer is undone
inline constexpr double place_radius_meters = 100;   // of codes and geofences around a stop
inline constexpr double max_counted_accuracy = 100;  // metres of a scan's inaccuracy that are forgiven
inline constexpr std::int32_t max_failed_scans = 5;  // then the code is locked
// Between two notices of waits to the customer, where the traveler may only pass by. Who stays is always told of.
inline constexpr Duration wait_notice_pause = 1h;
inline constexpr Duration arrival_notice_pause = 1h;  // between two that the parcel arrives: a fence is soon left again
inline constexpr Duration presence_said_pause = 1min;             // said again sooner it changes nothing
inline constexpr std::int32_t max_messages = 10'000;              // of both sides
inline constexpr std::int32_t max_messages_of_side = 5'000;       // beyond it only the daily ones
inline constexpr std::int32_t always_taken_messages_a_day = 100;  // of each side, whatever was written before
inline constexpr Duration message_notice_pause = 2min;            // between two notices of messages to one side
inline constexpr std::size_t announced_characters = 200;          // of a message, in its notice
inline constexpr std::size_t max_codes = 50;                      // kept of one delivery; the oldest void ones go first
inline constexpr std::ptrdiff_t max_unseen_codes = 10;            // of them void, and never scanned
inline constexpr std::ptrdiff_t max_refused_scans = 200;          // kept; the oldest go first
inline constexpr std::ptrdiff_t max_alike = 100;                  // rows of the timeline that one side repeats
inline constexpr std::ptrdiff_t max_refused_proofs = 10;          // pictures of refused scans, kept as evidence
inline constexpr std::size_t secret_bytes = 16;

inline constexpr std::string_view no_show = "no_show";
inline constexpr std::string_view not_as_declared = "not_as_declared";
inline constexpr std::string_view left_with_holder = "returned because nobody carried it on";
inline constexpr std::string_view came_to_receiver = "returned nearer to the receiver than to the sender";

inline constexpr Duration pin_proposal_life = 1h;  // then the other side cannot agree to it any more
inline constexpr double same_pin_meters = 25;      // two people who mean one door point so near each other

inline constexpr double far_pin_meters = 500;  // a pin further off than that moves the stop elsewhere

inline constexpr std::ptrdiff_t max_shares = 10;   // links that live
inline constexpr Duration share_life = 72h;        // where nobody says another
inline constexpr Duration shared_after_end = 24h;  // so that whoever has a link sees how it ended
inline constexpr std::size_t share_secret_bytes = 32;

/// The policy that the two sides agreed under.
inline const Policy& policy_of(const DeliveryState& state) { return kept_policy(state.policy_version); }
inline Duration code_validity(const DeliveryState& state) {
  return std::chrono::days{policy_of(state).standstill.pickup_days};
}
inline Duration code_validity_after(const DeliveryState& state) {
  return std::chrono::hours{policy_of(state).standstill.after_deadline_hours};
}
inline Duration free_cancellation(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).cancellation.free_seconds};
}
inline Duration free_of_own_price(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).cancellation.free_of_own_price_seconds};
}
inline Duration free_before_pickup(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).cancellation.free_before_pickup_seconds};
}
inline Duration late_traveler(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).cancellation.late_traveler_seconds};
}
inline Duration came_stay(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).cancellation.came_stay_seconds};
}
inline Duration least_wait(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).waiting.wait_seconds};
}
inline Duration largest_gap(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).waiting.largest_gap_seconds};
}
inline Duration early_arrival(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).waiting.before_departure_seconds};
}
inline Duration early_attempt(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).waiting.early_attempt_seconds};
}
inline Duration late_attempt(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).waiting.late_attempt_seconds};
}
inline Duration fee_hold(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).waiting.fee_held_seconds};
}
inline Duration late_grace(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).lateness.grace_seconds};
}
inline Duration late_hold(const DeliveryState& state) {
  return std::chrono::seconds{policy_of(state).lateness.held_seconds};
}
inline Duration longest_carrying(const DeliveryState& state) {
  return std::chrono::days{policy_of(state).standstill.carrying_days};
}
inline Duration longest_return(const DeliveryState& state) {
  return std::chrono::days{policy_of(state).standstill.return_days};
}
inline Duration writing_after_end(const DeliveryState& state) {
  return std::chrono::days{policy_of(state).disputes.open_days};
}
/// For people.
inline std::string least_wait_minutes(const DeliveryState& state) {
  return std::to_string(policy_of(state).waiting.wait_seconds / 60);
}
/// The customer is told so long before the end of a wait that pays by itself; the next point may come a gap later.
inline Duration told_before_end(const DeliveryState& state) { return least_wait(state) / 2; }
inline Duration told_after(const DeliveryState& state) { return told_before_end(state) - largest_gap(state); }
static_assert(std::ranges::all_of(policy_versions, [](const Policy& each) {
  return each.waiting.wait_seconds / 2 > each.waiting.largest_gap_seconds;
}));
/// After the end, to the other side: as long as it may dispute and review.
constexpr Duration private_shown_for(const Policy& by) {
  return std::chrono::days{std::max(by.disputes.open_days, by.reviews.open_days)};
}

/// Metres around a stop within which its codes are taken and its fence lies: few around a point that people gave, as
/// many as the guess may be off elsewhere. One that lies off its address earns nothing before both set a pin.
double place_radius(const Stop& stop);
/// Metres from within that radius around the place to where the fix is at the nearest; none or less: it may be there.
double beyond(Coordinates place, double radius, const MeasuredPlace& fix);
/// From when a wait at the pickup counts: a while before the trip leaves there by its plan, and never before the
/// acceptance or the request's pickupFrom. Nobody has to be there whenever the traveler likes.
Time awaited_from(const DeliveryState& state);
/// Until when the customer leaves for nothing, unless waited for: long enough to hear of the deal first.
Time free_until(const DeliveryState& state);
/// A stay at the pickup's pin from then until then shows that the traveler was there when a wait counts, before it is
/// late, and for a little while. Whether that was for the parcel an administrator says.
bool shows_coming(const DeliveryState& state, Time since, Time until);
/// How long the traveler has been seen at the place of that handover. Our clock measures it, from when the points
/// arrived: never from before awaited_from, nor, at the receiver's, from before the parcel was taken or the last
/// attempt failed. Nothing where the traveler is not there, or no point has come for a while.
std::optional<Duration> waited(const DeliveryState& state, Handover at, Time now);
/// That is long enough to say that nobody came.
bool has_waited(const DeliveryState& state, Handover at, Time now);
/// That stay was a wait there, whether or not it goes on.
bool is_wait(const DeliveryState& state, Handover at, const Stay& stay, Time now);
/// The traveler has waited for long enough at the pin there, and may have left since: who waits no longer has waited
/// all the same. What that is worth an administrator says.
std::optional<Duration> earned_wait(const DeliveryState& state, Handover at, Time now);
/// The customer has to hear now of a stay since then: at once, or where another was told within the hour once it has
/// lasted for a while, at the latest when half of the minutes of a wait have passed. `known`: the stay so far.
bool is_due_to_tell(const DeliveryState& state, const std::optional<Stay>& known, Time since, Time now);
/// What one side said of that place and the other may still agree to; nullptr where there is nothing.
const PinProposal* open_proposal(const DeliveryState& state, PinType type, Time now);
/// Until when a link shows the delivery.
inline Time shown_until(const DeliveryState& state, const Share& share) {
  return state.is_open() ? share.expires_at : std::min(share.expires_at, state.end() + shared_after_end);
}
inline bool is_shown(const DeliveryState& state, const Share& share, Time now) {
  return now < shown_until(state, share);
}
/// A pin there is further from where the stop was, before the two sides first agreed on one, than a door is corrected
/// by, and than its address was understood wrongly.
bool is_far(const DeliveryState& state, PinType type, const Coordinates& pin);
/// People set the place of that handover, at or near its address: a fee that is earned there pays by itself. At a
/// guessed or far one nobody can say whether the traveler waited at the right door, and an administrator decides.
bool is_at_pin(const DeliveryState& state, Handover at);
/// The fee of the wait there pays by itself; else an administrator decides. It is at a pin; no other point contradicts
/// that the traveler came there in time; the customer was told of it in time, and did not say meanwhile, or shortly
/// before, that somebody is there; and the sender had no reason to have gone: it began before the trip is late. At the
/// pickup it lasts beyond the planned time, and the customer had hours to hear of a deal that the traveler closed. At
/// the receiver's it was not long before the trip should arrive, nor began long after. At a meeting of two travelers it
/// never does: each could say that the other did not come.
bool pays_by_itself(const DeliveryState& state, Handover at, Time now);

/// Why an end does not pay by itself, for people: what contradicts its wait, or what was refused.
std::string why_undecided(const DeliveryState& state, const Settlement& settlement);
/// What the customer declared, for people: "Camera: 1 item, 2.5 kg, 3 l".
std::string declared_load(const DeliveryState& state);
/// The traveler refused the parcel at the pickup as not what was declared.
bool refused_parcel(const Settlement& settlement);

/// What a cancellation before pickup costs, and whose doing it is. Whoever leaves is counted, but not a customer to
/// whom nobody came: then the traveler is. Of what waits for a decision or an objection (a no-show, a refused parcel, a
/// short stay) nobody is, until its fee is paid. What neither ended counts for both.
Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now);
/// The traveler's trip was cancelled, or their account closed: what an earlier attempt earned is lost.
bool traveler_leaves(const DeliveryState& state, const Caller& by);
/// The end was no success, and not the doing of this side (Fault::customer or Fault::traveler): it does not count in
/// its statistics.
bool ended_by_other(const Settlement& settlement, Fault side);
/// What a fee of its end was for is no failure of the customer's: the traveler waited for another one of the relay, or
/// nobody took the parcel on.
bool is_among_travelers(const DeliveryState& state);
/// What a return for that reason owes the traveler, in percent of the price, where it is the request of a relay that
/// ends the search for somebody who carries on, or the traveler while there is nobody: as much as a failed attempt, or
/// all to whom was seen at the meeting.
std::optional<std::int64_t> owed_to_holder(const DeliveryState& state, const Caller& by, std::string_view reason);
/// That place is nearer to the receiver's than to where the parcel was taken: a parcel that ends there has not come
/// back.
bool is_nearer_receiver(const DeliveryState& state, Coordinates place);
/// What a finished return costs. Without a scan only the customer's word says that it came back: then all of the money
/// waits, for the traveler to object, and the traveler was where they were last seen. Of a parcel that ended nearer to
/// the receiver an administrator decides: nobody gets the way for nothing by calling it a return. It is the doing of
/// the traveler who began it alone, the customer's where their payment was refused, and nobody's where the receiver was
/// waited for in vain.
/// `is_proven`: the scan is by the code's text. Where a service names its id alone it is a word as well.
Settlement giving_back(const DeliveryState& state, const std::optional<MeasuredPlace>& scanned_at, Time now,
                       bool is_proven = true);
/// What the release of the money waits for where the parcel was handed over off its place: the customer's objection,
/// or, where that is nearer to where it was taken, an administrator.
HandedElsewhere handed_elsewhere(const DeliveryState& state, const std::string& reason, Coordinates place, Time now);
/// The same where a service says by the code's id alone that it was scanned: nobody has seen the code.
HandedElsewhere handed_without_text(const DeliveryState& state, Coordinates place, Time now);
/// The same where it is with the next traveler of a relay: both may be one, and nobody else saw the parcel. So the
/// money waits until the last leg has arrived, or, where that is not heard of for as long as a parcel may be carried
/// and come back, for an administrator.
HandedElsewhere handed_on(const DeliveryState& state, bool by_service, Time now);
/// How late a parcel is that is handed over now, and until when its money waits; nothing where nobody asks about it.
/// `elsewhere`: what else its money waits for.
std::optional<HandedLate> handed_late(const DeliveryState& state, const std::optional<HandedElsewhere>& elsewhere,
                                      Time now);
/// The provider never took the customer's money, and nobody fetched the parcel: nothing is charged, nothing is paid.
Settlement not_paid(const DeliveryState& state);
/// What a finished return comes to where the two sides agreed on it. Nothing waits: each has said yes.
Settlement agreed(const DeliveryState& state);
/// What it comes to where somebody else has shared the money out. Where a judge gave all of it back, while the parcel
/// was on its way, the end is the traveler's doing alone.
Settlement decided_elsewhere(const FundsStanding& standing, bool refunded_by_judge);
/// The same where the traveler should have brought the parcel back and did not.
Settlement not_returned(const FundsStanding& standing);
/// Until when a code made now is valid: as long as its handover may still happen. A parcel waits to be fetched until
/// the pickup's, which is never before the trip leaves by its plan.
Time code_expiry(const DeliveryState& state, Time now, Handover type = Handover::pickup);
/// When a parcel that was taken then should have arrived at the latest: not before the trip itself, by its plan.
Time carried_until(const DeliveryState& state, Time picked_up_at);

}  // namespace caravan::delivery_policy
