#include "actors/matching/score.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace caravan {

namespace {

/// In the order of MatchFeature; they add up to 1.
constexpr MatchFeatures rule_weights{0.40, 0.20, 0.10, 0.15, 0.15};

constexpr double unknown_price = 0.5;   // one side named no price, or they name different currencies
constexpr double unknown_rating = 0.6;  // between three and four stars
constexpr double detour_speed = 12;     // metres a second, when late
constexpr Duration usual_horizon = std::chrono::hours{14 * 24};

double& of(MatchFeatures& features, MatchFeature which) { return features[static_cast<std::size_t>(which)]; }

/// Where the parcel gets on and off, and what that costs in metres.
struct Way {
  std::size_t on = 0;   // leg of the pickup
  std::size_t off = 0;  // leg of the dropoff; not before `on`
  double detour = INFINITY;
  Time picked_up;
  Time delivered;
};

Time at_share(const TripFacts& trip, std::size_t leg, double share) {
  const Duration whole = trip.points[leg + 1].due - trip.points[leg].due;
  return trip.points[leg].due +
         Duration{static_cast<Duration::rep>(static_cast<double>(whole.count()) * std::clamp(share, 0.0, 1.0))};
}

bool has_room(const TripFacts& trip, std::size_t first_leg, std::size_t last_leg, const Load& load) {
  for (std::size_t leg = first_leg; leg <= last_leg; ++leg)
    if (!trip.available[leg].holds(load)) return false;
  return true;
}

/// For travel that keeps to its stops: the parcel gets on at stop `on` and off at stop `off + 1`. The detour is how far
/// the traveler goes from these two stops to the customer's points.
Way by_stops(const RequestFacts& request, const TripFacts& trip) {
  Way best;
  for (std::size_t on = 0; on + 1 < trip.points.size(); ++on)
    for (std::size_t off = on; off + 1 < trip.points.size(); ++off) {
      const double detour = distance_meters(request.pickup, trip.points[on].at) +
                            distance_meters(trip.points[off + 1].at, request.dropoff);
      if (detour < best.detour && has_room(trip, on, off, request.load))
        best = {on, off, detour, trip.points[on].due, trip.points[off + 1].due};
    }
  return best;
}

/// For travel by road: the traveler leaves the way for the pickup and for the dropoff, on the legs where that adds the
/// fewest metres.
Way by_road(const RequestFacts& request, const TripFacts& trip) {
  const std::size_t legs = trip.available.size();
  std::vector<double> length(legs), to_pickup(legs + 1), to_dropoff(legs + 1);
  for (std::size_t i = 0; i <= legs; ++i) {
    to_pickup[i] = distance_meters(trip.points[i].at, request.pickup);
    to_dropoff[i] = distance_meters(trip.points[i].at, request.dropoff);
    if (i > 0) length[i - 1] = distance_meters(trip.points[i - 1].at, trip.points[i].at);
  }
  const double direct = distance_meters(request.pickup, request.dropoff);
  const auto share = [](double before, double after) { return before + after > 0 ? before / (before + after) : 0; };
  Way best;
  for (std::size_t on = 0; on < legs; ++on)
    for (std::size_t off = on; off < legs; ++off) {
      const double detour = on == off ? to_pickup[on] + direct + to_dropoff[on + 1] - length[on]
                                      : to_pickup[on] + to_pickup[on + 1] - length[on] + to_dropoff[off] +
                                            to_dropoff[off + 1] - length[off];
      if (detour >= best.detour || !has_room(trip, on, off, request.load)) continue;
      best = {on, off, std::max(0.0, detour), at_share(trip, on, share(to_pickup[on], to_pickup[on + 1])),
              at_share(trip, off, share(to_dropoff[off], to_dropoff[off + 1]))};
    }
  best.delivered += Duration{std::isfinite(best.detour) ? std::llround(best.detour / detour_speed * 1'000) : 0};
  return best;
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

}  // namespace

std::optional<Fit> fit(const RequestFacts& request, const TripFacts& trip, const FitLimits& limits) {
  if (request.customer == trip.traveler || trip.points.size() < 2 || trip.available.size() + 1 != trip.points.size())
    return std::nullopt;
  const Way way = keeps_to_stops(trip.mode) ? by_stops(request, trip) : by_road(request, trip);
  const double direct = distance_meters(request.pickup, request.dropoff);
  const double allowed =
      std::min(limits.max_detour_meters, std::max(limits.free_detour_meters, limits.max_detour_share * direct));
  if (!(way.detour <= allowed)) return std::nullopt;
  if (request.pickup_from && way.picked_up < *request.pickup_from) return std::nullopt;
  if (request.deliver_by && way.delivered > *request.deliver_by) return std::nullopt;

  Fit result;
  double& price = of(result.features, MatchFeature::price);
  price = unknown_price;
  if (request.max_price && trip.min_price && request.max_price->currency == trip.min_price->currency) {
    if (trip.min_price->amount > request.max_price->amount) return std::nullopt;
    const auto most = static_cast<double>(std::max<std::int64_t>(1, request.max_price->amount));
    price = std::clamp(1 - static_cast<double>(trip.min_price->amount) / most, 0.0, 1.0);
  }
  const Time start = request.pickup_from.value_or(trip.points.front().due);
  const Duration horizon = request.deliver_by ? *request.deliver_by - start : usual_horizon;
  const Duration wait = way.delivered - start;
  of(result.features, MatchFeature::detour) = 1 - way.detour / allowed;
  of(result.features, MatchFeature::time) =
      horizon.count() > 0
          ? std::clamp(1 - static_cast<double>(wait.count()) / static_cast<double>(horizon.count()), 0.0, 1.0)
          : 0;
  of(result.features, MatchFeature::capacity) = std::clamp(1 - room_taken(request, trip, way), 0.0, 1.0);
  of(result.features, MatchFeature::rating) =
      trip.rating ? std::clamp((*trip.rating - 1) / 4, 0.0, 1.0) : unknown_rating;
  result.detour_meters = way.detour;
  result.pickup_leg = static_cast<std::int32_t>(way.on);
  result.dropoff_leg = static_cast<std::int32_t>(way.off);
  result.delivered = way.delivered;
  return result;
}

std::vector<std::string> reasons(const RequestFacts& request, const TripFacts& trip, const Fit& fit) {
  std::array<std::pair<double, std::string>, match_features> told;
  const auto tell = [&](MatchFeature which, std::string text) {
    const auto i = static_cast<std::size_t>(which);
    told[i] = {rule_weights[i] * fit.features[i], std::move(text)};
  };
  tell(MatchFeature::detour,
       fit.detour_meters < 100 ? "on the way" : "detour of " + with_one_digit(fit.detour_meters, 1'000) + " km");
  tell(MatchFeature::time, request.deliver_by
                               ? "arrives " + hours_text(*request.deliver_by - fit.delivered) + " before the deadline"
                               : "arrives " + to_rfc3339(std::chrono::floor<std::chrono::minutes>(fit.delivered)));
  const double room_taken = 1 - fit.features[static_cast<std::size_t>(MatchFeature::capacity)];
  tell(MatchFeature::capacity, "takes " + std::to_string(std::lround(room_taken * 100)) + " % of the room");
  if (trip.min_price && request.max_price && trip.min_price->currency == request.max_price->currency)
    tell(MatchFeature::price, "asks " + money_text(*trip.min_price) + " or more");
  if (trip.rating) tell(MatchFeature::rating, "rated " + with_one_digit(*trip.rating, 1) + " of 5");
  std::stable_sort(told.begin(), told.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> found;
  for (auto& [weight, text] : told)
    if (!text.empty()) found.push_back(std::move(text));
  return found;
}

double score_by_rules(const MatchFeatures& features) {
  return std::inner_product(features.begin(), features.end(), rule_weights.begin(), 0.0);
}

}  // namespace caravan
