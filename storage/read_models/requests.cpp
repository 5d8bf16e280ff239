#include "storage/read_models/requests.hpp"

#include <algorithm>
#include <numeric>

#include "actors/matching/score.hpp"
#include "actors/messages/talk.hpp"
#include "actors/request/entity.hpp"
#include "actors/request/matching_facts.hpp"
#include "storage/codec/codec.hpp"
#include "storage/read_models/accepted_prices.hpp"
#include "storage/read_models/full_text.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/places.hpp"
#include "storage/read_models/state_list.hpp"
#include "storage/read_models/trip_ways.hpp"
#include "storage/read_models/users.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr std::int64_t request_candidates = 20'000;  // rows that one search looks at
constexpr std::int64_t requests_along = 5'000;       // the newest that one trip is matched with

// Only open requests are in request_ends and request_text: the others are not searched for.
constexpr const char* request_tables = R"sql(
CREATE TABLE request(
  number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, customer BLOB NOT NULL, status INTEGER NOT NULL,
  created INTEGER NOT NULL, weight INTEGER NOT NULL, volume INTEGER NOT NULL, items INTEGER NOT NULL,
  max_price INTEGER NOT NULL, currency TEXT NOT NULL, category TEXT NOT NULL, urgency INTEGER NOT NULL);
CREATE INDEX request_customer ON request(customer, created, id);
CREATE INDEX request_created ON request(created, id);
CREATE INDEX request_open ON request(status, created, id);
CREATE VIRTUAL TABLE request_ends USING rtree(
  number, pickup_south, pickup_north, pickup_west, pickup_east, dropoff_south, dropoff_north, dropoff_west,
  dropoff_east);
CREATE VIRTUAL TABLE request_text USING fts5(title, description, category, addresses, )sql" CARAVAN_WORDS R"sql();
CREATE TABLE accepted_price(
  number INTEGER PRIMARY KEY, delivery BLOB NOT NULL, customer BLOB NOT NULL, traveler BLOB NOT NULL,
  share INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE INDEX accepted_at ON accepted_price(at);
CREATE VIRTUAL TABLE accepted_ends USING rtree(
  number, pickup_south, pickup_north, pickup_west, pickup_east, dropoff_south, dropoff_north, dropoff_west,
  dropoff_east);
CREATE TABLE offer(
  id BLOB PRIMARY KEY, request BLOB NOT NULL, traveler BLOB NOT NULL, customer BLOB NOT NULL, trip BLOB NOT NULL,
  status INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL);
CREATE INDEX offer_created ON offer(created, id);
CREATE INDEX offer_traveler ON offer(traveler, created, id);
CREATE INDEX offer_customer ON offer(customer, created, id);
)sql";

RequestState request_state(std::string_view body) {
  RequestState state;
  if (!codec::decode(schema::type_of<RequestState>(), body, &state))
    throw StorageError("a request's state in the read model is damaged: rebuild the read models");
  return state;
}

/// By areas and masked words alone: who searches by narrow circles, by words of an address or by the digits of a number
/// learns no more than who looks.
void index_open(sqlite::Connection& database, std::int64_t number, const RequestDetails& details) {
  const Place pickup = area_of(details.pickup.place()), dropoff = area_of(details.dropoff.place());
  database.query("INSERT INTO request_ends VALUES(?1, ?2, ?2, ?3, ?3, ?4, ?4, ?5, ?5)")
      .bind(number, pickup.at().lat, pickup.at().lng, dropoff.at().lat, dropoff.at().lng)
      .run();
  database.query("INSERT INTO request_text(rowid, title, description, category, addresses) VALUES(?, ?, ?, ?, ?)")
      .bind(number, unicode::folded(masked_contacts(details.title)),
            unicode::folded(masked_contacts(details.item.description)),
            unicode::folded(masked_contacts(details.item.category)),
            unicode::folded(pickup.address + "\n" + dropoff.address))
      .run();
}

