#include "runtime/wire.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/entity/outside.hpp"
#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"

namespace caravan::wire {

namespace {

using Messages = List<Errand, Answered, Probe, Probed, RowsChanged, ShardLoads, TraceAsked, TraceTold, NodeCondition,
                      StuckAsked, StuckTold>;

Bytes tagged(const AnyRecord& record) {
  Bytes out;
  if (record) codec::encode_tagged(record, out.value);
  return out;
}

AnyRecord command_of(const EntityClass& entity, std::string_view bytes, bool& holds_more) {
  AnyRecord command = codec::decode_tagged(entity.commands, bytes, &holds_more);
  return command ? command : codec::decode_tagged(host_commands(), bytes);
}

}  // namespace

std::string encode(const AnyRecord& message) { return tagged(message).value; }

AnyRecord decode(std::string_view bytes) { return codec::decode_tagged(detail::alternatives(Messages{}), bytes); }

Errand errand(std::uint64_t number, const Address& to, const Work& work, std::optional<std::uint64_t> after_version,
              std::chrono::milliseconds wait) {
  Errand out{.number = number, .to = to, .kind = static_cast<std::uint64_t>(work.kind)};
  if (work.kind == Work::Kind::stimulus) {
    const Stimulus& stimulus = work.stimulus;
    out.stimulus = static_cast<std::uint64_t>(stimulus.kind);
    out.command = stimulus.as_written.empty() ? tagged(stimulus.command) : Bytes{stimulus.as_written};
    out.then = tagged(stimulus.then);
    out.expected_versions = stimulus.expected_versions;
    if (!out.expected_versions.empty()) out.expected_version = out.expected_versions.front();
    out.origin = stimulus.origin;
    out.sender = stimulus.key.sender;
    out.effect = stimulus.key.number;
  } else {
    out.command = tagged(work.query);
    out.origin.caller = work.caller;
    out.origin.trace_id = work.stimulus.origin.trace_id;
    out.origin.traceparent = work.stimulus.origin.traceparent;
    out.after_version = after_version;
    out.wait_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(wait.count(), 0));
  }
  return out;
}

