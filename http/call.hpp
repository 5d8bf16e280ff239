#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/parcel.hpp"
#include "http/access/identity.hpp"
#include "http/language.hpp"
#include "http/problem/problem.hpp"
#include "http/response.hpp"
#include "http/services.hpp"

namespace caravan {
enum class PrivateThing;
struct ClaimHolder;
}  // namespace caravan

namespace caravan::http {

struct Route;

/// A request as it came off the wire.
struct Request {
  std::string method;
  std::string path;  // without query, not decoded
  std::string query;
  std::string remote_address;
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // of the connection's own memory
  std::string body;
  std::string trace_id, correlation_id, traceparent;
  bool tls = false;

  /// The first header of that name, letter case ignored; empty where there is none. Only for headers of one value.
  std::string_view header(std::string_view name) const;
  /// The members of a header that is a list (RFC 9110, 5.6.1): of all its lines, in order, without the blanks around
  /// them and without empty ones. A comma within double quotes parts nothing.
  std::vector<std::string_view> list_header(std::string_view name) const;
};

/// One page of a list: `limit` rows after `cursor`. Add both fields to a query type, or use it as it is.
struct PageQuery {
  static constexpr std::string_view record_name = "PageQuery";
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&PageQuery::limit>(1, "limit", between(1, 200)),
                      field<&PageQuery::cursor>(2, "cursor", length(1, 500))};
  }
};
inline constexpr std::int32_t default_page_limit = 50;

/// One request on its way through a handler. Members that cannot deliver throw Problem, so that a handler reads as
/// the way on which all is well.
class Call {
 public:
  Call(const Route& route, const Request& request, Services& services, Identity identity,
       std::vector<std::pair<std::string_view, std::string>> path_values);

  const Route& route() const { return route_; }
  const Request& request() const { return request_; }
  Services& services() { return services_; }
  Door& door() { return services_.door; }
  const Identity& identity() const { return identity_; }
  const Caller& caller() const { return identity_.caller; }
  /// The signed-in user; 403 where the caller is a service.
  UserId user() const;
  /// What the caller reads: by Accept-Language; where that names none that we have words in, as their account says.
  Language language();
  /// Whose things a list shows: the user's own; nothing where a service reads the market's.
  std::optional<UserId> lister() const;

  /// A path parameter, decoded: `call.path_text("provider")`.
  const std::string& path_text(std::string_view name) const;
  /// A path parameter that is an id; 404 where it is not one.
  Uuid path_uuid(std::string_view name) const;
  template <class IdType>
  IdType path(std::string_view name) const {
    return IdType{path_uuid(name)};
  }

  /// The request's JSON body and query string, as the types that the row names.
  template <class T>
  T& body() {
    return *static_cast<T*>(checked(body_, schema::type_of<T>()));
  }
  template <class T>
  T& query() {
    return *static_cast<T*>(checked(query_, schema::type_of<T>()));
  }

  /// An id for the entity that this request creates. With an Idempotency-Key it is the same at every repeat (a claim
  /// keeps it, as long as keys live). At most one a call.
  Uuid new_entity_id();
  template <class IdType>
  IdType new_id() {
    return IdType{new_entity_id()};
  }
  /// A fresh UUIDv7.
  Uuid fresh_uuid();

  /// Sends a command for the caller, with the client's Idempotency-Key and, on PATCH and PUT, its If-Match. Throws
  /// Problem for everything but `done`. A replayed answer is decoded as the row's answer type.
  Reply ask(Address to, AnyRecord command, AnyRecord then = {});
  /// The same as `ask`, but gives the reply whatever its outcome.
  Reply try_ask(Address to, AnyRecord command, AnyRecord then = {});
  /// Asks an entity; throws Problem where it refuses.
  Reply ask_query(Address to, AnyRecord query);
  /// The same, but gives also a refusal; throws Problem where the entity cannot be asked now.
  Reply try_query(Address to, AnyRecord query);
  Reply try_query_as(Caller caller, Address to, AnyRecord query);
  /// Sends a command of the edge's own: nothing of it is the client's word. Gives the reply whatever its outcome.
  Reply order(Address to, AnyRecord command);
  /// The same without waiting, for what has no bearing on the answer.
  void tell(Address to, AnyRecord command);
  /// Asks again after every change of the entity until `done` or the deadline (RouteSettings::answer_deadline, a
  /// constant).
  Reply await(Address to, AnyRecord query, std::function<bool(const Reply&)> done);
  Reply await(Address to, AnyRecord query, std::function<bool(const Reply&)> done, std::chrono::milliseconds deadline);

  /// The resource of a reply as T, of a replayed one too; 500 where it is of another type (a bug).
  template <class T>
  const T& resource(const Reply& reply) {
    const T* found = reply.resource.get_if<T>();
    return found ? *found : *static_cast<const T*>(replayed_as(reply, schema::type_of<T>()));
  }

