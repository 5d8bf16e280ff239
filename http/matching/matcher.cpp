#include "http/matching/matcher.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "actors/matching/score.hpp"

namespace caravan {

namespace {

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

/// Judges pairs, keeps those that fit, and of the others the one that came nearest.
class Judge {
 public:
  Judge(MatchModel learnt, Time now) : learnt_(std::move(learnt)), by_model_(is_ready(learnt_)), now_(now) {}

  std::string matched_by() const { return by_model_ ? "model" : "rules"; }
  std::optional<Fit> fits(const RequestFacts& request, const TripFacts& trip) {
    auto judged = judge(request, trip, now_);
    if (auto* found = std::get_if<Fit>(&judged)) return *found;
    const Misfit why = std::get<Misfit>(judged);
    if (why == Misfit::verification) ++unverified_;
    if (why != Misfit::own && why != Misfit::way && (!nearest_ || why < nearest_->reason))
      nearest_ = {why, misfit_text(request, trip, why)};
    return std::nullopt;
  }
  double score(const Fit& fit, Urgency urgency) const {
    return rounded(by_model_ ? predict(learnt_, fit.features) : score_by_rules(fit.features, urgency));
  }
  std::optional<NearestMiss> nearest_miss(std::string_view nothing) const {
    return nearest_ ? nearest_ : NearestMiss{Misfit::way, std::string(nothing)};
  }
  std::int32_t unverified() const { return unverified_; }

 private:
  const MatchModel learnt_;
  const bool by_model_;
  const Time now_;
  std::optional<NearestMiss> nearest_;
  std::int32_t unverified_ = 0;
};

/// What both directions show of a pair.
template <class Match>
Match shown(const Fit& fit, double score) {
  Match match;
  match.score = score;
  match.detour_meters = std::llround(fit.detour_meters);
  match.pickup_around = std::chrono::floor<std::chrono::minutes>(fit.picked_up);
  match.delivery_around = std::chrono::floor<std::chrono::minutes>(fit.delivered);
  return match;
}

RequestTripMatch shown(const TripFacts& trip, const Fit& fit, double score) {
  auto match = shown<RequestTripMatch>(fit, score);
  match.trip_id = trip.id;
  match.traveler_id = trip.traveler;
  match.transport_mode = trip.mode;
  match.departure_time = trip.points.front().due;
  match.arrival_time = trip.points.back().due;
  if (!trip.first_name.empty()) match.traveler_name = trip.first_name;
  match.traveler_rating = trip.rating;
  match.traveler_deliveries = trip.deliveries;
  match.traveler_verified = trip.verified;
  if (trip.min_price) {
    match.min_price = to_price(*trip.min_price);
    match.currency = trip.min_price->currency;
  }
  return match;
}

RequestMatch shown(const RequestFacts& request, const Fit& fit, double score) {
  auto match = shown<RequestMatch>(fit, score);
  match.request_id = request.id;
  match.customer_id = request.customer;
  match.title = request.title;
  match.weight = request.load.weight;
  match.deadline = request.deliver_by;
  if (request.max_price) {
    match.max_price = to_price(*request.max_price);
    match.currency = request.max_price->currency;
  }
  return match;
}

}  // namespace

Matches Matcher::match(const RequestFacts& request, Time now, std::size_t limit,
                       const std::function<bool(UserId)>& blocked) const {
  const Time start = std::max(now, request.pickup_from.value_or(now));
  TripWindow window;
  window.pickup = request.pickup;
  window.dropoff = request.dropoff;
  window.radius_meters = search_radius_meters(request.pickup, request.dropoff);
  window.from = start - on_the_road_before;
  window.until = request.deliver_by.value_or(start + horizon_of(request.urgency));
  Judge judge(learnt_(), now);
  const std::vector<TripFacts> trips = index_.find(window);
  std::vector<Found<RequestTripMatch, TripFacts>> found;
  for (const TripFacts& trip : trips)
    if (const std::optional<Fit> fits = judge.fits(request, trip))
      found.push_back({shown(trip, *fits, judge.score(*fits, request.urgency)), &trip, *fits});
  put_best_first(found, &RequestTripMatch::trip_id);
  Matches result{{}, judge.matched_by(), {}};
  std::map<UserId, std::size_t> of_traveler;
  for (auto& [match, trip, fits] : found) {
    if (result.items.size() == limit) break;
    if (of_traveler[match.traveler_id] == most_of_one(limit)) continue;
    if (blocked && blocked(match.traveler_id)) continue;
    ++of_traveler[match.traveler_id];
    match.reasons = reasons(request, *trip, fits);
    result.items.push_back(std::move(match));
  }
  if (found.empty()) result.nearest_miss = judge.nearest_miss("No trip goes this way before the deadline yet.");
  return result;
}

RequestMatches Matcher::match(const TripFacts& trip, const std::vector<RequestFacts>& requests, Time now,
                              std::size_t limit) const {
  Judge judge(learnt_(), now);
  std::vector<Found<RequestMatch, RequestFacts>> found;
  for (const RequestFacts& request : requests)
    if (const std::optional<Fit> fits = judge.fits(request, trip))
      found.push_back({shown(request, *fits, judge.score(*fits, request.urgency)), &request, *fits});
  put_best_first(found, &RequestMatch::request_id);
  RequestMatches result{{}, judge.matched_by(), {}, judge.unverified()};
  for (auto& [match, request, fits] : found) {
    if (result.items.size() == limit) break;
    match.reasons = reasons(*request, trip, fits);
    result.items.push_back(std::move(match));
  }
  if (found.empty()) result.nearest_miss = judge.nearest_miss("No open request lies on this way yet.");
  return result;
}

}  // namespace caravan
