#include "http/documents/openapi.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "http/documents/schemas.hpp"
#include "http/json/format.hpp"
#include "http/server/router.hpp"

namespace caravan::http {

namespace {

using Json = nlohmann::ordered_json;

/// "/trips/:tripId" as "/api/v1/trips/{tripId}".
std::string openapi_path(const Route& row) {
  std::string out(row.at_root ? "" : base_path);
  std::string_view path = row.path;
  while (!path.empty()) {
    const std::string_view segment = path.substr(1, path.find('/', 1) - 1);
    path.remove_prefix(segment.size() + 1);
    out += '/';
    out += segment.starts_with(':') ? '{' + std::string(segment.substr(1)) + '}' : std::string(segment);
  }
  return out;
}

/// The first segment names the part of the platform.
std::string tag_of(const Route& row) {
  if (row.at_root) return "system";
  const std::string_view path = row.path.substr(1);
  return std::string(path.substr(0, path.find('/')));
}

std::string caller_text(const Access& access) {
  switch (access.kind) {
    case Access::Kind::anyone:
      return "Open to all.";
    case Access::Kind::user:
      return "For whoever is signed in; the thing itself decides whether it is theirs to see or change.";
    case Access::Kind::person:
      return "For people, of what is theirs, whatever their user type has become.";
    case Access::Kind::customer:
      return "For customers.";
    case Access::Kind::traveler:
      return "For travelers.";
    case Access::Kind::service:
      return "For services, with their key.";
    case Access::Kind::operators:
      return "For services, with their key, and for administrators with the permission ops.";
    case Access::Kind::admin:
      break;
  }
  for (const auto& [permission, name] : permission_names)
    if (permission == access.permission) return "For administrators with the permission " + std::string(name) + ".";
  return "For administrators.";
}

/// The same for programs.
std::string access_name(const Access& access) {
  static constexpr auto names = std::to_array<std::string_view>(
      {"public", "user", "customer", "traveler", "service", "admin", "operators", "person"});
  std::string name(names.at(static_cast<std::size_t>(access.kind)));
  if (access.kind != Access::Kind::admin) return name;
  for (const auto& [permission, text] : permission_names)
    if (permission == access.permission) name += ':' + std::string(text);
  return name;
}

std::string access_text(const Route& row) {
  std::string text = caller_text(row.access);
  if (row.needs_step_up)
    text += " Needs a sign-in of the last five minutes, or POST /auth/step-up; no key opens it.";
  else if (row.scope)
    text += " A key needs the scope " + std::string(to_text(*row.scope)) +
            (row.also_scope ? " and " + std::string(to_text(*row.also_scope)) : "") + ".";
  if (!row.asks_step_up.empty()) text += " A step-up is asked of " + std::string(row.asks_step_up) + ".";
  if (row.method == Method::get || row.at_root) return text;
  if (row.keyless) text += " Takes no Idempotency-Key: a repeat is handled anew.";
  if (row.shown_once)
    text += " The answer holds a secret that is kept nowhere: the same Idempotency-Key again is 409 secret_shown_once.";
  return text;
}

/// What a tag's part of the platform is about; a part without a row here shows its name alone.
std::string_view tag_description(std::string_view tag) {
  static constexpr std::pair<std::string_view, std::string_view> rows[] = {
      {"admin", "Operators: users, deliveries, disputes, finance, security."},
      {"auth", "Accounts, sign-in, sessions, second factor."},
      {"deliveries", "A parcel under way: status, messages, timeline, proof."},
      {"delivery-requests", "What must travel, and the offers to carry it."},
      {"invitations", "What customers ask of travelers."},
      {"location", "Places, routes, geofences, tracking."},
      {"notifications", "The inbox, its channels and devices."},
      {"offers", "Offers and the acceptance saga."},
      {"payments", "Prices, methods, escrow, wallet, payouts."},
      {"qr-codes", "Codes that verify pickup and delivery."},
      {"sandbox", "The virtual clock and captured messages; sandbox only."},
      {"system", "Health, metrics, this contract."},
      {"trips", "Trips with room to spare."},
      {"users", "Profiles, addresses, reviews, statistics."},
  };
  for (const auto& [name, text] : rows)
    if (name == tag) return text;
  return tag;
}

Json reference(std::string_view component) { return {{"$ref", "#/components/" + std::string(component)}}; }

Json of_type(std::string_view type) { return {{"type", type}}; }

/// An object whose members are all texts.
Json texts(std::initializer_list<std::string_view> names) {
  Json out = Json::object();
  for (std::string_view name : names) out[std::string(name)] = of_type("string");
  return out;
}

Json security(const Route& row) {
  using Kind = Access::Kind;
  Json out = Json::array();
  if (row.access.kind == Kind::anyone) return out;
  if (row.access.kind != Kind::service) out.push_back({{"bearer", Json::array()}});
  if (row.needs_step_up) return out;
  Json scopes = Json::array({to_text(*row.scope)});
  if (row.also_scope) scopes.push_back(to_text(*row.also_scope));
  out.push_back({{"apiKey", std::move(scopes)}});
  return out;
}

/// True where the answer has an ETag, which is the version of one entity. Lists have none, nor have rows with a handler
/// of their own, unless they also name a view.
bool has_etag(const Route& row) { return row.answer_type && !row.is_list && (!row.handler || row.view_type); }

Json path_parameter(std::string_view name) {
  Json type = of_type("string");
  if (name.ends_with("Id") && name != "templateId" && name != "shardId") type["format"] = "uuid";
  return {{"name", name}, {"in", "path"}, {"required", true}, {"schema", std::move(type)}};
}

Json header_parameter(std::string_view name, std::string_view what) {
  return {{"name", name},
          {"in", "header"},
          {"required", false},
          {"description", what},
          {"schema", {{"type", "string"}, {"maxLength", 255}}}};
}

Json info() {
  return {{"title", "Caravan"},
          {"version", contract_version},
          {"summary", "Peer-to-peer delivery: trips, requests, offers, escrow, tracking."},
          {"description",
           "Money is an integer in minor units beside its currency; prices are decimals in major units. Times are "
           "RFC 3339 in UTC, ids are UUIDs. Every write takes an Idempotency-Key, but those that say "
           "that they take none. Errors are "
           "application/problem+json. Texts are UTF-8, and their lengths are code points; a text of at least one "
           "shows something. Refused as invalid_value are control characters (but for line breaks and tabs, where "
           "a text may have lines), U+200B, U+2060 to U+206F, U+FEFF and other invisible characters, embeddings, "
           "overrides and isolates of the direction of writing (U+202A to U+202E), tag characters but in flags, "
           "and noncharacters. The joiners U+200C and U+200D stand between letters or emoji, or after a virama; a "
           "variation selector follows what it varies. Passwords may hold all of these but controls."},
          {"license", {{"name", "MIT License"}, {"identifier", "MIT"}}}};
}

Json problem() {
  Json codes = Json::array();
  for (const ProblemKind& kind : all_problems()) codes.push_back(kind.code);
  Json properties = texts({"type", "title", "detail", "traceId"});
  properties["status"] = of_type("integer");
  properties["code"] = {{"type", "string"}, {"enum", std::move(codes)}};
  properties["errors"] = {{"type", "array"},
                          {"items", {{"type", "object"}, {"properties", texts({"field", "code", "detail"})}}}};
  return {{"type", "object"},
          {"required", {"type", "title", "status", "detail", "code", "traceId"}},
          {"properties", std::move(properties)}};
}

class Document {
 public:
  explicit Document(const std::vector<Route>& rows) : rows_(rows) {}

