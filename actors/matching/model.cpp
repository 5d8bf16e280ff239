#include "actors/matching/model.hpp"

#include <algorithm>
#include <cmath>

#include "actors/matching/passing.hpp"

namespace caravan {

namespace {

constexpr std::int32_t current_version = 3;
constexpr double first_rate = 0.2;           // of learning
constexpr double rate_halves_after = 2'000;  // outcomes
constexpr double forgetting = 1e-4;          // pull of each weight towards nought at each outcome
constexpr double calibration_rate = 0.25;    // of the first rate: a line needs less than weights
constexpr double centre = 0.5;               // of a feature
constexpr double steepest = 30;              // of the exponent, so that exp stays finite
constexpr double light_grams = 5'000;        // a parcel of that weight is light by 1/e

double sigmoid(double x) { return 1 / (1 + std::exp(-std::clamp(x, -steepest, steepest))); }

bool usable(const MatchModel& model) {
  return model.version == current_version && model.weights.size() == learnt_features;
}

double odds(const MatchModel& model, const LearntFeatures& features) {
  double sum = model.bias;
  for (std::size_t i = 0; i < learnt_features; ++i) sum += model.weights[i] * (features[i] - centre);
  return std::clamp(sum, -steepest, steepest);
}

double on_line(const Calibration& line, double x) { return sigmoid(line.slope * x + line.offset); }

void bend(Calibration& line, double x, double error, double rate) {
  line.slope += rate * error * x;
  line.offset += rate * error;
}

double loss(double chance, bool accepted) {
  constexpr double least = 1e-9;
  return -std::log(std::max(least, accepted ? chance : 1 - chance));
}

double mean_loss(const MatchWindow& window, double MatchOutcome::*chance) {
  double sum = 0;
  for (const MatchOutcome& each : window.outcomes) sum += loss(each.*chance, each.accepted);
  return window.outcomes.empty() ? 0 : sum / static_cast<double>(window.outcomes.size());
}

}  // namespace

LearntFeatures learnt_from(const RequestFacts& request, const TripFacts& trip, const Fit& fit, Time now) {
  const auto horizon = static_cast<double>(horizon_of(request.urgency) / std::chrono::milliseconds{1});
  const Time start = start_of(request, now);
  const auto waits = static_cast<double>((fit.picked_up - start) / std::chrono::milliseconds{1});
  LearntFeatures out{};
  const auto at = [&](LearntFeature which) -> double& { return out[static_cast<std::size_t>(which)]; };
  std::copy(fit.features.begin(), fit.features.end(), out.begin());
  at(LearntFeature::soon) = std::exp(-2 * std::max(0.0, waits / horizon));
  at(LearntFeature::known) = trip.verified || trip.deliveries > 0 ? 1 : 0;
  at(LearntFeature::scheduled) = keeps_to_stops(trip.mode) ? 1 : 0;
  at(LearntFeature::urgent) = static_cast<double>(request.urgency) / 2;
  at(LearntFeature::light) = std::exp(-static_cast<double>(request.load.weight.units) / light_grams);
  at(LearntFeature::price_and_rating) = at(LearntFeature::price) * at(LearntFeature::rating);
  at(LearntFeature::detour_and_time) = at(LearntFeature::detour) * at(LearntFeature::time);
  at(LearntFeature::rating_and_known) = at(LearntFeature::rating) * at(LearntFeature::known);
  at(LearntFeature::time_and_urgent) = at(LearntFeature::time) * at(LearntFeature::urgent);
  return out;
}

void learn(MatchModel& model, MatchWindow& window, const MatchExample& example) {
  if (!usable(model)) {
    model = MatchModel{};
    model.weights.assign(learnt_features, 0.0);
    model.of_rules.slope = 0;  // a score says nothing until somebody was seen to go by it
    window = {};
  }
  const double at = odds(model, example.features), score = example.by_rules - centre;
  const MatchOutcome before{on_line(model.of_model, at), on_line(model.of_rules, score), example.accepted};
  if (window.outcomes.size() == compared_outcomes) window.outcomes.erase(window.outcomes.begin());
  window.outcomes.push_back(before);

  const double target = example.accepted ? 1 : 0;
  const double rate = first_rate / (1 + static_cast<double>(model.outcomes) / rate_halves_after);
  bend(model.of_model, at, target - before.by_model, rate * calibration_rate);
  bend(model.of_rules, score, target - before.by_rules, rate);
  const double error = target - sigmoid(at);
  for (std::size_t i = 0; i < learnt_features; ++i)
    model.weights[i] += rate * (error * (example.features[i] - centre) - forgetting * model.weights[i]);
  model.bias += rate * error;
  ++model.outcomes;
  if (example.accepted) ++model.accepted;
  model.model_loss = mean_loss(window, &MatchOutcome::by_model);
  model.rules_loss = mean_loss(window, &MatchOutcome::by_rules);
}

bool decides(const MatchModel& model) {
  const std::int64_t rarer = std::min(model.accepted, model.outcomes - model.accepted);
  return usable(model) && model.outcomes >= least_outcomes && rarer * 20 >= model.outcomes &&
         model.model_loss < model.rules_loss;
}

double predict(const MatchModel& model, const LearntFeatures& features) {
  return usable(model) ? on_line(model.of_model, odds(model, features)) : 0.5;
}

double predict_by_rules(const MatchModel& model, double score) { return on_line(model.of_rules, score - centre); }

std::optional<double> area_under_curve(const MatchWindow& window, double MatchOutcome::*chance) {
  double better = 0, pairs = 0;
  for (const MatchOutcome& taken : window.outcomes)
    for (const MatchOutcome& left : window.outcomes) {
      if (!taken.accepted || left.accepted) continue;
      ++pairs;
      better += taken.*chance > left.*chance ? 1 : taken.*chance == left.*chance ? 0.5 : 0;
    }
  return pairs > 0 ? std::optional(better / pairs) : std::nullopt;
}

}  // namespace caravan
