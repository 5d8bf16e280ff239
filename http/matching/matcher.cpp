#include "http/matching/matcher.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

constexpr std::chrono::hours on_the_road_before{48};  // a trip may have departed so long before it passes the pickup
constexpr std::chrono::hours looks_ahead{60 * 24};    // for a request without a deadline
constexpr double nearest_radius = 15'000;
constexpr double farthest_radius = 80'000;

/// A match without its reasons: those are written only for the few that are answered.
template <class Of, class Facts>
struct Found {
  Of match;
  const Facts* facts;
  Fit fit;
};

/// One order for both directions: the better score first, then the shorter detour, then the id.
template <class Of, class Facts, class Id>
void put_best_first(std::vector<Found<Of, Facts>>& found, Id Of::*id) {
  std::sort(found.begin(), found.end(), [&](const auto& one, const auto& other) {
    const Of &a = one.match, &b = other.match;
    if (a.score != b.score) return a.score > b.score;
    if (a.detour_meters != b.detour_meters) return a.detour_meters < b.detour_meters;
    return a.*id < b.*id;
  });
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
  const MatchModel learnt = learnt_();
  const bool by_model = is_ready(learnt);
  RequestFacts asked = request;
  if (!asked.pickup_from || *asked.pickup_from < now) asked.pickup_from = now;

  Matches result{{}, by_model ? "model" : "rules"};
  const std::vector<TripFacts> trips = index_.find(window);
  std::vector<Found<Match, TripFacts>> found;
  for (const TripFacts& trip : trips)
    if (const std::optional<Fit> fits = fit(asked, trip)) {
      const double score = by_model ? predict(learnt, fits->features) : score_by_rules(fits->features);
      found.push_back({{trip.id, trip.traveler, rounded(score), std::llround(fits->detour_meters), {}}, &trip, *fits});
    }
  put_best_first(found, &Match::trip_id);
  for (auto& [match, trip, fits] : found) {
    if (result.items.size() == limit) break;
    if (blocked && blocked(match.traveler_id)) continue;
    match.reasons = reasons(asked, *trip, fits);
    result.items.push_back(std::move(match));
  }
  return result;
}

RequestMatches Matcher::match(const TripFacts& trip, const std::vector<RequestFacts>& requests,
                              std::size_t limit) const {
  const MatchModel learnt = learnt_();
  const bool by_model = is_ready(learnt);
  RequestMatches result{{}, by_model ? "model" : "rules"};
  std::vector<Found<RequestMatch, RequestFacts>> found;
  for (const RequestFacts& request : requests)
    if (const std::optional<Fit> fits = fit(request, trip)) {
      const double score = by_model ? predict(learnt, fits->features) : score_by_rules(fits->features);
      found.push_back(
          {{request.id, request.customer, rounded(score), std::llround(fits->detour_meters), {}}, &request, *fits});
    }
  put_best_first(found, &RequestMatch::request_id);
  for (auto& [match, request, fits] : found) {
    if (result.items.size() == limit) break;
    match.reasons = reasons(*request, trip, fits);
    result.items.push_back(std::move(match));
  }
  return result;
}

}  // namespace caravan
