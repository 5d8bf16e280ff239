#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// Traces: what one request leads to, step by step, on every node that it comes to. Ids are W3C's.
namespace caravan {

/// W3C's header: "00-<32 hex: the trace>-<16 hex: the step at hand>-<flags>".
struct TraceParent {
  std::string_view trace_id, span_id;
  bool sampled = false;  // the trace's steps are kept
};
/// Nothing where the text is not one.
std::optional<TraceParent> parse_traceparent(std::string_view text);

/// Is it a step's id as W3C has them: 16 hex digits, not all zeros?
bool is_span_id(std::string_view text);
/// A trace id of W3C's for any id: the same one each time, and the id itself where it is one, or a UUID.
std::string trace_id_of(std::string_view id);
std::string fresh_trace_id();
std::string fresh_span_id();

/// The fact that says whose step it is: "delivery/…".
inline constexpr std::string_view span_entity = "caravan.entity";

/// A step that ended.
struct Span {
  enum class Kind : std::uint8_t { internal = 1, server, client, producer, consumer };  // OTLP's numbers
  using Fact = std::pair<std::string_view, std::variant<std::int64_t, std::string>>;    // names are literals
  std::string trace_id, id, parent;                                                     // parent empty: the first
  std::string operation;
  Kind kind = Kind::internal;
  std::chrono::system_clock::time_point start = {};
  std::chrono::nanoseconds took{0};
  bool failed = false;
  std::vector<Fact> facts = {};
};

/// A step, and which node of a cluster did it; "" in a node alone.
struct NodeSpan {
  Span span;
  std::string node;
};

class Spans;

/// A step that is under way. It ends with `end`, or with this object; facts that are added later are dropped. Only
/// `traceparent` and `child` are thread-safe.
class OpenSpan {
 public:
  OpenSpan(Spans& into, Span begun);
  ~OpenSpan() { end(); }
  OpenSpan(const OpenSpan&) = delete;
  OpenSpan& operator=(const OpenSpan&) = delete;

  /// The header that steps which follow from this one bring along.
  std::string traceparent() const;
  std::shared_ptr<OpenSpan> child(std::string operation, Span::Kind kind) const;
  void add(std::string_view name, std::variant<std::int64_t, std::string> value);
  void fail() { span_.failed = true; }
  void end();

 private:
  Spans& into_;
  Span span_;
  std::chrono::steady_clock::time_point begun_;
  bool ended_ = false;
};
using OpenSpanPtr = std::shared_ptr<OpenSpan>;  // null: the trace is not kept

/// Decides which traces are kept, and keeps the newest steps that this node did in them. Whoever begins a trace decides
/// for all steps of it, by its id: a node that takes it up again later decides the same. Thread-safe; outlives its open
/// spans.
class Spans {
 public:
  struct Limits {
    std::size_t kept = 10'000;  // the newest
    std::size_t shown = 1'000;  // of one trace
  };
  using Also = std::function<void(const Span&)>;

  /// Keeps `sampling` of 10,000 traces, but for those whose first request says otherwise; tells `also` of every span
  /// that ended.
  Spans(std::int64_t sampling, Limits limits, Also also = {});

  /// Is this trace kept (an id of W3C's), where its first request does not say?
  bool samples(std::string_view trace_id) const;
  OpenSpanPtr open(Span begun);
  /// Keeps a step that has ended, whether its trace is kept or not.
  void keep(Span span);
  /// Begins a step without a parent: the first of a trace, or the first after a restart. Null where its trace is not
  /// kept.
  OpenSpanPtr begin(std::string_view id, std::string operation, Span::Kind kind);
  /// A step that another one led to, perhaps on another node; null where its trace is not kept.
  OpenSpanPtr follow(std::string_view traceparent, std::string operation, Span::Kind kind);
  /// What is kept of a trace, by start.
  std::vector<Span> of(std::string_view trace_id) const;
  /// Spans that ended since the start.
  std::uint64_t ended() const;

 private:
  const std::int64_t sampling_;
  const Limits limits_;
  const Also also_;
  mutable std::mutex mutex_;
  std::vector<Span> ring_;
  std::uint64_t ended_ = 0;
};

/// What a thread works on: for its log lines, and for what it asks of entities. The texts outlive it.
struct TraceAtHand {
  std::string_view trace_id;     // the request's own, which need not be W3C's
  std::string_view traceparent;  // of the step at hand, made here; may be empty

  bool is_kept() const { return traceparent.ends_with("-01"); }
};
/// Empty where there is nothing.
TraceAtHand trace_at_hand();

/// Makes a trace the one at hand, for as long as this object lives.
class WithTrace {
 public:
  explicit WithTrace(TraceAtHand trace);
  ~WithTrace();
  WithTrace(const WithTrace&) = delete;
  WithTrace& operator=(const WithTrace&) = delete;

 private:
  const TraceAtHand before_;
};

}  // namespace caravan
