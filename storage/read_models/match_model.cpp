#include "storage/read_models/match_model.hpp"

#include "actors/request/entity.hpp"
#include "actors/request/matching_facts.hpp"
#include "storage/codec/codec.hpp"
#include "storage/read_models/trips.hpp"

namespace caravan {

using namespace read_models;

namespace {

// match_offer: how an offer's trip fitted its request when it was made, and whether the model has learnt its outcome.
constexpr const char* match_tables = R"sql(
CREATE TABLE match_offer(
  id BLOB PRIMARY KEY, detour REAL NOT NULL, time REAL NOT NULL, capacity REAL NOT NULL, price REAL NOT NULL,
  rating REAL NOT NULL, is_learnt INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE match_model(one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL);
)sql";

constexpr std::int32_t many_ratings = 10;  // an offer tells the mean that its traveler had, not of how many

MatchModel read_model(sqlite::Connection& database) {
  MatchModel model;
  sqlite::Query query = database.query("SELECT body FROM match_model");
  if (query.step() && !codec::decode(schema::type_of<MatchModel>(), query.view(0), &model))
    throw StorageError("the matching model in the read model is damaged: rebuild the read models");
  return model;
}

/// How well the offer fitted its request, with the price that it asks. It counts the trip as if it carried nothing yet:
/// a batch shows the projection only the trip as its last entry leaves it, and batches are cut differently when the
/// read model is built anew. Room changes with each acceptance. What else an edit or a counter offer changes within a
/// batch, and the order of what a batch brings, may make a model that is built anew differ a little.
std::optional<Fit> fit_of(sqlite::Connection& database, const RequestState& request, const Offer& offer) {
  std::optional<TripFacts> trip = empty_trip_facts(database, offer.trip_id);
  if (!trip) return std::nullopt;
  trip->min_price = offer.price;
  trip->rating = offer.traveler_rating;
  trip->ratings = offer.traveler_rating ? many_ratings : 0;
  trip->verified = true;  // who offered may offer
  const RequestFacts asked = matching_facts({}, request.customer_id, request.details, request.created_at);
  return fit(asked, *trip, offer.created_at);
}

void note(sqlite::Connection& database, const Offer& offer, const MatchFeatures& f) {
  database.query("INSERT INTO match_offer VALUES(?, ?, ?, ?, ?, ?, 0)")
      .bind(offer.offer_id, f[0], f[1], f[2], f[3], f[4])
      .run();
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
    MatchFeatures features{};
    {
      sqlite::Query known = database.query("SELECT * FROM match_offer WHERE id = ?");
      known.bind(offer.offer_id);
      if (!known.step()) {
        const std::optional<Fit> found = fit_of(database, request, offer);
        if (!found) continue;
        features = found->features;
        note(database, offer, features);
      } else {
        if (known.integer(6) != 0) continue;
        for (std::size_t i = 0; i < match_features; ++i) features[i] = known.real(static_cast<int>(i) + 1);
      }
    }
    const std::optional<bool> accepted = outcome_of(offer);
    if (!accepted) continue;
    MatchModel model = read_model(database);
    learn(model, features, *accepted);
    std::string body;
    codec::encode(schema::type_of<MatchModel>(), &model, body);
    database.query("INSERT OR REPLACE INTO match_model VALUES(1, ?)").bind(sqlite::Blob{body}).run();
    database.query("UPDATE match_offer SET is_learnt = 1 WHERE id = ?").bind(offer.offer_id).run();
  }
}

}  // namespace

namespace read_models {

const Projection& match_model_projection() {
  static constexpr Projection projection{.name = "match_model",
                                         .version = 2,
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

}  // namespace caravan
