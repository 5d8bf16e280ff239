#pragma once

#include <map>
#include <memory>
#include <string>

namespace caravan::testing {

/// What the server answered; status 0 where it did not.
struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

using HttpHeaders = std::map<std::string, std::string>;

/// One keep-alive connection to a server on 127.0.0.1. Not thread-safe.
class HttpClient {
 public:
  explicit HttpClient(int port);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Waits up to 60 s for the answer. Spaces and the like in `path` may be written plainly.
  HttpAnswer call(const std::string& method, const std::string& path, const HttpHeaders& headers = {},
                  const std::string& body = {});

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace caravan::testing
