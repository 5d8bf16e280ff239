#include "storage/read_models/activity.hpp"

#include "actors/audit/events.hpp"
#include "actors/claim/commands.hpp"
#include "actors/entity/outside.hpp"
#include "storage/read_models/activity_details.hpp"

namespace caravan {

namespace {

std::string join(const std::vector<AnyRecord>& events) {
  std::string out;
  for (const AnyRecord& event : events) {
    if (!out.empty()) out += ' ';
    out += event.type().name;
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto space = text.find(' ');
    out.emplace_back(text.substr(0, space));
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return out;
}

struct Row {
  std::int64_t number;
  Time at;
  std::optional<Uuid> user;  // the administrator, or on whose behalf a service acted
  std::optional<Uuid> service;
  std::string action;
  Address entity;
  std::string events, trace_id, details;
  std::optional<Uuid> api_key;
};

constexpr std::string_view columns =
    "number, at, user, service, action, kind, entity, events, trace_id, details, api_key";

std::optional<Uuid> id_of(const sqlite::Query& query, int column) {
  return query.is_null(column) ? std::nullopt : std::optional(query.uuid(column));
}

Row row_of(const sqlite::Query& query) {
  return {query.integer(0), query.time(1), id_of(query, 2),
          id_of(query, 3),  query.text(4), {static_cast<EntityKind>(query.integer(5)), query.uuid(6)},
          query.text(7),    query.text(8), query.text(9),
          id_of(query, 10)};
}

/// What administrators did, and services, by themselves or on behalf of somebody. Not each point of a track, nor the
/// claims behind Idempotency-Keys.
bool is_kept(const JournalEntry& entry) {
  const std::string& command = entry.origin.command;
  const bool is_order = command == RetryEffect::tag.name || command == DropEffect::tag.name;  // has no events
  if (entry.events.empty() && !is_order) return false;
  const bool is_claim = entry.entity.kind == EntityKind::claim;
  if (is_claim && command == TakeClaim::tag.name) return false;
  if (entry.origin.caller.is_admin()) return true;
  return entry.origin.caller.service && !is_claim &&
         (entry.entity.kind != EntityKind::tracker || entry.lane == Lane::journal);
}

void record(sqlite::Connection& database, const read_models::EntryView& view) {
  const JournalEntry& entry = view.entry;
  if (!is_kept(entry)) return;
  const Caller& by = entry.origin.caller;
  Row row{database.integer("SELECT coalesce(max(number), 0) + 1 FROM activity"),
          entry.origin.at,
          by.kind == Caller::Kind::user ? std::optional(by.user.value) : std::nullopt,
          by.service,
          entry.origin.command,
          entry.entity,
          join(entry.events),
          entry.origin.trace_id,
          packed_details(activity_details(entry)),
          by.api_key};
  if (const auto* order = entry.events.empty() ? nullptr : entry.events.front().get_if<OperatorOrdered>())
    row.action = order->order;
  // A look is at what was looked at.
  if (const auto* look = entry.events.empty() ? nullptr : entry.events.front().get_if<PrivateThingSeen>()) {
    row.entity = look->entity;
    row.action = "look_at_" + std::string(enum_labels(look->what)[static_cast<std::size_t>(look->what)]);
  }
  database.query("INSERT INTO activity VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(row.number, row.at, row.user, row.service, row.action, row.entity.kind, row.entity.id, row.events,
            row.trace_id, row.details, row.api_key)
      .run();
}

}  // namespace

namespace read_models {

const Projection& activity_projection() {
  static constexpr Projection projection{.name = "activity",
                                         .version = 4,
                                         .schema = R"sql(
CREATE TABLE activity(
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, user BLOB, service BLOB, action TEXT NOT NULL,
  kind INTEGER NOT NULL, entity BLOB NOT NULL, events TEXT NOT NULL, trace_id TEXT NOT NULL,
  details TEXT NOT NULL, api_key BLOB);
CREATE INDEX activity_user ON activity(user, number);
CREATE INDEX activity_service ON activity(service, number) WHERE service IS NOT NULL;
CREATE INDEX activity_entity ON activity(entity, number);
)sql",
                                         .entries_of = every_kind,
                                         .on_entry = record};
  return projection;
}

}  // namespace read_models

Page<ActivityItem> activity(const ReadModels& models, const ActivityFilter& filter, const Paging& paging) {
  Page<ActivityItem> page;
  const auto after = paging.after();
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT " + std::string(columns) +
      " FROM activity WHERE number < ?1 AND (?2 IS NULL OR (user = ?2 AND service IS NULL))"
      " AND (?6 IS NULL OR service = ?6) AND (?3 IS NULL OR entity = ?3) AND (?4 IS NULL OR action = ?4)"
      " ORDER BY number DESC LIMIT ?5");
  query.bind(after ? after->key : INT64_MAX, filter.admin, filter.entity, filter.action, paging.rows(), filter.service);
  while (query.step()) {
    const Row row = row_of(query);
    ActivityItem item;
    item.activity_id = row.number;
    item.at = row.at;
    item.service_id = row.service;
    if (row.user) (row.service ? item.on_behalf_of : item.admin_id) = UserId{*row.user};
    item.action = row.action;
    item.entity_type = enum_labels(EntityKind{})[static_cast<std::size_t>(row.entity.kind)];
    item.entity_id = row.entity.id;
    item.events = split(row.events);
    item.trace_id = row.trace_id;
    item.details = unpacked_details(row.details);
    item.api_key_id = row.api_key;
    if (!page.add(paging, {row.number, {}}, std::move(item))) break;
  }
  return page;
}

}  // namespace caravan
