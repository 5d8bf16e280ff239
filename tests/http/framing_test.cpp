#include "tests/http/edge.hpp"
#include "tests/process/raw_connection.hpp"

namespace framing_test {

using namespace caravan;
using namespace caravan::http;
using testing::RawConnection;
using testing::statuses_of;
using testkit::Edge;

namespace {

std::vector<Route> rows() {
  return {get("/hidden", anyone, "What a body may hold").handle([](Call& call) {
            return call.bytes("text/plain", "the hidden request was run");
          }),
          post("/echo", anyone, "Says it again").uploads().handle([](Call& call) {
            return call.bytes("text/plain", call.request().body);
          })};
}

/// A whole request, to stand in the body of another.
const std::string hidden = "GET /api/v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string length = "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
const std::string line = "POST /api/v1/echo HTTP/1.1\r\n", start = line + "Host: x\r\n";

std::string padding(int headers) {
  std::string lines;
  for (int i = 0; i < headers; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  return lines;
}

/// Every byte is sent at once and nothing after it, so that whatever the server takes for a request is there.
struct Refused {
  std::string what;
  std::string bytes;
  int status = 400;
};

std::vector<Refused> heads_that_are_not_whole() {
  return {
      {"a length behind 64 headers", start + padding(64) + length + "\r\n" + hidden},
      {"chunks behind 70 headers",
       start + "Content-Length: 5\r\n" + padding(70) + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
      {"a folded line", start + "X: y\r\n z\r\n" + length + "\r\n" + hidden},
      {"a folded line, by a tab", start + "X: y\r\n\tz\r\n" + length + "\r\n" + hidden},
      {"a folded first line", line + " Host: x\r\n" + length + "\r\n" + hidden},
      {"a header without a name", start + ": v\r\n" + length + "\r\n" + hidden},
      {"a line without a colon", start + "nonsense\r\n" + length + "\r\n" + hidden},
      {"a blank before the colon", start + "Content-Length : " + std::to_string(hidden.size()) + "\r\n\r\n" + hidden},
      {"a tab before the colon", start + "Content-Length\t: 5\r\n\r\n" + hidden},
      {"a bare line feed behind a header", start + "X: y\n" + length + "\r\n" + hidden},
      {"a bare line feed behind the first line", "POST /api/v1/echo HTTP/1.1\nHost: x\r\n" + length + "\r\n" + hidden},
      {"a head that ends in two line feeds", start + "X: y\n\n" + hidden},
      {"the same, and a body like the end of a good head",
       start + "Content-Length: 2\n\n" + std::string("\r\0", 2) + hidden},
      {"a head that ends in CRLF LF", start + "X: y\r\n\n" + hidden},
      {"a head that ends in LF CRLF", start + "X: y\n\r\n" + length + "\r\n" + hidden},
      {"a bare carriage return", start + "X: y\rContent-Length: 5\r\n\r\n" + hidden},
      {"a NUL", start + std::string("X: y\0z\r\n", 8) + length + "\r\n" + hidden},
      {"a control character in a value", start + "X: \x01\r\n" + length + "\r\n" + hidden},
      {"a name with a bracket", start + "X[0]: y\r\n" + length + "\r\n" + hidden},
      {"a name that is not ASCII", start + "X\xc3\xa4: y\r\n" + length + "\r\n" + hidden},
      {"empty lines before the request", "\r\n\r\n" + start + length + "\r\n" + hidden},
      {"bare empty lines before the request", "\n\n" + start + "\r\n" + hidden},
      {"a blank before the request", " " + start + "\r\n" + hidden},
      {"many blanks before the request", std::string(15, ' ') + start + "\r\n" + hidden},
      {"two blanks in the first line", "POST  /api/v1/echo HTTP/1.1\r\nHost: x\r\n\r\n" + hidden},
      {"a line break in the first line", "POST \r\n/api/v1/echo HTTP/1.1\r\nHost: x\r\n\r\n" + hidden},
      {"no version", "POST /api/v1/echo\r\nHost: x\r\n\r\n" + hidden},
  };
}

std::vector<Refused> headers_that_say_two_things() {
  std::vector<Refused> all{
      {"no Host", line + "\r\n" + hidden},
      {"two Hosts", start + "Host: y\r\n\r\n" + hidden},
      {"two Hosts that are alike", start + "Host: x\r\n\r\n" + hidden},
      {"two Hosts in HTTP/1.0", "GET /api/v1/hidden HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"},
      {"a Host with a path", line + "Host: x/y\r\n\r\n" + hidden},
      {"a Host of two words", line + "Host: x y\r\n\r\n" + hidden},
      {"two lengths", start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n" + hidden},
      {"two lengths that are alike", start + length + length + "\r\n" + hidden},
      {"two callers", start + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n" + length + "\r\n" + hidden},
      {"two keys", start + "X-Api-Key: a\r\nX-Api-Key: b\r\n" + length + "\r\n" + hidden},
      {"two types",
       start + "Content-Type: application/json\r\nContent-Type: text/plain\r\n" + length + "\r\n" + hidden},
      {"two idempotency keys", start + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n" + length + "\r\n" + hidden},
      {"a length and chunks", start + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
      {"chunks in HTTP/1.0",
       "POST /api/v1/echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
      {"chunks twice", start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
      {"an unknown expectation", start + "Expect: 200-ok\r\n" + length + "\r\n" + hidden, 417},
      {"an expectation more", start + "Expect: 100-continue, x\r\n" + length + "\r\n" + hidden, 417},
      {"an endless length", start + "Content-Length: 99999999999999999999\r\n\r\n" + hidden, 413},
  };
  for (const char* coding : {"identity", "gzip", "gzip, chunked", "chunked, identity", "xchunked", "\"chunked\"", ""})
    all.push_back({coding, start + "Transfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n" + hidden});
  for (const char* text : {"0x2f", "+24", "-1", "24abc", "24, 24", "0, 24", "1e2", "5 5", "5;6", "5.0", "", "\xd9\xa5"})
    all.push_back({text, start + "Content-Length: " + text + "\r\n\r\n" + hidden});
  return all;
}

}  // namespace

TEST_CASE("framing: what can be read in two ways is refused once, and the connection closes") {
  Edge edge(rows());
  for (const auto& variants : {heads_that_are_not_whole(), headers_that_say_two_things()})
    for (const Refused& variant : variants) {
      CAPTURE(variant.what);
      RawConnection connection(edge.server.port());
      connection.send(variant.bytes);
      const auto answers = connection.read_to_end();
      REQUIRE(answers);
      CAPTURE(*answers);
      CHECK(statuses_of(*answers) == std::vector{variant.status});
      CHECK(answers->find("hidden request was run") == std::string::npos);
      CHECK(answers->find("Connection: close\r\n") != std::string::npos);
    }
}

TEST_CASE("framing: what one connection leaves in the buffer is no request of the next") {
  http::ServerSettings server = Edge::small_server();
  server.threads = 1;  // so that all have the same buffer
  Edge edge(rows(), Edge::quiet(), server);
  const auto send_all = [&](const std::string& bytes) {
    RawConnection connection(edge.server.port());
    connection.send(bytes);
    connection.finish();
    return connection.read_to_end().value_or("no end");
  };
  // A body leaves an empty line behind, an unfinished head a request before it; four bytes of blanks are "read" as one.
  const std::string head = start + "Connection: close\r\nContent-Length: 304\r\n\r\n";
  send_all(head + std::string(300, 'x') + "\r\n\r\n");
  std::string unfinished = "    " + hidden.substr(0, hidden.size() - 2) + "X: ";
  unfinished.resize(head.size() + 300, 'y');
  send_all(unfinished);
  CHECK(send_all("\r\n\r\n").find("hidden request was run") == std::string::npos);
}

TEST_CASE("framing: what is well formed is served, one after the other") {
  Edge edge(rows());
  const std::vector<std::pair<std::string, std::size_t>> streams{
      {hidden + hidden + hidden, 3},
      {"\r\n" + hidden, 1},
      {start + length + "\r\n" + hidden + hidden, 2},
      {start + "content-length:" + std::to_string(hidden.size()) + "   \r\n\r\n" + hidden, 1},
      {start + "Content-Length: 0\r\n\r\n" + hidden, 2},
      {start + "Content-Length: 0005\r\n\r\nhello" + hidden, 2},
      {start + padding(62) + "\r\n" + hidden, 2},
      {start + "X:\r\nY: \xc3\xa4 z\r\n\r\n" + hidden, 2},
      {start + "X:\r\n\r\n" + hidden, 2},
      {"GET /api/v1/hidden?a=b?c HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 1},
      {"GET /api/v1/hidden HTTP/1.1\r\nHost:\r\n\r\n" + hidden, 2},
      {"GET /api/v1/hidden HTTP/1.0\r\n\r\n", 1},
      {"POST /api/v1/echo HTTP/1.0\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\nab", 1},
      {"GET /api/v1/hidden HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n" + hidden, 2},
      {"GET /api/v1/hidden HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Close\r\n\r\n" + hidden, 1},
      {start + "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + hidden, 1},
      {start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n" + hidden, 1},
  };
  for (const auto& [sent, answers] : streams) {
    const std::string& bytes = sent;  // clang 14 captures no structured bindings
    CAPTURE(bytes);
    RawConnection connection(edge.server.port());
    connection.send(bytes);
    connection.finish();
    const auto got = connection.read_to_end();
    REQUIRE(got);
    CHECK(statuses_of(*got).size() == answers);
    for (const int status : statuses_of(*got)) CHECK((status == 200 || status == 400));
  }
}

TEST_CASE("framing: chunks that are not well formed are refused, and nothing behind chunks is read") {
  Edge edge(rows());
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
  for (const char* body :
       {"x\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "3\nabc\n0\n\n", " 3\r\nabc\r\n",
        "3 \r\nabc\r\n0\r\n\r\n", "3;a=b\r\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "2\r\nabc\r\n0\r\n\r\n",
        "ffffffffffffffff\r\nabc\r\n0\r\n\r\n", "10000000000000003\r\nabc\r\n0\r\n\r\n", "\r\n\r\n", ""}) {
    CAPTURE(body);
    RawConnection connection(edge.server.port());
    connection.send(chunked + body + (body[0] ? hidden : ""));
    connection.finish();
    const auto answers = connection.read_to_end();
    REQUIRE(answers);
    REQUIRE(statuses_of(*answers).size() == 1);
    CHECK(statuses_of(*answers)[0] == 400);
    CHECK(answers->find("hidden request was run") == std::string::npos);
  }
}

TEST_CASE("framing: the phrase of a status is spelt as everybody spells it") {
  Edge edge({get("/refused", anyone, "Refuses").handle([](Call&) -> Response { throw Problem{"weak_password"}; })});
  RawConnection connection(edge.server.port());
  connection.send("GET /api/v1/refused HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(connection.read_to_end().value_or("").starts_with("HTTP/1.1 422 Unprocessable Entity\r\n"));
}

}  // namespace framing_test
