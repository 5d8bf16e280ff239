#pragma once

#include <algorithm>
#include <memory>
#include <thread>

#include "storage/postgres/connection.hpp"

namespace caravan::postgres {

/// A connection that is made anew when it breaks. Used by one thread at a time.
class Session {
 public:
  /// `patience`: for how long `run` tries again before it throws. One answer may take as long as that, or as
  /// `answer_limit` if that is longer.
  Session(std::string url, std::chrono::milliseconds patience,
          std::chrono::milliseconds answer_limit = std::chrono::seconds(1))
      : url_(std::move(url)), patience_(patience), answer_limit_(std::max(patience, answer_limit)) {}

  /// Runs `work` on a live connection, and again after a pause when the connection broke or another transaction was in
  /// the way. When patience ends it throws the last StorageError. When `work` throws, the connection is dropped, and
  /// with it a transaction that was left open.
  template <class Work>
  auto run(Work work) {
    using namespace std::chrono_literals;
    const auto until = std::chrono::steady_clock::now() + patience_;
    for (auto pause = 5ms;; pause = std::min(2 * pause, 500ms)) {
      try {
        if (!connection_) connection_ = std::make_unique<Connection>(url_, answer_limit_);
        return work(*connection_);
      } catch (const Disconnected&) {
        connection_.reset();
        if (std::chrono::steady_clock::now() + pause > until) throw;
      } catch (const Refused& refused) {
        connection_.reset();
        if (!refused.passes() || std::chrono::steady_clock::now() + pause > until) throw;
      } catch (...) {
        connection_.reset();
        throw;
      }
      std::this_thread::sleep_for(pause);
    }
  }

 private:
  const std::string url_;
  const std::chrono::milliseconds patience_, answer_limit_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace caravan::postgres
