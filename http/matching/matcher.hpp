#pragma once

#include <functional>

#include "actors/matching/model.hpp"
#include "actors/matching/trip_index.hpp"

namespace caravan {

/// A trip that fits a request.
struct Match {
  TripId trip_id;
  UserId traveler_id;
  double score = 0;  // in [0, 1]
  std::int64_t detour_meters = 0;
  std::vector<std::string> reasons;

  static constexpr std::string_view record_name = "Match";
  static constexpr auto fields() {
    return std::array{field<&Match::trip_id>(1, "tripId"), field<&Match::traveler_id>(2, "travelerId"),
                      field<&Match::score>(3, "score"), field<&Match::detour_meters>(4, "detourMeters"),
                      field<&Match::reasons>(5, "reasons")};
  }
};

/// An open request that fits a trip.
struct RequestMatch {
  RequestId request_id;
  UserId customer_id;
  double score = 0;
  std::int64_t detour_meters = 0;
  std::vector<std::string> reasons;

  static constexpr std::string_view record_name = "RequestMatch";
  static constexpr auto fields() {
    return std::array{field<&RequestMatch::request_id>(1, "requestId"),
                      field<&RequestMatch::customer_id>(2, "customerId"), field<&RequestMatch::score>(3, "score"),
                      field<&RequestMatch::detour_meters>(4, "detourMeters"),
                      field<&RequestMatch::reasons>(5, "reasons")};
  }
};

/// Matches, and what scored them: "model" or "rules".
struct Matches {
  std::vector<Match> items;
  std::string matched_by;
};
struct RequestMatches {
  std::vector<RequestMatch> items;
  std::string matched_by;
};

/// Looks up trips by place and time, then scores them. Thread-safe.
class Matcher {
 public:
  /// `index` must outlive it. `learnt` gives the model that the outcomes so far have made, at each match.
  Matcher(const TripIndex& index, std::function<MatchModel()> learnt) : index_(index), learnt_(std::move(learnt)) {}

  /// The best trips for a request, best first, at most `limit`. `blocked` says of a traveler whether one of the two has
  /// blocked the other; it is asked of no more than the best.
  Matches match(const RequestFacts& request, Time now, std::size_t limit,
                const std::function<bool(UserId)>& blocked = {}) const;
  /// The best of these open requests for a trip.
  RequestMatches match(const TripFacts& trip, const std::vector<RequestFacts>& requests, std::size_t limit) const;

 private:
  const TripIndex& index_;
  std::function<MatchModel()> learnt_;
};

/// How far from pickup and dropoff the matcher looks, by the way between them: a fifth of it, within 15 and 80 km.
double search_radius_meters(Coordinates pickup, Coordinates dropoff);

}  // namespace caravan
