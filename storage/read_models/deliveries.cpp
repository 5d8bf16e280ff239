#include "storage/read_models/deliveries.hpp"

#include "actors/delivery/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/state_list.hpp"

namespace caravan {

using namespace read_models;

namespace {

// Acceptances that have not made a delivery, or never will, are not in it.
constexpr const char* deliveries_tables = R"sql(
CREATE TABLE delivery(
  id BLOB PRIMARY KEY, number TEXT NOT NULL, customer BLOB NOT NULL, traveler BLOB NOT NULL, trip BLOB NOT NULL,
  status INTEGER NOT NULL, is_open INTEGER NOT NULL, late INTEGER NOT NULL, created INTEGER NOT NULL,
  ended INTEGER, is_priced INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX delivery_created ON delivery(created, id);
CREATE INDEX delivery_customer ON delivery(customer, created, id);
CREATE INDEX delivery_traveler ON delivery(traveler, created, id);
CREATE INDEX delivery_trip ON delivery(trip, created, id);
CREATE INDEX delivery_status ON delivery(status, created, id);
CREATE INDEX delivery_number ON delivery(number);
)sql";

/// Whether its price tells what people pay: the parcel was taken for it, and most of it did not go back. What is agreed
/// and left for nothing costs nobody anything.
bool is_priced(const DeliveryState& state) {
  return state.pickup_completed_at &&
         (!state.standing || state.standing->refunded.amount * 2 <= state.terms.price.amount);
}

void on_delivery(sqlite::Connection& database, const StateView& view) {
  const auto& state = view.as<DeliveryState>();
  if (!state.is_created()) return;
  database.query("INSERT OR REPLACE INTO delivery VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(view.entity.id, delivery_number(state), state.terms.customer, state.terms.traveler, state.terms.trip_id,
            state.status, state.is_open(), state.late, state.created_at,
            state.is_open() ? std::nullopt : std::optional(state.end()), is_priced(state))
      .run();
}

/// Codes are found by their id from the moment they are made, also those that were replaced since.
void keep_codes(sqlite::Connection& database, const EntryView& view) {
  for (const AnyRecord& event : view.entry.events)
    if (const auto* made = event.get_if<QrGenerated>()) add_part(database, made->qr_code_id.value, view.entry.entity);
}

void keep_geofences(sqlite::Connection& database, const EntryView& view) {
  for (const AnyRecord& event : view.entry.events) {
    if (const auto* set = event.get_if<GeofencesSet>())
      for (const Geofence& fence : set->fences) add_part(database, fence.geofence_id.value, view.entry.entity);
    if (const auto* added = event.get_if<GeofenceAdded>())
      add_part(database, added->fence.geofence_id.value, view.entry.entity);
  }
}

}  // namespace

namespace read_models {

const Projection& deliveries_projection() {
  static constexpr Projection projection{.name = "deliveries",
                                         .version = 2,
                                         .schema = deliveries_tables,
                                         .state_of = EntityKind::delivery,
                                         .on_state = on_delivery,
                                         .entries_of = bit(EntityKind::delivery),
                                         .on_entry = keep_codes};
  return projection;
}

const Projection& geofences_projection() {
  static constexpr Projection projection{
      .name = "geofences", .entries_of = bit(EntityKind::tracker), .on_entry = keep_geofences};
  return projection;
}

}  // namespace read_models

std::optional<DeliveryId> parcel_under_way(const ReadModels& models, UserId party) {
  const auto reading = models.read();
  sqlite::Query query =
      (*reading).query(read_models::of_either_side("id", "delivery", "is_open AND status <> ?2") + " LIMIT 1");
  query.bind(party, DeliveryStatus::accepted);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

std::optional<DeliveryId> delivery_between(const ReadModels& models, UserId one, UserId other, Time ended_after) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      read_models::of_either_side("id", "delivery", "(is_open OR ended > ?3) AND ?2 IN (customer, traveler)") +
      " LIMIT 1");
  query.bind(one, other, ended_after);
  return query.step() ? std::optional(DeliveryId{query.uuid(0)}) : std::nullopt;
}

std::vector<Counterpart> counterparts_of(const ReadModels& models, UserId side, Time ended_after) {
  static constexpr std::string_view of_delivery = "CASE customer WHEN ?1 THEN traveler ELSE customer END AS other, id";
  static constexpr std::string_view of_dispute =
      "CASE customer WHEN ?1 THEN traveler ELSE customer END AS other, delivery";
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT other, min(id) FROM (" + read_models::of_either_side(of_delivery, "delivery", "(is_open OR ended > ?2)") +
      " UNION ALL " + read_models::of_either_side(of_dispute, "dispute", "undecided") + ") GROUP BY other LIMIT ?3");
  query.bind(side, ended_after, most_counterparts);
  std::vector<Counterpart> out;
  while (query.step()) out.push_back({UserId{query.uuid(0)}, DeliveryId{query.uuid(1)}});
  return out;
}

std::vector<DeliveryId> open_deliveries_of(const ReadModels& models, UserId side, std::optional<Time> ended_after) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT id FROM (" + read_models::of_either_side("id, is_open", "delivery", "(is_open OR ended > ?2)") +
      ") ORDER BY is_open DESC");
  query.bind(side, ended_after);
  return read_models::ids_of<DeliveryId>(std::move(query));
}

Page<DeliveryResource> deliveries(const ReadModels& models, const Viewer& viewer, const DeliveryFilter& filter,
                                  const Paging& paging) {
  const auto reading = models.read();
  std::string where =
      "(?5 IS NULL OR t.status = ?5) AND (?6 IS NULL OR t.created >= ?6) AND (?7 IS NULL OR t.created < ?7)"
      " AND (?8 IS NULL OR t.number = ?8) AND (?9 IS NULL OR t.late = ?9) AND (?10 IS NULL OR t.customer = ?10)"
      " AND (?11 IS NULL OR t.traveler = ?11) AND (?12 IS NULL OR t.trip = ?12)"
      " AND (?13 IS NULL OR t.is_open = ?13)";
  // Another text where it is asked for, so that SQLite takes the indices of both roles.
  if (filter.party)
    where +=
        " AND t.id IN (SELECT id FROM delivery WHERE customer = ?14"
        " UNION ALL SELECT id FROM delivery WHERE traveler = ?14)";
  sqlite::Query query = (*reading).query(newest_first("delivery", where));
  bind_page(query, EntityKind::delivery, paging)
      .bind(filter.status, filter.created_from, filter.created_until, filter.number, filter.late, filter.customer,
            filter.traveler, filter.trip, filter.open);
  if (filter.party) query.bind(*filter.party);
  return state_page<DeliveryResource>(query, EntityKind::delivery, viewer, paging, AnyRecord(ViewDelivery{}));
}

}  // namespace caravan
