#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/audit/commands.hpp"
#include "actors/entity/scope.hpp"
#include "http/call.hpp"

/// Routes are rows. A row says everything about an endpoint: the server, the access check, the validation, the tests
/// and openapi.json all come from it.
///
///     std::vector<Route> trip_routes(Services&) {
///       return {
///           get("/trips/:tripId", user, "One trip").view<ViewTrip>(by_path(EntityKind::trip)).answers<TripResource>(),
///           post("/trips/:tripId/cancel", user, "Cancel; frees or refunds every delivery on it")
///               .command<CancelTrip>(by_path(EntityKind::trip)).then<ViewTrip>().answers<TripResource>(),
///           post("/trips", traveler, "Publish a trip")
///               .command<PublishTrip>(created(EntityKind::trip), add_facts).then<ViewTrip>()
///               .answers<TripResource>(201),
///           get("/trips/search", user, "Trips by origin, …").query<TripSearch>().lists<TripHit>().handle(search),
///       };
///     }
namespace caravan::http {

enum class Method : std::uint8_t { get, post, put, patch, del };
std::string_view to_text(Method method);

/// Who may call. Whether a caller owns a thing or takes part in it, the entity decides: such rows say `user`.
struct Access {
  enum class Kind : std::uint8_t { anyone, user, customer, traveler, service, admin, operators, person };
  Kind kind = Kind::user;
  Permission permission = Permission::read;  // kinds admin and operators
};
inline constexpr Access anyone{Access::Kind::anyone};  // "public"
inline constexpr Access user{Access::Kind::user};      // signed in; services too
/// What a person has begun as a party, they end as one, whatever their user type has become. No service by itself.
inline constexpr Access person{Access::Kind::person};
inline constexpr Access customer{Access::Kind::customer};  // user type customer or both
inline constexpr Access traveler{Access::Kind::traveler};  // user type traveler or both
inline constexpr Access service{Access::Kind::service};    // X-Api-Key
/// Who looks after nodes: services, and administrators with `ops`.
inline constexpr Access operators{Access::Kind::operators, Permission::ops};
constexpr Access admin(Permission permission) { return {Access::Kind::admin, permission}; }

/// Which entity a row's command or query goes to, by where its address comes from.
struct Target {
  enum class From : std::uint8_t { path, part, caller, created } from = From::path;
  EntityKind kind = EntityKind::none;
  std::string_view name = {};  // of the path parameter; empty: the first
};
/// A path parameter is the entity's id (the first one, unless named).
constexpr Target by_path(EntityKind kind, std::string_view name = {}) { return {Target::From::path, kind, name}; }
/// A path parameter is the id of a part (an offer, a QR code, …); its owner is looked up.
constexpr Target by_part(EntityKind kind, std::string_view name = {}) { return {Target::From::part, kind, name}; }
/// The caller's own account, user, wallet or inbox.
constexpr Target by_caller(EntityKind kind) { return {Target::From::caller, kind, {}}; }
/// A new entity: Call::new_entity_id makes its id.
constexpr Target created(EntityKind kind) { return {Target::From::created, kind, {}}; }

/// Which token bucket a row draws from.
enum class RateClass : std::uint8_t {
  read,
  write,
  sign_in,
  search,
  tracking,
  bulk,       // answers that may be megabytes
  page,       // health and metrics, the contract and its pages
  stranger,   // of no row: counts bad credentials, by the address that they come from
  unlimited,  // probes: open to all, and nobody is asked who it is
};

using Handler = std::function<Response(Call&)>;

/// One row. The steps below fill it in and return it, so that a row is one expression.
struct Route {
  Method method = Method::get;
  std::string_view path;  // relative to /api/v1; parameters as ":tripId"; lives for ever
  Access access;
  std::string_view summary;
  const schema::Type* query_type = nullptr;   // query string; null: none is taken
  const schema::Type* body_type = nullptr;    // JSON body; null: none is taken
  const schema::Type* answer_type = nullptr;  // null: no JSON body, or not described
  bool is_own_list = false;                   // a list of which nothing comes from the read models
  bool is_list = false;                       // the answer is {"items":[answer_type…],"nextCursor"}
  int status = 200;
  int other_status = 0;         // a second success status with the same answer type, e.g. 202; 0: none
  std::string_view media_type;  // of an answer that is not JSON, e.g. "image/png"
  std::span<const std::string_view> other_media_types;  // that it may have instead
  bool takes_bytes = false;         // the body is the file itself, up to the upload limit, see `uploads`
  bool takes_upload_id = false;     // or {"uploadId"} as JSON: a file that was uploaded before
  std::optional<Scope> scope;       // that a key needs; nothing: open to all
  std::optional<Scope> also_scope;  // that it needs besides
  bool needs_step_up = false;       // it can take an account over: a password or code of the last minutes opens it
  std::string_view asks_step_up;    // of whom the entity asks for one, as the contract says it; empty: of nobody
  bool keyless = false;             // ignores Idempotency-Key
  bool secret_path = false;         // the path holds a secret: logs show the row's in its place
  bool shown_once = false;          // the answer holds a secret: a repeat of the key is refused, not answered again
  bool at_root = false;             // path is not below /api/v1 (health, metrics, pages)
  bool tells_names = false;         // names places in the language of Accept-Language, or the account's
  bool is_page = false;             // for a person's browser: no part of the contract
  RateClass rate = RateClass::read;
  const schema::Type* command_type = nullptr;
  const schema::Type* view_type = nullptr;
  const schema::Type* then_type = nullptr;
  Target target;
  std::function<void(Call&, void*)> prepare;  // adds facts to the command or query before it goes out
  std::optional<PrivateThing> shows;          // something private: a look by who is no party is logged
  bool (*is_look)(const Caller&, const AnyRecord& shown) = nullptr;
  Handler handler;                           // null: send the command or ask the view
  std::function<void(Call&)> before, after;  // of critical acts: see routes/admin/critical_acts.hpp

