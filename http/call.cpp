#include "http/call.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "actors/audit/commands.hpp"
#include "actors/claim/commands.hpp"
#include "actors/user/queries.hpp"
#include "actors/user/resources.hpp"
#include "http/access/accounts.hpp"
#include "http/access/own_writes.hpp"
#include "http/access/service_keys.hpp"
#include "http/access/sessions.hpp"
#include "http/both_sides.hpp"
#include "http/idempotency.hpp"
#include "http/json/read.hpp"
#include "http/json/text_rule.hpp"
#include "http/json/write.hpp"
#include "http/local_times.hpp"
#include "http/outcome.hpp"
#include "http/route.hpp"
#include "http/server/header_text.hpp"
#include "http/understood.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::milliseconds read_model_patience{2'000};
constexpr std::size_t max_logged_path = 300;

/// The version that a strong ETag of ours names.
std::optional<std::uint64_t> version_of(std::string_view tag) {
  if (tag.size() < 3 || tag.front() != '"' || tag.back() != '"') return std::nullopt;
  const std::string_view digits = tag.substr(1, tag.size() - 2);
  std::uint64_t version = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  // Tags are compared as texts: "07" is another than "7".
  if (failed != std::errc{} || end != digits.data() + digits.size() || std::to_string(version) != digits)
    return std::nullopt;
  return version;
}

/// The versions that If-Match allows; none where it allows all. A weak tag matches nothing here (RFC 9110, 13.1.1).
std::vector<std::uint64_t> wanted_versions(const Request& request) {
  const auto tags = request.list_header("If-Match");
  if (std::ranges::find(tags, "*") != tags.end()) return {};
  std::vector<std::uint64_t> versions;
  for (const std::string_view tag : tags)
    if (const auto version = version_of(tag)) versions.push_back(*version);
  if (versions.empty() && !request.header("If-Match").empty())
    throw Problem{"stale_version", "If-Match names no ETag of this resource."};
  return versions;
}

/// Does If-None-Match name this ETag, weak or strong, or any?
bool knows_tag(const Request& request, std::string_view tag) {
  return std::ranges::any_of(request.list_header("If-None-Match"), [&](std::string_view known) {
    if (known.starts_with("W/")) known.remove_prefix(2);
    return known == "*" || known == tag;
  });
}

/// Adds the members of one line of a list.
void add_members(std::string_view line, std::vector<std::string_view>& members) {
  while (!line.empty()) {
    bool quoted = false;
    const auto end = std::ranges::find_if(line, [&](char c) {
      if (c == '"') quoted = !quoted;
      return c == ',' && !quoted;
    });
    const std::string_view given = line.substr(0, static_cast<std::size_t>(end - line.begin()));
    line.remove_prefix(std::min(given.size() + 1, line.size()));
    if (const std::string_view member = trimmed(given); !member.empty()) members.push_back(member);
  }
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_letters(key, name)) return value;
  return {};
}

std::vector<std::string_view> Request::list_header(std::string_view name) const {
  std::vector<std::string_view> members;
  for (const auto& [key, value] : headers)
    if (same_letters(key, name)) add_members(value, members);
  return members;
}

Call::Call(const Route& route, const Request& request, Services& services, Identity identity,
           std::vector<std::pair<std::string_view, std::string>> path_values)
    : route_(route),
      request_(request),
      services_(services),
      identity_(std::move(identity)),
      path_values_(std::move(path_values)) {}

UserId Call::user() const {
  if (caller().kind != Caller::Kind::user)
    throw Problem{"not_user", "A service says on whose behalf it acts: Caravan-On-Behalf-Of."};
  return caller().user;
}

Language Call::language() {
  if (!language_) language_ = wanted_language(request_.list_header("Accept-Language"));
  if (!language_ && caller().kind == Caller::Kind::user) try {
      const Reply reply = try_query_as(edge_caller(), user_address(caller().user), ViewPreferences{});
      const auto* preferences = reply.resource.get_if<PreferencesResource>();
      if (preferences) language_ = language_of_tag(preferences->language);
    } catch (const Problem&) {
      // Whose account cannot be asked now reads English: nothing is refused for the sake of names.
    }
  if (!language_) language_ = Language::english;
  return *language_;
}

