#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "actors/matching/model.hpp"
#include "tests/testkit/entity.hpp"

/// The model on a market whose people are known: what they go by is in `taste`, and the model has to find it out.
namespace matching_learning_test {

using namespace caravan;
using testkit::test_id;
using testkit::test_start;

namespace {

using enum LearntFeature;

struct Taste {
  LearntFeature what;
  double weight;
};
/// They look at who somebody is and at the price; the urgent at the time; and nobody likes buses. How far the traveler
/// goes out of the way is the traveler's business.
constexpr std::array taste{Taste{price, 4.0}, Taste{rating, 3.0}, Taste{known, 2.0}, Taste{time_and_urgent, 2.5},
                           Taste{scheduled, -1.5}};
constexpr double reluctance = -6.0;

class People {
 public:
  explicit People(std::uint64_t seed, double noise = 1) : random_(seed), noise_(noise) {}

  /// A random match, as the rules and the model see it, and what its customer does.
  MatchExample meet() {
    RequestFacts request;
    request.id = test_id<RequestId>(1);
    request.customer = test_id<UserId>(1);
    request.pickup = {40.7128, -74.0060};
    request.dropoff = {42.3601, -71.0589};
    request.urgency = static_cast<Urgency>(random_() % 3);
    request.deliver_by = test_start + horizon_of(request.urgency);
    request.load = {{static_cast<std::int64_t>(between(100, 9'000))}, {3'000}, 1};
    request.max_price = Money{6'000, {}};
    TripFacts trip;
    trip.id = test_id<TripId>(1);
    trip.traveler = test_id<UserId>(2);
    trip.mode = random_() % 2 == 0 ? TransportMode::car : TransportMode::bus;
    const Time leaves = test_start + std::chrono::minutes(static_cast<int>(between(
                                         120, 36.0 * static_cast<double>(horizon_of(request.urgency).count()))));
    trip.points = {{{40.7128 + between(-0.2, 0.2), -74.0060}, leaves},
                   {{42.3601 + between(-0.2, 0.2), -71.0589}, leaves + std::chrono::hours{5}}};
    trip.available = {{{static_cast<std::int64_t>(between(9'000, 30'000))}, {60'000}, 20}};
    trip.min_price = Money{static_cast<std::int64_t>(between(500, 6'000)), {}};
    trip.rating = between(1, 5);
    trip.ratings = 30;
    trip.deliveries = static_cast<std::int32_t>(random_() % 2);
    const auto found = fit(request, trip, test_start);
    if (!found) return meet();
    MatchExample example{learnt_from(request, trip, *found, test_start),
                         score_by_rules(found->features, request.urgency), false};
    double utility = reluctance;
    for (const auto& [what, weight] : taste) utility += weight * example.features[static_cast<std::size_t>(what)];
    example.accepted = between(0, 1) < 1 / (1 + std::exp(-utility / noise_));
    return example;
  }
  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }

 private:
  std::mt19937_64 random_;
  double noise_;
};

struct Learner {
  MatchModel model;
  MatchWindow window;
  void see(const MatchExample& example) { learn(model, window, example); }
};

}  // namespace

TEST_CASE("matching: on a market whose people are known the model finds what they go by, and beats the rules") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    People people(seed);
    Learner learner;
    for (int i = 0; i < 6'000; ++i) learner.see(people.meet());
    const MatchModel& model = learner.model;
    CHECK(decides(model));
    const auto weight = [&](LearntFeature what) { return model.weights[static_cast<std::size_t>(what)]; };
    // What acts together with another is seen in either weight.
    CHECK(weight(price) + weight(price_and_rating) > 1);
    CHECK(weight(rating) + weight(price_and_rating) + weight(rating_and_known) > 1);
    CHECK(weight(known) + weight(rating_and_known) > 0.5);
    CHECK(weight(time_and_urgent) + weight(urgent) + weight(time) > 0.5);
    CHECK(weight(scheduled) < -0.5);
    CHECK(std::abs(weight(detour)) < weight(price));
    const double margin = model.rules_loss - model.model_loss;
    const double model_area = *area_under_curve(learner.window, &MatchOutcome::by_model);
    const double rules_area = *area_under_curve(learner.window, &MatchOutcome::by_rules);
    MESSAGE("seed " << seed << ": log-loss " << model.model_loss << " against " << model.rules_loss
                    << " of the rules, better by " << margin << "; AUC " << model_area << " against " << rules_area);
    CHECK(margin > 0.05);
    CHECK(model_area > rules_area + 0.05);
  }
}

TEST_CASE("matching: a chance is a chance, by the model and by the rules") {
  People people(4);
  Learner learner;
  for (int i = 0; i < 4'000; ++i) learner.see(people.meet());
  struct Bin {
    double expected = 0, seen = 0;
    int count = 0;
  };
  for (const bool by_model : {true, false}) {
    std::array<Bin, 5> bins;
    for (int i = 0; i < 20'000; ++i) {
      const MatchExample next = people.meet();
      const double chance =
          by_model ? predict(learner.model, next.features) : predict_by_rules(learner.model, next.by_rules);
      Bin& bin = bins[std::min<std::size_t>(4, static_cast<std::size_t>(chance * 5))];
      bin.expected += chance;
      bin.seen += next.accepted ? 1 : 0;
      ++bin.count;
    }
    const auto is_filled = [](const Bin& bin) { return bin.count > 500; };
    // The rules hardly tell these people apart, so that one chance for all is right of them. The model does.
    CHECK(std::ranges::count_if(bins, is_filled) >= (by_model ? 3 : 1));
    for (const Bin& bin : bins)
      if (is_filled(bin)) CHECK(bin.seen / bin.count == doctest::Approx(bin.expected / bin.count).epsilon(0.3));
  }
}

TEST_CASE("matching: the model waits until it has seen enough, of both kinds") {
  People people(5);
  Learner learner;
  CHECK(predict(learner.model, {}) == 0.5);
  for (std::int64_t i = 0; i < least_outcomes - 1; ++i) {
    learner.see(people.meet());
    CHECK_FALSE(decides(learner.model));
  }
  Learner of_one_kind;
  for (int i = 0; i < 1'000; ++i) {
    MatchExample example = people.meet();
    example.accepted = true;
    of_one_kind.see(example);
  }
  CHECK_FALSE(decides(of_one_kind.model));
  of_one_kind.model.version = 99;
  CHECK(predict(of_one_kind.model, {1, 1, 1}) == 0.5);
}

TEST_CASE("matching: the model ranks only while it beats the rules over the last five hundred outcomes") {
  People people(6);
  Learner learner;
  for (int i = 0; i < 3'000; ++i) learner.see(people.meet());
  REQUIRE(decides(learner.model));
  // From now on people toss a coin: who has learnt much expects too much.
  const auto toss = [&] {
    MatchExample example = people.meet();
    example.accepted = people.between(0, 1) < 0.5;
    learner.see(example);
  };
  for (std::size_t i = 0; i < compared_outcomes; ++i) toss();
  CHECK_FALSE(decides(learner.model));
  CHECK(learner.model.model_loss > learner.model.rules_loss);
  for (std::size_t i = 0; i < 2 * compared_outcomes; ++i) learner.see(people.meet());
  CHECK(decides(learner.model));
}

TEST_CASE("matching: the last five hundred outcomes count, and no more") {
  People people(7);
  Learner learner;
  for (std::size_t i = 0; i < compared_outcomes + 100; ++i) learner.see(people.meet());
  CHECK(learner.window.outcomes.size() == compared_outcomes);
  CHECK(learner.model.outcomes == static_cast<std::int64_t>(compared_outcomes) + 100);
  CHECK_FALSE(area_under_curve({}, &MatchOutcome::by_model));
}

}  // namespace matching_learning_test