  std::string write() {
    std::map<std::string, std::vector<const Route*>> paths;
    std::set<std::string> tags;
    for (const Route& row : rows_) {
      tags.insert(tag_of(row));
      if (!row.is_page) paths[openapi_path(row)].push_back(&row);
    }
    Json out{{"openapi", "3.1.0"}, {"info", info()}, {"servers", Json::array({{{"url", "/"}}})}};
    for (const std::string& tag : tags) out["tags"].push_back({{"name", tag}, {"description", tag_description(tag)}});
    for (auto& [path, rows] : paths) {
      std::ranges::sort(rows, {}, &Route::method);
      for (const Route* row : rows) {
        std::string method(to_text(row->method));
        std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c + 32); });
        out["paths"][path][method] = operation(*row);
      }
    }
    out["components"] = components();
    return out.dump(2) + '\n';
  }

 private:
  Json operation(const Route& row) {
    Json out{{"operationId", operation_id(row)},
             {"summary", row.summary},
             {"description", access_text(row)},
             {"tags", Json::array({tag_of(row)})},
             {"security", security(row)}};
    out["x-access"] = access_name(row.access);
    if (row.scope) out["x-scope"] = to_text(*row.scope);
    if (row.also_scope) out["x-also-scope"] = to_text(*row.also_scope);
    if (row.needs_step_up) out["x-step-up"] = true;
    if (!row.asks_step_up.empty()) out["x-may-ask-step-up"] = true;
    if (Json all = parameters(row); !all.empty()) out["parameters"] = std::move(all);
    if (Json taken = body(row); !taken.is_null()) out["requestBody"] = std::move(taken);
    out["responses"] = responses(row);
    return out;
  }

  Json parameters(const Route& row) {
    Json out = Json::array();
    for (std::string_view name : path_parameters(row.path)) out.push_back(path_parameter(name));
    for (const schema::Field* field : query_parameters(row)) out.push_back(query_parameter(*field));
    if (row.method == Method::get && has_etag(row)) out.push_back(reference("parameters/IfNoneMatch"));
    if (row.method != Method::get && !row.keyless && !row.at_root)
      out.push_back(reference(row.shown_once ? "parameters/IdempotencyKeyOnce" : "parameters/IdempotencyKey"));
    if (row.method == Method::put || row.method == Method::patch) out.push_back(reference("parameters/IfMatch"));
    if (row.tells_names) out.push_back(reference("parameters/AcceptLanguage"));
    using Kind = Access::Kind;
    const bool by_users = row.access.kind == Kind::user || row.access.kind == Kind::customer ||
                          row.access.kind == Kind::traveler || row.access.kind == Kind::person;
    if (by_users && !row.needs_step_up) out.push_back(reference("parameters/OnBehalfOf"));
    return out;
  }

  Json query_parameter(const schema::Field& field) {
    const schema::Kind kind = field.type().kind;
    Json out{{"name", field.name},
             {"in", "query"},
             {"required", kind != schema::Kind::optional && kind != schema::Kind::list}};
    if (kind == schema::Kind::list) {
      out["style"] = "form";
      out["explode"] = false;
    }
    out["schema"] = schemas_.schema(field.type(), field.rules);
    return out;
  }

  Json body(const Route& row) {
    Json content;
    if (row.takes_bytes) {
      for (const char* type : {"image/png", "image/jpeg", "image/webp", "application/octet-stream"})
        content[type] = {{"schema", of_type("string")}};
      content["multipart/form-data"]["schema"] = {{"type", "object"}, {"properties", {{"file", of_type("string")}}}};
      if (row.takes_upload_id)
        content["application/json"]["schema"] = {{"type", "object"},
                                                 {"properties", {{"uploadId", of_type("string")}}},
                                                 {"required", Json::array({"uploadId"})}};
      else  // papers are taken where they are uploaded for their purpose
        content["application/pdf"] = {{"schema", of_type("string")}};
    } else if (row.body_type && std::ranges::any_of(row.body_type->fields, [](const auto& f) { return !f.internal; }))
      content["application/json"] = {{"schema", schemas_.schema(*row.body_type)},
                                     {"example", Schemas::example(*row.body_type, {}, {})}};
    if (content.is_null()) return content;
    return {{"required", true}, {"content", std::move(content)}};
  }

  Json responses(const Route& row) {
    Json out;
    for (const int status : {row.status, row.other_status})
      if (status != 0) out[std::to_string(status)] = success(row, status);
    if (row.method == Method::get && has_etag(row))
      out["304"] = {{"description", "Not changed since the ETag in If-None-Match"}};
    for (const char* failures : {"4XX", "5XX"}) out[failures] = reference("responses/Problem");
    return out;
  }

  Json success(const Route& row, int status) {
    Json out{{"description", status == 201   ? "Made"
                             : status == 202 ? "Accepted: it goes on"
                             : status == 204 ? "Done"
                                             : "Answered"}};
    if (status == 204) return out;
    if (has_etag(row)) out["headers"] = {{"ETag", reference("headers/ETag")}};
    const std::string media(row.media_type.empty() ? "application/json" : row.media_type);
    out["content"][media]["schema"] = answer(row);
    for (const std::string_view other : row.other_media_types)
      out["content"][std::string(other)]["schema"] = of_type("string");
    return out;
  }

  Json answer(const Route& row) {
    if (!row.answer_type) return Json::object();
    if (!row.is_list) return schemas_.schema(*row.answer_type);
    return {{"type", "object"},
            {"required", {"items", "nextCursor"}},
            {"properties",
             {{"items", {{"type", "array"}, {"items", schemas_.schema(*row.answer_type)}}},
              {"nextCursor", {{"type", {"string", "null"}}}}}}};
  }

  Json components() {
    Json schemas = schemas_.components();
    schemas["Problem"] = problem();
    return {
        {"securitySchemes",
         {{"bearer",
           {{"type", "http"},
            {"scheme", "bearer"},
            {"bearerFormat", "JWT"},
            {"description", "The access token of POST /auth/login. It may do all that its user may."}}},
          {"apiKey",
           {{"type", "apiKey"},
            {"in", "header"},
            {"name", "X-Api-Key"},
            {"description", "A user's key (POST /auth/api-keys) or a service's. It may do what its scopes say."}}}}},
        {"parameters",
         {{"AcceptLanguage",
           header_parameter("Accept-Language",
                            "Places are named in English or German, whichever is wanted more; where neither is, in the "
                            "language of the account's preferences, else in English.")},
          {"IdempotencyKey", header_parameter("Idempotency-Key", "The same key and body give the first answer again.")},
          {"IdempotencyKeyOnce",
           header_parameter("Idempotency-Key",
                            "The answer holds a secret, which is kept nowhere: the same key again is refused with 409 "
                            "secret_shown_once, and nothing more is made.")},
          {"IfNoneMatch", header_parameter("If-None-Match", "The ETag that is known: 304 where it is still that.")},
          {"OnBehalfOf", header_parameter("Caravan-On-Behalf-Of",
                                          "Of services with the scope act:users: the user for whom they act.")},
          {"IfMatch",
           header_parameter("If-Match", "The ETag that the change is based on; 412 where it is another by now.")}}},
        {"headers",
         {{"ETag", {{"description", "The version, for If-Match and If-None-Match."}, {"schema", of_type("string")}}}}},
        {"responses",
         {{"Problem",
           {{"description", "Why not"},
            {"content", {{"application/problem+json", {{"schema", reference("schemas/Problem")}}}}}}}}},
        {"schemas", std::move(schemas)}};
  }

  const std::vector<Route>& rows_;
  Schemas schemas_;
};

}  // namespace

std::string operation_id(const Route& row) {
  std::string id(to_text(row.method));
  std::ranges::transform(id, id.begin(), [](char c) { return static_cast<char>(c + 32); });
  std::string_view path = row.path;
  while (!path.empty()) {
    const std::string_view segment = path.substr(1, path.find('/', 1) - 1);
    path.remove_prefix(segment.size() + 1);
    id += segment.starts_with(':') ? "By" + pascal_case(segment.substr(1)) : pascal_case(segment);
  }
  return id;
}

std::string openapi_json(const std::vector<Route>& rows) { return Document(rows).write(); }

}  // namespace caravan::http
