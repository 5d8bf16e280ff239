#pragma once

#include "runtime/gathering.hpp"
#include "runtime/questions.hpp"
#include "runtime/spans.hpp"
#include "runtime/wire.hpp"

namespace caravan {

/// Gathers what the nodes of a cluster keep of a trace. Thread-safe.
class TraceSearch {
 public:
  using Send = Gathering<wire::TraceTold>::Send;

  /// `own` may be null: this node keeps none.
  explicit TraceSearch(const Spans* own) : own_(own) {}

  /// Before any message comes.
  void join(std::string node, Send send);
  /// The steps in the order of their start, each with its node's name, which is empty in a node alone. Blocks for
  /// `patience` at most.
  std::vector<NodeSpan> find(const std::string& trace_id, const std::vector<std::string>& peers,
                             std::chrono::milliseconds patience);
  void received(const std::string& peer, const wire::TraceAsked& asked);
  void received(const std::string& peer, const wire::TraceTold& told) { gathering_.received(peer, told); }

 private:
  const Spans* const own_;
  std::string node_;
  Send send_;
  Gathering<wire::TraceTold> gathering_;
};

/// Gathers the questions to providers that are stuck, from all nodes of a cluster. Thread-safe.
class StuckSearch {
 public:
  using Send = Gathering<wire::StuckTold>::Send;
  static constexpr std::size_t most_of_a_node = 1'000;

  StuckSearch(const Questions& own, Stopwatch stopwatch) : own_(own), stopwatch_(std::move(stopwatch)) {}

  /// Before any message comes.
  void join(Send send);
  /// The oldest first. Blocks for `patience` at most.
  std::vector<OpenQuestion> find(const std::vector<std::string>& peers, std::chrono::milliseconds patience);
  void received(const std::string& peer, const wire::StuckAsked& asked);
  void received(const std::string& peer, const wire::StuckTold& told) { gathering_.received(peer, told); }

 private:
  std::vector<OpenQuestion> of_this_node() const;

  const Questions& own_;
  const Stopwatch stopwatch_;
  Send send_;
  Gathering<wire::StuckTold> gathering_;
};

}  // namespace caravan
