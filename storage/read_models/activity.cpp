#include "storage/read_models/activity.hpp"

#include "actors/entity/outside.hpp"

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
  Uuid admin;
  std::string action;
  Address entity;
  std::string events, trace_id;
};

constexpr std::string_view columns = "number, at, admin, action, kind, entity, events, trace_id";

Row row_of(const sqlite::Query& query) {
  return {query.integer(0),
          query.time(1),
          query.uuid(2),
          query.text(3),
          {static_cast<EntityKind>(query.integer(4)), query.uuid(5)},
          query.text(6),
          query.text(7)};
}

void record(sqlite::Connection& database, const read_models::EntryView& view) {
  const JournalEntry& entry = view.entry;
  const std::string& command = entry.origin.command;
  const bool is_order = command == RetryEffect::tag.name || command == DropEffect::tag.name;  // has no events
  if (!entry.origin.caller.is_admin() || (entry.events.empty() && !is_order)) return;
  const std::int64_t number = database.integer("SELECT coalesce(max(number), 0) + 1 FROM activity");
  const Row row{number,       entry.origin.at,    entry.origin.caller.user.value, entry.origin.command,
                entry.entity, join(entry.events), entry.origin.trace_id};
  database.query("INSERT INTO activity VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(row.number, row.at, row.admin, row.action, row.entity.kind, row.entity.id, row.events, row.trace_id)
      .run();
}

}  // namespace

namespace read_models {

const Projection& activity_projection() {
  static constexpr Projection projection{.name = "activity",
                                         .schema = R"sql(
CREATE TABLE activity(
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, admin BLOB NOT NULL, action TEXT NOT NULL, kind INTEGER NOT NULL,
  entity BLOB NOT NULL, events TEXT NOT NULL, trace_id TEXT NOT NULL);
CREATE INDEX activity_admin ON activity(admin, number);
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
  sqlite::Query query = (*reading).query("SELECT " + std::string(columns) +
                                         " FROM activity WHERE number < ?1 AND (?2 IS NULL OR admin = ?2)"
                                         " AND (?3 IS NULL OR entity = ?3) AND (?4 IS NULL OR action = ?4)"
                                         " ORDER BY number DESC LIMIT ?5");
  query.bind(after ? after->key : INT64_MAX, filter.admin, filter.entity, filter.action, paging.rows());
  while (query.step()) {
    const Row row = row_of(query);
    ActivityItem item{row.number,
                      row.at,
                      UserId{row.admin},
                      row.action,
                      std::string(enum_labels(EntityKind{})[static_cast<std::size_t>(row.entity.kind)]),
                      row.entity.id,
                      split(row.events),
                      row.trace_id};
    if (!page.add(paging, {row.number, {}}, std::move(item))) break;
  }
  return page;
}

}  // namespace caravan
