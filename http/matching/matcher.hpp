#pragma once

#include <functional>

#include "actors/matching/model.hpp"
#include "actors/matching/trip_index.hpp"
#include "actors/request/resources.hpp"

namespace caravan {

/// An open request that fits a trip, with what a traveler chooses by.
struct RequestMatch {
  RequestId request_id;
  UserId customer_id;
  double score = 0;
  std::int64_t detour_meters = 0;
  std::vector<std::string> reasons;
  std::string title;
  Kilograms weight;
  Time pickup_around, delivery_around;
  std::optional<Time> deadline;
  std::optional<Price> max_price;  // that the customer pays, in major units; the fee comes off
  std::optional<Currency> currency;

  static constexpr std::string_view record_name = "RequestMatch";
  static constexpr auto fields() {
    return std::array{field<&RequestMatch::request_id>(1, "requestId"),
                      field<&RequestMatch::customer_id>(2, "customerId"),
                      field<&RequestMatch::score>(3, "score"),
                      field<&RequestMatch::detour_meters>(4, "detourMeters"),
                      field<&RequestMatch::reasons>(5, "reasons"),
                      field<&RequestMatch::title>(6, "title"),
                      field<&RequestMatch::weight>(7, "weight"),
                      field<&RequestMatch::pickup_around>(8, "pickupAround"),
                      field<&RequestMatch::delivery_around>(9, "deliveryAround"),
                      field<&RequestMatch::deadline>(10, "deadline"),
                      field<&RequestMatch::max_price>(11, "maxPrice"),
                      field<&RequestMatch::currency>(12, "currency")};
  }
};

/// Matches, what scored them ("model" or "rules"), and what came nearest where there are none.
struct Matches {
  std::vector<RequestTripMatch> items;
  std::string matched_by;
  std::optional<NearestMiss> nearest_miss;
};
struct RequestMatches {
  std::vector<RequestMatch> items;
  std::string matched_by;
  std::optional<NearestMiss> nearest_miss;
  std::int32_t if_verified = 0;  // more would fit if the traveler's identity were verified
};

/// Looks up trips by place and time, then scores them. Thread-safe.
class Matcher {
 public:
  /// `index` must outlive it. `learnt` gives the model that the outcomes so far have made, at each match.
  Matcher(const TripIndex& index, std::function<MatchModel()> learnt) : index_(index), learnt_(std::move(learnt)) {}

  /// The best trips for a request, best first, at most `limit`, and most_of_one() of a traveler. `blocked` says of a
  /// traveler whether one of the two has blocked the other.
  Matches match(const RequestFacts& request, Time now, std::size_t limit,
                const std::function<bool(UserId)>& blocked = {}) const;
  /// The best of these open requests for a trip, by the same rule and score.
  RequestMatches match(const TripFacts& trip, const std::vector<RequestFacts>& requests, Time now,
                       std::size_t limit) const;

 private:
  const TripIndex& index_;
  std::function<MatchModel()> learnt_;
};

}  // namespace caravan
