#include "http/places/matcher.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

constexpr std::chrono::hours on_the_road_before{48};  // a trip may have departed so long before it passes the pickup
constexpr std::chrono::hours looks_ahead{60 * 24};    // for a request without a deadline
constexpr double nearest_radius = 15'000;
constexpr double farthest_radius = 80'000;

/// One order for both directions: the better score first, then the shorter detour, then the id.
template <class Of, class Id>
void keep_best(std::vector<Of>& matches, std::size_t limit, Id Of::*id) {
  std::sort(matches.begin(), matches.end(), [&](const Of& a, const Of& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.detour_meters != b.detour_meters) return a.detour_meters < b.detour_meters;
    return a.*id < b.*id;
  });
  if (matches.size() > limit) matches.resize(limit);
}

double rounded(double score) { return std::round(score * 10'000) / 10'000; }

}  // namespace

double search_radius_meters(Coordinates pickup, Coordinates dropoff) {
  return std::clamp(distance_meters(pickup, dropoff) / 5, nearest_radius, farthest_radius);
}

Matches Matcher::match(const RequestFacts& request, Time now, std::size_t limit,
                       const std::function<bool(UserId)>& blocked) const {
  TripWindow window;
  window.pickup = request.pickup;
  window.dropoff = request.dropoff;
  window.radius_meters = search_radius_meters(request.pickup, request.dropoff);
  window.from = request.pickup_from ? std::max(now, *request.pickup_from - on_the_road_before) : now;
  window.until = request.deliver_by.value_or(window.from + looks_ahead);
  const MatchModel learnt = model();
  const bool by_model = is_ready(learnt);
  RequestFacts asked = request;
  if (!asked.pickup_from || *asked.pickup_from < now) asked.pickup_from = now;

  Matches result{{}, by_model ? "model" : "rules"};
  for (const TripFacts& trip : index_.find(window)) {
    std::optional<Fit> found = fit(asked, trip);
    if (!found || (blocked && blocked(trip.traveler))) continue;
    const double score = by_model ? predict(learnt, found->features) : score_by_rules(found->features);
    result.items.push_back(
        {trip.id, trip.traveler, rounded(score), std::llround(found->detour_meters), std::move(found->reasons)});
  }
  keep_best(result.items, limit, &Match::trip_id);
  return result;
}

RequestMatches Matcher::match(const TripFacts& trip, const std::vector<RequestFacts>& requests,
                              std::size_t limit) const {
  const MatchModel learnt = model();
  const bool by_model = is_ready(learnt);
  RequestMatches result{{}, by_model ? "model" : "rules"};
  for (const RequestFacts& request : requests) {
    std::optional<Fit> found = fit(request, trip);
    if (!found) continue;
    const double score = by_model ? predict(learnt, found->features) : score_by_rules(found->features);
    result.items.push_back(
        {request.id, request.customer, rounded(score), std::llround(found->detour_meters), std::move(found->reasons)});
  }
  keep_best(result.items, limit, &RequestMatch::request_id);
  return result;
}

void Matcher::record_outcome(const MatchFeatures& features, bool accepted) {
  const std::lock_guard lock(mutex_);
  learn(model_, features, accepted);
}

MatchModel Matcher::model() const {
  if (learnt_) return learnt_();
  const std::lock_guard lock(mutex_);
  return model_;
}

void Matcher::restore(MatchModel model) {
  const std::lock_guard lock(mutex_);
  model_ = std::move(model);
}

}  // namespace caravan
