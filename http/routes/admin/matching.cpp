#include "http/routes/admin/matching.hpp"

#include "http/matching/matcher.hpp"
#include "http/routes/requests/search_places.hpp"
#include "storage/read_models/match_model.hpp"

namespace caravan::http {

namespace {

struct LearntWeight {
  static constexpr std::string_view record_name = "LearntWeight";
  LearntFeature feature = LearntFeature::detour;
  double weight = 0;
  static constexpr auto fields() {
    return std::array{field<&LearntWeight::feature>(1, "feature"), field<&LearntWeight::weight>(2, "weight")};
  }
};

/// How well one of the two foretold the last outcomes, each before it was known.
struct Foresight {
  static constexpr std::string_view record_name = "Foresight";
  double log_loss = 0;
  std::optional<double> area_under_curve;
  double mean_chance = 0;  // beside acceptedShare: whether its chances are chances
  static constexpr auto fields() {
    return std::array{field<&Foresight::log_loss>(1, "logLoss"),
                      field<&Foresight::area_under_curve>(2, "areaUnderCurve"),
                      field<&Foresight::mean_chance>(3, "meanChance")};
  }
};

struct MatchingResource {
  static constexpr std::string_view record_name = "Matching";
  std::string decides;                      // "model" or "rules"
  std::int64_t outcomes = 0, accepted = 0;  // that the model has learnt
  std::int64_t compared = 0;                // the last of them, over which the two are compared
  double accepted_share = 0;                // of those
  Foresight model, rules;
  std::vector<LearntWeight> weights;
  std::int64_t model_failures = 0;  // on this node since it started; the rules ranked those matches
  static constexpr auto fields() {
    return std::array{field<&MatchingResource::decides>(1, "decides"),
                      field<&MatchingResource::outcomes>(2, "outcomes"),
                      field<&MatchingResource::accepted>(3, "accepted"),
                      field<&MatchingResource::compared>(4, "compared"),
                      field<&MatchingResource::accepted_share>(5, "acceptedShare"),
                      field<&MatchingResource::model>(6, "model"),
                      field<&MatchingResource::rules>(7, "rules"),
                      field<&MatchingResource::weights>(8, "weights"),
                      field<&MatchingResource::model_failures>(9, "modelFailures")};
  }
};

Foresight foresight(const MatchWindow& window, double loss, double MatchOutcome::*chance) {
  double sum = 0;
  for (const MatchOutcome& each : window.outcomes) sum += each.*chance;
  return {loss, area_under_curve(window, chance),
          window.outcomes.empty() ? 0 : sum / static_cast<double>(window.outcomes.size())};
}

Response matching(Call& call) {
  const ReadModels& models = read_models_of(call);
  const MatchModel model = learnt_match_model(models);
  const MatchWindow window = match_window(models);
  MatchingResource out;
  out.decides = decides(model) ? "model" : "rules";
  out.outcomes = model.outcomes;
  out.accepted = model.accepted;
  out.compared = static_cast<std::int64_t>(window.outcomes.size());
  const auto taken = std::ranges::count(window.outcomes, true, &MatchOutcome::accepted);
  if (out.compared > 0) out.accepted_share = static_cast<double>(taken) / static_cast<double>(out.compared);
  out.model = foresight(window, model.model_loss, &MatchOutcome::by_model);
  out.rules = foresight(window, model.rules_loss, &MatchOutcome::by_rules);
  for (std::size_t i = 0; i < model.weights.size() && i < learnt_features; ++i)
    out.weights.push_back({static_cast<LearntFeature>(i), model.weights[i]});
  if (call.services().matcher) out.model_failures = call.services().matcher->model_failures();
  return call.answer(AnyRecord(std::move(out)));
}

}  // namespace

std::vector<Route> matching_routes(Services&) {
  return {
      get("/admin/matching", admin(Permission::read),
          "How the model ranks beside the rules: outcomes, log-loss, AUC, which of both decides")
          .answers<MatchingResource>()
          .handle(matching),
  };
}

}  // namespace caravan::http
