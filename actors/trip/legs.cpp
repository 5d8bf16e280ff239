#include "actors/trip/legs.hpp"

#include <algorithm>
#include <bit>

#include "actors/values/stable_hash.hpp"

namespace caravan {

LegSpan nearest_span(const std::vector<Place>& places, Coordinates pickup, Coordinates dropoff) {
  std::vector<double> to_pickup, to_dropoff;
  for (const Place& place : places) {
    to_pickup.push_back(distance_meters(place.at(), pickup));
    to_dropoff.push_back(distance_meters(place.at(), dropoff));
  }
  LegSpan best{0, 1};
  double best_distance = to_pickup[0] + to_dropoff[1];
  for (std::size_t from = 0; from + 1 < places.size(); ++from)
    for (std::size_t to = from + 1; to < places.size(); ++to) {
      const double distance = to_pickup[from] + to_dropoff[to];
      if (distance >= best_distance) continue;
      best_distance = distance;
      best = {static_cast<std::int32_t>(from), static_cast<std::int32_t>(to)};
    }
  return best;
}

std::vector<Load> available_by_leg(const TripState& state) {
  const std::size_t places = state.details.places.size();
  std::vector<Load> legs(places > 0 ? places - 1 : 0, state.details.capacity);
  for (const Reservation& reservation : state.reservations)
    for (auto leg = static_cast<std::size_t>(reservation.from_place);
         leg < static_cast<std::size_t>(reservation.to_place) && leg < legs.size(); ++leg)
      legs[leg] = legs[leg] - reservation.load;
  return legs;
}

Load available_on(const std::vector<Load>& by_leg, LegSpan span) {
  Load least = by_leg[static_cast<std::size_t>(span.from)];
  for (auto leg = static_cast<std::size_t>(span.from); leg < static_cast<std::size_t>(span.to); ++leg) {
    least.weight = std::min(least.weight, by_leg[leg].weight);
    least.volume = std::min(least.volume, by_leg[leg].volume);
    least.items = std::min(least.items, by_leg[leg].items);
  }
  return least;
}

Load available_on_all(const std::vector<Load>& by_leg) {
  return available_on(by_leg, {0, static_cast<std::int32_t>(by_leg.size())});
}

Time estimated_arrival(Time departure, const TripRoute& route) {
  constexpr std::chrono::minutes step{5};
  const std::chrono::seconds way{std::max<std::int64_t>(route.duration_seconds, 1)};
  return departure + (way + step - std::chrono::seconds{1}) / step * step;
}

Time edited_arrival(const EditTrip& command, std::pair<Time, Time> before, bool other_way, const TripRoute& route) {
  const Time departure = command.departure_time.value_or(before.first);
  if (command.arrival_time) return *command.arrival_time;
  return other_way ? estimated_arrival(departure, route) : departure + (before.second - before.first);
}

Time due_at(const TripDetails& trip, std::size_t place) {
  std::int64_t driven = 0, whole = 0;
  for (std::size_t leg = 0; leg < trip.route.legs.size(); ++leg) {
    const std::int64_t seconds = trip.route.legs[leg].duration_seconds;
    whole += seconds;
    if (leg < place) driven += seconds;
  }
  const double share = whole > 0 ? static_cast<double>(driven) / static_cast<double>(whole)
                                 : static_cast<double>(place) / static_cast<double>(trip.places.size() - 1);
  const auto span = trip.arrival_time - trip.departure_time;
  return trip.departure_time + Duration{static_cast<std::int64_t>(share * static_cast<double>(span.count()))};
}

Time leaves(const TripDetails& trip, LegSpan span) { return due_at(trip, static_cast<std::size_t>(span.from)); }

std::vector<TripPoint> points_of(const TripDetails& trip) {
  std::vector<TripPoint> points;
  for (std::size_t i = 0; i < trip.places.size(); ++i)
    points.push_back({area_center(trip.places[i].at()), due_at(trip, i)});
  return points;
}

std::int64_t TripDetails::plan() const {
  std::string text;
  const auto add = [&](std::int64_t number) { text += std::to_string(number) + '|'; };
  for (const Place& place : places) {
    text += place.address + '|';
    add(std::bit_cast<std::int64_t>(place.at().lat));
    add(std::bit_cast<std::int64_t>(place.at().lng));
  }
  add(departure_time.time_since_epoch().count());
  add(arrival_time.time_since_epoch().count());
  add(static_cast<std::int64_t>(transport_mode));
  return static_cast<std::int64_t>(stable_hash(text));
}

std::optional<LegSpan> moved_span(const std::vector<Place>& before, const std::vector<Place>& after, LegSpan span) {
  const auto same_start = std::ranges::mismatch(before, after).in1 - before.begin();
  if (span.to < same_start) return span;
  // Counts the places that are the same at the end. Those that already count as the common start are left out, or a
  // place would count as kept twice.
  const auto most = static_cast<std::ptrdiff_t>(std::min(before.size(), after.size())) - same_start;
  std::ptrdiff_t same_end = 0;
  while (same_end < most && before[before.size() - 1 - static_cast<std::size_t>(same_end)] ==
                                after[after.size() - 1 - static_cast<std::size_t>(same_end)])
    ++same_end;
  const auto first_kept = static_cast<std::ptrdiff_t>(before.size()) - same_end;
  if (span.from < first_kept) return std::nullopt;
  const auto shift = static_cast<std::int32_t>(after.size()) - static_cast<std::int32_t>(before.size());
  return LegSpan{span.from + shift, span.to + shift};
}

}  // namespace caravan
