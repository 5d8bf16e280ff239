#include "http/route.hpp"

#include <algorithm>

#include "http/access/scopes.hpp"
#include "http/json/format.hpp"

namespace caravan::http {

namespace {

Route row(Method method, std::string_view path, Access access, std::string_view summary) {
  Route route;
  route.method = method;
  route.path = path;
  route.access = access;
  route.summary = summary;
  route.scope = scope_by_path(method, path, access);
  route.rate = method == Method::get ? RateClass::read : RateClass::write;
  return route;
}

/// How many bytes the pictures in a value's fields may add to its JSON, as base64.
std::size_t picture_text(const schema::Type& type, const schema::Rules& rules, std::size_t upload_limit) {
  std::size_t sum = 0;
  switch (type.kind) {
    case schema::Kind::bytes:
      return base64_length(std::min(rules.max_length, upload_limit));
    case schema::Kind::optional:
      return picture_text(type.element(), rules, upload_limit);
    case schema::Kind::record:
      for (const schema::Field& field : type.fields)
        if (!field.internal) sum += picture_text(field.type(), field.rules, upload_limit);
      return sum;
    default:
      return 0;
  }
}

Address find_target(const Route& route, Call& call) {
  const Target& target = route.target;
  switch (target.from) {
    case Target::From::path:
      return {target.kind, call.path_uuid(target.name)};
    case Target::From::part: {
      const Address owner = call.locate(call.path_uuid(target.name));
      if (owner.kind != target.kind) throw Problem{"not_found"};
      return owner;
    }
    case Target::From::caller:
      return {target.kind, call.user().value};
    case Target::From::created:
      return {target.kind, call.new_entity_id()};
  }
  throw Problem{"internal_error"};
}

AnyRecord filled(const Call& call, const schema::Type& type) {
  auto value = type.make();
  call.fill_from_path(type, value.get());
  return {type, std::move(value)};
}

/// Before it is answered.
void record_look(const Route& route, Call& call, Address target, const AnyRecord& shown) {
  if (!route.shows || !shown) return;
  if (route.is_look ? route.is_look(call.caller(), shown) : call.looks_in()) call.record_look(*route.shows, target);
}

Response run_command(const Route& route, Call& call) {
  auto value = call.raw_body();
  if (!value) value = route.command_type->make();
  call.fill_from_path(*route.command_type, value.get());
  if (route.prepare) route.prepare(call, value.get());
  const Address to = find_target(route, call);
  AnyRecord then = route.then_type ? filled(call, *route.then_type) : AnyRecord{};
  const Reply reply = call.ask(to, AnyRecord(*route.command_type, value), std::move(then));
  record_look(route, call, to, reply.resource);
  return route.status == 204 ? call.nothing() : call.answer(reply);
}

Response run_view(const Route& route, Call& call) {
  auto value = call.raw_query();
  if (!value) value = route.view_type->make();
  call.fill_from_path(*route.view_type, value.get());
  if (route.prepare) route.prepare(call, value.get());
  const Address target = find_target(route, call);
  const Reply reply = call.ask_query(target, AnyRecord(*route.view_type, value));
  record_look(route, call, target, reply.resource);
  return call.answer(reply);
}

Response run_row(const Route& route, Call& call) {
  if (route.is_list && !route.is_own_list) call.see_own_writes();
  if (route.handler) return route.handler(call);
  if (route.command_type) return run_command(route, call);
  if (route.view_type) return run_view(route, call);
  throw Problem{"internal_error", "The row has no command, no view and no handler."};
}

/// A secret is made once for each key; what was refused uses no key up. Of what failed otherwise nobody knows.
Response run_once(const Route& route, Call& call) {
  if (!route.shown_once) return run_row(route, call);
  call.take_key_once();
  try {
    return run_row(route, call);
  } catch (const Problem& problem) {
    if (problem.status() < 500) call.give_key_back();
    throw;
  }
}

}  // namespace

std::string_view to_text(Method method) {
  static constexpr std::string_view names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  return names[static_cast<std::size_t>(method)];
}

Route get(std::string_view path, Access access, std::string_view summary) {
  return row(Method::get, path, access, summary);
}
Route post(std::string_view path, Access access, std::string_view summary) {
  return row(Method::post, path, access, summary);
}
Route put(std::string_view path, Access access, std::string_view summary) {
  return row(Method::put, path, access, summary);
}
Route patch(std::string_view path, Access access, std::string_view summary) {
  return row(Method::patch, path, access, summary);
}
Route del(std::string_view path, Access access, std::string_view summary) {
  return row(Method::del, path, access, summary);
}

std::size_t Route::body_limit(const RouteSettings& settings) const {
  if (takes_bytes) return settings.upload_limit_bytes;
  return settings.body_limit_bytes + (body_type ? picture_text(*body_type, {}, settings.upload_limit_bytes) : 0);
}

Response run(const Route& route, Call& call) {
  try {
    if (route.before) route.before(call);
    Response response = run_once(route, call);
    if (route.after) route.after(call);
    if (call.is_replayed()) response.headers.emplace_back("Idempotent-Replayed", "true");
    return response;
  } catch (Problem& problem) {
    problem.replayed = problem.replayed || call.is_replayed();
    // Of what was not answered in time nobody knows whether it was done.
    if (route.after && problem.status() >= 500) route.after(call);
    throw;
  }
}

}  // namespace caravan::http
