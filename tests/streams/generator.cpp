#include "tests/streams/generator.hpp"

#include <array>
#include <iomanip>
#include <sstream>

namespace caravan::testing {

namespace {

// One that reads no body, one that nobody has, and one that reads a body.
constexpr const char* targets[] = {"/health/live", "/api/v1/nothing/here", "/api/v1/auth/login", "/health/live?a=b"};
constexpr const char* methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

/// Lengths as somebody might read them who is not strict; %N is the true one.
constexpr const char* odd_lengths[] = {
    "+%N", "%Nabc",  "%N, %N", "0, %N", "%N, 0", "0x%N", "%Ne0", "%N %N", "%N;6",
    "-%N", "",       "%N.0",   " %N",   "%N ",   "00%N", "0",    "1",     "99999",
    "1e2", "\"%N\"", "%N\t",   "\v%N",  "%N\r",  "%N\n", "0x2f", "०",     "18446744073709551616"};
constexpr const char* codings[] = {"chunked",           "Chunked",          " chunked ",   "identity",  "gzip",
                                   "gzip, chunked",     "chunked, chunked", "\"chunked\"", "chunked;a", "xchunked",
                                   "chunked, identity", "\vchunked",        "chunked\r",   ""};
constexpr const char* odd_headers[] = {"X: y\r\n z\r\n",
                                       "X: y\r\n\tz\r\n",
                                       ": nameless\r\n",
                                       "nonsense\r\n",
                                       "X : y\r\n",
                                       " X: y\r\n",
                                       "X: y\n",
                                       "X: y\rY: z\r\n",
                                       "X[0]: y\r\n",
                                       "X: \x01\r\n",
                                       "X: \xff\r\n",
                                       "X:\r\n",
                                       "X:y\r\n",
                                       "X: \ty\t\r\n",
                                       "Host: y\r\n",
                                       "Host: x\r\n",
                                       "Expect: 100-continue\r\n",
                                       "Expect: 200-ok\r\n",
                                       "Expect: 100-continue, x\r\n",
                                       "Connection: close\r\n",
                                       "Connection: keep-alive, x\r\n",
                                       "Connection: x\r\n",
                                       "Connection: keep-alive, close\r\n",
                                       "Upgrade: h2c\r\n",
                                       "Content-Length\r\n",
                                       "X\xc3\xa4: y\r\n",
                                       "Content_Length: 5\r\n",
                                       "\r\n",
                                       "\n",
                                       " \r\n"};
constexpr const char* before[] = {"\r\n", "\r\n\r\n", "\n", "\n\n", " ", "\r", "\r\n\r\n\r\n", "               ", "\t"};
constexpr const char* versions[] = {"HTTP/1.0",  "HTTP/1.2", "HTTP/2.0", "http/1.1",  "HTTP/1.1 ",
                                    " HTTP/1.1", "HTTP/1",   "",         "HTTP/01.1", "HTTP/1.10"};
constexpr const char* odd_targets[] = {"http://x/health/live", "*",    "health/live", "//health/live", "/health/live#a",
                                       "/health/ live",        "x:80", "/%2e"};

std::string filled_in(std::string text, const std::string& length) {
  for (std::size_t at = 0; (at = text.find("%N", at)) != text.npos; at += length.size()) text.replace(at, 2, length);
  return text;
}

}  // namespace

/// One request or two, as a body. Some stand behind an end of chunks, or of a head.
std::string Generator::hidden() {
  std::string all;
  if (one_in(4))
    all += one_of({"0\r\n\r\n", "\r\n", "\r\n\r\n", "\n\n", "0\r\nX: y\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"});
  for (std::size_t count = below(2) + 1; count > 0; --count)
    all += std::string(one_in(4) ? "DELETE" : "GET") +
           " /health/live HTTP/1.1\r\nHost: x\r\nX-Trace-Id: " + mark("hidden") + "\r\n\r\n";
  return all;
}

std::string Generator::chunks(const std::string& body) {
  std::ostringstream all;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t size = std::min(body.size() - at, below(40) + 1);
    all << (one_in(6) ? "0" : "") << std::hex << size;
    if (one_in(30)) all << one_of({";a=b", " ", "\r5", "x", "\n", ";\r5", "g"});
    all << (one_in(60) ? "\n" : "\r\n") << body.substr(at, size) << (one_in(60) ? "" : "\r\n");
    at += size;
  }
  all << one_of({"0\r\n\r\n", "0\r\n\r\n", "0\r\n\r\n", "00\r\n\r\n", "0\r\nX: y\r\n\r\n", "0\n\n", "0\r5\r\n\r\n",
                 "0\r\n", "-0\r\n\r\n", "0x0\r\n\r\n", "0;a\r\n\r\n", "\r\n\r\n"});
  return all.str();
}

