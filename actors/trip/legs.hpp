#pragma once

#include <chrono>

#include "actors/matching/facts.hpp"
#include "actors/trip/commands.hpp"
#include "actors/trip/state.hpp"

/// A trip of n places has n - 1 legs: leg i leads from place i to place i + 1. Room is counted on each of them.
namespace caravan {

/// The legs from place `from` to place `to`.
struct LegSpan {
  std::int32_t from = 0;
  std::int32_t to = 0;
};

/// Where a parcel would get on and off: the two places, in the trip's order, that are together nearest to pickup and
/// dropoff. Expects two located places at least.
LegSpan nearest_span(const std::vector<Place>& places, Coordinates pickup, Coordinates dropoff);

/// Room left on each leg.
std::vector<Load> available_by_leg(const TripState& state);

/// Room left on all legs of the span: the least of each measure.
Load available_on(const std::vector<Load>& by_leg, LegSpan span);
/// The same on the whole trip.
Load available_on_all(const std::vector<Load>& by_leg);

/// Where a change of places leaves a span: nothing where one of its places or legs goes.
std::optional<LegSpan> moved_span(const std::vector<Place>& before, const std::vector<Place>& after, LegSpan span);

/// By when a trip arrives that says only when it departs: at least a step later, in whole steps. A finer time would
/// tell strangers, who see it and may ask what arrives before another time, how far the traveler's door is.
Time estimated_arrival(Time departure, const TripRoute& route);
/// When an edited trip arrives: as it says; by its way, where that is another; else as long after its departure as so
/// far. `before`: when it departed and arrived.
Time edited_arrival(const EditTrip& command, std::pair<Time, Time> before, bool other_way, const TripRoute& route);
/// When the trip is at this of its places, by its plan: in proportion to the way up to it, so that the last is due at
/// the arrival.
Time due_at(const TripDetails& trip, std::size_t place);
/// When the trip leaves the first place of the span, by its plan.
Time leaves(const TripDetails& trip, LegSpan span);

/// Where the trip is when, by its plan. Matching knows areas alone: from exact detours either side could work out where
/// the other one lives.
std::vector<TripPoint> points_of(const TripDetails& trip);

/// The name of the timer that ends an unconfirmed reservation.
std::string reservation_timer(DeliveryId id);

/// A trip that nobody starts, completes or cancels is over this long after its arrival.
inline constexpr std::chrono::days over_after{7};
inline constexpr std::string_view over_timer = "over";
/// The trip ends as completed, and with it what it was offered for and the parcels that nobody fetched. `by`: who said
/// so; none where its time is over.
Decision completed(const TripState& state, const Context& context, std::optional<UserId> by);

}  // namespace caravan
