#pragma once

#include "actors/matching/score.hpp"

namespace caravan {

/// What the model learns one weight for, each in [0, 1]: the rules' features, what else is known of the two sides, and
/// some of these together. The labels are public.
enum class LearntFeature : std::uint8_t {
  detour,
  time,
  capacity,
  price,
  rating,
  soon,       // it is fetched early in the time that the urgency leaves
  known,      // the traveler is verified, or has delivered before
  scheduled,  // a train, a bus or a plane
  urgent,
  light,
  price_and_rating,
  detour_and_time,
  rating_and_known,
  time_and_urgent
};
constexpr auto enum_labels(LearntFeature) {
  return std::to_array<std::string_view>({"detour", "time", "capacity", "price", "rating", "soon", "known", "scheduled",
                                          "urgent", "light", "price_and_rating", "detour_and_time", "rating_and_known",
                                          "time_and_urgent"});
}
inline constexpr std::size_t learnt_features = enum_labels(LearntFeature{}).size();
using LearntFeatures = std::array<double, learnt_features>;
LearntFeatures learnt_from(const RequestFacts& request, const TripFacts& trip, const Fit& fit, Time now);

/// A straight line on which a chance's logarithmic odds lie: it makes one of a score.
struct Calibration {
  static constexpr std::string_view record_name = "Calibration";
  double slope = 1, offset = 0;
  static constexpr auto fields() {
    return std::array{field<&Calibration::slope>(1, "slope"), field<&Calibration::offset>(2, "offset")};
  }
};

/// A logistic regression over the features of a match, trained one outcome at a time. A plain value: the same outcomes
/// in the same order make the same model.
struct MatchModel {
  std::int32_t version = 3;   // of the features' meaning; a model of another version is started anew
  std::int64_t outcomes = 0;  // learnt from so far
  std::int64_t accepted = 0;  // of those
  double bias = 0;
  std::vector<double> weights;  // one per feature; empty: none learnt yet
  Calibration of_model, of_rules;
  double model_loss = 0, rules_loss = 0;  // mean log-loss over the last outcomes, each predicted before it was learnt

  static constexpr std::string_view record_name = "MatchModel";
  static constexpr auto fields() {
    return std::array{field<&MatchModel::version>(1, "version"),     field<&MatchModel::outcomes>(2, "outcomes"),
                      field<&MatchModel::accepted>(3, "accepted"),   field<&MatchModel::bias>(4, "bias"),
                      field<&MatchModel::weights>(5, "weights"),     field<&MatchModel::of_model>(6, "ofModel"),
                      field<&MatchModel::of_rules>(7, "ofRules"),    field<&MatchModel::model_loss>(8, "modelLoss"),
                      field<&MatchModel::rules_loss>(9, "rulesLoss")};
  }
};

/// What became of an offer, and the chances that the model and the rules gave it before.
struct MatchOutcome {
  static constexpr std::string_view record_name = "MatchOutcome";
  double by_model = 0, by_rules = 0;
  bool accepted = false;
  static constexpr auto fields() {
    return std::array{field<&MatchOutcome::by_model>(1, "byModel"), field<&MatchOutcome::by_rules>(2, "byRules"),
                      field<&MatchOutcome::accepted>(3, "accepted")};
  }
};

/// So many outcomes both are compared over.
inline constexpr std::size_t compared_outcomes = 500;

struct MatchWindow {
  static constexpr std::string_view record_name = "MatchWindow";
  std::vector<MatchOutcome> outcomes;  // oldest first
  static constexpr auto fields() {
    return std::array{field<&MatchWindow::outcomes>(1, "outcomes", length(0, compared_outcomes))};
  }
};

/// How many outcomes the model must have learnt before it may rank in place of the rules. A twentieth of them must be
/// of the rarer kind, or it would always predict the frequent one.
inline constexpr std::int64_t least_outcomes = 200;

/// What became of a match that somebody offered on: it came to a delivery, or did not.
struct MatchExample {
  LearntFeatures features{};
  double by_rules = 0;  // score_by_rules()
  bool accepted = false;
};
/// Takes one outcome in. Model and rules say first what they expect of it, and are compared by that.
void learn(MatchModel& model, MatchWindow& window, const MatchExample& example);
/// True where the model ranks: it has seen enough, and its log-loss over the last outcomes is less than the rules'.
bool decides(const MatchModel& model);
/// The chance that the match comes to a delivery, in (0, 1).
double predict(const MatchModel& model, const LearntFeatures& features);
/// The same as the rules' score would have it.
double predict_by_rules(const MatchModel& model, double score);
/// How often one that was accepted had the better chance than one that was not: 1 is perfect, 0.5 is a guess. Nothing
/// where all ended alike.
std::optional<double> area_under_curve(const MatchWindow& window, double MatchOutcome::*chance);

}  // namespace caravan