std::string Generator::padding() {
  std::string lines;
  const std::size_t count = one_in(8) ? 55 + below(20) : below(4);
  for (std::size_t i = 0; i < count; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  return lines;
}

/// How long the body is, well said or ill; the body is put into chunks where that is said.
std::string Generator::length_lines(std::string& body) {
  const std::string length = std::to_string(body.size());
  const std::string good = "Content-Length: " + length + "\r\n";
  switch (below(12)) {
    case 0:
      return "Content-Length: " + filled_in(one_of(odd_lengths), length) + "\r\n";
    case 1:
      return "Transfer-Encoding: " + std::string(one_of(codings)) + "\r\n";
    case 2:
    case 3:
      body = chunks(body);
      return one_in(3) ? "Transfer-Encoding: " + std::string(one_of(codings)) + "\r\n"
                       : "Transfer-Encoding: chunked\r\n";
    case 4:
      return one_in(2) ? good + good : good + "Content-Length: 0\r\n";
    case 5:
      if (one_in(2)) body = chunks(body);
      return one_in(2) ? good + "Transfer-Encoding: chunked\r\n" : "Transfer-Encoding: chunked\r\n" + good;
    case 6:
      return one_of({"", "content-LENGTH: 0\r\n", "Content-Length : 5\r\n", "Content-Length\t: 5\r\n",
                     "Transfer-Encoding : chunked\r\n", " Content-Length: 5\r\n"});
    default:
      return good;
  }
}

std::string Generator::odd_header() { return one_in(3) ? one_of(odd_headers) : ""; }

std::string Generator::request() {
  std::string body = one_in(3) ? "" : hidden();
  const std::string length = body.empty() ? (one_in(3) ? "Content-Length: 0\r\n" : "") : length_lines(body);
  std::string head = one_in(12) ? one_of(before) : "";
  head += body.empty() ? one_of(methods) : methods[1 + below(4)];
  head += ' ';
  head += one_in(30) ? one_of(odd_targets) : one_of(targets);
  head += ' ';
  head += one_in(20) ? one_of(versions) : "HTTP/1.1";
  head += one_in(60) ? "\n" : "\r\n";
  // The order of a header and what hides it matters.
  const std::string host = one_in(40) ? "" : "Host: x\r\n";
  const std::string marked = "X-Trace-Id: " + mark("own") + "\r\n";
  const std::string type = one_in(2) ? "Content-Type: application/json\r\n" : "";
  std::array<std::string, 4> lines{host + marked + type, padding(), odd_header(), length};
  if (one_in(2)) std::swap(lines[2], lines[3]);
  if (one_in(6)) std::swap(lines[0], lines[3]);
  for (const std::string& line : lines) head += line;
  head += one_in(60) ? "\n" : "\r\n";
  return head + body;
}

/// A byte less, more, or another.
void Generator::mutate(std::string& bytes) {
  if (bytes.empty()) return;
  const std::size_t at = below(bytes.size());
  const char byte = std::string_view("\r\n :;,\t\0x0\xff/", 12)[below(12)];
  switch (below(4)) {
    case 0:
      bytes.erase(at, 1 + below(3));
      break;
    case 1:
      bytes.insert(at, 1, byte);
      break;
    case 2:
      bytes[at] = byte;
      break;
    default:
      bytes.resize(at);
  }
}

std::string Generator::stream() {
  std::string bytes;
  for (std::size_t count = below(4) + 1; count > 0; --count) {
    std::string next = request();
    if (one_in(10)) mutate(next);
    bytes += next;
  }
  return bytes;
}

}  // namespace caravan::testing