  /// The query string's type.
  template <class T>
  Route& query() {
    query_type = &schema::type_of<T>();
    return *this;
  }
  /// The JSON body's type, for a row with its own handler.
  template <class T>
  Route& body() {
    body_type = &schema::type_of<T>();
    return *this;
  }
  /// Takes a command as the body, sends it to the target. Internal fields named as path parameters are filled from
  /// the path. `add_facts(Call&, T&)` may add what the entity cannot know, and may throw Problem.
  template <class T>
  Route& command(Target to, void (*add_facts)(Call&, T&) = nullptr) {
    command_type = body_type = &schema::type_of<T>();
    target = to;
    if (add_facts) prepare = [add_facts](Call& call, void* value) { add_facts(call, *static_cast<T*>(value)); };
    return *this;
  }
  /// What is answered is private to the parties of its target, or has such parts: `is_look` tells whether the caller,
  /// who is no party, is shown them. Without it: where Call::looks_in.
  Route& shows_private(PrivateThing what, bool (*is_look_of)(const Caller&, const AnyRecord&) = nullptr) {
    shows = what;
    is_look = is_look_of;
    return *this;
  }
  /// After the command: answers with this query of the new state, in place of the decision's own reply.
  template <class T>
  Route& then() {
    then_type = &schema::type_of<T>();
    return *this;
  }
  /// Answers with a query of the target. The query's own fields are taken from the path and the query string.
  template <class T>
  Route& view(Target of, void (*add_facts)(Call&, T&) = nullptr) {
    view_type = query_type = &schema::type_of<T>();
    target = of;
    if (add_facts) prepare = [add_facts](Call& call, void* value) { add_facts(call, *static_cast<T*>(value)); };
    return *this;
  }
  /// What is answered, and the status of success. 204: nothing is.
  template <class T>
  Route& answers(int success = 200) {
    answer_type = &schema::type_of<T>();
    status = success;
    return *this;
  }
  Route& answers_nothing() {
    status = 204;
    return *this;
  }
  /// Answers {"items":[T…],"nextCursor"}, and first waits for the read models to show the caller's own writes, see
  /// Call::see_own_writes. Give `query` a type with limit and cursor, or PageQuery.
  template <class T>
  Route& lists() {
    answer_type = &schema::type_of<T>();
    is_list = true;
    return *this;
  }
  /// The same of a list that is not from the read models, but from an entity, the journal or a provider: there is
  /// nothing to wait for.
  template <class T>
  Route& lists_own() {
    is_own_list = true;
    return lists<T>();
  }
  /// What is answered, the places of address_not_found too, is named as the caller's language does, see Call::language.
  Route& names_places() {
    tells_names = true;
    return *this;
  }
  /// A second status of success, with the same answer.
  Route& or_status(int other) {
    other_status = other;
    return *this;
  }
  Route& answers_media(std::string_view type, int success = 200) {
    media_type = type;
    status = success;
    return *this;
  }
  /// Other types that the answer may have, by the query or by what it shows. `types` outlives the row.
  Route& or_media(std::span<const std::string_view> types) {
    other_media_types = types;
    return *this;
  }
  /// Takes the raw bytes of a file, e.g. a picture: call.request().body.
  Route& uploads() {
    takes_bytes = true;
    return *this;
  }
  /// Takes a picture, or {"uploadId"} as JSON of one that was uploaded before: GivenFiles::in_body.
  Route& uploads_or_names() {
    takes_upload_id = true;
    return uploads();
  }
  /// Another scope than path and method say.
  Route& scoped(Scope which) {
    scope = which;
    return *this;
  }
  /// A second scope that a key needs.
  Route& scoped_also(Scope which) {
    also_scope = which;
    return *this;
  }
  /// Who is asked, or about how much, the entity decides: by Caller::stepped_up. `of_whom` ends the contract's sentence
  /// "A step-up is asked of …".
  Route& may_ask_step_up(std::string_view of_whom) {
    asks_step_up = of_whom;
    return *this;
  }
  /// What can take an account over. No key and nobody on behalf of another gets here.
  Route& after_step_up() {
    needs_step_up = true;
    return *this;
  }
  /// Ignores Idempotency-Key: a repeat is handled anew.
  Route& without_key() {
    keyless = true;
    return *this;
  }
  /// The answer holds a secret, which is kept nowhere: the same Idempotency-Key again is 409, so that a retry makes no
  /// second one.
  Route& secret_once() {
    shown_once = true;
    return *this;
  }
  /// Whoever knows the path may ask: logs show the row's path in its place.
  Route& with_secret_path() {
    secret_path = true;
    return *this;
  }
  /// Draws from the token bucket of this class, in place of `read` or `write`.
  Route& rated(RateClass which) {
    rate = which;
    return *this;
  }
  /// Handles the request with this function, in place of sending a command or asking a view.
  Route& handle(Handler own) {
    handler = std::move(own);
    return *this;
  }

  /// The most bytes that the body of a request may have: the upload limit for a file; for JSON the body limit, and as
  /// much again as the pictures in its fields may take.
  std::size_t body_limit(const RouteSettings& settings) const;
};

Route get(std::string_view path, Access access, std::string_view summary);
Route post(std::string_view path, Access access, std::string_view summary);
Route put(std::string_view path, Access access, std::string_view summary);
Route patch(std::string_view path, Access access, std::string_view summary);
Route del(std::string_view path, Access access, std::string_view summary);

/// Runs a row's handler, or its command or view where it has none.
Response run(const Route& route, Call& call);

}  // namespace caravan::http
