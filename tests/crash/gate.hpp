#pragma once

#include <condition_variable>
#include <mutex>

#include "tests/process/market.hpp"

namespace caravan::testing {

/// Where the writers wait while the server is dead. While all of them wait, the checker may read what they remember.
class Gate {
 public:
  /// Thrown to a writer that would begin something new although the run is over.
  struct Over {};

  explicit Gate(int writers) : writers_(writers) {}

  /// To be called before each call: waits while the gate is closed. `begun`: it repeats a call that was cut off.
  void pass(bool begun);
  /// A writer has ended.
  void leave();
  void open();
  /// Returns when every writer waits at the gate or has left.
  void close();
  /// Opens only for repetitions of what was cut off, and returns when every writer has left.
  void finish();
  /// Lets nobody go on, not even with what was begun: there is no server any more.
  void abandon();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int writers_;
  int waiting_ = 0;
  bool closed_ = true, over_ = false, abandoned_ = false;
};

/// The market of a server that dies now and then: a call that was cut off is repeated, with the same idempotency key,
/// once the gate is open again.
class EnduringMarket : public Market {
 public:
  /// `name` makes the keys differ from those of others.
  EnduringMarket(int port, Gate& gate, std::string name) : Market(port), gate_(gate), name_(std::move(name)) {}
  HttpAnswer call(const std::string& method, const std::string& path, const std::string& token,
                  const std::string& body = {}, const std::string& idempotency_key = {}) override;
  /// Writes that were answered.
  int acknowledged() const { return acknowledged_; }
  /// Writes that the death of the server cut off.
  int cut_off() const { return cut_off_; }

 private:
  Gate& gate_;
  std::string name_;
  int calls_ = 0, acknowledged_ = 0, cut_off_ = 0;
};

}  // namespace caravan::testing