std::optional<UserId> Call::lister() const {
  if (caller().is_service()) return std::nullopt;
  return user();
}

const std::string& Call::path_text(std::string_view name) const {
  const auto found = std::ranges::find(path_values_, name, &std::pair<std::string_view, std::string>::first);
  if (found == path_values_.end()) throw Problem{"internal_error", "The row has no such path parameter."};
  return found->second;
}

Uuid Call::path_uuid(std::string_view name) const {
  const std::string& text = name.empty() && !path_values_.empty() ? path_values_.front().second : path_text(name);
  const auto id = Uuid::parse(text);
  if (!id) throw Problem{"not_found"};
  return *id;
}

void* Call::checked(const Parsed& parsed, const schema::Type& type) const {
  if (parsed.type != &type) throw Problem{"internal_error", "The row names another type."};
  return parsed.value.get();
}

const void* Call::replayed_as(const Reply& reply, const schema::Type& type) {
  if (reply.is_replay)
    if (AnyRecord decoded = codec::decode_record(type, reply.replayed)) return decoded_.emplace_back(decoded).value();
  throw Problem{"internal_error", "The entity answered with " +
                                      (reply.resource ? std::string(reply.resource.type().name) : "nothing") + "."};
}

Uuid Call::fresh_uuid() {
  return Context{services_.door.now(), identity_.caller, {}, services_.random, sodium_crypto}.new_uuid();
}

std::string Call::key() {
  // An entity would keep the answer, with its secret, for a repeat.
  if (route_.keyless || route_.shown_once || route_.method == Method::get) return {};
  return sent_key();
}

std::string Call::sent_key() {
  const std::string_view key = request_.header("Idempotency-Key");
  if (key.empty()) return {};
  // The key is stored with what the request made and is shown to people, so only plain text is taken.
  const bool is_plain = std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; });
  if (key.size() > max_idempotency_key || !is_plain)
    throw Problem{.code = "validation_failed",
                  .detail = "The Idempotency-Key is not one.",
                  .errors = {is_plain ? FieldError{"Idempotency-Key", "too_long", "at most 255 bytes"}
                                      : FieldError{"Idempotency-Key", "invalid_value", "must be printable ASCII"}}};
  if (hash_.empty()) hash_ = request_hash(request_);
  return scoped_key(identity_, key, hash_);
}

ClaimHolder Call::take_key_claim(std::string_view text, const Uuid& owner) {
  const Reply reply = services_.door.ask(
      {.to = key_claim_address(text),
       .command = TakeClaim{owner, hash_, {}, services_.door.now() + services_.settings.key_life},
       .origin = {
           .caller = identity_.caller, .trace_id = request_.trace_id, .correlation_id = request_.correlation_id}});
  require_done(reply);
  const auto& holder = resource<ClaimHolder>(reply);
  if (holder.fingerprint != hash_) throw Problem{"idempotency_key_reused"};
  return holder;
}

void Call::bind(const std::string& key) {
  // A stranger's key needs no binding: it contains the request (scoped_key).
  if (is_bound_ || !identity_.signed_in()) return;
  take_key_claim(request_claim(key), fresh_uuid());
  is_bound_ = true;
}

Uuid Call::new_entity_id() {
  const std::string key = this->key();
  if (key.empty()) return fresh_uuid();
  bind(key);
  return take_key_claim(creation_claim(route_, key), fresh_uuid()).owner;
}

void Call::take_key_once() {
  const std::string key = sent_key();
  if (key.empty()) return;
  const Uuid owner = fresh_uuid();
  if (take_key_claim(request_claim(key), owner).owner != owner) throw Problem{"secret_shown_once"};
  key_owner_ = owner;
}

void Call::give_key_back() {
  if (key_owner_.is_nil()) return;
  services_.door.ask({.to = key_claim_address(request_claim(sent_key())),
                      .command = ReleaseClaim{key_owner_},
                      .origin = {.caller = identity_.caller, .trace_id = request_.trace_id}});
  key_owner_ = {};
}

RequestOrigin Call::origin(Caller as) {
  RequestOrigin out{.caller = as, .trace_id = request_.trace_id, .correlation_id = request_.correlation_id};
  out.idempotency_key = key();
  if (out.idempotency_key.empty()) return out;
  out.request_hash = hash_;
  bind(out.idempotency_key);
  // Each further command of a handler has a key of its own, by its number. A repeat asks in the same order, so it uses
  // the same keys.
  if (++asks_ > 1) out.idempotency_key += ':' + std::to_string(asks_);
  return out;
}

