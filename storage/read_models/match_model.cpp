#include "storage/read_models/match_model.hpp"

#include <algorithm>

#include "actors/request/entity.hpp"
#include "actors/request/matching_facts.hpp"
#include "storage/codec/codec.hpp"
#include "storage/read_models/trips.hpp"

namespace caravan {

using namespace read_models;

namespace {

// match_offer: how an offer's trip fitted its request when it was made, and which outcome it was that the model learnt
// of it: the first, the second …; 0: none yet, -1: none ever.
constexpr const char* match_tables = R"sql(
CREATE TABLE match_offer(
  id BLOB PRIMARY KEY, by_rules REAL NOT NULL, features BLOB NOT NULL, customer BLOB NOT NULL, traveler BLOB NOT NULL,
  learnt INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX match_offer_customer ON match_offer(customer, learnt);
CREATE INDEX match_offer_traveler ON match_offer(traveler, learnt);
CREATE TABLE match_model(one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL, window BLOB NOT NULL);
)sql";

constexpr std::int64_t not_learnt = -1;
// Of the last compared_outcomes so many are one account's at most, on whichever side: nobody makes the model by making
// offers to themselves.
constexpr std::int64_t most_of_one = 10;
constexpr std::int32_t many_ratings = 10;  // an offer tells the mean that its traveler had, not of how many

/// As the tables keep what an offer was like.
struct KeptFeatures {
  static constexpr std::string_view record_name = "KeptFeatures";
  std::vector<double> values;
  static constexpr auto fields() { return std::array{field<&KeptFeatures::values>(1, "values")}; }
};

template <class Record>
std::string bytes_of(const Record& record) {
  std::string body;
  codec::encode(schema::type_of<Record>(), &record, body);
  return body;
}

template <class Record>
Record record_of(std::string_view body) {
  Record record;
  if (!codec::decode(schema::type_of<Record>(), body, &record))
    throw StorageError("the matching model in the read model is damaged: rebuild the read models");
  return record;
}

MatchModel read_model(sqlite::Connection& database) {
  sqlite::Query query = database.query("SELECT body FROM match_model");
  return query.step() ? record_of<MatchModel>(query.view(0)) : MatchModel{};
}

MatchWindow read_window(sqlite::Connection& database) {
  sqlite::Query query = database.query("SELECT window FROM match_model");
  return query.step() ? record_of<MatchWindow>(query.view(0)) : MatchWindow{};
}

/// How well the offer fitted its request, with the price that it asks. It counts the trip as if it carried nothing yet:
/// a batch shows the projection only the trip as its last entry leaves it, and batches are cut differently when the
/// read model is built anew. Room changes with each acceptance. What else an edit or a counter offer changes within a
/// batch, and the order of what a batch brings, may make a model that is built anew differ a little.
std::optional<MatchExample> example_of(sqlite::Connection& database, const RequestState& request, const Offer& offer) {
  std::optional<TripFacts> trip = empty_trip_facts(database, offer.trip_id);
  if (!trip) return std::nullopt;
  trip->min_price = offer.price;
  trip->rating = offer.traveler_rating;
  trip->ratings = offer.traveler_rating ? many_ratings : 0;
  trip->verified = true;  // who offered may offer
  const RequestFacts asked = matching_facts({}, request.customer_id, request.details, request.created_at);
  const std::optional<Fit> found = fit(asked, *trip, offer.created_at);
  if (!found) return std::nullopt;
  trip->verified = !offer.is_of_newcomer;
  return MatchExample{learnt_from(asked, *trip, *found, offer.created_at),
                      score_by_rules(found->features, asked.urgency), false};
}

void note(sqlite::Connection& database, UserId customer, const Offer& offer, const MatchExample& example) {
  const KeptFeatures kept{{example.features.begin(), example.features.end()}};
  database.query("INSERT INTO match_offer VALUES(?, ?, ?, ?, ?, 0)")
      .bind(offer.offer_id, example.by_rules, sqlite::Blob{bytes_of(kept)}, customer, offer.traveler_id)
      .run();
}

bool has_taught_enough(sqlite::Connection& database, UserId person, std::int64_t outcomes) {
  sqlite::Query query = database.query(
      "SELECT (SELECT COUNT(*) FROM match_offer WHERE customer = ?1 AND learnt > ?2)"
      " + (SELECT COUNT(*) FROM match_offer WHERE traveler = ?1 AND learnt > ?2)");
  query.bind(person, std::max<std::int64_t>(0, outcomes - static_cast<std::int64_t>(compared_outcomes)));
  return query.step() && query.integer(0) >= most_of_one;
}

/// True: accepted; false: it came to nothing; nothing where that is open, or the traveler took it back. Why an offer
/// came to nothing is not asked: one counts alike whether the customer refused it, took another one, cancelled the
/// request or changed its terms, or whether the offer lapsed.
std::optional<bool> outcome_of(const Offer& offer) {
  switch (offer.status) {
    case OfferStatus::accepted:
      return true;
    case OfferStatus::rejected:
    case OfferStatus::expired:
      return false;
    case OfferStatus::pending:
    case OfferStatus::countered:
    case OfferStatus::accepting:
    case OfferStatus::withdrawn:
      return std::nullopt;
  }
  return std::nullopt;
}

void on_matched_request(sqlite::Connection& database, const StateView& view) {
  const auto& request = view.as<RequestState>();
  for (const Offer& offer : request.offers) {
    MatchExample example;
    {
      sqlite::Query known = database.query("SELECT by_rules, features, learnt FROM match_offer WHERE id = ?");
      known.bind(offer.offer_id);
      if (!known.step()) {
        const std::optional<MatchExample> found = example_of(database, request, offer);
        if (!found) continue;
        example = *found;
        note(database, request.customer_id, offer, example);
      } else {
        if (known.integer(2) != 0) continue;
        example.by_rules = known.real(0);
        std::ranges::copy(record_of<KeptFeatures>(known.view(1)).values, example.features.begin());
      }
    }
    const std::optional<bool> accepted = outcome_of(offer);
    if (!accepted) continue;
    example.accepted = *accepted;
    MatchModel model = read_model(database);
    const auto settle = [&](std::int64_t learnt) {
      database.query("UPDATE match_offer SET learnt = ? WHERE id = ?").bind(learnt, offer.offer_id).run();
    };
    if (has_taught_enough(database, request.customer_id, model.outcomes) ||
        has_taught_enough(database, offer.traveler_id, model.outcomes)) {
      settle(not_learnt);
      continue;
    }
    MatchWindow window = read_window(database);
    learn(model, window, example);
    database.query("INSERT OR REPLACE INTO match_model VALUES(1, ?, ?)")
        .bind(sqlite::Blob{bytes_of(model)}, sqlite::Blob{bytes_of(window)})
        .run();
    settle(model.outcomes);
  }
}

}  // namespace

namespace read_models {

const Projection& match_model_projection() {
  static constexpr Projection projection{.name = "match_model",
                                         .version = 4,
                                         .schema = match_tables,
                                         .state_of = EntityKind::request,
                                         .on_state = on_matched_request};
  return projection;
}

}  // namespace read_models

MatchModel learnt_match_model(const ReadModels& models) {
  const auto reading = models.read();
  return read_model(*reading);
}

MatchWindow match_window(const ReadModels& models) {
  const auto reading = models.read();
  return read_window(*reading);
}

}  // namespace caravan
