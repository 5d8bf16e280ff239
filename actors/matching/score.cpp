#include "actors/matching/score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "actors/matching/passing.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/pricing/rules.hpp"

namespace caravan {

namespace {

/// By urgency, in the order of MatchFeature; each row adds up to 1.
constexpr std::array<MatchFeatures, 3> rule_weights{
    {{0.40, 0.20, 0.10, 0.15, 0.15}, {0.30, 0.40, 0.05, 0.15, 0.10}, {0.25, 0.50, 0.05, 0.10, 0.10}}};

constexpr double ample_share = 0.25;   // of the room: where a parcel takes no more, more room is no better
constexpr double unknown_price = 0.5;  // one side named no price, or one whose level is not known
constexpr double time_decay = 2;       // a wait of the whole horizon leaves e^-2 of the time's share
// What a traveler is expected to be like before anybody rated them counts as so many ratings.
constexpr double expected_rating = 3.9, expected_count = 3;
constexpr double nearest_radius = 15'000;

const MatchFeatures& weights_of(Urgency urgency) { return rule_weights[static_cast<std::size_t>(urgency)]; }

double& of(MatchFeatures& features, MatchFeature which) { return features[static_cast<std::size_t>(which)]; }

/// Where the parcel gets on and off, and what that costs in metres.
struct Way {
  std::size_t on = 0;   // leg of the pickup
  std::size_t off = 0;  // leg of the dropoff; not before `on`
  double detour = INFINITY;
  Time picked_up;
  Time delivered;
  double crowded = INFINITY;  // the shortest detour of what has too little room
};

bool has_room(const TripFacts& trip, std::size_t first_leg, std::size_t last_leg, const Load& load) {
  for (std::size_t leg = first_leg; leg <= last_leg; ++leg)
    if (!trip.available[leg].holds(load)) return false;
  return true;
}

/// For travel that keeps to its stops: the parcel gets on at stop `on` and off at stop `off + 1`. The detour is how far
/// the traveler goes from these two stops to the customer's points: before the check-in, and after the arrival.
Way by_stops(const RequestFacts& request, const TripFacts& trip, double radius) {
  Way best;
  for (std::size_t on = 0; on + 1 < trip.points.size(); ++on) {
    const double to_stop = distance_meters(request.pickup, trip.points[on].at);
    if (to_stop > radius) continue;
    for (std::size_t off = on; off + 1 < trip.points.size(); ++off) {
      const double from_stop = distance_meters(trip.points[off + 1].at, request.dropoff);
      const double detour = to_stop + from_stop;
      if (from_stop > radius || detour >= best.detour) continue;
      if (!has_room(trip, on, off, request.load)) {
        best.crowded = std::min(best.crowded, detour);
        continue;
      }
      best = {on,
              off,
              detour,
              fetched_for(trip.points[on], trip.mode, to_stop),
              brought_from(trip.points[off + 1], trip.mode, from_stop),
              best.crowded};
    }
  }
  return best;
}

/// For travel by road: the traveler leaves the way for the pickup and for the dropoff, on the legs where that adds the
/// fewest metres. Whatever is driven beside the way comes on top of its times.
Way by_road(const RequestFacts& request, const TripFacts& trip, double radius) {
  const std::size_t legs = trip.available.size();
  std::vector<double> length(legs), to_pickup(legs + 1), to_dropoff(legs + 1);
  std::vector<LegPosition> pickup(legs), dropoff(legs);
  for (std::size_t i = 0; i <= legs; ++i) {
    to_pickup[i] = distance_meters(trip.points[i].at, request.pickup);
    to_dropoff[i] = distance_meters(trip.points[i].at, request.dropoff);
    if (i == 0) continue;
    const Coordinates a = trip.points[i - 1].at, b = trip.points[i].at;
    length[i - 1] = distance_meters(a, b);
    pickup[i - 1] = nearest_on_leg(a, b, request.pickup);
    dropoff[i - 1] = nearest_on_leg(a, b, request.dropoff);
  }
  const double direct = distance_meters(request.pickup, request.dropoff);
  Way best;
  for (std::size_t on = 0; on < legs; ++on)
    for (std::size_t off = on; off < legs; ++off) {
      if (std::max(pickup[on].meters, dropoff[off].meters) > radius + beside_road_meters) continue;
      const double detour = on == off ? to_pickup[on] + direct + to_dropoff[on + 1] - length[on]
                                      : to_pickup[on] + to_pickup[on + 1] - length[on] + to_dropoff[off] +
                                            to_dropoff[off + 1] - length[off];
      if (detour >= best.detour) continue;
      if (!has_room(trip, on, off, request.load)) {
        best.crowded = std::min(best.crowded, detour);
        continue;
      }
      best = {on,
              off,
              std::max(0.0, detour),
              at_share(trip.points[on], trip.points[on + 1], pickup[on].share) + driven(pickup[on].meters),
              at_share(trip.points[off], trip.points[off + 1], dropoff[off].share),
              best.crowded};
    }
  if (std::isfinite(best.detour)) best.delivered = std::max(best.delivered, best.picked_up) + driven(best.detour);
  return best;
}

Way best_way(const RequestFacts& request, const TripFacts& trip) {
  const double radius = search_radius_meters(request.pickup, request.dropoff);
  return keeps_to_stops(trip.mode) ? by_stops(request, trip, radius) : by_road(request, trip, radius);
}

/// The share of the free room that the load takes, by whichever of the measures is scarcest.
double room_taken(const RequestFacts& request, const TripFacts& trip, const Way& way) {
  double taken = 0;
  const auto consider = [&](std::int64_t part, std::int64_t whole) {
    if (whole > 0) taken = std::max(taken, static_cast<double>(part) / static_cast<double>(whole));
  };
  for (std::size_t leg = way.on; leg <= way.off; ++leg) {
    consider(request.load.weight.units, trip.available[leg].weight.units);
    consider(request.load.volume.units, trip.available[leg].volume.units);
    consider(request.load.items, trip.available[leg].items);
  }
  return taken;
}

/// "3.2", from 3,217 and 1,000.
std::string with_one_digit(double value, double unit) {
  const auto tenths = static_cast<std::int64_t>(std::llround(value / unit * 10));
  return std::to_string(tenths / 10) + '.' + std::to_string(std::abs(tenths % 10));
}

std::string hours_text(Duration span) {
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(span).count();
  return hours >= 48 ? std::to_string(hours / 24) + " days" : std::to_string(hours) + " h";
}

/// What the customer would pay at most and the trip asks at least, in comparable numbers.
std::optional<std::pair<double, double>> prices(const RequestFacts& request, const TripFacts& trip) {
  if (!request.max_price || !trip.min_price) return std::nullopt;
  if (request.max_price->currency == trip.min_price->currency)
    return std::pair{static_cast<double>(request.max_price->amount), static_cast<double>(trip.min_price->amount)};
  const auto most = dollars_worth(*request.max_price), least = dollars_worth(*trip.min_price);
  if (!most || !least) return std::nullopt;
  return std::pair{*most, *least};
}

double rating_feature(const TripFacts& trip) {
  const double count = trip.ratings;
  const double mean = (trip.rating.value_or(0) * count + expected_rating * expected_count) / (count + expected_count);
  return std::clamp((mean - 1) / 4, 0.0, 1.0);
}

/// An offer of a trip that comes by earlier is refused.
Time fetched_from(const RequestFacts& request, Time now) {
  return start_of(request, now) + std::chrono::seconds{policy.waiting.pickup_lead_seconds};
}

}  // namespace

Time start_of(const RequestFacts& request, Time now) { return std::max(now, request.pickup_from.value_or(now)); }

double search_radius_meters(Coordinates pickup, Coordinates dropoff) {
  return std::clamp(distance_meters(pickup, dropoff) / 5, nearest_radius, farthest_search_meters);
}

std::variant<Fit, Misfit> judge(const RequestFacts& request, const TripFacts& trip, Time now, const FitLimits& limits) {
  if (request.customer == trip.traveler) return Misfit::own;
  if (trip.points.size() < 2 || trip.available.size() + 1 != trip.points.size()) return Misfit::way;
  const double direct = distance_meters(request.pickup, request.dropoff);
  const double allowed =
      std::min(limits.max_detour_meters, std::max(limits.free_detour_meters, limits.max_detour_share * direct));
  const Way way = best_way(request, trip);
  if (std::min(way.detour, way.crowded) > allowed) return Misfit::way;
  if (!request.flies && trip.mode == TransportMode::plane) return Misfit::goods;
  if (way.detour > allowed) return Misfit::room;
  const Time start = start_of(request, now);
  if (way.picked_up < fetched_from(request, now) || trip.points.front().due < start - on_the_road_before)
    return Misfit::early;
  if (request.deliver_by && way.delivered > *request.deliver_by) return Misfit::late;

  Fit result;
  double& price = of(result.features, MatchFeature::price);
  price = unknown_price;
  if (const auto both = prices(request, trip)) {
    const auto [most, least] = *both;
    if (least > most) return Misfit::price;
    price = most > 0 ? std::clamp(1 - least / most, 0.0, 1.0) : 0;
  }
  if (request.needs_verified && !trip.verified) return Misfit::verification;
  const Duration horizon = horizon_of(request.urgency);
  const double waited = static_cast<double>((way.delivered - start).count()) / static_cast<double>(horizon.count());
  of(result.features, MatchFeature::detour) = 1 - way.detour / allowed;
  of(result.features, MatchFeature::time) = std::exp(-time_decay * std::max(0.0, waited));
  result.room_taken = room_taken(request, trip, way);
  of(result.features, MatchFeature::capacity) = std::clamp((1 - result.room_taken) / (1 - ample_share), 0.0, 1.0);
  of(result.features, MatchFeature::rating) = rating_feature(trip);
  result.detour_meters = way.detour;
  result.pickup_leg = static_cast<std::int32_t>(way.on);
  result.dropoff_leg = static_cast<std::int32_t>(way.off);
  result.picked_up = way.picked_up;
  result.delivered = way.delivered;
  return result;
}

std::optional<Fit> fit(const RequestFacts& request, const TripFacts& trip, Time now, const FitLimits& limits) {
  auto judged = judge(request, trip, now, limits);
  const auto* found = std::get_if<Fit>(&judged);
  return found ? std::optional(*found) : std::nullopt;
}

std::vector<std::string> reasons(const RequestFacts& request, const TripFacts& trip, const Fit& fit) {
  const MatchFeatures& weights = weights_of(request.urgency);
  std::array<std::pair<double, std::string>, match_features> told;
  const auto tell = [&](MatchFeature which, std::string text) {
    const auto i = static_cast<std::size_t>(which);
    told[i] = {weights[i] * fit.features[i], std::move(text)};
  };
  tell(MatchFeature::detour,
       fit.detour_meters < 100 ? "on the way" : "detour of " + with_one_digit(fit.detour_meters, 1'000) + " km");
  tell(MatchFeature::time, request.deliver_by
                               ? "arrives " + hours_text(*request.deliver_by - fit.delivered) + " before the deadline"
                               : "arrives " + to_rfc3339(std::chrono::floor<std::chrono::minutes>(fit.delivered)));
  tell(MatchFeature::capacity, "takes " + std::to_string(std::lround(fit.room_taken * 100)) + " % of the room");
  if (prices(request, trip)) tell(MatchFeature::price, "asks " + money_text(*trip.min_price) + " or more");
  if (trip.rating) tell(MatchFeature::rating, "rated " + with_one_digit(*trip.rating, 1) + " of 5");
  std::stable_sort(told.begin(), told.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> found;
  for (auto& [weight, text] : told)
    if (!text.empty()) found.push_back(std::move(text));
  return found;
}

std::string misfit_text(const RequestFacts& request, const TripFacts& trip, Misfit why) {
  switch (why) {
    case Misfit::verification:
      return "A parcel of that value needs a traveler whose identity is verified.";
    case Misfit::price:
      return "The trip asks " + money_text(*trip.min_price) + " or more; the request pays " +
             money_text(*request.max_price) + " at most.";
    case Misfit::late:
      return "It would arrive after the deadline, " +
             to_rfc3339(std::chrono::floor<std::chrono::minutes>(*request.deliver_by)) + ".";
    case Misfit::early:
      return "The trip passes the pickup too early.";
    case Misfit::room:
      return "The trip has too little room left.";
    case Misfit::way:
      return "The trip does not go that way.";
    case Misfit::goods:
      return "Goods of this kind do not fly.";
    case Misfit::own:
      break;
  }
  return "The trip is the customer's own.";
}

double score_by_rules(const MatchFeatures& features, Urgency urgency) {
  const MatchFeatures& weights = weights_of(urgency);
  return std::inner_product(features.begin(), features.end(), weights.begin(), 0.0);
}

}  // namespace caravan
