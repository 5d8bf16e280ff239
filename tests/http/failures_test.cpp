#include "storage/storage_error.hpp"
#include "tests/http/edge.hpp"

namespace http_failures_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;
using testkit::field_of;

namespace {

constexpr const char* inside = "PostgreSQL at 10.0.0.7: the connection of user caravan is lost";

Route things(Handler handler) {
  Route row = get("/things", anyone, "Things");
  row.handler = std::move(handler);
  return row;
}

}  // namespace

TEST_CASE("failures: while the store does not answer a list is unavailable, and tells nothing of the inside") {
  Route row = things([](Call& call) { return call.nothing(); });
  row.is_list = true;
  Edge edge({row});
  edge.services.wait_for_read_models = [](std::uint64_t, std::chrono::milliseconds) { return true; };
  edge.services.feed_head = []() -> std::uint64_t { throw StorageError(inside); };
  const auto answer = edge.client().Get("/api/v1/things");
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(field_of(answer->body, "code") == "unavailable");
  CHECK(answer->get_header_value("Retry-After") == "1");
  CHECK(answer->body.find("PostgreSQL") == std::string::npos);
}

TEST_CASE("failures: what a fault of ours says stays inside, whatever was thrown") {
  const Handler throwing[] = {
      [](Call&) -> Response {
        throw Problem{"internal_error", std::string(inside)};
      },
      [](Call&) -> Response { throw std::runtime_error(inside); },
  };
  for (const Handler& handler : throwing) {
    Edge edge({things(handler)});
    const auto answer = edge.client().Get("/api/v1/things");
    REQUIRE(answer);
    CHECK(answer->status == 500);
    CHECK(field_of(answer->body, "code") == "internal_error");
    CHECK(field_of(answer->body, "detail") == "Something went wrong on our side.");
    CHECK(answer->body.find("PostgreSQL") == std::string::npos);
  }
}

}  // namespace http_failures_test