void put_offers(sqlite::Connection& database, const Address& request, const RequestState& state) {
  for (const Offer& offer : state.offers) {
    database
        .query(
            "INSERT INTO offer(id, request, traveler, customer, trip, status, created, updated)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET status = excluded.status,"
            " updated = excluded.updated WHERE status <> excluded.status OR updated <> excluded.updated")
        .bind(offer.offer_id, request.id, offer.traveler_id, state.customer_id, offer.trip_id, offer.status,
              offer.created_at, offer.updated_at)
        .run();
    if (database.changes() != 0) add_part(database, offer.offer_id.value, request);
  }
}

/// Invitations are found by their id from the moment they are sent, also once the request has forgotten them.
void keep_invitations(sqlite::Connection& database, const EntryView& view) {
  for (const AnyRecord& event : view.entry.events)
    if (const auto* sent = event.get_if<InvitationSent>())
      add_part(database, sent->invitation_id.value, view.entry.entity);
}

void on_request(sqlite::Connection& database, const StateView& view) {
  const auto& state = view.as<RequestState>();
  const RequestDetails& details = state.details;
  std::int64_t number = 0;
  {
    sqlite::Query query = database.query("SELECT number FROM request WHERE id = ?");
    query.bind(view.entity.id);
    if (query.step()) number = query.integer(0);
  }
  if (number != 0) {
    database.query("DELETE FROM request_ends WHERE number = ?").bind(number).run();
    database.query("DELETE FROM request_text WHERE rowid = ?").bind(number).run();
  }
  database
      .query(
          "INSERT OR REPLACE INTO request(number, id, customer, status, created, weight, volume, items, max_price,"
          " currency, category, urgency) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(number == 0 ? std::nullopt : std::optional(number), view.entity.id, state.customer_id, state.status,
            state.created_at, details.item.weight.units, details.item.volume.units, details.item.items,
            to_price(details.max_price).units, details.max_price.currency.text(),
            unicode::folded(details.item.category), details.urgency)
      .run();
  if (number == 0) number = sqlite3_last_insert_rowid(database.handle());
  if (state.status == RequestStatus::open) index_open(database, number, details);
  put_accepted(database, number, state);
  put_offers(database, view.entity, state);
}

/// A route as the way of somebody who drives it.
TripFacts drive_along(const std::vector<Coordinates>& route) {
  TripFacts drive;
  for (const Coordinates& point : route) drive.points.push_back({point, {}});
  return drive;
}

/// The box around all that lies within the radius of the route.
Box box_around_route(const std::vector<Coordinates>& route, double radius_meters) {
  if (route.empty()) return {};
  const std::vector<Box> boxes = boxes_along(drive_along(route), radius_meters);
  return std::accumulate(boxes.begin() + 1, boxes.end(), boxes.front(), joined);
}

/// Where the point comes nearest to the route: metres from it, and how far along, in legs.
struct OnRoute {
  double meters = 0;
  double along = 0;
};
OnRoute nearest(const std::vector<Coordinates>& route, Coordinates to) {
  OnRoute best{distance_meters(route.front(), to), 0};
  for (std::size_t i = 1; i < route.size(); ++i)
    if (const LegPosition on = nearest_on_leg(route[i - 1], route[i], to); on.meters < best.meters)
      best = {on.meters, static_cast<double>(i - 1) + on.share};
  return best;
}

/// Whether pickup and dropoff lie near the route, in its direction, and how far from it. A route of one point has no
/// direction: the pickup is near it.
bool lies_on(const RequestSearch& search, Coordinates pickup, Coordinates dropoff, RequestHit& hit) {
  if (search.route.empty()) return true;
  const OnRoute from = nearest(search.route, pickup), to = nearest(search.route, dropoff);
  hit.distance_to_pickup = static_cast<std::int64_t>(from.meters);
  hit.distance_to_delivery = static_cast<std::int64_t>(to.meters);
  const double most = search.max_distance_meters;
  if (search.route.size() == 1) return from.meters <= most;
  return from.meters <= most && to.meters <= most && from.along < to.along;
}

}  // namespace

