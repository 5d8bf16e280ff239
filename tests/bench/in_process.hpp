#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "storage/journal/journal.hpp"

namespace caravan::bench {

/// A node of this process, asked without HTTP, so many commands at a time.
class InProcess {
 public:
  InProcess(Journal& journal, int under_way);
  ~InProcess();
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  /// A new node on the same journal, with nobody in memory yet.
  void restart();
  /// Sends `count` commands and waits for their answers; seconds it took. Throws where one failed.
  double run(std::size_t count, const std::function<Ask(std::size_t)>& make);

 private:
  Journal& journal_;
  const int under_way_;
  OffsetClock clock_;
  std::unique_ptr<Node> node_;
  std::mutex mutex_;
  std::condition_variable room_;
  int waiting_ = 0;
  std::uint64_t failed_ = 0;
};

/// The address of the n-th of many entities, spread over all shards.
Address nth_claim(std::uint64_t n);
/// Taken by itself, or given back, turn by turn: each is one durable event.
Ask touch_claim(std::uint64_t n, bool take, std::string fingerprint = "touched");

}  // namespace caravan::bench