WorkPtr work_of(const Errand& errand) {
  const EntityClass* entity = find_entity(errand.to.kind);
  if (!entity) return nullptr;
  auto work = std::make_shared<Work>();
  const AnyRecord then = codec::decode_tagged(entity->queries, errand.then.value);
  if (errand.kind == static_cast<std::uint64_t>(Work::Kind::stimulus)) {
    // Clients' commands, effects and answers alone come as errands. Timers, and the news that an effect was given up or
    // dropped, arise on the node that has the entity; larger numbers are of newer builds.
    if (errand.stimulus > static_cast<std::uint64_t>(Stimulus::Kind::answer)) return nullptr;
    bool holds_more = false;
    work->stimulus = {.kind = static_cast<Stimulus::Kind>(errand.stimulus),
                      .command = command_of(*entity, errand.command.value, holds_more),
                      .then = then,
                      .expected_versions = errand.expected_versions,
                      .origin = errand.origin,
                      .key = {errand.sender, errand.effect}};
    if (holds_more) work->stimulus.as_written = errand.command.value;  // it may go on to another node
    if (errand.expected_versions.empty() && errand.expected_version)
      work->stimulus.expected_versions = {*errand.expected_version};
    const bool is_whole = work->stimulus.command && (then || errand.then.value.empty());
    return is_whole ? work : nullptr;
  }
  work->query = codec::decode_tagged(entity->queries, errand.command.value);
  if (!work->query) return nullptr;
  work->caller = errand.origin.caller;
  work->stimulus.origin = errand.origin;
  work->kind = Work::Kind::query;
  if (!errand.after_version) return work;
  work->kind = Work::Kind::await;
  work->accepts = [after = *errand.after_version](const Reply& reply) { return reply.version > after; };
  work->deadline = std::chrono::milliseconds(std::min<std::uint64_t>(errand.wait_ms, 60'000));
  return work;
}

SpanRecord span_record(const Span& span) {
  SpanRecord record{.trace_id = span.trace_id,
                    .id = span.id,
                    .parent = span.parent,
                    .operation = span.operation,
                    .kind = static_cast<std::uint64_t>(span.kind),
                    .start_ns = std::chrono::nanoseconds(span.start.time_since_epoch()).count(),
                    .took_ns = static_cast<std::uint64_t>(span.took.count()),
                    .failed = span.failed,
                    .entity = {}};
  for (const auto& [name, value] : span.facts)
    if (name == span_entity) record.entity = std::get<std::string>(value);
  return record;
}

Span span_of(const SpanRecord& record) {
  Span span{.trace_id = record.trace_id,
            .id = record.id,
            .parent = record.parent,
            .operation = record.operation,
            .kind = static_cast<Span::Kind>(record.kind),
            .start = std::chrono::system_clock::time_point(std::chrono::nanoseconds(record.start_ns)),
            .took = std::chrono::nanoseconds(record.took_ns),
            .failed = record.failed};
  if (!record.entity.empty()) span.facts.emplace_back(span_entity, record.entity);
  return span;
}

QuestionRecord question_record(const OpenQuestion& question) {
  return {question.key.sender, question.key.number,  question.to,       question.request,
          question.trace_id,   question.asked_at,    question.deadline, static_cast<std::uint64_t>(question.tries),
          question.failure,    question.is_given_up, question.about};
}

OpenQuestion question_of(const QuestionRecord& record) {
  return {{record.sender, record.effect},
          record.to,
          record.request,
          record.trace_id,
          record.asked_at,
          record.deadline,
          static_cast<int>(std::min<std::uint64_t>(record.tries, 1'000'000)),
          record.failure,
          record.is_given_up,
          record.about};
}

Answered answered(std::uint64_t number, const Reply& reply) {
  Answered out{.number = number, .outcome = static_cast<std::uint64_t>(reply.outcome)};
  if (reply.resource) {
    out.resource_name = reply.resource.type().name;
    out.resource.value = codec::encode(reply.resource);
  }
  out.replayed.value = reply.replayed;
  out.is_replay = reply.is_replay;
  if (reply.rejection) {
    out.rejection = reply.rejection->code;
    out.detail = reply.rejection->detail;
    out.blamed = reply.rejection->field;
  }
  out.version = reply.version;
  out.position = reply.position;
  out.retry_after_ms = static_cast<std::uint64_t>(reply.retry_after.count());
  return out;
}

Reply reply_of(const Answered& answered, EntityKind kind) {
  Reply reply{.outcome = Outcome::unknown,
              .version = answered.version,
              .position = answered.position,
              .retry_after = std::chrono::milliseconds(answered.retry_after_ms)};
  const auto unreadable = [&](std::string_view what) {
    spdlog::error("a peer's answer cannot be read: {}", what);
    return reply;
  };
  if (answered.outcome > static_cast<std::uint64_t>(Outcome::unknown)) return unreadable("its outcome");
  if (!answered.resource_name.empty()) {
    const schema::Type* type = schema::find_record(answered.resource_name);
    if (type) reply.resource = codec::decode_record(*type, answered.resource.value);
    if (!reply.resource) return unreadable(answered.resource_name);
  }
  if (!answered.rejection.empty()) {
    const EntityClass* entity = find_entity(kind);
    const auto label =
        entity ? std::ranges::find(entity->rejections, answered.rejection) : decltype(entity->rejections.begin()){};
    const bool is_known = entity && label != entity->rejections.end();
    if (!is_known && answered.rejection != own_affair) return unreadable(answered.rejection);
    reply.rejection = Rejection{is_known ? *label : own_affair, answered.detail, answered.blamed};
  }
  reply.replayed = answered.replayed.value;
  reply.is_replay = answered.is_replay;
  reply.outcome = static_cast<Outcome>(answered.outcome);
  return reply;
}

}  // namespace caravan::wire
