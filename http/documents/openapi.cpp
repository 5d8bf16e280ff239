#include "http/documents/openapi.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "http/documents/schemas.hpp"
#include "http/json/format.hpp"
#include "http/server/router.hpp"

namespace caravan::http {

namespace {

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

std::string access_text(const Access& access) {
  switch (access.kind) {
    case Access::Kind::anyone:
      return "Open to all.";
    case Access::Kind::user:
      return "For whoever is signed in; the thing itself decides whether it is theirs to see or change.";
    case Access::Kind::customer:
      return "For customers.";
    case Access::Kind::traveler:
      return "For travelers.";
    case Access::Kind::service:
      return "For services, with their key.";
    case Access::Kind::admin:
      break;
  }
  for (const auto& [permission, name] : permission_names)
    if (permission == access.permission) return "For administrators with the permission " + std::string(name) + ".";
  return "For administrators.";
}

/// What a tag's part of the platform is about; a part without a row here shows its name alone.
std::string_view tag_description(std::string_view tag) {
  static constexpr std::pair<std::string_view, std::string_view> rows[] = {
      {"admin", "Operators: users, deliveries, disputes, finance, security."},
      {"auth", "Accounts, sign-in, sessions, second factor."},
      {"deliveries", "A parcel under way: status, messages, timeline, proof."},
      {"delivery-requests", "What must travel, and the offers to carry it."},
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

class Document {
 public:
  explicit Document(const std::vector<Route>& rows) : rows_(rows) {}

  std::string write() {
    std::map<std::string, std::vector<const Route*>> paths;
    for (const Route& row : rows_)
      if (!row.is_page) paths[openapi_path(row)].push_back(&row);
    out_.object("", [&] {
      out_.text("openapi", "3.1.0");
      write_info();
      out_.object("paths", [&] {
        for (auto& [path, rows] : paths) {
          std::ranges::sort(rows, {}, &Route::method);
          out_.object(path, [&, &of = rows] {
            for (const Route* row : of) write_operation(*row);
          });
        }
      });
      write_components();
    });
    return out_.take();
  }

 private:
  void write_info() {
    out_.object("info", [&] {
      out_.text("title", "Caravan");
      out_.text("version", contract_version);
      out_.text("summary", "Peer-to-peer delivery: trips, requests, offers, escrow, tracking.");
      out_.text("description",
                "Money is an integer in minor units beside its currency; prices are decimals in major units. Times are "
                "RFC 3339 in UTC, ids are UUIDs. Every write takes an Idempotency-Key. Errors are "
                "application/problem+json. Texts are UTF-8, and their lengths are code points; a text of at least one "
                "shows something. Refused as invalid_value are control characters (but for line breaks and tabs, where "
                "a text may have lines), U+200B, U+2060 to U+206F, U+FEFF and other invisible characters, embeddings, "
                "overrides and isolates of the direction of writing (U+202A to U+202E), tag characters but in flags, "
                "and noncharacters. The joiners U+200C and U+200D stand between letters or emoji, or after a virama; a "
                "variation selector follows what it varies. Passwords may hold all of these but controls.");
      out_.object("license", [&] {
        out_.text("name", "MIT License");
        out_.text("identifier", "MIT");
      });
    });
    out_.list("servers", [&] { out_.object("", [&] { out_.text("url", "/"); }); });
    std::set<std::string> tags;
    for (const Route& row : rows_) tags.insert(tag_of(row));
    out_.list("tags", [&] {
      for (const std::string& tag : tags)
        out_.object("", [&] {
          out_.text("name", tag);
          out_.text("description", tag_description(tag));
        });
    });
  }

  void write_operation(const Route& row) {
    std::string method(to_text(row.method));
    std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c + 32); });
    out_.object(method, [&] {
      out_.text("operationId", operation_id(row));
      out_.text("summary", row.summary);
      out_.text("description", access_text(row.access));
      out_.list("tags", [&] { out_.text("", tag_of(row)); });
      write_security(row);
      write_parameters(row);
      write_body(row);
      write_responses(row);
    });
  }

