#include "storage/read_models/alerts.hpp"

#include "actors/account/events.hpp"
#include "actors/delivery/events.hpp"
#include "actors/messages/talk.hpp"
#include "actors/request/events.hpp"
#include "actors/request/written.hpp"
#include "actors/trip/events.hpp"
#include "actors/user/events.hpp"
#include "storage/read_models/raised_alerts.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr const char* alerts_table = R"sql(
CREATE TABLE security_alert(
  number INTEGER PRIMARY KEY, type TEXT NOT NULL, detail TEXT NOT NULL, severity TEXT NOT NULL, kind INTEGER NOT NULL,
  entity BLOB NOT NULL, user BLOB, at INTEGER NOT NULL, other BLOB, reason TEXT, only_once TEXT UNIQUE);
CREATE INDEX security_alert_user ON security_alert(user, number);
CREATE INDEX security_alert_other ON security_alert(other, number);
)sql";

void add(sqlite::Connection& database, const EntryView& view, const AnyRecord& event, std::string_view detail,
         std::string_view severity, UserId user) {
  raise(database, {event.type().name, detail, severity, view.entry.entity, user, view.entry.origin.at});
}

/// Who writes of paying or talking elsewhere is counted, not judged: "off_platform: payment contact".
void add_talk(sqlite::Connection& database, const EntryView& view, const AnyRecord& event,
              const std::optional<std::string>& text, UserId by) {
  if (!text) return;
  std::string detail = "off_platform:";
  const auto flags = talk_flags(*text);
  for (const std::string& flag : flags) detail += ' ' + flag;
  if (!flags.empty()) add(database, view, event, detail, "low", by);
}

/// Of what a customer or a traveler posts: an edit that leaves the words counts no second time.
void add_post(sqlite::Connection& database, const EntryView& view, const AnyRecord& event,
              const std::vector<std::string>& flags, UserId by) {
  for (const std::string& flag : flags) {
    const std::string detail = "off_platform: " + flag;
    RaisedAlert alert{event.type().name, detail, "low", view.entry.entity, by, view.entry.origin.at};
    alert.only_once = detail + ' ' + view.entry.entity.id.text();
    raise(database, alert);
  }
}

/// All that its traveler wrote with an offer.
std::string text_of(const OfferSubmitted& offered) {
  std::string text = offered.message.value_or("");
  for (const auto& meeting : {offered.from, offered.to})
    if (meeting) (text += '\n') += meeting->address;
  return text;
}

template <class Enum>
std::string_view label(Enum value) {
  return enum_labels(Enum{})[static_cast<std::size_t>(value)];
}

void on_entry(sqlite::Connection& database, const EntryView& view) {
  for (const AnyRecord& event : view.entry.events) {
    if (const auto* alert = event.get_if<SecurityAlert>())
      add(database, view, event, alert->kind, "high", UserId{view.entry.entity.id});
    else if (const auto* failed = event.get_if<QrValidationFailed>())
      add(database, view, event, label(failed->failure_reason), label(failed->severity), failed->scanned_by);
    else if (const auto* locked = event.get_if<QrLocked>())
      add(database, view, event, locked->violation, "high", locked->user_id);
    else if (const auto* reported = event.get_if<UserReported>())
      add(database, view, event, reported->report.reason, "medium", UserId{view.entry.entity.id});
    else if (const auto* posted_request = event.get_if<RequestCreated>())
      add_post(database, view, event, written_flags(posted_request->details.title, posted_request->details.item),
               posted_request->customer_id);
    else if (const auto* edited_request = event.get_if<RequestUpdated>())
      add_post(database, view, event, written_flags(edited_request->details.title, edited_request->details.item),
               edited_request->customer_id);
    else if (const auto* posted_trip = event.get_if<TripCreated>())
      add_post(database, view, event, talk_flags(posted_trip->details.title), posted_trip->traveler_id);
    else if (const auto* edited_trip = event.get_if<TripUpdated>())
      add_post(database, view, event, talk_flags(edited_trip->details.title), edited_trip->traveler_id);
    else if (const auto* offered = event.get_if<OfferSubmitted>())
      add_talk(database, view, event, text_of(*offered), offered->traveler_id);
    else if (const auto* rejected = event.get_if<OfferRejected>())
      add_talk(database, view, event, rejected->reason, view.entry.origin.caller.user);
    else if (const auto* countered = event.get_if<OfferCountered>())
      add_talk(database, view, event, countered->message, view.entry.origin.caller.user);
    else if (const auto* posted = event.get_if<DeliveryMessagePosted>())
      add_talk(database, view, event, posted->message.text, posted->message.sender_id);
    else if (const auto* reviewed = event.get_if<ReviewSubmitted>())
      add_talk(database, view, event, reviewed->comment, reviewed->author_id);
    else if (const auto* answered = event.get_if<ReviewAnswered>())
      add_talk(database, view, event, answered->text, UserId{view.entry.entity.id});
  }
}

}  // namespace

