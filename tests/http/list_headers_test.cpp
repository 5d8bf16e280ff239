#include <doctest/doctest.h>

#include "actors/claim/commands.hpp"
#include "tests/http/edge.hpp"

/// A header that is a list means the same in one line and in several (RFC 9110, 5.3), with blanks and empty members.
namespace list_headers_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const auto ann = test_id<UserId>(1);

std::vector<http::Route> rows() {
  const http::Target thing = http::by_path(EntityKind::claim);
  return {http::put("/things/:thingId", http::user, "Take it").command<TakeClaim>(thing).answers<ClaimHolder>(),
          http::get("/things/:thingId", http::user, "See it").view<ViewClaim>(thing).answers<ClaimHolder>()};
}

/// The ways to send members of one list: in one line, in a line each, with and without blanks, with empty members.
std::vector<std::vector<std::string>> lines_of(const std::vector<std::string>& members) {
  std::string tight, loose, holey = " , ";
  for (const std::string& member : members) {
    tight += (tight.empty() ? "" : ",") + member;
    loose += (loose.empty() ? "" : "  , ") + member;
    holey += member + ",, ,";
  }
  return {{tight}, {loose}, {holey}, members};
}

http::Request request_with(std::string_view name, const std::vector<std::string>& lines) {
  http::Request request;
  for (const std::string& line : lines) request.headers.emplace_back(name, line);
  return request;
}

/// The statuses that come for this list, sent in each way.
template <class Send>
void check_all(const httplib::Headers& headers, const std::string& name, const std::vector<std::string>& members,
               int status, Send send) {
  for (const auto& lines : lines_of(members)) {
    auto all = headers;
    for (const std::string& line : lines) all.emplace(name, line);
    CAPTURE(name);
    CAPTURE(lines);
    const auto answer = send(all);
    REQUIRE(answer);
    CHECK(answer->status == status);
  }
}

}  // namespace

TEST_CASE("list headers: members are the same however they are sent") {
  const std::vector<std::string> members{R"("6")", R"(W/"a,b")", "*", "x y", R"("")"};
  for (const auto& lines : lines_of(members)) {
    const http::Request request = request_with("if-match", lines);
    const auto found = request.list_header("If-Match");
    CHECK(std::vector<std::string>(found.begin(), found.end()) == members);
  }
  CHECK(request_with("If-Match", {"\ta \t,\t b,"}).list_header("If-Match") == std::vector<std::string_view>{"a", "b"});
  CHECK(request_with("If-Match", {""}).list_header("If-Match").empty());
  CHECK(request_with("If-Match", {" , ,\t"}).list_header("If-Match").empty());
  CHECK(request_with("If-Match", {"a"}).list_header("If-None-Match").empty());
  // A quote that nobody closes: the rest is one member, and nothing is read beyond it.
  CHECK(request_with("If-Match", {R"(a, "b, c)", "d"}).list_header("If-Match") ==
        std::vector<std::string_view>{"a", R"("b, c)", "d"});
}

TEST_CASE("list headers: If-Match") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const std::string path = "/api/v1/things/" + test_id<TripId>(7).text();
  const std::string body = R"({"owner":")" + ann.text() + R"(","fingerprint":"x"})";
  const auto put = [&](const httplib::Headers& all) { return client.Put(path, all, body, "application/json"); };
  REQUIRE(put(headers)->status == 200);
  for (int more = 1; more < 7; ++more) edge.door.grow({EntityKind::claim, test_id<TripId>(7).value});
  CHECK(client.Get(path, headers)->get_header_value("ETag") == R"("7")");

  const auto check = [&](const std::vector<std::string>& tags, int status) {
    check_all(headers, "If-Match", tags, status, put);
  };
  check({R"("7")"}, 200);
  check({R"("6")", R"("7")"}, 200);
  check({R"("7")", R"("6")", R"(W/"9")"}, 200);
  check({R"("tag of, another server")", R"("7")"}, 200);
  check({"*"}, 200);
  check({R"("6")", "*"}, 200);
  check({R"("6")", R"("8")"}, 412);
  check({R"(W/"7")"}, 412);  // weak tags match nothing here
  check({R"(W/"7")", R"("6")"}, 412);
  check({"7"}, 412);
  for (const char* nothing : {",", " , ,"})
    CHECK(put({{"Authorization", headers.find("Authorization")->second}, {"If-Match", nothing}})->status == 412);
  check({R"("07")"}, 412);
  check({R"("7", "6)"}, 200);
  check({R"("99999999999999999999999")"}, 412);
}

TEST_CASE("list headers: If-None-Match") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const std::string path = "/api/v1/things/" + test_id<TripId>(7).text();
  const std::string body = R"({"owner":")" + ann.text() + R"(","fingerprint":"x"})";
  REQUIRE(client.Put(path, headers, body, "application/json")->status == 200);
  const auto get = [&](const httplib::Headers& all) { return client.Get(path, all); };
  const auto check = [&](const std::vector<std::string>& tags, int status) {
    check_all(headers, "If-None-Match", tags, status, get);
  };
  check({R"("1")"}, 304);
  check({R"("7")", R"(W/"1")"}, 304);
  check({R"("a,b")", R"("1")"}, 304);
  check({"*"}, 304);
  check({R"("7")", R"("8")"}, 200);
  check({R"("a,"1")"}, 200);
}

TEST_CASE("list headers: Content-Encoding") {
  Edge edge(rows());
  auto client = edge.client();
  const auto headers = edge.as(ann);
  const std::string path = "/api/v1/things/" + test_id<TripId>(7).text();
  const std::string body = R"({"owner":")" + ann.text() + R"(","fingerprint":"x"})";
  const auto put = [&](const httplib::Headers& all) { return client.Put(path, all, body, "application/json"); };
  check_all(headers, "Content-Encoding", {"identity"}, 200, put);
  check_all(headers, "Content-Encoding", {"identity", "identity"}, 200, put);
  check_all(headers, "Content-Encoding", {"identity", "gzip"}, 415, put);
  check_all(headers, "Content-Encoding", {"gzip"}, 415, put);
}

}  // namespace list_headers_test
