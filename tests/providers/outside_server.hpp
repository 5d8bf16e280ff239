#pragma once

#include <httplib.h>

#include <mutex>
#include <thread>
#include <vector>

#include "http/providers/signed_posts.hpp"

namespace caravan::testkit {

/// Somebody else's server on 127.0.0.1, which answers what the test says.
class OutsideServer {
 public:
  using Answer = std::function<void(const httplib::Request& request, httplib::Response& response)>;

  explicit OutsideServer(Answer answer);
  ~OutsideServer();
  OutsideServer(const OutsideServer&) = delete;
  OutsideServer& operator=(const OutsideServer&) = delete;

  PostTarget target(std::chrono::milliseconds deadline = std::chrono::milliseconds{2'000}) const;
  std::size_t count();
  httplib::Request seen(std::size_t index);

  static const std::string secret;

 private:
  const Answer answer_;
  std::mutex mutex_;
  std::vector<httplib::Request> seen_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace caravan::testkit