  /// Before something private is shown: where the caller is an administrator or a service and none of the parties, or a
  /// service on behalf of one, the activity log has it first. Throws Problem where that cannot be written now.
  void record_look(PrivateThing what, Address entity, std::initializer_list<UserId> parties = {});
  /// The same of a list of what belongs to many: one entry, which says what was asked for.
  void record_listing(PrivateThing what, std::string filter);
  /// Before anything is shown to a service on behalf of a user: the activity log has it first, unless the row has
  /// recorded a look that says more.
  void record_reading();
  /// Is the caller shown what is private otherwise than as a party, by a permission, a scope or on behalf of somebody?
  bool looks_in() const { return caller().may(Permission::private_data) || caller().is_acting(); }

  /// The entity that owns a part, by the part's id; 404 where there is none.
  Address locate(const Uuid& part);
  /// Makes the owner of the part known on this node, so that `locate` finds it before the read models have it.
  void remember_part(const Uuid& part, const Address& owner);

  /// How an address was read: stands in the answer, where that is a trip or a request.
  void tell_understood(UnderstoodAddress understood) { understood_.push_back(std::move(understood)); }

  /// Answers with a reply's resource, its ETag and the row's status (or another); 304 to a GET whose If-None-Match
  /// names that ETag.
  Response answer(const Reply& reply, int status = 0);
  /// Answers with any record.
  Response answer(const AnyRecord& resource, int status = 0);
  /// {"items":[…],"nextCursor":…}
  Response list(const std::vector<AnyRecord>& items, const std::optional<std::string>& next_cursor = {});
  template <class T>
  Response list(const std::vector<T>& items, const std::optional<std::string>& next_cursor = {}) {
    std::vector<AnyRecord> records;
    records.reserve(items.size());
    for (const T& item : items) records.emplace_back(item);
    return list(records, next_cursor);
  }
  /// 204 without a body.
  Response nothing();
  /// Bytes of another type, e.g. a picture.
  Response bytes(std::string content_type, std::string body);

  /// Waits (bounded) until the read models have the entry of that position; false where they are too far behind.
  bool see_written(std::uint64_t position);
  /// Waits (bounded) until the read models show what this caller wrote. Rows that list do so by themselves.
  void see_own_writes();

  /// The same of what anybody wrote through this node: what was posted a moment ago is matched at once.
  void see_all_writes();

  /// Fills members of a record that are named as path parameters, e.g. offerId.
  void fill_from_path(const schema::Type& type, void* record) const;

  /// Of a row whose answer holds a secret: throws Problem secret_shown_once where the client's Idempotency-Key came
  /// before.
  void take_key_once();
  /// Nothing was made: the key is free again.
  void give_key_back();

  /// True where an entity repeated the answer that it gave before to this Idempotency-Key.
  bool is_replayed() const { return replayed_; }

  // The dispatcher sets these before the handler runs.
  void set_body(std::shared_ptr<void> value, const schema::Type& type) { body_ = {std::move(value), &type}; }
  void set_query(std::shared_ptr<void> value, const schema::Type& type) { query_ = {std::move(value), &type}; }
  std::shared_ptr<void> raw_body() const { return body_.value; }
  std::shared_ptr<void> raw_query() const { return query_.value; }
  const schema::Type* body_type() const { return body_.type; }

 private:
  struct Parsed {
    std::shared_ptr<void> value;
    const schema::Type* type = nullptr;
  };
  /// The parsed value, which must be of that type.
  void* checked(const Parsed& parsed, const schema::Type& type) const;
  /// The resource of a replayed reply, decoded as that type; throws Problem where the reply is another.
  const void* replayed_as(const Reply& reply, const schema::Type& type);
  RequestOrigin origin(Caller caller);
  void write_look(PrivateThing what, std::optional<Address> entity, std::string filter);
  /// The key as the platform knows it; empty where the client sent none, or the row takes none.
  std::string key();
  /// The same of any row.
  std::string sent_key();
  /// Takes the claim of that text for this request, for as long as keys live. Answers who holds it: this request or an
  /// earlier one.
  ClaimHolder take_key_claim(std::string_view text, const Uuid& owner);
  /// Ties the caller's key to this request. Throws Problem idempotency_key_reused where it came with another one
  /// before.
  void bind(const std::string& key);
  Reply finish(Reply reply);
  void forget_rights(const Address& of);

  const Route& route_;
  const Request& request_;
  Services& services_;
  Identity identity_;
  std::vector<std::pair<std::string_view, std::string>> path_values_;
  Parsed body_, query_;
  std::string hash_;  // the hash of the request; empty until it was seen to have a key
  Uuid key_owner_;    // who took the key of a secret; nil: nobody did
  int asks_ = 0;
  bool is_bound_ = false;
  bool replayed_ = false;
  bool has_recorded_look_ = false;
  std::vector<UnderstoodAddress> understood_;
  std::optional<Language> language_;  // once it was asked for
  std::vector<AnyRecord> decoded_;    // replayed resources that a handler has asked for
};

}  // namespace caravan::http