Reply Call::finish(Reply reply) {
  if (reply.is_replay) {
    replayed_ = true;
    if (!reply.resource && !reply.replayed.empty() && route_.answer_type)
      reply.resource = codec::decode_record(*route_.answer_type, reply.replayed);
  }
  if (reply.position > 0 && services_.own_writes && identity_.caller.kind == Caller::Kind::user)
    services_.own_writes->wrote(identity_.caller.user, reply.position);
  return reply;
}

void Call::forget_rights(const Address& of) {
  if (of.kind == EntityKind::account && services_.sessions) services_.sessions->forget(UserId{of.id});
  if (of.kind == EntityKind::services && services_.service_rights) services_.service_rights->forget();
}

Reply Call::try_ask(Address to, AnyRecord command, AnyRecord then) {
  Ask ask{.to = to, .command = std::move(command), .then = std::move(then), .origin = origin(identity_.caller)};
  if (route_.method == Method::patch || route_.method == Method::put) ask.expected_versions = wanted_versions(request_);
  require_one_side(services_.door, identity_, to, ask.command);
  const bool takes = takes_rights(ask.command.type());
  Reply reply = finish(services_.door.ask(std::move(ask)));
  // Of an unknown outcome too: it may have been done.
  if (takes && reply.outcome != Outcome::rejected) forget_rights(to);
  return reply;
}

Reply Call::ask(Address to, AnyRecord command, AnyRecord then) {
  Reply reply = try_ask(to, std::move(command), std::move(then));
  require_done(reply);
  return reply;
}

Reply Call::try_query_as(Caller as, Address to, AnyRecord query) {
  Reply reply = services_.door.query(to, std::move(query), as);
  require_answer(reply);
  return reply;
}

Reply Call::try_query(Address to, AnyRecord query) { return try_query_as(identity_.caller, to, std::move(query)); }

Reply Call::ask_query(Address to, AnyRecord query) {
  Reply reply = try_query(to, std::move(query));
  require_done(reply);
  return reply;
}

Reply Call::order(Address to, AnyRecord command) {
  return services_.door.ask(
      {.to = to, .command = std::move(command), .origin = {.caller = edge_caller(), .trace_id = request().trace_id}});
}

void Call::tell(Address to, AnyRecord command) {
  services_.door.ask(
      {.to = to, .command = std::move(command), .origin = {.caller = edge_caller(), .trace_id = request().trace_id}},
      [](const Reply&) {});
}

Reply Call::await(Address to, AnyRecord query, std::function<bool(const Reply&)> done) {
  return await(to, std::move(query), std::move(done), services_.settings.answer_deadline);
}

Reply Call::await(Address to, AnyRecord query, std::function<bool(const Reply&)> done,
                  std::chrono::milliseconds deadline) {
  Reply reply = services_.door.await(to, std::move(query), identity_.caller, std::move(done), deadline);
  require_done(reply);
  return reply;
}

void Call::record_look(PrivateThing what, Address entity, std::initializer_list<UserId> parties) {
  const Caller& by = caller();
  if (!by.is_acting()) {
    const bool is_party = std::ranges::any_of(parties, [&](UserId party) { return by.is_user(party); });
    if (is_party || (!by.is_admin() && !by.is_service())) return;
  }
  write_look(what, entity, {});
}

void Call::record_listing(PrivateThing what, std::string filter) { write_look(what, {}, std::move(filter)); }

void Call::write_look(PrivateThing what, std::optional<Address> entity, std::string filter) {
  const Caller& by = caller();
  const std::string path(route_.secret_path ? std::string_view(route_.path) : std::string_view(request_.path));
  const Address who = audit_address(by.kind == Caller::Kind::user ? by.user.value : by.service.value_or(Uuid{}));
  require_done(services_.door.ask(
      {.to = who,
       .command = RecordLook{what, entity.value_or(who), std::move(filter), path.substr(0, max_logged_path)},
       .origin = {.caller = by, .trace_id = request_.trace_id, .correlation_id = request_.correlation_id}}));
  has_recorded_look_ = true;
}