namespace read_models {

void raise(sqlite::Connection& database, const RaisedAlert& alert) {
  database
      .query(
          "INSERT OR IGNORE INTO security_alert(type, detail, severity, kind, entity, user, at, other, reason,"
          " only_once) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(alert.type, alert.detail, alert.severity, alert.entity.kind, alert.entity.id, alert.user, alert.at,
            alert.other, alert.reason, alert.only_once)
      .run();
}

const Projection& alerts_projection() {
  static constexpr Projection projection{.name = "security_alerts",
                                         .version = 7,
                                         .schema = alerts_table,
                                         .entries_of = bit(EntityKind::account) | bit(EntityKind::user) |
                                                       bit(EntityKind::delivery) | bit(EntityKind::request) |
                                                       bit(EntityKind::trip),
                                         .on_entry = on_entry};
  return projection;
}

}  // namespace read_models

namespace {

/// Where an administrator reads on: the entity where it showed, and the accounts that it is about.
std::vector<std::string> links_of(EntityKind kind, const Uuid& entity, const SecurityAlertItem& item) {
  std::vector<std::string> out;
  if (kind == EntityKind::delivery) out.push_back("/api/v1/admin/deliveries/" + entity.text());
  if (kind == EntityKind::request) out.push_back("/api/v1/delivery-requests/" + entity.text());
  if (kind == EntityKind::trip) out.push_back("/api/v1/trips/" + entity.text());
  for (const std::optional<UserId>& user : {item.user_id, item.other_user_id})
    if (user && !user->is_nil()) out.push_back("/api/v1/admin/users/" + user->text());
  return out;
}

}  // namespace

Page<SecurityAlertItem> security_alerts(const ReadModels& models, const SecurityAlertFilter& filter,
                                        const Paging& paging) {
  Page<SecurityAlertItem> page;
  const auto after = paging.after();
  const auto reading = models.read();
  // Another text where a user is asked for, so that SQLite takes the indices of both columns.
  const std::string of_user = filter.user ? " AND number IN (SELECT number FROM security_alert WHERE user = ?5"
                                            " UNION ALL SELECT number FROM security_alert WHERE other = ?5)"
                                          : "";
  sqlite::Query query = (*reading).query(
      "SELECT number, type, detail, severity, kind, entity, user, at, other, reason FROM security_alert"
      " WHERE number < ?1 AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR severity = ?3)" +
      of_user + " ORDER BY number DESC LIMIT ?4");
  query.bind(after ? after->key : INT64_MAX, filter.type, filter.severity, paging.rows());
  if (filter.user) query.bind(*filter.user);
  while (query.step()) {
    SecurityAlertItem item{query.integer(0),
                           query.text(1),
                           query.text(2),
                           query.text(3),
                           std::string(label(static_cast<EntityKind>(query.integer(4)))),
                           query.uuid(5),
                           UserId{query.uuid(6)},
                           query.time(7)};
    if (!query.is_null(8)) item.other_user_id = UserId{query.uuid(8)};
    if (!query.is_null(9)) item.reason = query.text(9);
    item.links = links_of(static_cast<EntityKind>(query.integer(4)), item.entity_id, item);
    const std::int64_t number = item.alert_id;
    if (!page.add(paging, {number, {}}, std::move(item))) break;
  }
  return page;
}

}  // namespace caravan