  void write_security(const Route& row) {
    out_.list("security", [&] {
      using Kind = Access::Kind;
      const auto scheme = [&](std::string_view name) { out_.object("", [&] { out_.list(name, [] {}); }); };
      if (row.access.kind == Kind::anyone) return;
      if (row.access.kind != Kind::service) scheme("bearer");
      if (row.access.kind == Kind::service || row.access.kind == Kind::user) scheme("apiKey");
    });
  }

  /// Answers that carry a version, of rows that do not say so by a list or a handler of their own.
  static bool has_etag(const Route& row) { return row.answer_type && !row.is_list && (!row.handler || row.view_type); }

  void write_parameters(const Route& row) {
    const auto names = path_parameters(row.path);
    const bool conditional = row.method == Method::get && has_etag(row);
    const bool write = row.method != Method::get && !row.keyless && !row.at_root;
    const auto query = query_parameters(row);
    if (names.empty() && query.empty() && !write && !conditional) return;
    out_.list("parameters", [&] {
      for (std::string_view name : names) write_path_parameter(name);
      for (const schema::Field* field : query) write_query_parameter(*field);
      if (conditional) out_.object("", [&] { out_.text("$ref", "#/components/parameters/IfNoneMatch"); });
      if (write) out_.object("", [&] { out_.text("$ref", "#/components/parameters/IdempotencyKey"); });
      if (row.method == Method::put || row.method == Method::patch)
        out_.object("", [&] { out_.text("$ref", "#/components/parameters/IfMatch"); });
    });
  }

  void write_path_parameter(std::string_view name) {
    out_.object("", [&] {
      out_.text("name", name);
      out_.text("in", "path");
      out_.boolean("required", true);
      out_.object("schema", [&] {
        out_.text("type", "string");
        if (name.ends_with("Id") && name != "templateId" && name != "shardId") out_.text("format", "uuid");
      });
    });
  }

  void write_query_parameter(const schema::Field& field) {
    out_.object("", [&] {
      out_.text("name", field.name);
      out_.text("in", "query");
      out_.boolean("required", field.type().kind != schema::Kind::optional && field.type().kind != schema::Kind::list);
      if (field.type().kind == schema::Kind::list) {
        out_.text("style", "form");
        out_.boolean("explode", false);
      }
      out_.object("schema", [&] { schemas_.write(out_, field.type(), field.rules); });
    });
  }

  void write_body(const Route& row) {
    if (row.takes_bytes) {
      out_.object("requestBody", [&] {
        out_.boolean("required", true);
        out_.object("content", [&] {
          for (std::string_view type : {"image/png", "image/jpeg", "application/octet-stream"})
            out_.object(type, [&] { out_.object("schema", [&] { out_.text("type", "string"); }); });
        });
      });
      return;
    }
    const auto shown = [](const schema::Field& field) { return !field.internal; };
    if (!row.body_type || std::ranges::none_of(row.body_type->fields, shown)) return;
    out_.object("requestBody", [&] {
      out_.boolean("required", true);
      out_.object("content", [&] {
        out_.object("application/json", [&] {
          out_.object("schema", [&] { schemas_.write(out_, *row.body_type); });
          out_.raw("example", Schemas::example(*row.body_type, {}, {}));
        });
      });
    });
  }

  void write_responses(const Route& row) {
    out_.object("responses", [&] {
      write_success(row, row.status);
      if (row.other_status) write_success(row, row.other_status);
      if (row.method == Method::get && has_etag(row))
        out_.object("304", [&] { out_.text("description", "Not changed since the ETag in If-None-Match"); });
      out_.object("4XX", [&] { out_.text("$ref", "#/components/responses/Problem"); });
      out_.object("5XX", [&] { out_.text("$ref", "#/components/responses/Problem"); });
    });
  }

