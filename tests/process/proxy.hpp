#pragma once

#include <string>
#include <vector>

namespace caravan::testing {

/// HAProxy on a free port of 127.0.0.1, with the file that operators get but for its addresses. It ends with this
/// object.
class Proxy {
 public:
  /// `way`: what a server's line says more. Throws std::runtime_error where the file has not the lines that are
  /// expected.
  Proxy(const std::string& folder, const std::vector<int>& nodes, const std::string& way = "");
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  int port() const { return port_; }

 private:
  int port_ = 0;
  int pid_ = -1;
};

}  // namespace caravan::testing
