#pragma once

#include <functional>

#include "actors/matching/trip_index.hpp"
#include "storage/read_models/places.hpp"
#include "storage/read_models/read_models.hpp"

/// Which trips go from near one place to near another, and when. One R*Tree holds both ends of a way and its departure,
/// so that the look-up of one pair of places costs the same however many trips go elsewhere or at other times. Its
/// table, trip_way, belongs to the projection of trips; its rows name the trip's `number` there.
namespace caravan::read_models {

/// Adds what the profile of a trip's traveler says, from the columns p.rating, p.ratings, p.level, p.done,
/// p.first_name.
void put_traveler(TripFacts& trip, sqlite::Query& query, int column);

/// By road a way passes its nearest waypoint at most this far off.
inline constexpr double half_spacing_meters = 20'000;
/// Boxes that hold all that lies within `meters` of the trip's way (or of its stops), in the order of the way.
std::vector<Box> boxes_along(const TripFacts& trip, double meters);

/// Enters the way of trip `number`. A way that was entered for it before must have been taken out by forget_way.
void put_way(sqlite::Connection& database, std::int64_t number, const TripFacts& trip);
void forget_way(sqlite::Connection& database, std::int64_t number);

/// Binds a box's edges in the order of an R*Tree's columns for "overlaps": south <= north edge, and so on.
void bind_box(sqlite::Query& query, const Box& box);

/// From where to where, and when.
struct WayWindow {
  Box from, to;
  Time departs_from;   // then or later
  Time departs_until;  // and before then
};

/// SQL for the numbers of trips with a way in the window; some of them depart up to two minutes outside of it. It has
/// ten parameters from `first` on, which bind_window binds. With `ends` only trips that begin and end there, otherwise
/// also trips that may come by.
std::string ways_in_window(int first, bool ends);
void bind_window(sqlite::Query& query, const WayWindow& window);

/// Calls `look` for one span of the window after the other, the earliest and shortest first, until it says that it has
/// enough. Wanted are mostly trips that depart soon, so those that depart later need not be looked at.
void each_span(const WayWindow& window, const std::function<bool(const WayWindow&)>& look);

/// Upcoming trips that come by a place in `from` and then one in `to`, those that depart first coming first, until
/// `take` says that it has enough. At most 5,000 are looked at.
void each_trip_by(sqlite::Connection& database, const WayWindow& window,
                  const std::function<bool(TripFacts trip)>& take);

/// How many travelers such trips are of: those of whom one goes by land, and those who all fly; and how many of each
/// have a number that is verified, or a delivery behind them.
struct TravelersBy {
  std::int64_t by_land = 0, by_air = 0, known_by_land = 0, known_by_air = 0;
};
/// Counted up to `most`. At the window's ends the count is exact to two minutes.
TravelersBy count_travelers_by(sqlite::Connection& database, const WayWindow& window, std::size_t most);

}  // namespace caravan::read_models