namespace read_models {

const Projection& requests_projection() {
  static constexpr Projection projection{.name = "requests",
                                         .version = 6,
                                         .schema = request_tables,
                                         .state_of = EntityKind::request,
                                         .on_state = on_request,
                                         .entries_of = bit(EntityKind::request),
                                         .on_entry = keep_invitations};
  return projection;
}

}  // namespace read_models

Page<RequestHit> search_requests(const ReadModels& models, const Viewer& viewer, const RequestSearch& search,
                                 const Paging& paging) {
  const auto reading = models.read();
  const std::string words = search.text ? match_words(*search.text) : "";
  std::string sql =
      "SELECT t.created, t.id, s.body FROM request t JOIN entity_state s ON s.kind = ?1 AND s.id = t.id"
      " WHERE t.status = ?2 AND (t.created, t.id) < (?3, ?4) AND t.customer <> ?5"
      " AND (?6 IS NULL OR (t.weight <= ?6 AND t.volume <= ?7 AND t.items <= ?8))"
      " AND (?9 IS NULL OR t.max_price >= ?9) AND (?10 IS NULL OR t.currency = ?10)"
      " AND (?11 IS NULL OR t.category = ?11) AND (?12 IS NULL OR t.urgency = ?12)"
      " AND t.number IN (SELECT number FROM request_ends WHERE pickup_south <= ?13 AND pickup_north >= ?14"
      " AND pickup_west <= ?15 AND pickup_east >= ?16)" +
      and_is_active("t.customer");
  if (!words.empty()) sql += " AND t.number IN (SELECT rowid FROM request_text WHERE request_text MATCH ?17)";
  sqlite::Query query =
      (*reading).query(sql + " ORDER BY t.created DESC, t.id DESC LIMIT " + std::to_string(request_candidates));
  const Cursor after = paging.after().value_or(Cursor{INT64_MAX, {}});
  const auto room = search.room.value_or(Load{});
  const Box box = box_around_route(search.route, search.max_distance_meters);
  query.bind(EntityKind::request, RequestStatus::open, after.key, after.id, viewer.caller.user,
             search.room ? std::optional(room.weight.units) : std::nullopt, room.volume.units, room.items,
             search.min_price ? std::optional(search.min_price->units) : std::nullopt,
             search.currency ? std::optional(search.currency->text()) : std::nullopt,
             search.category ? std::optional(unicode::folded(*search.category)) : std::nullopt, search.urgency,
             box.north, box.south, box.east, box.west);
  if (!words.empty()) query.bind(words);
  Page<RequestHit> page;
  while (query.step()) {
    const Cursor cursor{query.integer(0), query.uuid(1)};
    const AnyRecord shown =
        show_state({EntityKind::request, cursor.id}, query.view(2), viewer, AnyRecord(ViewRequest{}));
    const auto* request = shown ? shown.get_if<RequestResource>() : nullptr;
    if (!request) continue;
    RequestHit hit;
    static_cast<RequestResource&>(hit) = *request;
    if (!lies_on(search, {hit.pickup.lat, hit.pickup.lng}, {hit.dropoff.lat, hit.dropoff.lng}, hit)) continue;
    if (!page.add(paging, cursor, std::move(hit))) break;
  }
  return page;
}

Page<RequestResource> own_requests(const ReadModels& models, const Viewer& viewer, std::optional<UserId> customer,
                                   std::optional<RequestStatus> status, const Paging& paging) {
  const auto reading = models.read();
  // Each of the two has an index of its own.
  const std::string whose = customer ? "t.customer = ?5" : "?5 IS NULL";
  sqlite::Query query = (*reading).query(newest_first("request", whose + " AND (?6 IS NULL OR t.status = ?6)"));
  bind_page(query, EntityKind::request, paging).bind(customer, status);
  return state_page<RequestResource>(query, EntityKind::request, viewer, paging, AnyRecord(ViewRequest{}));
}

