#pragma once

#include "actors/delivery/state.hpp"

/// The numbers and the judgement by which deliveries are run.
namespace caravan::delivery_policy {

using namespace std::chrono_literals;

inline constexpr Duration saga_deadline = 60s;        // an acceptance that takes longer is undone
inline constexpr Duration code_validity = 30 * 24h;   // where no deadline for the delivery is known
inline constexpr Duration code_validity_after = 24h;  // beyond the deadline, where one is known
inline constexpr double place_radius_meters = 100;    // of codes and geofences around a stop
inline constexpr double max_counted_accuracy = 100;   // metres of a scan's inaccuracy that are forgiven
inline constexpr std::int32_t max_failed_scans = 5;   // then the code is locked
inline constexpr std::int32_t max_attempts = 3;       // failed attempts to deliver
inline constexpr Duration free_cancellation = 2h;     // after acceptance
inline constexpr Duration no_show_wait = 15min;       // at the pickup, before a traveler may report a no-show
inline constexpr std::int64_t late_fee_percent = 10;  // of the price, for a late cancellation by the customer
inline constexpr std::int64_t no_show_percent = 25;   // of the price, where the sender never came
inline constexpr std::int64_t return_percent = 50;    // of the price, where nobody took the parcel
inline constexpr std::int32_t max_messages = 10'000;
inline constexpr Duration message_notice_pause = 2min;    // between two notices of messages to one side
inline constexpr std::size_t announced_characters = 200;  // of a message, in its notice
inline constexpr std::size_t max_codes = 50;              // of one delivery, void ones included
inline constexpr std::size_t max_scans = 200;             // kept; the oldest go first
inline constexpr std::size_t max_timeline = 500;
inline constexpr std::size_t secret_bytes = 16;

inline constexpr std::string_view no_show = "no_show";

inline constexpr double same_pin_meters = 25;  // two people who mean one door point so near each other

/// Metres around a stop within which its codes are taken and its fence lies: few around a pin, as many as the guess may
/// be off elsewhere.
double place_radius(const Stop& stop);
/// What a cancellation before pickup costs.
Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now);
/// What a finished return costs.
Settlement giving_back(const DeliveryState& state);
/// Until when a code made now is valid.
Time code_expiry(const DeliveryState& state, Time now);

}  // namespace caravan::delivery_policy
