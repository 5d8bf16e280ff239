#pragma once

#include "actors/matching/score.hpp"

namespace caravan {

/// A logistic regression over the features of a match, trained one outcome at a time. A plain value: the same outcomes
/// in the same order make the same model.
struct MatchModel {
  std::int32_t version = 2;   // of the features' meaning; a model of another version is started anew
  std::int64_t outcomes = 0;  // learnt from so far
  std::int64_t accepted = 0;  // of those
  double bias = 0;
  std::vector<double> weights;  // one per feature; empty: none learnt yet

  static constexpr std::string_view record_name = "MatchModel";
  static constexpr auto fields() {
    return std::array{field<&MatchModel::version>(1, "version"), field<&MatchModel::outcomes>(2, "outcomes"),
                      field<&MatchModel::accepted>(3, "accepted"), field<&MatchModel::bias>(4, "bias"),
                      field<&MatchModel::weights>(5, "weights")};
  }
};

/// How many outcomes the model must have learnt before it ranks in place of the rules. A twentieth of them must be of
/// the rarer kind, or it would always predict the frequent one.
inline constexpr std::int64_t least_outcomes = 200;

/// Takes one outcome in: the match came to a delivery, or was offered and did not.
void learn(MatchModel& model, const MatchFeatures& features, bool accepted);
/// True where the model has seen enough to rank.
bool is_ready(const MatchModel& model);
/// The chance that the match comes to a delivery, in (0, 1).
double predict(const MatchModel& model, const MatchFeatures& features);

}  // namespace caravan
