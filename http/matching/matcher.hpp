#pragma once

#include <atomic>
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
  std::optional<Price> max_price;  // that the customer pays, in major units
  std::optional<Currency> currency;
  std::optional<std::int64_t> platform_fee, traveler_amount;  // of that price, in minor units
  std::vector<std::string> goods;                             // whoever offers accepts them as declared
  std::optional<Declaration> declaration;
  bool crosses_customs = false;  // a customs border lies on its way
  // As clocks at the two ends show it.
  std::optional<std::string> pickup_around_local, delivery_around_local, timezone_pickup, timezone_delivery;

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
                      field<&RequestMatch::currency>(12, "currency"),
                      field<&RequestMatch::platform_fee>(13, "platformFee"),
                      field<&RequestMatch::traveler_amount>(14, "travelerAmount"),
                      field<&RequestMatch::goods>(15, "goods"),
                      field<&RequestMatch::declaration>(16, "declaration"),
                      field<&RequestMatch::crosses_customs>(17, "crossesCustoms"),
                      field<&RequestMatch::pickup_around_local>(18, "pickupAroundLocal"),
                      field<&RequestMatch::delivery_around_local>(19, "deliveryAroundLocal"),
                      field<&RequestMatch::timezone_pickup>(20, "timezonePickup"),
                      field<&RequestMatch::timezone_delivery>(21, "timezoneDelivery")};
  }
};

/// What kept a trip out that goes this way: Misfit, with one name for too early and too late. Trips that go another way
/// are not named.
enum class KeptOutBy : std::uint8_t { time, room, price, verification, goods };
constexpr auto enum_labels(KeptOutBy) {
  return std::to_array<std::string_view>({"time", "room", "price", "verification", "goods"});
}

/// A trip that nearly fits.
struct NearestTrip {
  static constexpr std::string_view record_name = "NearestTrip";
  TripId trip_id;
  KeptOutBy kept_out_by = KeptOutBy::time;
  std::string by;  // how far, for people
  static constexpr auto fields() {
    return std::array{field<&NearestTrip::trip_id>(1, "tripId"), field<&NearestTrip::kept_out_by>(2, "keptOutBy"),
                      field<&NearestTrip::by>(3, "by")};
  }
};

/// Matches, what scored them ("model" or "rules"), and what came nearest where there are none.
struct Matches {
  std::vector<RequestTripMatch> items;
  std::string matched_by;
  std::optional<NearestMiss> nearest_miss;
  bool model_failed = false;              // it was to rank, and could not: the rules did
  std::vector<NearestTrip> nearest = {};  // where there are no matches: at most three, nearest first
};
struct RequestMatches {
  std::vector<RequestMatch> items;
  std::string matched_by;
  std::optional<NearestMiss> nearest_miss;
  std::int32_t if_verified = 0;  // more would fit if the traveler's identity were verified
  bool model_failed = false;
};

/// Looks up trips by place and time, then scores them. Thread-safe.
class Matcher {
 public:
  /// `index` must outlive it. `learnt` gives the model that the outcomes so far have made, at each match. Where that
  /// throws, or what the model says is no number, the rules rank this match, and the answer says so.
  Matcher(const TripIndex& index, std::function<MatchModel()> learnt) : index_(index), learnt_(std::move(learnt)) {}

  /// The best trips for a request, best first, at most `limit`, most_of_one() of a traveler, and half of unknown
  /// travelers where others fit. `blocked` says of a traveler whether one of the two has blocked the other.
  Matches match(const RequestFacts& request, Time now, std::size_t limit,
                const std::function<bool(UserId)>& blocked = {}) const;
  /// The best of these open requests for a trip, by the same rule and score.
  RequestMatches match(const TripFacts& trip, const std::vector<RequestFacts>& requests, Time now,
                       std::size_t limit) const;
  /// How often the model failed since the start.
  std::int64_t model_failures() const { return failures_.load(); }

 private:
  const TripIndex& index_;
  mutable std::atomic<std::int64_t> failures_{0};
  std::function<MatchModel()> learnt_;
};

}  // namespace caravan
