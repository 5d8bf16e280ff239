#include "storage/read_models/signals.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "actors/account/events.hpp"
#include "actors/account/tries.hpp"
#include "actors/delivery/events.hpp"
#include "actors/inbox/events.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/events.hpp"
#include "actors/trip/events.hpp"
#include "actors/wallet/events.hpp"
#include "storage/codec/digest.hpp"
#include "storage/read_models/raised_alerts.hpp"

namespace caravan::read_models {

namespace {

// A trace is the hash of what an account has shown: nobody reads a card or a number here. Each question is of one
// account's traces, by the key, or of one mark's, by the index: never of all there are of a kind.
constexpr const char* signal_tables = R"sql(
CREATE TABLE signal_trace(
  kind INTEGER NOT NULL, mark TEXT NOT NULL, user BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(user, kind, mark)) WITHOUT ROWID;
CREATE INDEX signal_trace_mark ON signal_trace(kind, mark, at DESC, user);
CREATE TABLE signal_account(user BLOB PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE signal_dear(delivery BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE signal_deal(one BLOB NOT NULL, other BLOB NOT NULL, delivery BLOB NOT NULL,
  PRIMARY KEY(one, other)) WITHOUT ROWID;
CREATE TABLE signal_act(user BLOB NOT NULL, act INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE INDEX signal_act_user ON signal_act(user, act, at);
)sql";

/// What two accounts of one person have in common. The numbers are in the file alone.
enum class TraceKind : std::uint8_t { card, device, phone, payout_account, client };

struct TraceWords {
  std::string_view detail, severity, reason;
  std::string_view thing;  // that the two sides of a deal share
};

const TraceWords& words_of(TraceKind kind) {
  static constexpr std::array<TraceWords, 5> all{{
      {"shared_card", "medium", "Two accounts keep the same card.", "a card"},
      {"shared_device", "medium", "One device takes the push messages of two accounts.", "a device"},
      {"shared_phone", "medium", "Two accounts have named, or proven, the same telephone number.",
       "a telephone number"},
      {"shared_payout_account", "high", "Two accounts are paid to the same payout account.", "a payout account"},
      {"", "low", "", "a network and the program on it"},
  }};
  return all[static_cast<std::size_t>(kind)];
}

/// The same text for both orders of the two.
std::string pair_text(std::string_view kind, UserId one, UserId other) {
  return std::string(kind) + ' ' + std::min(one, other).text() + ' ' + std::max(one, other).text();
}

void raise_of_pair(sqlite::Connection& database, const EntryView& view, Address entity, UserId user, UserId other,
                   std::string_view detail, std::string_view severity, std::string reason) {
  raise(database, {fraud_signal, detail, severity, entity, user, view.entry.origin.at, other, std::move(reason),
                   pair_text(detail, user, other)});
}

/// What the two have in common. A network counts while it is fresh, and unless many are behind it.
std::vector<TraceKind> shared_by(sqlite::Connection& database, UserId one, UserId other, Time now) {
  sqlite::Query query = database.query(
      "SELECT DISTINCT a.kind FROM signal_trace a JOIN signal_trace b ON b.kind = a.kind AND b.mark = a.mark"
      " AND b.user = ?2 WHERE a.user = ?1 AND (a.kind <> ?3 OR (a.at > ?4 AND b.at > ?4 AND"
      " (SELECT count(*) FROM signal_trace c WHERE c.kind = a.kind AND c.mark = a.mark AND c.at > ?4) <= ?5))"
      " ORDER BY a.kind");
  query.bind(one, other, TraceKind::client, now - signals::client_window, signals::most_of_client);
  std::vector<TraceKind> out;
  while (query.step()) out.push_back(static_cast<TraceKind>(query.integer(0)));
  return out;
}

/// Says that the two sides of a deal may be one person, where they have something in common.
void look_at_deal(sqlite::Connection& database, const EntryView& view, Address delivery, UserId one, UserId other) {
  const std::vector<TraceKind> common = shared_by(database, one, other, view.entry.origin.at);
  if (common.empty()) return;
  std::string things;
  for (const TraceKind kind : common) things += (things.empty() ? "" : ", ") + std::string(words_of(kind).thing);
  const bool is_client = common.front() == TraceKind::client;  // it is the last kind: there is nothing else
  raise_of_pair(database, view, delivery, one, other, is_client ? "own_deal_network" : "own_deal",
                is_client ? "low" : "high", "The two sides of a deal share " + things + ".");
}

/// Of those who have shown the same, the newest.
std::vector<UserId> others_with(sqlite::Connection& database, TraceKind kind, const std::string& mark, UserId but) {
  sqlite::Query query = database.query(
      "SELECT user FROM signal_trace WHERE kind = ? AND mark = ? AND user <> ? ORDER BY at DESC, user LIMIT ?");
  query.bind(kind, mark, but, signals::most_pairs);
  std::vector<UserId> out;
  while (query.step()) out.push_back(UserId{query.uuid(0)});
  return out;
}

/// True where the trace is new, and is kept now. The oldest of its kind makes room: or whoever shows many throwaways
/// would show nothing any more.
bool keep_trace(sqlite::Connection& database, TraceKind kind, const std::string& mark, UserId user, Time now) {
  database.query("UPDATE signal_trace SET at = ?4 WHERE kind = ?1 AND mark = ?2 AND user = ?3")
      .bind(kind, mark, user, now)
      .run();
  if (database.changes() > 0) return false;
  if (kind == TraceKind::client)
    database.query("DELETE FROM signal_trace WHERE user = ? AND kind = ? AND at <= ?")
        .bind(user, kind, now - signals::client_window)
        .run();
  database
      .query(
          "DELETE FROM signal_trace WHERE user = ?1 AND kind = ?2 AND mark IN (SELECT mark FROM signal_trace"
          " WHERE user = ?1 AND kind = ?2 ORDER BY at DESC, mark LIMIT -1 OFFSET ?3)")
      .bind(user, kind, signals::most_traces - 1)
      .run();
  database.query("INSERT INTO signal_trace(kind, mark, user, at) VALUES(?, ?, ?, ?)").bind(kind, mark, user, now).run();
  return true;
}

std::optional<Address> deal_between(sqlite::Connection& database, UserId one, UserId other) {
  sqlite::Query query = database.query("SELECT delivery FROM signal_deal WHERE one = ? AND other = ?");
  query.bind(std::min(one, other), std::max(one, other));
  if (!query.step()) return std::nullopt;
  return Address{EntityKind::delivery, query.uuid(0)};
}

/// The account has shown something that another one may have shown before.
void learn(sqlite::Connection& database, const EntryView& view, TraceKind kind, std::string_view what, UserId user) {
  if (what.empty()) return;
  const std::string mark = sha256_hex(what);
  if (!keep_trace(database, kind, mark, user, view.entry.origin.at) || kind == TraceKind::client) return;
  const TraceWords& words = words_of(kind);
  for (const UserId& other : others_with(database, kind, mark, user)) {
    raise_of_pair(database, view, view.entry.entity, user, other, words.detail, words.severity,
                  std::string(words.reason));
    if (const auto deal = deal_between(database, user, other)) look_at_deal(database, view, *deal, user, other);
  }
}

/// A card or a payout account by the provider's token. The sandbox has a few tokens for everybody.
template <class Means>
void learn_means(sqlite::Connection& database, const EntryView& view, TraceKind kind, const Means& means) {
  if (means.provider == "sandbox") return;
  learn(database, view, kind, means.provider + ' ' + means.token, UserId{view.entry.entity.id});
}

/// Of this host or of a private network, from where nobody's own address comes: all who do look alike.
bool is_inside(std::string_view network) {
  constexpr auto inside =
      std::to_array<std::string_view>({"127.", "10.", "192.168.", "169.254.", "::1", "fc", "fd", "fe80:"});
  const auto begins = [&](std::string_view prefix) { return network.starts_with(prefix); };
  if (std::ranges::any_of(inside, begins)) return true;
  if (!network.starts_with("172.") || network.size() < 7) return false;
  const std::string_view second = network.substr(4, 3);
  return second[2] == '.' && second >= "16." && second <= "31.";
}

void learn_client(sqlite::Connection& database, const EntryView& view, const ClientFacts& client) {
  const std::string& network = client.network.empty() ? client.ip : client.network;
  if (!is_inside(network))
    learn(database, view, TraceKind::client, account::client_key(client), UserId{view.entry.entity.id});
}

bool is_dear(const BeginAcceptance& terms) {
  const auto worth = to_money(terms.item.value, terms.price.currency);
  const double dollars =
      std::max(dollars_worth(terms.price).value_or(0), worth ? dollars_worth(*worth).value_or(0) : 0.0);
  return dollars >= signals::dear_deal_dollars;
}

void look_at_young(sqlite::Connection& database, const EntryView& view, UserId user, UserId other) {
  {
    sqlite::Query query = database.query("SELECT 1 FROM signal_account WHERE user = ? AND since > ?");
    query.bind(user, view.entry.origin.at - signals::young_account);
    if (!query.step()) return;
  }
  raise_of_pair(database, view, view.entry.entity, user, other, "young_account_dear_deal", "medium",
                "An account of less than a week has made a deal of great worth.");
}

void look_at_new_deal(sqlite::Connection& database, const EntryView& view, const DeliveryCreated& deal) {
  const UserId customer = deal.customer_id, traveler = deal.traveler_id;
  database.query("INSERT OR IGNORE INTO signal_deal(one, other, delivery) VALUES(?, ?, ?)")
      .bind(std::min(customer, traveler), std::max(customer, traveler), view.entry.entity.id)
      .run();
  look_at_deal(database, view, view.entry.entity, customer, traveler);
  database.query("DELETE FROM signal_dear WHERE delivery = ?").bind(view.entry.entity.id).run();
  if (database.changes() == 0) return;
  look_at_young(database, view, customer, traveler);
  look_at_young(database, view, traveler, customer);
}

enum class Act : std::uint8_t { acceptance, cancellation };

/// Counts what people do by themselves, and not what an administrator does for them.
void count_act(sqlite::Connection& database, const EntryView& view, Act act) {
  const Caller& by = view.entry.origin.caller;
  if (by.kind != Caller::Kind::user || by.is_admin()) return;
  const Time now = view.entry.origin.at;
  database.query("DELETE FROM signal_act WHERE user = ? AND act = ? AND at <= ?")
      .bind(by.user, act, now - signals::acts_window)
      .run();
  database.query("INSERT INTO signal_act(user, act, at) VALUES(?, ?, ?)").bind(by.user, act, now).run();
  {
    sqlite::Query query = database.query("SELECT count(*) FROM signal_act WHERE user = ? AND act = ?");
    query.bind(by.user, act);
    if (!query.step() || query.integer(0) < signals::many_acts) return;
  }
  database.query("DELETE FROM signal_act WHERE user = ? AND act = ?").bind(by.user, act).run();
  const bool accepts = act == Act::acceptance;
  const std::string_view detail = accepts ? "many_acceptances" : "many_cancellations";
  const auto day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  raise(database, {fraud_signal,
                   detail,
                   "medium",
                   view.entry.entity,
                   by.user,
                   now,
                   {},
                   std::to_string(signals::many_acts) + (accepts ? " acceptances" : " cancellations") + " within " +
                       std::to_string(signals::acts_window.count()) + " h.",
                   std::string(detail) + ' ' + by.user.text() + ' ' + std::to_string(day)});
}

void look_at_account(sqlite::Connection& database, const EntryView& view, const AnyRecord& event) {
  const UserId user{view.entry.entity.id};
  if (const auto* registered = event.get_if<UserRegistered>()) {
    database.query("INSERT OR IGNORE INTO signal_account(user, since) VALUES(?, ?)").bind(user, registered->at).run();
    learn(database, view, TraceKind::phone, registered->phone_number.value_or(""), user);
    learn_client(database, view, registered->client);
  } else if (const auto* login = event.get_if<UserLogin>()) {
    learn_client(database, view, login->client);
  } else if (const auto* proven = event.get_if<PhoneVerified>()) {
    learn(database, view, TraceKind::phone, proven->phone, user);
  }
}

void look_at_delivery(sqlite::Connection& database, const EntryView& view, const AnyRecord& event) {
  if (const auto* started = event.get_if<AcceptanceStarted>()) {
    if (is_dear(started->terms))
      database.query("INSERT OR IGNORE INTO signal_dear(delivery) VALUES(?)").bind(view.entry.entity.id).run();
  } else if (event.get_if<AcceptanceFailedEvent>()) {
    database.query("DELETE FROM signal_dear WHERE delivery = ?").bind(view.entry.entity.id).run();
  } else if (const auto* created = event.get_if<DeliveryCreated>()) {
    look_at_new_deal(database, view, *created);
  } else if (event.get_if<DeliveryCancelled>()) {
    count_act(database, view, Act::cancellation);
  }
}

void look_at_entry(sqlite::Connection& database, const EntryView& view) {
  for (const AnyRecord& event : view.entry.events) {
    look_at_account(database, view, event);
    look_at_delivery(database, view, event);
    if (const auto* card = event.get_if<PaymentMethodAdded>())
      learn_means(database, view, TraceKind::card, card->method);
    else if (const auto* payout = event.get_if<PayoutAccountAdded>())
      learn_means(database, view, TraceKind::payout_account, payout->account);
    else if (const auto* device = event.get_if<DeviceRegistered>())
      learn(database, view, TraceKind::device, device->device.token, UserId{view.entry.entity.id});
    else if (event.get_if<OfferAcceptanceStarted>())
      count_act(database, view, Act::acceptance);
    else if (const auto* relay = event.get_if<RelayStarted>())
      for (std::size_t leg = 0; leg < relay->legs.size(); ++leg) count_act(database, view, Act::acceptance);
    else if (event.get_if<RequestCancelled>() || event.get_if<TripCancelled>())
      count_act(database, view, Act::cancellation);
  }
}

}  // namespace

const Projection& signals_projection() {
  static constexpr Projection projection{.name = "fraud_signals",
                                         .schema = signal_tables,
                                         .entries_of = bit(EntityKind::account) | bit(EntityKind::wallet) |
                                                       bit(EntityKind::inbox) | bit(EntityKind::delivery) |
                                                       bit(EntityKind::request) | bit(EntityKind::trip),
                                         .on_entry = look_at_entry};
  return projection;
}

}  // namespace caravan::read_models
