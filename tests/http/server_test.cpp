#include "actors/claim/entity.hpp"
#include "runtime/spans.hpp"
#include "tests/http/edge.hpp"
#include "tests/process/raw_connection.hpp"

namespace server_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;
using testkit::test_id;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const std::string some_id = test_id<TripId>(7).text();

/// A small domain of one entity, with a row of each kind.
std::vector<Route> rows() {
  return {
      get("/things/:thingId", user, "One").view<ViewClaim>(by_path(EntityKind::claim)).answers<ClaimHolder>(),
      post("/things", user, "Take a new one")
          .command<TakeClaim>(created(EntityKind::claim))
          .then<ViewClaim>()
          .answers<ClaimHolder>(201),
      put("/things/:thingId", user, "Take it").command<TakeClaim>(by_path(EntityKind::claim)).answers<ClaimHolder>(),
      del("/things/:thingId", customer, "Give it back")
          .command<ReleaseClaim>(by_path(EntityKind::claim))
          .answers_nothing(),
      get("/things", user, "All").query<PageQuery>().lists<ClaimHolder>().handle([](Call& call) {
        const auto limit = call.query<PageQuery>().limit.value_or(default_page_limit);
        return call.list(std::vector<ClaimHolder>(static_cast<std::size_t>(limit)), "next");
      }),
      post("/photos", user, "A picture").uploads().handle([](Call& call) {
        return call.bytes("text/plain", std::to_string(call.request().body.size()));
      }),
      get("/open", anyone, "For all").handle([](Call& call) { return call.bytes("text/plain", "open"); }),
      get("/broken", anyone, "Fails").handle([](Call&) -> Response { throw std::runtime_error("secret detail"); }),
      post("/jobs", service, "For services").handle([](Call& call) { return call.nothing(); }),
      post("/desk", admin(Permission::finance), "For finance").handle([](Call& call) { return call.nothing(); }),
  };
}

std::string take_body(const Uuid& owner) { return R"({"owner":")" + owner.text() + R"(","fingerprint":"x"})"; }

}  // namespace

TEST_CASE("server: an address of IPv6 is listened on, or refused with the true reason and a way out") {
  http::ServerSettings settings = Edge::small_server();
  settings.host = "::1";
  std::string told = "it listens";
  try {
    const Edge edge(rows(), Edge::quiet(), settings);
  } catch (const std::runtime_error& failure) {
    told = failure.what();
  }
  CAPTURE(told);
  CHECK((told == "it listens" || (told.starts_with("cannot listen on [::1]:0: ") &&
                                  told.find("without IPv6") != told.npos && told.find("HAProxy") != told.npos)));
}

TEST_CASE("server: who is not signed in is told so, and who has no permission is refused") {
  Edge edge(rows());
  auto client = edge.client();
  auto answer = client.Get("/api/v1/things/" + some_id);
  REQUIRE(answer);
  CHECK(answer->status == 401);
  CHECK(answer->get_header_value("Content-Type") == "application/problem+json");
  CHECK(answer->has_header("WWW-Authenticate"));
  CHECK(field_of(answer->body, "code") == "unauthenticated");
  CHECK(field_of(answer->body, "traceId") == answer->get_header_value("X-Trace-Id"));

  answer = client.Get("/api/v1/things/" + some_id, {{"Authorization", "Bearer a.b.c"}});
  CHECK(field_of(answer->body, "code") == "invalid_token");
  auto lower = edge.as(ann);
  lower.find("Authorization")->second[0] = 'b';
  CHECK(client.Get("/api/v1/things", lower)->status == 200);
  answer = client.Post("/api/v1/jobs", edge.as(ann), "", "");
  CHECK(answer->status == 403);
  CHECK(client.Post("/api/v1/jobs", edge.as_service(), "", "")->status == 204);
  CHECK(client.Post("/api/v1/jobs", {{"X-Api-Key", "wrong"}}, "", "")->status == 401);
  CHECK(client.Post("/api/v1/desk", edge.as(ann), "", "")->status == 403);
  const auto finance = static_cast<std::uint32_t>(Permission::finance);
  CHECK(client.Post("/api/v1/desk", edge.as(ann, "customer", finance), "", "")->status == 204);
  CHECK(client.Delete("/api/v1/things/" + some_id, edge.as(ann, "traveler"))->status == 403);
  // A stale token does not keep anybody out of what is open to all.
  CHECK(client.Get("/api/v1/open", {{"Authorization", "Bearer a.b.c"}})->status == 200);

  edge.sessions_live = false;
  answer = client.Get("/api/v1/things/" + some_id, edge.as(ann));
  CHECK(field_of(answer->body, "code") == "session_revoked");
}

