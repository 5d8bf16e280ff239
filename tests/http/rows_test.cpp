#include <nlohmann/json.hpp>
#include <set>

#include "http/documents/openapi.hpp"
#include "http/routes/all.hpp"
#include "tests/http/edge.hpp"

namespace rows_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

/// Walks every row of every domain: what all of them owe to a client, whatever they do.
namespace {

const UserId ann = test_id<UserId>(1);

std::vector<Route> every_row() {
  static testkit::MemoryDoor door;
  static testkit::SeededRandom random;
  static Services services{.door = door, .random = random};
  return all_routes(services);
}

/// The row's path with ids in place of its parameters.
std::string concrete_path(const Route& row) {
  std::string path(row.at_root ? "" : base_path);
  std::string_view rest = row.path;
  while (!rest.empty()) {
    const std::string_view segment = rest.substr(1, rest.find('/', 1) - 1);
    rest.remove_prefix(segment.size() + 1);
    path += '/' + (segment.starts_with(':') ? test_id<TripId>(7).text() : std::string(segment));
  }
  return path;
}

std::string name_of(const Route& row) { return std::string(to_text(row.method)) + ' ' + std::string(row.path); }

httplib::Result send(httplib::Client& client, const Route& row, const std::string& path,
                     const httplib::Headers& headers, const std::string& body = {}) {
  httplib::Request request;
  request.method = to_text(row.method);
  request.path = path;
  request.headers = headers;
  request.body = body;
  if (!body.empty()) request.set_header("Content-Type", "application/json");
  return client.send(request);
}

/// Lists that are read from the read models. All others have nothing to wait for.
const std::set<std::string_view> from_read_models{
    "/admin/activity-log",
    "/admin/deliveries",
    "/admin/disputes",
    "/admin/finance/alerts",
    "/admin/security/alerts",
    "/admin/trips",
    "/admin/users",
    "/deliveries",
    "/delivery-requests",
    "/delivery-requests/search",
    "/offers",
    "/payments/intents",
    "/trips",
    "/trips/search",
};

/// Headers of somebody whom the row lets in.
httplib::Headers let_in(Edge& edge, const Access& access) {
  if (access.kind == Access::Kind::service || access.kind == Access::Kind::operators) return edge.as_service();
  const auto permission = access.kind == Access::Kind::admin ? static_cast<std::uint32_t>(access.permission) : 0;
  return edge.as(ann, "both", permission);
}

}  // namespace

TEST_CASE("rows: an administrator's acts need a step-up, but those that take nothing from anybody") {
  // They look after nodes, have something tried again, or sign somebody out who may be robbed.
  const std::set<std::string> free{
      "POST /admin/cluster/nodes/:nodeId/drain", "POST /admin/cluster/shards/:shardId/move",
      "POST /admin/dead-letters/:letterId/retry", "POST /admin/users/:userId/sessions/revoke"};
  // Rows of the parties that an administrator may call for them: the entity knows who is a party.
  const std::set<std::string> for_others{"POST /deliveries/:deliveryId/cancel",
                                         "POST /delivery-requests/:requestId/cancel", "POST /trips/:tripId/cancel"};
  std::size_t seen = 0;
  for (const Route& row : every_row()) {
    if (row.method == Method::get) continue;
    const std::string name = name_of(row);
    if (row.access.kind == Access::Kind::admin) CHECK_MESSAGE(row.needs_step_up != free.contains(name), name);
    if (free.contains(name)) CHECK_MESSAGE(row.access.kind == Access::Kind::admin, name);
    if (for_others.contains(name)) CHECK_MESSAGE(!row.asks_step_up.empty(), name);
    seen += free.contains(name) + for_others.contains(name);
  }
  CHECK(seen == free.size() + for_others.size());
}

