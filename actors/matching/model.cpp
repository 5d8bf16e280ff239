#include "actors/matching/model.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

constexpr std::int32_t current_version = 2;
constexpr double first_rate = 0.2;           // of learning
constexpr double rate_halves_after = 2'000;  // outcomes
constexpr double forgetting = 1e-4;          // pull of each weight towards nought at each outcome
constexpr double centre = 0.5;               // of a feature
constexpr double steepest = 30;              // of the exponent, so that exp stays finite

double sigmoid(double x) { return 1 / (1 + std::exp(-std::clamp(x, -steepest, steepest))); }

bool usable(const MatchModel& model) {
  return model.version == current_version && model.weights.size() == match_features;
}

}  // namespace

void learn(MatchModel& model, const MatchFeatures& features, bool accepted) {
  if (!usable(model)) {
    model = MatchModel{};
    model.version = current_version;
    model.weights.assign(match_features, 0.0);
  }
  const double error = (accepted ? 1.0 : 0.0) - predict(model, features);
  const double rate = first_rate / (1 + static_cast<double>(model.outcomes) / rate_halves_after);
  for (std::size_t i = 0; i < match_features; ++i)
    model.weights[i] += rate * (error * (features[i] - centre) - forgetting * model.weights[i]);
  model.bias += rate * error;
  ++model.outcomes;
  if (accepted) ++model.accepted;
}

bool is_ready(const MatchModel& model) {
  const std::int64_t rarer = std::min(model.accepted, model.outcomes - model.accepted);
  return usable(model) && model.outcomes >= least_outcomes && rarer * 20 >= model.outcomes;
}

double predict(const MatchModel& model, const MatchFeatures& features) {
  if (!usable(model)) return 0.5;
  double sum = model.bias;
  for (std::size_t i = 0; i < match_features; ++i) sum += model.weights[i] * (features[i] - centre);
  return sigmoid(sum);
}

}  // namespace caravan
