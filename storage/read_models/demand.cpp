#include "storage/read_models/demand.hpp"

#include <algorithm>
#include <cmath>

#include "actors/matching/score.hpp"
#include "actors/request/details.hpp"
#include "storage/read_models/trip_ways.hpp"

namespace caravan {

using namespace read_models;

namespace {

// Accounts cost nothing. All those of whom no number is verified and who have had no delivery count, together, for at
// most one person, or for a quarter of the others where that is more.
constexpr std::int64_t unknown_least = 100, unknown_share = 4;
constexpr std::int64_t few_who_fly = 3;  // one traveler alone tells nobody how people go there

/// Hundredths of a person who wants something since so long.
std::int64_t faded(Duration age) {
  const Duration half_life = demand_half_life;
  const double halves =
      static_cast<double>(std::max(age, Duration{0}).count()) / static_cast<double>(half_life.count());
  return std::llround(100 * std::exp2(-halves));
}

/// Hundredths of people: all of the known ones, and what is left of the others.
std::int64_t weighed(std::int64_t known, std::int64_t unknown) {
  return known + std::min(unknown, std::max(unknown_least, known / unknown_share));
}

}  // namespace

DemandCount count_demand(const ReadModels& models, const DemandWindow& window) {
  const auto reading = models.read();
  sqlite::Query requests = (*reading).query(
      "SELECT max(q.created), max(coalesce(p.is_known, 0)) FROM (SELECT r.customer, r.created"
      " FROM request_ends e JOIN request r ON r.number = e.number"
      " WHERE r.status = ?1 AND r.id <> ?2 AND e.pickup_south <= ?4 AND e.pickup_north >= ?5 AND e.pickup_west <= ?6"
      " AND e.pickup_east >= ?7 AND e.dropoff_south <= ?8 AND e.dropoff_north >= ?9 AND e.dropoff_west <= ?10"
      " AND e.dropoff_east >= ?11 LIMIT ?12) q LEFT JOIN profile p ON p.id = q.customer"
      " GROUP BY q.customer LIMIT ?3");
  requests.bind(RequestStatus::open, window.but, demand_most);
  bind_box(requests, box_around(window.pickup, window.radius_meters));
  bind_box(requests, box_around(window.dropoff, window.radius_meters));
  requests.bind(demand_looked_at);
  DemandCount count;
  std::int64_t known = 0, unknown = 0;
  while (requests.step()) (requests.integer(1) != 0 ? known : unknown) += faded(window.from - requests.time(0));
  count.wanting = weighed(known, unknown);
  const double radius = window.radius_meters + beside_road_meters + half_spacing_meters;
  const TravelersBy travelers = count_travelers_by(
      *reading, {box_around(window.pickup, radius), box_around(window.dropoff, radius), window.from, window.until},
      demand_most);
  const std::int64_t known_travelers = travelers.known_by_land + travelers.known_by_air;
  count.going = weighed(known_travelers * 100, (travelers.by_land + travelers.by_air - known_travelers) * 100);
  const std::int64_t flying = weighed(travelers.known_by_air * 100, (travelers.by_air - travelers.known_by_air) * 100);
  count.only_flown = travelers.by_land == 0 && flying >= few_who_fly * 100;
  return count;
}

}  // namespace caravan