TEST_CASE("rows: the contract says of each write what an Idempotency-Key does there") {
  // What only calculates; what redeems a token or a code, which happens once by itself; what answers tokens.
  const std::set<std::string> takes_none{"POST /auth/2fa/disable",
                                         "POST /auth/2fa/enable",
                                         "POST /auth/2fa/removal/stop",
                                         "POST /auth/2fa/setup",
                                         "POST /auth/email/change",
                                         "POST /auth/email/verify",
                                         "POST /auth/login",
                                         "POST /auth/login/2fa",
                                         "POST /auth/logout",
                                         "POST /auth/logout-all",
                                         "POST /auth/password/change",
                                         "POST /auth/password/forgot",
                                         "POST /auth/password/reset",
                                         "POST /auth/phone/send-code",
                                         "POST /auth/phone/verify",
                                         "POST /auth/refresh",
                                         "POST /auth/step-up",
                                         "POST /auth/undo",
                                         "POST /auth/validate",
                                         "POST /auth/verify-email",
                                         "POST /auth/verify-email/reject",
                                         "POST /auth/verify-email/resend",
                                         "POST /location/geocode",
                                         "POST /location/reverse-geocode",
                                         "POST /location/routes/matrix",
                                         "POST /location/routes/optimize",
                                         "POST /notifications/unsubscribe",
                                         "POST /payments/calculate-price",
                                         "POST /sandbox/clock/advance"};
  const std::set<std::string> shown_once{"POST /admin/services", "POST /admin/services/:serviceId/keys",
                                         "POST /auth/2fa/recovery-codes", "POST /auth/api-keys",
                                         "POST /deliveries/:deliveryId/share"};
  const auto rows = every_row();
  std::map<std::string, nlohmann::json> operations;
  const auto contract = nlohmann::json::parse(openapi_json(rows));
  for (const auto& path : contract["paths"])
    for (const auto& operation : path) operations[operation["operationId"]] = operation;
  for (const Route& row : rows) {
    if (row.method == Method::get || row.at_root || row.is_page) continue;
    const nlohmann::json& operation = operations[operation_id(row)];
    const std::string text = operation["description"];
    const bool names_key = operation.dump().find("parameters/IdempotencyKey") != std::string::npos;
    const bool none = takes_none.contains(name_of(row)), once = shown_once.contains(name_of(row));
    CHECK_MESSAGE(row.keyless == none, name_of(row));
    CHECK_MESSAGE(row.shown_once == once, name_of(row));
    CHECK_MESSAGE(names_key == !none, name_of(row));
    CHECK_MESSAGE((text.find("Takes no Idempotency-Key") != std::string::npos) == none, name_of(row));
    CHECK_MESSAGE((text.find("secret_shown_once") != std::string::npos) == once, name_of(row));
    // The header's own text promises no repeat where there is none.
    const bool promises = operation.dump().find("parameters/IdempotencyKey\"") != std::string::npos;
    CHECK_MESSAGE(promises == (!none && !once), name_of(row));
  }
}

TEST_CASE("rows: only a list from the read models waits for them") {
  for (const Route& row : every_row()) {
    if (!row.is_list) continue;
    CAPTURE(name_of(row));
    CHECK(row.is_own_list != from_read_models.contains(row.path));
  }
}

TEST_CASE("rows: each has a summary, an own operation id and something to do") {
  std::set<std::string> ids;
  for (const Route& row : every_row()) {
    CAPTURE(name_of(row));
    CHECK_FALSE(row.summary.empty());
    CHECK(ids.insert(operation_id(row)).second);
    CHECK((row.handler || row.command_type || row.view_type));
    CHECK(row.scope.has_value() == (row.access.kind != Access::Kind::anyone));
    CHECK((row.status == 204 || row.answer_type || row.handler));
    // The edge reads no body of a DELETE, so the contract must not promise one.
    const auto is_shown = [](const schema::Field& field) { return !field.internal; };
    if (row.method == Method::del && row.body_type) CHECK(std::ranges::none_of(row.body_type->fields, is_shown));
  }
}

