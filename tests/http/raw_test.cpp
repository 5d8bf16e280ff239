#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/http/edge.hpp"

namespace raw_test {

using namespace caravan;
using namespace caravan::http;
using testkit::Edge;

/// What no well-behaved client sends: written to the socket byte by byte.
namespace {

/// Sends the bytes, ends its side, and gives all that comes back.
std::string exchange(int port, const std::string& bytes) {
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  [[maybe_unused]] const auto sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(connection, SHUT_WR);
  std::string answer;
  char part[4'096];
  for (ssize_t count = 0; (count = ::recv(connection, part, sizeof part, 0)) > 0;)
    answer.append(part, static_cast<std::size_t>(count));
  ::close(connection);
  return answer;
}

std::string status_of(const std::string& answer) { return answer.substr(0, std::min<std::size_t>(12, answer.size())); }

std::vector<Route> rows() {
  return {post("/echo", anyone, "Says it again").uploads().handle([](Call& call) {
    return call.bytes("text/plain", call.request().body);
  })};
}

}  // namespace

TEST_CASE("raw: requests that cannot be understood are refused, and the server goes on") {
  Edge edge(rows());
  const std::string start = "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n";
  const auto send = [&](const std::string& bytes) { return status_of(exchange(edge.server.port(), bytes)); };
  for (const std::string& bytes :
       {std::string("\0\xff\x01 nonsense\r\n\r\n", 16), std::string("GET /api/v1/echo\r\n\r\n"),
        start + "Content-Length: -5\r\n\r\n{}", start + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        start + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        start + "Content-Length: 50\r\n\r\nshort", start + "X: " + std::string(40'000, 'a') + "\r\n\r\n"})
    CHECK(send(bytes) == "HTTP/1.1 400");
  CHECK(send(start + "Content-Length: 99999999999\r\n\r\n{}") == "HTTP/1.1 413");
  const std::string chunked =
      exchange(edge.server.port(), start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK(status_of(chunked) == "HTTP/1.1 200");
  CHECK(chunked.ends_with("\r\n\r\nabcde"));
  CHECK(send("GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\n\r\n") != "HTTP/1.1 200");
}

}  // namespace raw_test
