#include <doctest/doctest.h>

#include <set>

#include "actors/claim/entity.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/idempotency.hpp"
#include "http/routes/auth/auth.hpp"
#include "tests/http/edge.hpp"

/// Whose an Idempotency-Key is, what it belongs to, when it ends, and that every repeat says so.
namespace idempotency_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::MemoryDoor;
using testkit::second_service_key;
using testkit::SeededRandom;
using testkit::test_id;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const std::string thing = "/api/v1/things/" + test_id<TripId>(7).text();
const std::string other_thing = "/api/v1/things/" + test_id<TripId>(8).text();

std::string take_body(const std::string& fingerprint, UserId owner = ann) {
  return R"({"owner":")" + owner.text() + R"(","fingerprint":")" + fingerprint + "\"}";
}

std::vector<Route> rows() {
  const Target by_id = by_path(EntityKind::claim);
  return {
      put("/things/:thingId", user, "Take it").command<TakeClaim>(by_id).answers<ClaimHolder>(),
      post("/things/:thingId/release", user, "Give it back").command<ReleaseClaim>(by_id).answers_nothing(),
      post("/things", user, "Take a new one")
          .command<TakeClaim>(created(EntityKind::claim))
          .then<ViewClaim>()
          .answers<ClaimHolder>(201),
      post("/gifts", user, "Take a new one")
          .command<TakeClaim>(created(EntityKind::claim))
          .then<ViewClaim>()
          .answers<ClaimHolder>(201),
      post("/open-things", anyone, "For all")
          .command<TakeClaim>(created(EntityKind::claim))
          .then<ViewClaim>()
          .answers<ClaimHolder>(201),
      put("/open-things/:thingId", anyone, "For all").command<TakeClaim>(by_id).answers<ClaimHolder>(),
      put("/judged/:thingId", user, "Takes, then says no of its own")
          .body<TakeClaim>()
          .handle([](Call& call) -> Response {
            call.ask({EntityKind::claim, call.path_uuid("thingId")}, call.body<TakeClaim>());
            throw Problem{"qr_invalid"};
          }),
      put("/pictured/:thingId", user, "Takes, then answers bytes").body<TakeClaim>().handle([](Call& call) {
        call.ask({EntityKind::claim, call.path_uuid("thingId")}, call.body<TakeClaim>());
        return call.bytes("text/plain", "bytes");
      }),
      put("/listed/:thingId", user, "Takes, then lists").body<TakeClaim>().handle([](Call& call) {
        call.ask({EntityKind::claim, call.path_uuid("thingId")}, call.body<TakeClaim>());
        return call.list(std::vector<ClaimHolder>(1));
      }),
  };
}

httplib::Headers keyed(httplib::Headers headers, const std::string& key = "1") {
  headers.emplace("Idempotency-Key", key);
  return headers;
}

bool is_replay(const httplib::Result& answer) { return answer->get_header_value("Idempotent-Replayed") == "true"; }

std::size_t entities_asked(Edge& edge) {
  std::set<Address> all;
  for (const Ask& ask : edge.door.asked)
    if (ask.command.get_if<TakeClaim>() && !ask.command.get_if<TakeClaim>()->lapses) all.insert(ask.to);
  return all.size();
}

}  // namespace

TEST_CASE("idempotency: the keys of two programs, and of their owner's session, never meet") {
  Identity session;
  session.caller = {.kind = Caller::Kind::user, .user = ann};
  Identity one = session, other = session;
  one.api_key = "11";
  other.api_key = "22";
  const std::set<std::string> keys{scoped_key(session, "k", "h"), scoped_key(one, "k", "h"),
                                   scoped_key(other, "k", "h")};
  CHECK(keys.size() == 3);
}

TEST_CASE("idempotency: strangers never meet in a key, and a stranger's own repeat is answered again") {
  Edge edge(rows());
  auto client = edge.client();
  const auto post = [&](const std::string& text) {
    return client.Post("/api/v1/open-things", keyed({}), take_body(text), "application/json");
  };
  const auto first = post("of one"), second = post("of another");
  REQUIRE(first);
  CHECK(first->status == 201);
  CHECK(second->status == 201);
  CHECK_FALSE(is_replay(second));
  CHECK(entities_asked(edge) == 2);
  const auto again = post("of one");
  CHECK(again->status == 201);
  CHECK(is_replay(again));
  CHECK(again->body == first->body);
  CHECK(entities_asked(edge) == 2);
  // The same of one entity: neither is told that the other's key was used.
  const std::string path = "/api/v1/open-" + thing.substr(8);
  CHECK(client.Put(path, keyed({}), take_body("a"), "application/json")->status == 200);
  CHECK(client.Put(path, keyed({}), take_body("b"), "application/json")->status == 200);
  CHECK(is_replay(client.Put(path, keyed({}), take_body("a"), "application/json")));
}

