#include "runtime/trace_search.hpp"

#include <algorithm>

namespace caravan {

void TraceSearch::join(std::string node, Send send) {
  node_ = std::move(node);
  send_ = std::move(send);
}

std::vector<NodeSpan> TraceSearch::find(const std::string& trace_id, const std::vector<std::string>& peers,
                                        std::chrono::milliseconds patience) {
  std::vector<NodeSpan> found;
  if (own_)
    for (Span& span : own_->of(trace_id)) found.push_back({std::move(span), node_});
  std::unique_lock lock(mutex_);
  if (!peers.empty() && searches_.size() < most) {
    const std::uint64_t number = ++numbers_;
    searches_[number].unanswered = peers.size();
    lock.unlock();
    std::size_t unreached = 0;
    for (const std::string& peer : peers)
      unreached += send_(peer, wire::encode(wire::TraceAsked{number, trace_id})) ? 0 : 1;
    lock.lock();
    Search& search = searches_.at(number);
    told_.wait_for(lock, patience, [&] { return search.unanswered <= unreached; });
    std::ranges::move(search.spans, std::back_inserter(found));
    searches_.erase(number);
  }
  std::ranges::stable_sort(found, {}, [](const NodeSpan& step) { return step.span.start; });
  return found;
}

void TraceSearch::received(const std::string& peer, const wire::TraceAsked& asked) {
  wire::TraceTold told{.number = asked.number, .spans = {}};
  if (own_)
    for (const Span& span : own_->of(asked.trace_id)) told.spans.push_back(wire::span_record(span));
  send_(peer, wire::encode(told));  // where the link is full, the asker gives up by itself
}

void TraceSearch::received(const std::string& peer, const wire::TraceTold& told) {
  const std::lock_guard lock(mutex_);
  const auto search = searches_.find(told.number);
  if (search == searches_.end()) return;  // too late
  for (const wire::SpanRecord& span : told.spans) search->second.spans.push_back({wire::span_of(span), peer});
  --search->second.unanswered;
  told_.notify_all();
}

}  // namespace caravan