TEST_CASE("server: a resource is made, read, changed under its ETag and removed") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  auto answer = client.Put("/api/v1/things/" + some_id, headers, take_body(ann.value), "application/json");
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->get_header_value("ETag") == "\"1\"");
  answer = client.Get("/api/v1/things/" + some_id, headers);
  CHECK(answer->body == R"({"owner":")" + ann.text() + R"(","fingerprint":"x"})");

  auto known = headers;
  known.emplace("If-None-Match", R"("7", W/"1")");
  answer = client.Get("/api/v1/things/" + some_id, known);
  CHECK(answer->status == 304);
  CHECK(answer->body.empty());
  CHECK(answer->get_header_value("ETag") == "\"1\"");
  CHECK_FALSE(answer->has_header("Content-Type"));
  auto other = headers;
  other.emplace("If-None-Match", "\"7\"");
  CHECK(client.Get("/api/v1/things/" + some_id, other)->status == 200);

  auto stale = headers;
  stale.emplace("If-Match", "\"7\"");
  answer = client.Put("/api/v1/things/" + some_id, stale, take_body(ann.value), "application/json");
  CHECK(answer->status == 412);
  CHECK(field_of(answer->body, "code") == "stale_version");
  auto fresh = headers;
  fresh.emplace("If-Match", "\"1\"");
  CHECK(client.Put("/api/v1/things/" + some_id, fresh, take_body(ann.value), "application/json")->status == 200);

  CHECK(client.Delete("/api/v1/things/" + some_id, headers, take_body(ann.value), "application/json")->status == 400);
  CHECK(client.Get("/api/v1/things/" + test_id<TripId>(8).text(), headers)->status == 404);
  CHECK(client.Get("/api/v1/things/not-an-id", headers)->status == 404);
  CHECK(client.Get("/api/v1/things/%zz", headers)->status == 404);
}

TEST_CASE("server: the same key gives the same answer, and the same new entity") {
  Edge edge(rows());
  auto client = edge.client();
  auto headers = edge.as(ann);
  headers.emplace("Idempotency-Key", "k1");
  const auto first = client.Post("/api/v1/things", headers, take_body(ann.value), "application/json");
  REQUIRE(first);
  CHECK(first->status == 201);
  CHECK_FALSE(first->has_header("Idempotent-Replayed"));
  const auto again = client.Post("/api/v1/things", headers, take_body(ann.value), "application/json");
  CHECK(again->status == 201);
  CHECK(again->body == first->body);
  CHECK(again->get_header_value("Idempotent-Replayed") == "true");
  CHECK(edge.door.asked.at(2).to == edge.door.asked.at(5).to);  // each after the key's and the new id's claims
  const auto other = client.Post("/api/v1/things", headers, take_body(bob.value), "application/json");
  CHECK(other->status == 422);
  CHECK(field_of(other->body, "code") == "idempotency_key_reused");
  // It is kept and shown: no byte may be in it that is not text.
  auto odd = edge.as(ann);
  odd.emplace("Idempotency-Key", "k\xff");
  const auto bad = client.Post("/api/v1/things", odd, take_body(ann.value), "application/json");
  CHECK(bad->status == 400);
  CHECK(bad->body.find(R"("field":"Idempotency-Key","code":"invalid_value")") != std::string::npos);
  // Another caller's key of the same text is another key.
  auto others = edge.as(bob);
  others.emplace("Idempotency-Key", "k1");
  CHECK(client.Post("/api/v1/things", others, take_body(bob.value), "application/json")->status == 201);
}