TEST_CASE("idempotency: two people register with the same key") {
  Edge edge([] {
    MemoryDoor door;
    SeededRandom random;
    Services services{.door = door, .random = random};
    return auth_routes(services);
  }());
  PasswordHasher passwords({.cost = {.operations = 1, .memory_bytes = 8U << 10}});
  edge.services.passwords = &passwords;
  auto client = edge.client();
  const auto register_as = [&](const std::string& name) {
    return client.Post("/api/v1/auth/register", keyed({}),
                       R"({"email":")" + name + R"(@example.com","password":"a long enough one","firstName":")" + name +
                           R"(","lastName":"X","userType":"both"})",
                       "application/json");
  };
  const auto ann_first = register_as("ann");
  REQUIRE(ann_first);
  CHECK(ann_first->status == 201);
  const auto bob_first = register_as("bob");
  CHECK(bob_first->status == 201);
  CHECK(field_of(bob_first->body, "email") == "bob@example.com");
  CHECK_FALSE(is_replay(bob_first));
  const auto ann_again = register_as("ann");
  CHECK(ann_again->status == 201);
  CHECK(is_replay(ann_again));
  CHECK(ann_again->body == ann_first->body);
}

TEST_CASE("idempotency: the keys of services and users never meet") {
  Edge edge(rows());
  auto client = edge.client();
  const std::vector<httplib::Headers> callers{
      edge.as(ann), edge.as(bob), edge.as_service(), {{"X-Api-Key", second_service_key}}};
  for (const auto& caller : callers) {
    const auto answer = client.Post("/api/v1/things", keyed(caller), take_body("x"), "application/json");
    REQUIRE(answer);
    CHECK(answer->status == 201);
    CHECK_FALSE(is_replay(answer));
  }
  CHECK(entities_asked(edge) == callers.size());
  for (const auto& caller : callers)
    CHECK(is_replay(client.Post("/api/v1/things", keyed(caller), take_body("x"), "application/json")));
  CHECK(entities_asked(edge) == callers.size());
}

TEST_CASE("idempotency: a caller's key belongs to one request, whatever the row, the entity and the method") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const auto code = [](const httplib::Result& answer) {
    return answer->status == 422 ? field_of(answer->body, "code") : "";
  };
  const auto put = [&](const std::string& path, const std::string& key, const std::string& text) {
    return client.Put(path, keyed(headers, key), take_body(text), "application/json");
  };
  const auto post = [&](const std::string& path, const std::string& key) {
    return client.Post(path, keyed(headers, key), take_body("x"), "application/json");
  };
  CHECK(put(thing, "changes", "x")->status == 200);
  CHECK(is_replay(put(thing, "changes", "x")));
  CHECK(code(put(thing, "changes", "y")) == "idempotency_key_reused");
  CHECK(code(put(other_thing, "changes", "x")) == "idempotency_key_reused");
  CHECK(code(client.Post(thing + "/release", keyed(headers, "changes"), R"({"owner":")" + ann.text() + "\"}",
                         "application/json")) == "idempotency_key_reused");
  CHECK(code(post("/api/v1/things", "changes")) == "idempotency_key_reused");
  CHECK(post("/api/v1/things", "creates")->status == 201);
  CHECK(code(post("/api/v1/gifts", "creates")) == "idempotency_key_reused");
  CHECK(code(put(thing, "creates", "x")) == "idempotency_key_reused");
  CHECK(is_replay(post("/api/v1/things", "creates")));
}

TEST_CASE("idempotency: a key ends after its time") {
  RouteSettings settings = Edge::quiet();
  settings.key_life = std::chrono::days{3};
  Edge edge(rows(), settings);
  auto client = edge.client();
  const auto headers = keyed(edge.as(ann));
  const auto post = [&](const std::string& text) {
    return client.Post("/api/v1/things", headers, take_body(text), "application/json");
  };
  CHECK(post("x")->status == 201);
  edge.door.advance(std::chrono::days{3} - std::chrono::seconds{1});
  CHECK(is_replay(post("x")));
  CHECK(post("y")->status == 422);
  edge.door.advance(std::chrono::seconds{1});
  const auto fresh = post("y");
  CHECK(fresh->status == 201);
  CHECK_FALSE(is_replay(fresh));
}

TEST_CASE("idempotency: a replay is marked whatever the handler makes of it") {
  Edge edge(rows());
  auto client = edge.client();
  for (const std::string path : {"/api/v1/judged/", "/api/v1/pictured/", "/api/v1/listed/"}) {
    CAPTURE(path);
    const auto put = [&] {
      return client.Put(path + test_id<TripId>(9).text(), keyed(edge.as(ann), path), take_body("x"),
                        "application/json");
    };
    const auto first = put(), again = put();
    REQUIRE(first);
    CHECK(first->status == again->status);
    CHECK_FALSE(first->has_header("Idempotent-Replayed"));
    CHECK(again->get_header_value_count("Idempotent-Replayed") == 1);
    CHECK(is_replay(again));
  }
  // A refusal, and nothing at all.
  REQUIRE(client.Put(thing, edge.as(ann), take_body("x"), "application/json")->status == 200);
  const auto refused = [&] {
    return client.Post(thing + "/release", keyed(edge.as(bob), "refused"), R"({"owner":")" + bob.text() + "\"}",
                       "application/json");
  };
  CHECK(refused()->status == 403);
  CHECK(refused()->status == 403);
  CHECK(is_replay(refused()));
}

}  // namespace idempotency_test
