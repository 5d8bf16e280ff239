#include "http/matching/matcher.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "actors/matching/score.hpp"
#include "http/providers/places/time_zones.hpp"

namespace caravan {

namespace {

/// A match without its reasons: those are written only for the few that are answered.
template <class Of>
struct Found {
  Of match;
  const RequestFacts* request;
  const TripFacts* trip;
  Fit fit;
};

/// One order for both directions: the better score first, then the shorter detour, then the id.
template <class Of, class Id>
void put_best_first(std::vector<Found<Of>>& found, Id Of::*id) {
  std::sort(found.begin(), found.end(), [&](const auto& one, const auto& other) {
    const Of &a = one.match, &b = other.match;
    if (a.score != b.score) return a.score > b.score;
    if (a.detour_meters != b.detour_meters) return a.detour_meters < b.detour_meters;
    return a.*id < b.*id;
  });
}

double rounded(double score) { return std::round(score * 10'000) / 10'000; }

/// What the public contract calls it.
KeptOutBy kept_out_by(Misfit why) {
  switch (why) {
    case Misfit::verification:
      return KeptOutBy::verification;
    case Misfit::price:
      return KeptOutBy::price;
    case Misfit::room:
      return KeptOutBy::room;
    case Misfit::goods:
      return KeptOutBy::goods;
    case Misfit::late:
    case Misfit::early:
    case Misfit::way:  // the last two are never among what came near
    case Misfit::own:
      break;
  }
  return KeptOutBy::time;
}

/// Judges pairs, keeps those that fit, and of the others the few that came nearest. The facts must outlive it.
class Judge {
 public:
  Judge(const std::function<MatchModel()>& learnt, Time now) : now_(now) {
    try {
      learnt_ = learnt();
      by_model_ = decides(learnt_);
    } catch (const std::exception&) {
      has_failed_ = true;
    }
  }

  std::string matched_by() const { return by_model_ ? "model" : "rules"; }
  bool has_failed() const { return has_failed_; }
  std::optional<Fit> fits(const RequestFacts& request, const TripFacts& trip) {
    auto judged = judge(request, trip, now_);
    if (auto* found = std::get_if<Fit>(&judged)) return *found;
    const Misfit why = std::get<Misfit>(judged);
    if (why == Misfit::verification) ++unverified_;
    remember({why, &request, &trip});
    return std::nullopt;
  }
  /// All of a list by the same scale: where the model fails at one, the rules rank all.
  template <class Of>
  void score(std::vector<Found<Of>>& found) {
    for (auto& each : found) {
      if (!by_model_) break;
      each.match.score = rounded(predict(learnt_, learnt_from(*each.request, *each.trip, each.fit, now_)));
      has_failed_ = !std::isfinite(each.match.score);
      by_model_ = !has_failed_;
    }
    if (by_model_) return;
    for (auto& each : found) each.match.score = rounded(score_by_rules(each.fit.features, each.request->urgency));
  }
  NearestMiss nearest_miss(std::string_view nothing) const {
    if (near_.empty()) return {Misfit::way, std::string(nothing)};
    return {near_.front().why, near_.front().text()};
  }
  std::int32_t unverified() const { return unverified_; }
  /// The trips that came nearest. `may` as below.
  template <class May>
  std::vector<NearestTrip> nearest_trips(const May& may) const {
    constexpr std::size_t most_named = 3;
    std::vector<NearestTrip> out;
    for (const Near& near : near_)
      if (out.size() < most_named && may(near.trip->traveler))
        out.push_back({near.trip->id, kept_out_by(near.why), near.text()});
    return out;
  }

 private:
  struct Near {
    Misfit why;
    const RequestFacts* request;
    const TripFacts* trip;
    std::string text() const { return misfit_text(*request, *trip, why); }
  };
  /// Keeps the few that came nearest, in that order.
  void remember(const Near& near) {
    constexpr std::size_t most_kept = 10;  // some of them may not be named
    const Misfit why = near.why;
    if (why == Misfit::own || why == Misfit::way || (near_.size() == most_kept && why >= near_.back().why)) return;
    near_.insert(std::ranges::upper_bound(near_, why, {}, &Near::why), near);
    if (near_.size() > most_kept) near_.pop_back();
  }

  MatchModel learnt_;
  bool by_model_ = false, has_failed_ = false;
  const Time now_;
  std::vector<Near> near_;  // nearest first
  std::int32_t unverified_ = 0;
};

/// Nobody knows anything of the traveler yet: anybody can make ten such accounts.
bool is_unknown(const TripFacts& trip) { return !trip.verified && trip.ratings == 0 && trip.deliveries == 0; }

/// The places in `found` of what is shown, in its order. Unknown travelers are together more than half of it only where
/// nobody else would be. `may` asks other entities: of few.
template <class May>
std::vector<std::size_t> choose(const std::vector<Found<RequestTripMatch>>& found, std::size_t limit, const May& may) {
  std::vector<std::size_t> chosen, put_off;
  std::map<UserId, std::size_t> of_traveler;
  const auto take = [&](std::size_t place) {
    const UserId traveler = found[place].match.traveler_id;
    if (of_traveler[traveler] == most_of_one(limit) || !may(traveler)) return false;
    ++of_traveler[traveler];
    chosen.push_back(place);
    return true;
  };
  std::size_t unknown = 0;
  for (std::size_t place = 0; place < found.size() && chosen.size() < limit; ++place)
    if (!is_unknown(*found[place].trip))
      take(place);
    else if (unknown == (limit + 1) / 2)
      put_off.push_back(place);
    else if (take(place))
      ++unknown;
  for (const std::size_t place : put_off)
    if (chosen.size() < limit) take(place);
  std::ranges::sort(chosen);
  return chosen;
}

/// What both directions show of a pair.
template <class Match>
Match shown(const Fit& fit) {
  Match match;
  match.detour_meters = std::llround(fit.detour_meters);
  match.pickup_around = std::chrono::floor<std::chrono::minutes>(fit.picked_up);
  match.delivery_around = std::chrono::floor<std::chrono::minutes>(fit.delivered);
  return match;
}

RequestTripMatch shown(const TripFacts& trip, const Fit& fit) {
  auto match = shown<RequestTripMatch>(fit);
  match.trip_id = trip.id;
  match.traveler_id = trip.traveler;
  match.transport_mode = match.mode = trip.mode;
  match.departure_time = trip.points.front().due;
  match.arrival_time = trip.points.back().due;
  if (!trip.first_name.empty()) match.traveler_name = match.first_name = trip.first_name;
  match.traveler_rating = match.rating = trip.rating;
  match.traveler_deliveries = match.deliveries = trip.deliveries;
  match.traveler_verified = match.verified = trip.verified;
  if (trip.min_price) {
    match.min_price = to_price(*trip.min_price);
    match.currency = trip.min_price->currency;
  }
  return match;
}

RequestMatch shown(const RequestFacts& request, const Fit& fit) {
  auto match = shown<RequestMatch>(fit);
  match.request_id = request.id;
  match.customer_id = request.customer;
  match.title = request.title;
  match.weight = request.load.weight;
  match.deadline = request.deliver_by;
  match.goods = request.goods;
  match.declaration = request.declaration;
  match.crosses_customs = request.crosses_customs;
  if (request.max_price) {
    match.max_price = to_price(*request.max_price);
    match.currency = request.max_price->currency;
  }
  return match;
}

template <class Match>
void add_local_times(Match& match, const RequestFacts& request) {
  match.timezone_pickup = std::string(time_zone_at(request.pickup));
  match.timezone_delivery = std::string(time_zone_at(request.dropoff));
  match.pickup_around_local = local_text(match.pickup_around, *match.timezone_pickup);
  match.delivery_around_local = local_text(match.delivery_around, *match.timezone_delivery);
}

}  // namespace

Matches Matcher::match(const RequestFacts& request, Time now, std::size_t limit,
                       const std::function<bool(UserId)>& blocked) const {
  const Time start = start_of(request, now);
  TripWindow window;
  window.pickup = request.pickup;
  window.dropoff = request.dropoff;
  window.radius_meters = search_radius_meters(request.pickup, request.dropoff);
  window.from = start - on_the_road_before;
  window.until = request.deliver_by.value_or(start + horizon_of(request.urgency));
  Judge judge(learnt_, now);
  const std::vector<TripFacts> trips = index_.find(window);
  std::vector<Found<RequestTripMatch>> found;
  for (const TripFacts& trip : trips)
    if (const std::optional<Fit> fits = judge.fits(request, trip))
      found.push_back({shown(trip, *fits), &request, &trip, *fits});
  judge.score(found);
  put_best_first(found, &RequestTripMatch::trip_id);
  if (judge.has_failed()) ++failures_;
  const auto may = [&](UserId who) { return !blocked || !blocked(who); };
  Matches result{{}, judge.matched_by(), {}, judge.has_failed()};
  for (const std::size_t place : choose(found, limit, may)) {
    auto& [match, asked, trip, fits] = found[place];
    match.reasons = reasons(*asked, *trip, fits);
    add_local_times(match, *asked);
    result.items.push_back(std::move(match));
  }
  if (found.empty()) result.nearest_miss = judge.nearest_miss("No trip goes this way before the deadline yet.");
  if (found.empty()) result.nearest = judge.nearest_trips(may);
  return result;
}

RequestMatches Matcher::match(const TripFacts& trip, const std::vector<RequestFacts>& requests, Time now,
                              std::size_t limit) const {
  Judge judge(learnt_, now);
  std::vector<Found<RequestMatch>> found;
  for (const RequestFacts& request : requests)
    if (const std::optional<Fit> fits = judge.fits(request, trip))
      found.push_back({shown(request, *fits), &request, &trip, *fits});
  judge.score(found);
  put_best_first(found, &RequestMatch::request_id);
  if (judge.has_failed()) ++failures_;
  RequestMatches result{{}, judge.matched_by(), {}, judge.unverified(), judge.has_failed()};
  for (auto& [match, request, of, fits] : found) {
    if (result.items.size() == limit) break;
    match.reasons = reasons(*request, *of, fits);
    add_local_times(match, *request);
    result.items.push_back(std::move(match));
  }
  if (found.empty()) result.nearest_miss = judge.nearest_miss("No open request lies on this way yet.");
  return result;
}

}  // namespace caravan