std::vector<RequestFacts> open_requests_along(const ReadModels& models, const TripFacts& trip) {
  const auto reading = models.read();
  const std::vector<Box> parts = boxes_along(trip, farthest_search_meters + beside_road_meters);
  std::string numbers;
  for (std::size_t i = 0; i < parts.size(); ++i)
    numbers += std::string(i == 0 ? "" : " UNION ") +
               "SELECT number FROM request_ends WHERE pickup_south <= ? AND pickup_north >= ? AND pickup_west <= ?"
               " AND pickup_east >= ? AND dropoff_south <= ? AND dropoff_north >= ? AND dropoff_west <= ?"
               " AND dropoff_east >= ?";
  sqlite::Query query = (*reading).query(
      "SELECT t.id, s.body FROM request t JOIN entity_state s ON s.kind = ? AND s.id = t.id WHERE t.status = ?"
      " AND t.customer <> ? AND t.number IN (" +
      numbers + ")" + and_is_active("t.customer") + " ORDER BY t.created DESC, t.id DESC LIMIT " +
      std::to_string(requests_along));
  query.bind(EntityKind::request, RequestStatus::open, trip.traveler);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // On the part's way or on a later one the parcel gets off.
    bind_box(query, parts[i]);
    bind_box(query, std::accumulate(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1, parts.end(), parts[i], joined));
  }
  std::vector<RequestFacts> found;
  while (query.step()) {
    const RequestState state = request_state(query.view(1));
    found.push_back(matching_facts(RequestId{query.uuid(0)}, state.customer_id, state.details, state.created_at));
  }
  return found;
}

std::vector<RequestId> open_requests_of(const ReadModels& models, UserId customer) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query("SELECT id FROM request WHERE customer = ?1 AND status IN (?2, ?3)");
  query.bind(customer, RequestStatus::open, RequestStatus::accepting);
  return read_models::ids_of<RequestId>(std::move(query));
}

std::vector<RequestId> requests_offered_on(const ReadModels& models, UserId traveler) {
  const auto reading = models.read();
  sqlite::Query query =
      (*reading).query("SELECT DISTINCT request FROM offer WHERE traveler = ?1 AND status IN (?2, ?3)");
  query.bind(traveler, OfferStatus::pending, OfferStatus::countered);
  return read_models::ids_of<RequestId>(std::move(query));
}

Page<OfferResource> own_offers(const ReadModels& models, const Viewer& viewer, std::optional<UserId> user,
                               OfferRole role, std::optional<OfferStatus> status, const Paging& paging) {
  const auto reading = models.read();
  const std::string whose =
      user ? "((?5 <> 2 AND t.traveler = ?6) OR (?5 <> 1 AND t.customer = ?6))" : "?5 IS NOT NULL AND ?6 IS NULL";
  sqlite::Query query = (*reading).query(
      "SELECT t.created, t.id, t.request, s.body FROM offer t JOIN entity_state s ON s.kind = ?1 AND s.id = t.request"
      " WHERE (t.created, t.id) < (?2, ?3) AND " +
      whose + " AND (?7 IS NULL OR t.status = ?7) ORDER BY t.created DESC, t.id DESC LIMIT ?4");
  bind_page(query, EntityKind::request, paging).bind(role, user, status);
  Page<OfferResource> page;
  while (query.step()) {
    const Cursor cursor{query.integer(0), query.uuid(1)};
    const AnyRecord shown = show_state({EntityKind::request, query.uuid(2)}, query.view(3), viewer,
                                       AnyRecord(ViewOffer{OfferId{cursor.id}}));
    const auto* offer = shown ? shown.get_if<OfferResource>() : nullptr;
    if (!page.add(paging, cursor, offer ? std::optional(*offer) : std::nullopt)) break;
  }
  return page;
}

}  // namespace caravan
