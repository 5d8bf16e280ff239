#pragma once

#include <condition_variable>
#include <map>

#include "runtime/spans.hpp"
#include "runtime/wire.hpp"

namespace caravan {

/// Gathers what the nodes of a cluster keep of a trace: asks all peers at once, and waits a bounded time for their
/// answers. Thread-safe.
class TraceSearch {
 public:
  /// False: the peer's link takes no more.
  using Send = std::function<bool(const std::string& peer, std::string message)>;
  static constexpr std::size_t most = 64;  // searches at once; beyond it only what this node keeps is found

  /// `own` may be null: this node keeps none.
  explicit TraceSearch(const Spans* own) : own_(own) {}

  /// Before any message comes.
  void join(std::string node, Send send);
  /// The steps in the order of their start, each with its node's name, which is empty in a node alone. Blocks for
  /// `patience` at most.
  std::vector<NodeSpan> find(const std::string& trace_id, const std::vector<std::string>& peers,
                             std::chrono::milliseconds patience);
  void received(const std::string& peer, const wire::TraceAsked& asked);
  void received(const std::string& peer, const wire::TraceTold& told);

 private:
  struct Search {
    std::size_t unanswered = 0;
    std::vector<NodeSpan> spans;
  };

  const Spans* const own_;
  std::string node_;
  Send send_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::uint64_t numbers_ = 0;
  std::map<std::uint64_t, Search> searches_;
};

}  // namespace caravan
