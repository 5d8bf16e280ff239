#include "runtime/peer_search.hpp"

#include <algorithm>

namespace caravan {

void TraceSearch::join(std::string node, Send send) {
  node_ = std::move(node);
  send_ = send;
  gathering_.join(std::move(send));
}

std::vector<NodeSpan> TraceSearch::find(const std::string& trace_id, const std::vector<std::string>& peers,
                                        std::chrono::milliseconds patience) {
  std::vector<NodeSpan> found;
  if (own_)
    for (Span& span : own_->of(trace_id)) found.push_back({std::move(span), node_});
  for (const auto& [peer, told] : gathering_.ask(peers, patience, [&](std::uint64_t number) {
         return wire::encode(wire::TraceAsked{number, trace_id});
       }))
    for (const wire::SpanRecord& span : told.spans) found.push_back({wire::span_of(span), peer});
  std::ranges::stable_sort(found, {}, [](const NodeSpan& step) { return step.span.start; });
  return found;
}

void TraceSearch::received(const std::string& peer, const wire::TraceAsked& asked) {
  wire::TraceTold told{.number = asked.number, .spans = {}};
  if (own_)
    for (const Span& span : own_->of(asked.trace_id)) told.spans.push_back(wire::span_record(span));
  send_(peer, wire::encode(told));  // where the link is full, the asker gives up by itself
}

void StuckSearch::join(Send send) {
  send_ = send;
  gathering_.join(std::move(send));
}

std::vector<OpenQuestion> StuckSearch::of_this_node() const {
  constexpr std::chrono::minutes is_slow{1};
  std::vector<OpenQuestion> all = own_.stuck(stopwatch_(), is_slow);
  std::ranges::stable_sort(all, {}, &OpenQuestion::asked_at);
  if (all.size() > most_of_a_node) all.resize(most_of_a_node);
  return all;
}

std::vector<OpenQuestion> StuckSearch::find(const std::vector<std::string>& peers, std::chrono::milliseconds patience) {
  std::vector<OpenQuestion> all = of_this_node();
  for (const auto& [peer, told] :
       gathering_.ask(peers, patience, [](std::uint64_t number) { return wire::encode(wire::StuckAsked{number}); }))
    for (const wire::QuestionRecord& record : told.questions) all.push_back(wire::question_of(record));
  std::ranges::stable_sort(all, {}, &OpenQuestion::asked_at);
  return all;
}

void StuckSearch::received(const std::string& peer, const wire::StuckAsked& asked) {
  wire::StuckTold told{.number = asked.number, .questions = {}};
  for (const OpenQuestion& question : of_this_node()) told.questions.push_back(wire::question_record(question));
  send_(peer, wire::encode(told));  // where the link is full, the asker gives up by itself
}

}  // namespace caravan
