#include "storage/read_models/accepted_prices.hpp"

#include <algorithm>
#include <set>

#include "actors/pricing/pricing.hpp"
#include "storage/read_models/trip_ways.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr std::int64_t whole = 10'000;
constexpr std::size_t most_counted = 200;

/// By the rules of this build, at balanced demand; nothing in a currency without a level.
std::optional<std::int64_t> by_the_rules(const RequestDetails& details, Currency currency) {
  PriceFacts facts;
  facts.distance_meters = distance_meters(details.pickup.at(), details.dropoff.at());
  facts.weight = details.item.weight;
  facts.volume = details.item.volume;
  facts.category = unicode::folded(details.item.category);
  facts.urgency = details.urgency;
  facts.value = details.item.value;
  facts.currency = currency;
  const auto quote = price(first_pricing_rules(), facts);
  return quote && quote->amount > 0 ? std::optional(quote->amount) : std::nullopt;
}

/// Deals that nobody asks for any more, now that this newest one is known: accepted_share() asks from a time on that is
/// no earlier. So it is all one whether they are dropped, and when.
void drop_old(sqlite::Connection& database) {
  const Time newest = from_millis(database.integer("SELECT max(at) FROM accepted_price"));
  const Time kept_from = newest - accepted_lately;
  database.query("DELETE FROM accepted_ends WHERE number IN (SELECT number FROM accepted_price WHERE at < ?)")
      .bind(kept_from)
      .run();
  database.query("DELETE FROM accepted_price WHERE at < ?").bind(kept_from).run();
}

}  // namespace

namespace read_models {

void put_accepted(sqlite::Connection& database, std::int64_t number, const RequestState& state) {
  const auto deal =
      std::ranges::find_if(state.offers, [](const Offer& offer) { return offer.status == OfferStatus::accepted; });
  // None, or it was undone before the pickup; and what a part of the way costs says nothing of the whole.
  if (deal == state.offers.end() || state.relay) {
    database.query("DELETE FROM accepted_price WHERE number = ?").bind(number).run();
    // Most requests never had one: they need no look into the tree.
    if (database.changes() > 0) database.query("DELETE FROM accepted_ends WHERE number = ?").bind(number).run();
    return;
  }
  const auto expected = by_the_rules(state.details, deal->price.currency);
  if (!expected || !deal->attempt) return;
  database
      .query(
          "INSERT OR REPLACE INTO accepted_price(number, delivery, customer, traveler, share, at)"
          " VALUES(?, ?, ?, ?, ?, ?)")
      .bind(number, *deal->attempt, state.customer_id, deal->traveler_id,
            share_of(deal->price.amount, whole, *expected), deal->updated_at)
      .run();
  const Coordinates pickup = state.details.pickup.at(), dropoff = state.details.dropoff.at();
  database.query("INSERT OR REPLACE INTO accepted_ends VALUES(?1, ?2, ?2, ?3, ?3, ?4, ?4, ?5, ?5)")
      .bind(number, pickup.lat, pickup.lng, dropoff.lat, dropoff.lng)
      .run();
  drop_old(database);
}

}  // namespace read_models

std::optional<std::int64_t> accepted_share(const ReadModels& models, const DemandWindow& window) {
  const auto reading = models.read();
  sqlite::Query deals = (*reading).query(
      "SELECT a.customer, a.traveler, a.share FROM accepted_ends e JOIN accepted_price a ON a.number = e.number"
      " JOIN delivery d ON d.id = a.delivery AND d.is_priced WHERE a.at >= ?1 AND e.pickup_south <= ?2 AND "
      "e.pickup_north >= ?3 AND e.pickup_west <= ?4"
      " AND e.pickup_east >= ?5 AND e.dropoff_south <= ?6 AND e.dropoff_north >= ?7 AND e.dropoff_west <= ?8"
      " AND e.dropoff_east >= ?9 ORDER BY a.at DESC LIMIT ?10");
  deals.bind(window.from - accepted_lately);
  bind_box(deals, box_around(window.pickup, window.radius_meters));
  bind_box(deals, box_around(window.dropoff, window.radius_meters));
  deals.bind(demand_looked_at);
  std::set<Uuid> people;
  std::vector<std::int64_t> shares;
  while (shares.size() < most_counted && deals.step()) {
    const Uuid customer = deals.uuid(0), traveler = deals.uuid(1);
    if (people.contains(customer) || people.contains(traveler)) continue;
    people.insert({customer, traveler});
    shares.push_back(deals.integer(2));
  }
  if (shares.size() < enough_accepted) return std::nullopt;
  const auto middle = shares.begin() + static_cast<std::ptrdiff_t>(shares.size() / 2);
  std::ranges::nth_element(shares, middle);
  return *middle;
}

}  // namespace caravan
