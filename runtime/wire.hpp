#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/open_question.hpp"
#include "runtime/spans.hpp"
#include "runtime/work.hpp"

/// What nodes say to each other over a link: records of storage/codec, so that a newer node may add fields.
namespace caravan::wire {

/// Work for an entity that lives at the peer, which answers with the same number.
struct Errand {
  static constexpr Tag tag{1, "errand"};
  std::uint64_t number = 0;
  Address to;
  std::uint64_t kind = 0;                         // Work::Kind
  std::uint64_t stimulus = 0;                     // Stimulus::Kind
  Bytes command;                                  // tagged; of the query, where it is one
  Bytes then;                                     // tagged query, or nothing
  std::optional<std::uint64_t> expected_version;  // the first of expected_versions, for nodes that know only one
  RequestOrigin origin;
  Address sender;  // of an effect
  std::uint64_t effect = 0;
  std::optional<std::uint64_t> after_version;  // await: answer when the entity's version is beyond it
  std::uint64_t wait_ms = 0;                   // await: at the latest then
  bool may_pass_on = false;  // the sender does not reach the owner: a receiver that is not the owner sends it on
  std::vector<std::uint64_t> expected_versions;
  static constexpr auto fields() {
    return std::array{field<&Errand::number>(1, "number"),
                      field<&Errand::to>(2, "to"),
                      field<&Errand::kind>(3, "kind"),
                      field<&Errand::stimulus>(4, "stimulus"),
                      field<&Errand::command>(5, "command"),
                      field<&Errand::then>(6, "then"),
                      field<&Errand::expected_version>(7, "expectedVersion"),
                      field<&Errand::origin>(8, "origin"),
                      field<&Errand::sender>(9, "sender"),
                      field<&Errand::effect>(10, "effect"),
                      field<&Errand::after_version>(11, "afterVersion"),
                      field<&Errand::wait_ms>(12, "waitMs"),
                      field<&Errand::may_pass_on>(13, "mayPassOn"),
                      field<&Errand::expected_versions>(14, "expectedVersions")};
  }
};

/// How an errand ended: a Reply.
struct Answered {
  static constexpr Tag tag{2, "answered"};
  std::uint64_t number = 0;
  std::uint64_t outcome = 0;
  std::string resource_name;
  Bytes resource;
  Bytes replayed;
  bool is_replay = false;
  std::string rejection, detail, blamed;
  std::uint64_t version = 0, position = 0, retry_after_ms = 0;
  static constexpr auto fields() {
    return std::array{field<&Answered::number>(1, "number"),
                      field<&Answered::outcome>(2, "outcome"),
                      field<&Answered::resource_name>(3, "resourceName"),
                      field<&Answered::resource>(4, "resource"),
                      field<&Answered::replayed>(5, "replayed"),
                      field<&Answered::is_replay>(6, "isReplay"),
                      field<&Answered::rejection>(7, "rejection"),
                      field<&Answered::detail>(8, "detail"),
                      field<&Answered::blamed>(9, "blamed"),
                      field<&Answered::version>(10, "version"),
                      field<&Answered::position>(11, "position"),
                      field<&Answered::retry_after_ms>(12, "retryAfterMs")};
  }
};

/// Asks whether the receiver is this very life of the node.
struct Probe {
  static constexpr Tag tag{3, "probe"};
  std::string node;
  std::uint64_t incarnation = 0, number = 0;
  static constexpr auto fields() {
    return std::array{field<&Probe::node>(1, "node"), field<&Probe::incarnation>(2, "incarnation"),
                      field<&Probe::number>(3, "number")};
  }
};

/// The answer to a Probe, with its values. A process that is another life does not answer.
struct Probed {
  static constexpr Tag tag{4, "probed"};
  std::string node;
  std::uint64_t incarnation = 0, number = 0;
  static constexpr auto fields() {
    return std::array{field<&Probed::node>(1, "node"), field<&Probed::incarnation>(2, "incarnation"),
                      field<&Probed::number>(3, "number")};
  }
};

/// The cluster's rows have changed: the receiver reads them now, not at its next look.
struct RowsChanged {
  static constexpr Tag tag{5, "rows_changed"};
  static constexpr auto fields() { return no_fields; }
};

/// How much work came for each shard that the sender serves, in work items a second, and how many entities of it are
/// in memory.
struct ShardLoads {
  static constexpr Tag tag{6, "shard_loads"};
  std::vector<std::uint64_t> shards, loads, actors;
  static constexpr auto fields() {
    return std::array{field<&ShardLoads::shards>(1, "shards"), field<&ShardLoads::loads>(2, "loads"),
                      field<&ShardLoads::actors>(3, "actors")};
  }
};

/// A link of the sender.
struct LinkRecord {
  static constexpr std::string_view record_name = "LinkRecord";
  std::string node;
  bool is_open = false;
  std::uint64_t waiting_bytes = 0, connections = 0;  // LinkState
  std::string fault;
  static constexpr auto fields() {
    return std::array{field<&LinkRecord::node>(1, "node"), field<&LinkRecord::is_open>(2, "isOpen"),
                      field<&LinkRecord::waiting_bytes>(3, "waitingBytes"),
                      field<&LinkRecord::connections>(4, "connections"), field<&LinkRecord::fault>(5, "fault")};
  }
};

/// What only the sender knows of itself: told every few seconds, and when its lease comes or goes.
struct NodeCondition {
  static constexpr Tag tag{9, "node_condition"};
  bool has_lease = false;
  std::vector<LinkRecord> links;
  static constexpr auto fields() {
    return std::array{field<&NodeCondition::has_lease>(1, "hasLease"), field<&NodeCondition::links>(2, "links")};
  }
};

/// Asks what the receiver keeps of this trace.
struct TraceAsked {
  static constexpr Tag tag{7, "trace_asked"};
  std::uint64_t number = 0;
  std::string trace_id;
  static constexpr auto fields() {
    return std::array{field<&TraceAsked::number>(1, "number"), field<&TraceAsked::trace_id>(2, "traceId")};
  }
};

/// A step of a trace: a Span, without the facts that nobody is shown.
struct SpanRecord {
  static constexpr std::string_view record_name = "SpanRecord";
  std::string trace_id, id, parent, operation;
  std::uint64_t kind = 0;
  std::int64_t start_ns = 0;  // since 1970
  std::uint64_t took_ns = 0;
  bool failed = false;
  std::string entity;
  static constexpr auto fields() {
    return std::array{field<&SpanRecord::trace_id>(1, "traceId"), field<&SpanRecord::id>(2, "id"),
                      field<&SpanRecord::parent>(3, "parent"),    field<&SpanRecord::operation>(4, "operation"),
                      field<&SpanRecord::kind>(5, "kind"),        field<&SpanRecord::start_ns>(6, "startNs"),
                      field<&SpanRecord::took_ns>(7, "tookNs"),   field<&SpanRecord::failed>(8, "failed"),
                      field<&SpanRecord::entity>(9, "entity")};
  }
};

/// The answer to TraceAsked, with its number.
struct TraceTold {
  static constexpr Tag tag{8, "trace_told"};
  std::uint64_t number = 0;
  std::vector<SpanRecord> spans;
  static constexpr auto fields() {
    return std::array{field<&TraceTold::number>(1, "number"), field<&TraceTold::spans>(2, "spans")};
  }
};

/// The bytes of one of these.
std::string encode(const AnyRecord& message);
/// Nothing where this build does not know such a message, or the bytes cannot be read.
AnyRecord decode(std::string_view bytes);

/// Asks which questions to providers are stuck at the receiver.
struct StuckAsked {
  static constexpr Tag tag{10, "stuck_asked"};
  std::uint64_t number = 0;
  static constexpr auto fields() { return std::array{field<&StuckAsked::number>(1, "number")}; }
};

/// An OpenQuestion.
struct QuestionRecord {
  static constexpr std::string_view record_name = "QuestionRecord";
  Address sender;
  std::uint64_t effect = 0;
  EntityKind to = EntityKind::none;
  std::string request, trace_id;
  Time asked_at;
  std::optional<Time> deadline;
  std::uint64_t tries = 0;
  std::string failure;
  bool is_given_up = false;
  std::string about;
  static constexpr auto fields() {
    return std::array{field<&QuestionRecord::sender>(1, "sender"),
                      field<&QuestionRecord::effect>(2, "effect"),
                      field<&QuestionRecord::to>(3, "to"),
                      field<&QuestionRecord::request>(4, "request"),
                      field<&QuestionRecord::trace_id>(5, "traceId"),
                      field<&QuestionRecord::asked_at>(6, "askedAt"),
                      field<&QuestionRecord::deadline>(7, "deadline"),
                      field<&QuestionRecord::tries>(8, "tries"),
                      field<&QuestionRecord::failure>(9, "failure"),
                      field<&QuestionRecord::is_given_up>(10, "isGivenUp"),
                      field<&QuestionRecord::about>(11, "about")};
  }
};

/// The answer to StuckAsked, with its number.
struct StuckTold {
  static constexpr Tag tag{11, "stuck_told"};
  std::uint64_t number = 0;
  std::vector<QuestionRecord> questions;
  static constexpr auto fields() {
    return std::array{field<&StuckTold::number>(1, "number"), field<&StuckTold::questions>(2, "questions")};
  }
};

/// The errand that asks a peer to do this work. `after_version` and `wait`: see Errand.
Errand errand(std::uint64_t number, const Address& to, const Work& work, std::optional<std::uint64_t> after_version,
              std::chrono::milliseconds wait);
/// The work of an errand, without a handler; nothing where it is for no entity of this build, or cannot be read.
WorkPtr work_of(const Errand& errand);

SpanRecord span_record(const Span& span);
Span span_of(const SpanRecord& record);

QuestionRecord question_record(const OpenQuestion& question);
OpenQuestion question_of(const QuestionRecord& record);

Answered answered(std::uint64_t number, const Reply& reply);
/// The reply of an entity of that kind. `unknown` where this build cannot read it.
Reply reply_of(const Answered& answered, EntityKind kind);

}  // namespace caravan::wire
