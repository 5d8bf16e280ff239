#pragma once

#include "actors/delivery/state.hpp"
#include "actors/pricing/policy.hpp"

/// The numbers and the judgement by which deliveries are run. Those that decide who pays are in the policy's table.
namespace caravan::delivery_policy {

using namespace std::chrono_literals;

inline constexpr Duration saga_deadline = 60s;  // an acceptance that takes longer is undone
inline constexpr Duration code_validity = std::chrono::days{policy.standstill.pickup_days};  // without a deadline
inline constexpr Duration code_validity_after = std::chrono::hours{policy.standstill.after_deadline_hours};
inline constexpr double place_radius_meters = 100;   // of codes and geofences around a stop
inline constexpr double max_counted_accuracy = 100;  // metres of a scan's inaccuracy that are forgiven
inline constexpr std::int32_t max_failed_scans = 5;  // then the code is locked
inline constexpr std::int32_t max_attempts = policy.waiting.max_attempts;  // failed attempts to deliver
inline constexpr Duration free_cancellation = std::chrono::seconds{policy.cancellation.free_seconds};
inline constexpr Duration late_traveler = std::chrono::seconds{policy.cancellation.late_traveler_seconds};
inline constexpr Duration least_wait = std::chrono::seconds{policy.waiting.wait_seconds};
inline constexpr std::int64_t least_wait_minutes = policy.waiting.wait_seconds / 60;               // for people
inline constexpr Duration largest_gap = std::chrono::seconds{policy.waiting.largest_gap_seconds};  // within a wait
inline constexpr Duration wait_notice_pause = 1h;  // between two notices of waits to the customer
inline constexpr Duration fee_hold = std::chrono::seconds{policy.waiting.fee_held_seconds};
inline constexpr Duration longest_carrying = std::chrono::days{policy.standstill.carrying_days};
inline constexpr Duration longest_return = std::chrono::days{policy.standstill.return_days};
inline constexpr std::int32_t max_messages = 10'000;
inline constexpr Duration message_notice_pause = 2min;    // between two notices of messages to one side
inline constexpr std::size_t announced_characters = 200;  // of a message, in its notice
inline constexpr std::size_t max_codes = 50;              // of one delivery, void ones included
inline constexpr std::ptrdiff_t max_refused_scans = 200;  // kept; the oldest go first
inline constexpr std::ptrdiff_t max_alike = 100;          // rows of the timeline that one side repeats
inline constexpr std::size_t secret_bytes = 16;

inline constexpr std::string_view no_show = "no_show";

inline constexpr double same_pin_meters = 25;  // two people who mean one door point so near each other

/// Metres around a stop within which its codes are taken and its fence lies: few around a pin, as many as the guess may
/// be off elsewhere.
double place_radius(const Stop& stop);
/// How long the traveler has been seen at the place of that handover. Our clock measures it, from when the points
/// arrived: never from before the acceptance or the pickup's earliest time, nor, at the receiver's, from before the
/// parcel was taken or the last attempt failed. Nothing where the traveler is not there, or no point has come for a
/// while.
std::optional<Duration> waited(const DeliveryState& state, Handover at, Time now);
/// That is long enough to say that nobody came.
bool has_waited(const DeliveryState& state, Handover at, Time now);
/// People set the place of that handover: a fee that is earned there pays by itself. At a guessed one nobody can say
/// whether the traveler waited at the right door, and an administrator decides.
bool is_at_pin(const DeliveryState& state, Handover at);

/// What a cancellation before pickup costs, and whose doing it is. Whoever leaves is counted, but not a customer to
/// whom nobody came: then the traveler is. Of a reported no-show nobody is, until its fee is paid. What neither ended
/// counts for both.
Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now);
/// The traveler's trip was cancelled, or their account closed: what an earlier attempt earned is lost.
bool traveler_leaves(const DeliveryState& state, const Caller& by);
/// The end was no success, and not the doing of this side (Fault::customer or Fault::traveler): it does not count in
/// its statistics.
bool ended_by_other(const Settlement& settlement, Fault side);
/// What a finished return costs, and whose doing it is: the traveler's who began it alone, nobody's where the receiver
/// was waited for in vain.
Settlement giving_back(const DeliveryState& state, Time now);
/// What it comes to where somebody else has shared the money out.
Settlement decided_elsewhere(const FundsStanding& standing);
/// The same where the traveler should have brought the parcel back and did not.
Settlement not_returned(const FundsStanding& standing);
/// Until when a code made now is valid: as long as its handover may still happen. A parcel waits to be fetched until
/// the pickup's, which is never before the trip leaves by its plan.
Time code_expiry(const DeliveryState& state, Time now, Handover type = Handover::pickup);
/// When a parcel that was taken then should have arrived at the latest: not before the trip itself, by its plan.
Time carried_until(const DeliveryState& state, Time picked_up_at);

}  // namespace caravan::delivery_policy
