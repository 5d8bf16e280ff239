#pragma once

#include "actors/matching/trip_index.hpp"
#include "actors/trip/resources.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// Which trips to look for. What is absent does not matter.
struct TripSearch {
  std::optional<Coordinates> origin, destination;
  double max_distance_meters = 50'000;  // from either end, where a point is given
  std::optional<Time> departs_from;     // absent: the viewer's now
  std::optional<Time> departs_until;    // before then
  Load room;                            // free on the whole trip
  std::optional<Price> max_price;       // the trip's least price in major units is not above it
  std::optional<Currency> currency;
  std::optional<TransportMode> mode;
  bool spread = false;  // a page has at most most_of_one() trips of one traveler, those that depart first
};

/// A trip that was searched for. Its rows are those of a trip, and two more.
struct TripHit : TripResource {
  static constexpr std::string_view record_name = "TripHit";
  std::optional<std::int64_t> distance_from_origin, distance_from_destination;  // metres

  static constexpr auto fields() {
    constexpr auto trip = TripResource::fields();
    std::array<schema::Field, trip.size() + 2> rows{};
    for (std::size_t i = 0; i < trip.size(); ++i) rows[i] = trip[i];
    rows[trip.size()] = field<&TripHit::distance_from_origin>(101, "distanceFromOrigin");
    rows[trip.size() + 1] = field<&TripHit::distance_from_destination>(102, "distanceFromDestination");
    return rows;
  }
};

/// Upcoming trips, those that depart first coming first.
Page<TripHit> search_trips(const ReadModels& models, const Viewer& viewer, const TripSearch& search,
                           const Paging& paging);

/// Newest first.
Page<TripResource> own_trips(const ReadModels& models, const Viewer& viewer, UserId traveler,
                             std::optional<TripStatus> status, const Paging& paging);

/// How many trips of theirs are upcoming or under way.
std::size_t open_trips(const ReadModels& models, UserId traveler);

/// Those of theirs that are upcoming or under way, and at most longest_flight before or after this one, but itself: the
/// 200 nearest in time, those at the same time first.
std::vector<TripFacts> trips_around(const ReadModels& models, const TripFacts& trip);

/// For administrators: all, newest first.
Page<TripResource> all_trips(const ReadModels& models, const Viewer& viewer, std::optional<TripStatus> status,
                             const Paging& paging);

/// What matching knows of a trip; nothing where there is no such trip, or it is not upcoming.
std::optional<TripFacts> trip_facts(const ReadModels& models, TripId trip);

/// Matching's index over the read models, which must outlive it.
class StoredTripIndex final : public TripIndex {
 public:
  explicit StoredTripIndex(const ReadModels& models) : models_(models) {}
  std::vector<TripFacts> find(const TripWindow& window) const override;

 private:
  const ReadModels& models_;
};

namespace read_models {
const Projection& trips_projection();
/// What matching would know of a trip if it carried nothing yet, whatever its status; nothing where the trip is not
/// known. For use within a projection.
std::optional<TripFacts> empty_trip_facts(sqlite::Connection& database, TripId trip);
}  // namespace read_models

}  // namespace caravan
