#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/testkit/postgres_server.hpp"

namespace caravan::testkit {

/// Stands between a journal and its server, and cuts their connection in the middle of the next commit.
class PostgresProxy {
 public:
  enum class Cut : std::uint8_t { none, before_commit, before_answer };

  /// `folder`: where its socket goes.
  PostgresProxy(PostgresServer& server, std::string folder);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  /// The server's `url`, by way of here.
  std::string by_way(const std::string& url) const;
  /// The next commit does not reach the server, or its answer does not come back.
  void cut_next(Cut where) { cut_ = where; }
  int cuts() const { return cuts_; }

 private:
  void serve();
  void carry(int client);

  const std::string folder_, server_folder_;
  int listener_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<Cut> cut_ = Cut::none;
  std::atomic<int> cuts_ = 0;
  std::vector<std::thread> carriers_;
  std::thread server_thread_;
};

}  // namespace caravan::testkit
