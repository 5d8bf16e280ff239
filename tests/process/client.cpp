#include "tests/process/client.hpp"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <httplib.h>
#pragma GCC diagnostic pop

namespace caravan::testing {

namespace {

constexpr int answer_timeout_seconds = 60;

std::string encoded(const std::string& path) {
  static const char* const digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '"' && c != '<' && c != '>' && c != ',' && c != '+') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace

struct HttpClient::Connection {
  explicit Connection(int port) : client("127.0.0.1", port) {
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_url_encode(false);
    client.set_read_timeout(answer_timeout_seconds, 0);
  }
  httplib::Client client;
};

HttpClient::HttpClient(int port) : connection_(std::make_unique<Connection>(port)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpAnswer HttpClient::call(const std::string& method, const std::string& path, const HttpHeaders& headers,
                            const std::string& body) {
  httplib::Request request;
  request.method = method;
  request.path = encoded(path);
  for (const auto& [name, value] : headers) request.set_header(name.c_str(), value);
  if (!body.empty()) {
    request.body = body;
    if (!request.has_header("Content-Type")) request.set_header("Content-Type", "application/json");
  }
  const auto result = connection_->client.send(request);
  if (!result) return {};
  HttpAnswer answer;
  answer.status = result->status;
  answer.body = result->body;
  for (const auto& [name, value] : result->headers) {
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    answer.headers[lower] = value;
  }
  return answer;
}

}  // namespace caravan::testing