TEST_CASE("server: bodies and queries that are wrong are refused, each field by name") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const std::string path = "/api/v1/things";
  auto answer = client.Post(path, headers, R"({"owner":7,"color":"red"})", "application/json");
  REQUIRE(answer);
  CHECK(answer->status == 400);
  for (const char* part : {R"("field":"color","code":"unknown_field")", R"("field":"owner","code":"wrong_type")",
                           R"("field":"fingerprint","code":"required")"})
    CHECK(answer->body.find(part) != std::string::npos);
  for (const char* body : {"{", "[]", "7", "\"x\"", "{\"owner\":1,\"owner\":2}", "\xff", "nul", "{\"a\":1e9999}"})
    CHECK(client.Post(path, headers, body, "application/json")->status == 400);
  CHECK(client.Post(path, headers, std::string(5'000, '['), "application/json")->status == 400);
  CHECK(client.Post(path, headers, "a=b", "application/x-www-form-urlencoded")->status == 415);
  auto zipped = headers;
  zipped.emplace("Content-Encoding", "gzip");
  CHECK(client.Post(path, zipped, "{}", "application/json")->status == 415);
  CHECK(client.Get(path + "?limit=0", headers)->status == 400);
  for (const char* number : {"x", "1e2", "1E2", "+5", "0x5", "5.", "%205", "5%20", ""})
    CHECK(client.Get(path + "?limit=" + number, headers)->status == 400);
  CHECK(client.Get(path + "?size=3", headers)->status == 400);
  CHECK(client.Get(path + "?limit=2&limit=3", headers)->status == 400);
  CHECK(client.Get(path + "/" + some_id + "?x=1", headers)->status == 400);
  answer = client.Get(path + "?limit=1", headers);
  CHECK(answer->status == 200);
  const std::string next = field_of(answer->body, "nextCursor");
  CHECK(next.starts_with("next."));
  CHECK(client.Get(path + "?cursor=" + next, headers)->status == 200);
  CHECK(client.Get(path + "?cursor=next.0000", headers)->status == 400);
}

TEST_CASE("server: a body is awaited only from who may send it, and of a kind that is taken") {
  Edge edge(rows());
  const auto answer_to = [&](const std::string& line, const std::string& headers) {
    testing::RawConnection connection(edge.server.port());
    connection.send(line + " HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n" + headers + "\r\n");  // and no body
    return testing::statuses_of(connection.read_until("\r\n\r\n"));
  };
  const std::string bearer = "Authorization: Bearer " + edge.token(ann) + "\r\n";
  const std::string json = "Content-Type: application/json\r\n";
  CHECK(answer_to("POST /api/v1/photos", "") == std::vector{401});
  CHECK(answer_to("POST /api/v1/photos", "Expect: 100-continue\r\n") == std::vector{401});
  CHECK(answer_to("POST /api/v1/photos", bearer + "Expect: 100-continue\r\n") == std::vector{100});
  CHECK(answer_to("POST /api/v1/jobs", bearer + json) == std::vector{403});
  CHECK(answer_to("POST /api/v1/nothing", bearer + json) == std::vector{404});
  CHECK(answer_to("DELETE /api/v1/open", bearer) == std::vector{405});
  CHECK(answer_to("POST /api/v1/things", bearer) == std::vector{415});
  CHECK(answer_to("POST /api/v1/things", bearer + "Content-Type: application/json; charset=utf-16\r\n") ==
        std::vector{415});
  CHECK(answer_to("POST /api/v1/things",
                  bearer + "Content-Type: application/json; charset=\"UTF-8\"\r\nExpect: 100-continue\r\n") ==
        std::vector{100});
}

TEST_CASE("server: what was refused before its body leaves the connection as it should be") {
  Edge edge(rows());
  testing::RawConnection connection(edge.server.port());
  const std::string refused = "POST /api/v1/photos HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
  connection.send(refused);
  CHECK(testing::statuses_of(connection.read_until("\r\n\r\n")) == std::vector{401});  // it need not come for that
  connection.send("12345GET /api/v1/open HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string rest = connection.read_to_end().value_or("no end");
  CHECK(rest.ends_with("open"));
}

TEST_CASE("server: limits of size, unknown paths and methods") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const std::string big(1'100'000, 'x');
  auto answer = client.Post("/api/v1/things", headers, big, "application/json");
  REQUIRE(answer);
  CHECK(answer->status == 413);
  answer = client.Post("/api/v1/photos", headers, big, "image/png");
  CHECK(answer->status == 200);
  CHECK(answer->body == "1100000");
  CHECK(client.Post("/api/v1/photos", headers, std::string(11'000'000, 'x'), "image/png")->status == 413);
  CHECK(client.Get("/api/v1/nothing")->status == 404);
  CHECK(client.Get("/")->status == 404);
  CHECK(client.Get("/api/v1/open?" + std::string(6'000, 'x'))->status == 414);
  answer = client.Put("/api/v1/open", headers, "", "");
  CHECK(answer->status == 405);
  CHECK(answer->get_header_value("Allow") == "GET, HEAD, OPTIONS");
  CHECK(client.Options("/api/v1/open")->status == 204);
  answer = client.Head("/api/v1/open");
  CHECK(answer->status == 200);
  CHECK(answer->get_header_value("Content-Length") == "4");
  httplib::Headers huge = headers;
  huge.emplace("X-Big", std::string(40'000, 'x'));
  answer = client.Get("/api/v1/open", huge);
  if (answer) CHECK(answer->status >= 400);
}

TEST_CASE("server: the platform's state becomes statuses, and a failure does not tell its secrets") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const auto status = [&](Reply reply) {
    edge.door.end_next_with(std::move(reply));
    return client.Get("/api/v1/things/" + some_id, headers);
  };
  auto answer = status({.outcome = Outcome::overloaded, .retry_after = std::chrono::milliseconds{2'500}});
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(answer->get_header_value("Retry-After") == "3");
  CHECK(status({.outcome = Outcome::unavailable})->status == 503);
  CHECK(status({.outcome = Outcome::unknown})->status == 503);
  CHECK(status({.outcome = Outcome::rejected, .rejection = Rejection{"offer_not_open"}})->status == 409);
  answer = client.Get("/api/v1/broken");
  CHECK(answer->status == 500);
  CHECK(answer->body.find("secret") == std::string::npos);
}

TEST_CASE("server: trace and correlation ids are taken, made and echoed; security headers are there") {
  Edge edge(rows());
  auto client = edge.client();
  auto answer = client.Get("/api/v1/open", {{"X-Trace-Id", "t-1"}, {"X-Correlation-Id", "c-1"}});
  REQUIRE(answer);
  CHECK(answer->get_header_value("X-Trace-Id") == "t-1");
  CHECK(answer->get_header_value("X-Correlation-Id") == "c-1");
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  answer = client.Get("/api/v1/open", {{"traceparent", parent}});
  CHECK(answer->get_header_value("X-Trace-Id") == parent.substr(3, 32));
  CHECK(answer->get_header_value("traceparent").substr(0, 36) == parent.substr(0, 36));
  CHECK(answer->get_header_value("traceparent") != parent);
  CHECK(answer->get_header_value("traceparent").ends_with("-00"));  // nobody keeps traces here
  Spans spans(0, {});
  edge.dispatcher.trace(&spans);
  answer = client.Get("/api/v1/open", {{"traceparent", parent}});
  CHECK(answer->get_header_value("traceparent").ends_with("-00"));  // a stranger fills nothing
  CHECK(spans.ended() == 0);
  auto as_service = edge.as_service();
  as_service.emplace("traceparent", parent);
  answer = client.Get("/api/v1/open", as_service);
  CHECK(answer->get_header_value("traceparent").ends_with("-01"));
  REQUIRE(spans.of(parent.substr(3, 32)).size() == 1);
  const Span span = spans.of(parent.substr(3, 32))[0];
  CHECK(span.id == answer->get_header_value("traceparent").substr(36, 16));
  CHECK(span.parent == parent.substr(36, 16));
  CHECK(span.operation == "GET /open");
  client.Get("/api/v1/open");
  CHECK(spans.ended() == 1);
  edge.dispatcher.trace(nullptr);
  answer = client.Get("/api/v1/open", {{"X-Trace-Id", "two words\tand more"}});
  CHECK(answer->get_header_value("X-Trace-Id").size() == 32);
  CHECK(answer->get_header_value("X-Content-Type-Options") == "nosniff");
}

TEST_CASE("server: a request that fails leaves its step in any case; X-Parent-Span-Id names the caller's") {
  Edge edge(rows());
  Spans spans(0, {});
  edge.dispatcher.trace(&spans);
  auto client = edge.client();
  const std::string trace = "0af7651916cd43dd8448eb211c80319c", step = "b7ad6b7169203331";
  const httplib::Headers named{{"X-Trace-Id", trace}, {"X-Parent-Span-Id", step}};
  auto answer = client.Get("/api/v1/open", named);
  REQUIRE(answer);
  CHECK(spans.of(trace).empty());
  answer = client.Get("/api/v1/broken", named);
  CHECK(answer->status == 500);
  REQUIRE(spans.of(trace).size() == 1);
  const Span failed = spans.of(trace)[0];
  CHECK(failed.operation == "GET /broken");
  CHECK(failed.parent == step);
  CHECK(failed.failed);
  CHECK(failed.took.count() > 0);
  CHECK(answer->get_header_value("traceparent") == "00-" + trace + '-' + failed.id + "-00");
}

TEST_CASE("server: what a stranger writes into a trace does not decide whether it is kept") {
  Edge edge(rows());
  Spans spans(5'000, {});
  edge.dispatcher.trace(&spans);
  auto client = edge.client();
  client.set_keep_alive(true);
  const std::string kept(32, '0'), not_kept(32, 'f');
  REQUIRE(spans.samples(kept));
  REQUIRE_FALSE(spans.samples(not_kept));
  const auto kept_of = [&](httplib::Headers headers, const std::string& trace, const std::string& flag) {
    headers.emplace("traceparent", "00-" + trace.substr(0, 31) + "1-b7ad6b7169203331-" + flag);
    const std::uint64_t before = spans.ended();
    for (int i = 0; i < 200; ++i) client.Get("/api/v1/open", headers);
    return spans.ended() - before;
  };
  const auto administrator = edge.as(ann, "both", static_cast<std::uint32_t>(Permission::read));
  for (const std::string& trace : {kept, not_kept}) {
    for (const auto& stranger : {httplib::Headers{}, edge.as(ann), httplib::Headers{{"X-Api-Key", "wrong"}}})
      for (const char* flag : {"00", "01"}) {
        const std::uint64_t count = kept_of(stranger, trace, flag);
        CHECK(count > 40);
        CHECK(count < 160);
      }
    for (const auto& ours : {edge.as_service(), administrator}) {
      CHECK(kept_of(ours, trace, "01") == 200);
      CHECK(kept_of(ours, trace, "00") == 0);
    }
  }
}

TEST_CASE("server: who asks too often is told to wait") {
  RouteSettings settings;
  settings.rate_limits = true;
  std::vector<Route> limited;
  limited.push_back(
      get("/login", anyone, "x").rated(RateClass::sign_in).handle([](Call& call) { return call.nothing(); }));
  Edge edge(std::move(limited), settings);
  auto client = edge.client();
  client.set_keep_alive(true);
  int served = 0;
  auto answer = client.Get("/api/v1/nothing");
  for (int i = 0; i < 30; ++i) {
    answer = client.Get("/api/v1/login");
    REQUIRE(answer);
    served += answer->status == 204 ? 1 : 0;
  }
  CHECK(served == 20);
  CHECK(answer->status == 429);
  CHECK(answer->get_header_value("RateLimit-Limit") == "20");
  CHECK(answer->get_header_value("RateLimit-Remaining") == "0");
  CHECK(std::stoi(answer->get_header_value("Retry-After")) >= 1);
}

}  // namespace server_test
