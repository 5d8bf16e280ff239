#pragma once

#include "actors/trip/details.hpp"

namespace caravan {

/// Room that a delivery has on the legs from place `from_place` to place `to_place`.
struct Reservation {
  static constexpr std::string_view record_name = "Reservation";
  DeliveryId delivery_id;
  Load load;
  std::int32_t from_place = 0, to_place = 0;  // indices into the trip's places; from < to
  bool confirmed = false;                     // else it lapses when its timer fires
  Time until;
  static constexpr auto fields() {
    return std::array{field<&Reservation::delivery_id>(1, "deliveryId"), field<&Reservation::load>(2, "load"),
                      field<&Reservation::from_place>(3, "fromPlace"),   field<&Reservation::to_place>(4, "toPlace"),
                      field<&Reservation::confirmed>(5, "confirmed"),    field<&Reservation::until>(6, "until")};
  }
};

/// Of so many requests a trip remembers that it was offered for them, the newest. Of others nothing is told when it
/// ends: who accepts such an offer is refused.
inline constexpr std::size_t max_offered_for = 200;

/// A traveler's trip and who has room on it.
struct TripState {
  UserId traveler_id;  // nil: there is no such trip
  TripStatus status = TripStatus::upcoming;
  TripDetails details;
  std::vector<Reservation> reservations;
  Time created_at;
  std::optional<Time> started_at, completed_at, cancelled_at;
  std::string cancel_reason;
  std::vector<RequestId> offered_for;  // oldest first
  std::optional<ToldDelays> delays;

  bool exists() const { return !traveler_id.is_nil(); }
  bool is_over() const { return status == TripStatus::cancelled || status == TripStatus::completed; }

  static constexpr std::string_view record_name = "TripState";
  static constexpr auto fields() {
    return std::array{field<&TripState::traveler_id>(1, "travelerId"),
                      field<&TripState::status>(2, "status"),
                      field<&TripState::details>(3, "details"),
                      field<&TripState::reservations>(4, "reservations"),
                      field<&TripState::created_at>(5, "createdAt"),
                      field<&TripState::started_at>(6, "startedAt"),
                      field<&TripState::completed_at>(7, "completedAt"),
                      field<&TripState::cancelled_at>(8, "cancelledAt"),
                      field<&TripState::cancel_reason>(9, "cancelReason"),
                      field<&TripState::offered_for>(10, "offeredFor", length(0, max_offered_for)),
                      field<&TripState::delays>(11, "delays")};
  }
};

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class TripRejection {
  not_found,
  already_exists,
  not_allowed,  // a command between entities, from outside
  not_owner,
  trip_not_open,  // under way or over
  invalid_state,  // not under way
  address_not_found,
  same_place,  // the trip leads nowhere
  invalid_amount,
  departure_in_past,
  arrival_before_departure,
  capacity_in_use,  // a reservation needs what would change
  arrival_too_late,
  step_up_required,
  arrival_too_early,   // before anybody could be there
  capacity_too_large,  // more than the means of transport carries
  forbidden,
  too_many_delays,  // or too long ones
};
constexpr auto enum_labels(TripRejection) {
  return std::to_array<std::string_view>({"not_found", "already_exists", "not_allowed", "not_owner", "trip_not_open",
                                          "invalid_state", "address_not_found", "same_place", "invalid_amount",
                                          "departure_in_past", "arrival_before_departure", "capacity_in_use",
                                          "arrival_too_late", "step_up_required", "arrival_too_early",
                                          "capacity_too_large", "forbidden", "limit_reached"});
}

}  // namespace caravan