TEST_CASE("rows: who is not signed in gets 401") {
  Edge edge(every_row());
  auto client = edge.client();
  client.set_keep_alive(true);
  for (const Route& row : edge.router.rows()) {
    if (row.access.kind == Access::Kind::anyone) continue;
    CAPTURE(name_of(row));
    const auto answer = send(client, row, concrete_path(row), {});
    REQUIRE(answer);
    CHECK(answer->status == 401);
    CHECK(field_of(answer->body, "code") == "unauthenticated");
  }
}

TEST_CASE("rows: the wrong kind of caller gets 403") {
  Edge edge(every_row());
  auto client = edge.client();
  client.set_keep_alive(true);
  for (const Route& row : edge.router.rows()) {
    using Kind = Access::Kind;
    if (row.access.kind == Kind::anyone || row.access.kind == Kind::user) continue;
    CAPTURE(name_of(row));
    const bool customers = row.access.kind == Kind::customer, people = row.access.kind == Kind::person;
    if (people && row.is_list) continue;  // services read the market's
    const auto wrong = people ? edge.as_service() : edge.as(ann, customers ? "traveler" : "customer");
    const auto answer = send(client, row, concrete_path(row), wrong);
    REQUIRE(answer);
    CHECK(answer->status == 403);
  }
}

TEST_CASE("rows: of their own and as a party people do what their user type no longer says") {
  Edge edge(every_row());
  auto client = edge.client();
  client.set_keep_alive(true);
  std::size_t seen = 0;
  for (const Route& row : edge.router.rows()) {
    if (row.access.kind != Access::Kind::person) continue;
    CAPTURE(name_of(row));
    ++seen;
    for (const char* type : {"customer", "traveler"}) {
      const auto answer = send(client, row, concrete_path(row), edge.as(ann, type));
      REQUIRE(answer);
      CHECK(field_of(answer->body, "code") != "wrong_user_type");
    }
  }
  CHECK(seen >= 15);
}

TEST_CASE("rows: no path has a second spelling that a proxy would not know") {
  Edge edge(every_row());
  for (const Route& row : edge.router.rows()) {
    const std::string path = concrete_path(row);
    CAPTURE(path);
    CHECK(edge.router.find(to_text(row.method), path).route == &row);
    if (path == "/") continue;
    std::vector<std::string> others{path + '/', path + "//", '/' + path, path + "/.", "/." + path, path + "/x/.."};
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
      others.push_back(path.substr(0, slash) + '/' + path.substr(slash));
    for (const std::string& other : others) {
      CAPTURE(other);
      CHECK(edge.router.find(to_text(row.method), other).route != &row);
    }
  }
  auto client = edge.client();
  for (const char* path :
       {"/metrics/", "//metrics", "/health/", "//health", "/docs/", "/api/v1//trips", "/api/v1/trips/"})
    CHECK_MESSAGE(client.Get(path, edge.as_service())->status == 404, path);
}

TEST_CASE("rows: an unknown field or parameter gets 400 and is named") {
  Edge edge(every_row());
  auto client = edge.client();
  client.set_keep_alive(true);
  for (const Route& row : edge.router.rows()) {
    CAPTURE(name_of(row));
    const auto headers = let_in(edge, row.access);
    const bool body = row.body_type && row.method != Method::del;
    if (body) {
      const auto answer = send(client, row, concrete_path(row), headers, R"({"noSuchField":1})");
      REQUIRE(answer);
      CHECK(answer->status == 400);
      CHECK(answer->body.find(R"("field":"noSuchField","code":"unknown_field")") != std::string::npos);
      CHECK(send(client, row, concrete_path(row), headers, "{\"a\":")->status == 400);
      CHECK(send(client, row, concrete_path(row), headers, "[]")->status == 400);
    }
    if (row.at_root) continue;
    const auto answer = send(client, row, concrete_path(row) + "?noSuchParameter=1", headers);
    REQUIRE(answer);
    CHECK(answer->status == 400);
    CHECK(answer->body.find("noSuchParameter") != std::string::npos);
  }
}

}  // namespace rows_test