  void write_success(const Route& row, int status) {
    out_.object(std::to_string(status), [&] {
      out_.text("description", status == 201   ? "Made"
                               : status == 202 ? "Accepted: it goes on"
                               : status == 204 ? "Done"
                                               : "Answered");
      if (status == 204) return;
      if (has_etag(row))
        out_.object("headers", [&] { out_.object("ETag", [&] { out_.text("$ref", "#/components/headers/ETag"); }); });
      out_.object("content", [&] { write_content(row); });
    });
  }

  void write_content(const Route& row) {
    const std::string_view media = row.media_type.empty() ? "application/json" : row.media_type;
    out_.object(media, [&] {
      out_.object("schema", [&] {
        if (!row.answer_type) return;
        if (!row.is_list) return schemas_.write(out_, *row.answer_type);
        out_.text("type", "object");
        out_.list("required", [&] {
          out_.text("", "items");
          out_.text("", "nextCursor");
        });
        out_.object("properties", [&] {
          out_.object("items", [&] {
            out_.text("type", "array");
            out_.object("items", [&] { schemas_.write(out_, *row.answer_type); });
          });
          out_.object("nextCursor", [&] {
            out_.list("type", [&] {
              out_.text("", "string");
              out_.text("", "null");
            });
          });
        });
      });
    });
  }

  void write_components() {
    out_.object("components", [&] {
      out_.object("securitySchemes", [&] {
        out_.object("bearer", [&] {
          out_.text("type", "http");
          out_.text("scheme", "bearer");
          out_.text("bearerFormat", "JWT");
        });
        out_.object("apiKey", [&] {
          out_.text("type", "apiKey");
          out_.text("in", "header");
          out_.text("name", "X-Api-Key");
        });
      });
      write_shared_parameters();
      out_.object("headers", [&] {
        out_.object("ETag", [&] {
          out_.text("description", "The version, for If-Match and If-None-Match.");
          out_.object("schema", [&] { out_.text("type", "string"); });
        });
      });
      out_.object("responses", [&] {
        out_.object("Problem", [&] {
          out_.text("description", "Why not");
          out_.object("content", [&] {
            out_.object("application/problem+json",
                        [&] { out_.object("schema", [&] { out_.text("$ref", "#/components/schemas/Problem"); }); });
          });
        });
      });
      out_.object("schemas", [&] {
        schemas_.write_components(out_);
        write_problem();
      });
    });
  }

  void write_shared_parameters() {
    const auto header = [&](std::string_view key, std::string_view name, std::string_view what) {
      out_.object(key, [&] {
        out_.text("name", name);
        out_.text("in", "header");
        out_.boolean("required", false);
        out_.text("description", what);
        out_.object("schema", [&] {
          out_.text("type", "string");
          out_.number("maxLength", 255);
        });
      });
    };
    out_.object("parameters", [&] {
      header("IdempotencyKey", "Idempotency-Key", "The same key and body give the first answer again.");
      header("IfNoneMatch", "If-None-Match", "The ETag that is known: 304 where it is still that.");
      header("IfMatch", "If-Match", "The ETag that the change is based on; 412 where it is another by now.");
    });
  }

  void write_problem() {
    const auto texts = [&](std::initializer_list<std::string_view> names) {
      for (std::string_view name : names) out_.object(name, [&] { out_.text("type", "string"); });
    };
    out_.object("Problem", [&] {
      out_.text("type", "object");
      out_.list("required", [&] {
        for (std::string_view name : {"type", "title", "status", "detail", "code", "traceId"}) out_.text("", name);
      });
      out_.object("properties", [&] {
        texts({"type", "title", "detail", "traceId"});
        out_.object("status", [&] { out_.text("type", "integer"); });
        out_.object("code", [&] {
          out_.text("type", "string");
          out_.list("enum", [&] {
            for (const ProblemKind& kind : all_problems()) out_.text("", kind.code);
          });
        });
        out_.object("errors", [&] {
          out_.text("type", "array");
          out_.object("items", [&] {
            out_.text("type", "object");
            out_.object("properties", [&] { texts({"field", "code", "detail"}); });
          });
        });
      });
    });
  }

  const std::vector<Route>& rows_;
  JsonWriter out_;
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