void Call::record_reading() {
  if (caller().is_acting() && !has_recorded_look_)
    record_look(PrivateThing::as_user, {EntityKind::user, caller().user.value});
}

Address Call::locate(const Uuid& part) {
  try {
    const auto owner = services_.locate ? services_.locate(part) : std::nullopt;
    if (!owner) throw Problem{"not_found"};
    return *owner;
  } catch (const ReadModelsBehind& behind) {
    throw Problem{.code = "overloaded", .detail = behind.what(), .retry_after = std::chrono::seconds{1}};
  }
}

void Call::remember_part(const Uuid& part, const Address& owner) {
  if (services_.remember_part) services_.remember_part(part, owner);
}

Response Call::answer(const Reply& reply, int status) {
  if (!reply.resource) return nothing();
  const std::string tag = reply.version > 0 ? '"' + std::to_string(reply.version) + '"' : std::string();
  if (!tag.empty() && route_.method == Method::get && knows_tag(request_, tag)) return {304, {}, {}, {{"ETag", tag}}};
  Response response{status ? status : route_.status,
                    to_json(with_understood(with_local_times(reply.resource), understood_), reply.version)};
  if (!tag.empty()) response.headers.emplace_back("ETag", tag);
  return response;
}

Response Call::answer(const AnyRecord& record, int status) {
  return {status ? status : route_.status, to_json(with_local_times(record))};
}

Response Call::list(const std::vector<AnyRecord>& items, const std::optional<std::string>& next_cursor) {
  Response response{route_.status};
  std::string& out = response.body;
  out += "{\"items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i) out += ',';
    const AnyRecord item = with_local_times(items[i]);
    write_json(item.type(), item.value(), out);
  }
  out += "],\"nextCursor\":";
  if (next_cursor)
    write_json_text(*next_cursor + (route_.is_list ? list_mark(route_.path) : ""), out);
  else
    out += "null";
  out += '}';
  return response;
}

Response Call::nothing() { return {204, {}, {}, {}}; }

Response Call::bytes(std::string content_type, std::string body) {
  return {route_.status, std::move(body), std::move(content_type), {}};
}

/// In a cluster the caller may have written through any node. So the whole feed is waited for, and a list that is
/// behind after that is refused. A node alone knows where the user's newest write is. It waits for that, and then
/// answers as far as it is. It notes no writes of services, so their lists wait for nothing there.
void Call::see_own_writes() {
  if (services_.feed_head) {
    if (!services_.wait_for_read_models(services_.feed_head(), read_model_patience))
      throw Problem{.code = "overloaded", .detail = ReadModelsBehind().what(), .retry_after = std::chrono::seconds{1}};
    return;
  }
  if (!services_.own_writes || !services_.wait_for_read_models || identity_.caller.kind != Caller::Kind::user) return;
  const std::uint64_t position = services_.own_writes->newest(identity_.caller.user);
  if (position > 0) services_.wait_for_read_models(position, read_model_patience);
}

void Call::see_all_writes() {
  if (services_.own_writes) see_written(services_.own_writes->newest());
}

bool Call::see_written(std::uint64_t position) {
  if (!services_.wait_for_read_models) return true;
  if (services_.feed_head) position = std::max(position, services_.feed_head());
  return position == 0 || services_.wait_for_read_models(position, read_model_patience);
}

void Call::fill_from_path(const schema::Type& type, void* record) const {
  for (const auto& [name, text] : path_values_) {
    const schema::Field* field = schema::find_field(type, name);
    if (!field) continue;
    const schema::Type* of = &field->type();
    void* member = field->member(record);
    if (of->kind == schema::Kind::optional) {
      of->clear(member);
      member = of->append(member);
      of = &of->element();
    }
    bool fits = of->kind == schema::Kind::text && unicode::length(text) <= schema::default_max_text &&
                !refusal_of(text, TextKind::line) && of->set_text(member, text);
    if (of->kind == schema::Kind::uuid) {
      const auto id = Uuid::parse(text);
      fits = id && of->set_text(member, {reinterpret_cast<const char*>(id->bytes.data()), id->bytes.size()});
    }
    if (!fits) throw Problem{"not_found"};
  }
}

}  // namespace caravan::http
