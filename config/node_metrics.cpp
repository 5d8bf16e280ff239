#include "config/node_metrics.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string_view>

#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

using http::MetricFamilies;
using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr auto gauge = MetricType::Gauge, counter = MetricType::Counter;

prometheus::MetricFamily& family(std::string_view name, MetricType type, std::string_view help, MetricFamilies& out) {
  return out.emplace_back(prometheus::MetricFamily{"caravan_" + std::string(name), std::string(help), type, {}});
}

template <class Number>
ClientMetric metric(MetricType type, Number number) {
  ClientMetric out;
  (type == counter ? out.counter.value : out.gauge.value) = static_cast<double>(number);
  return out;
}

template <class Number>
void write(std::string_view name, MetricType type, std::string_view help, Number value, MetricFamilies& out) {
  family(name, type, help, out).metric.push_back(metric(type, value));
}

void write(std::string_view name, std::string_view help, const HistogramCounts& counts, MetricFamilies& out) {
  ClientMetric::Histogram histogram;
  histogram.sample_sum = counts.sum;
  for (std::size_t i = 0; i < counts.counts.size(); ++i) {
    histogram.sample_count += counts.counts[i];
    const bool is_last = i == counts.bounds.size();
    histogram.bucket.push_back(
        {histogram.sample_count, is_last ? std::numeric_limits<double>::infinity() : counts.bounds[i]});
  }
  family(name, MetricType::Histogram, help, out).metric.emplace_back().histogram = std::move(histogram);
}

/// One line for each of `items`, told apart by a label.
template <class Items, class NameOf, class ValueOf>
void write_each(std::string_view name, MetricType type, std::string_view help, const std::string& label,
                const Items& items, NameOf name_of, ValueOf value_of, MetricFamilies& out) {
  prometheus::MetricFamily& each = family(name, type, help, out);
  for (const auto& item : items) {
    each.metric.push_back(metric(type, value_of(item)));
    each.metric.back().label = {{label, name_of(item)}};
  }
}

std::size_t files_in(const char* folder) {
  std::error_code ignored;
  const std::filesystem::directory_iterator all(folder, ignored);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

void write_failures(MetricFamilies& out) {
  const auto by_part = failures_by_part();
  std::uint64_t all = 0;
  for (const auto& [part, count] : by_part) all += count;
  write("failures_total", counter, "Faults that were caught where work could go on; the log tells them", all, out);
  write_each(
      "part_failures_total", counter, "Of them, those of a thread, a kind of entity or another part", "part", by_part,
      [](const auto& one) { return one.first; }, [](const auto& one) { return one.second; }, out);
}

}  // namespace

void write_metrics(const NodeStats& stats, MetricFamilies& out) {
  write("entities_resident", gauge, "Entities in memory", stats.residents, out);
  write("entities_at_rest", gauge, "Of them, those kept as bytes", stats.at_rest, out);
  write("work_items", gauge, "Work items waiting or under way", stats.work, out);
  write("entity_activations_total", counter, "Entities loaded", stats.activations, out);
  write("entity_passivations_total", counter, "Entities that left memory", stats.passivations, out);
  write("commands_refused_total", counter, "Work refused as a queue was full", stats.refused, out);
  write("journal_commits_total", counter, "Group commits", stats.batches, out);
  write("journal_writes_total", counter, "Decisions made durable", stats.writes, out);
  write("journal_written_bytes_total", counter, "Bytes made durable", stats.written_bytes, out);
  write("journal_commit_duration_seconds", "Time of a group commit", stats.commit_seconds, out);
  write("journal_batch_writes", "Decisions in a group commit", stats.batch_writes, out);
  write("journal_gate_bytes", gauge, "Bytes of decisions that are not durable yet", stats.gate_bytes, out);
  write("journal_commit_queue", gauge, "Decisions waiting for a commit", stats.commit_queue, out);
  write("effects_pending_entities", gauge, "Effects on their way to entities", stats.effects_to_entities, out);
  write("effects_pending_providers", gauge, "Effects on their way to providers", stats.effects_to_providers, out);
  write("effects_given_up", gauge, "Effects to providers that were given up and wait for an operator",
        stats.effects_given_up, out);
  write("effects_oldest_entity_seconds", gauge, "Age of the oldest effect on its way to an entity",
        stats.oldest_to_entity, out);
  write("effects_oldest_provider_seconds", gauge, "Age of the oldest effect on its way to a provider",
        stats.oldest_to_provider, out);
  write("effects_delivered_total", counter, "Effects taken by their receivers", stats.effects_delivered, out);
  write("effects_retried_total", counter, "Effects sent again", stats.effects_retried, out);
  write("timers_fired_total", counter, "Timers that fired", stats.timers_fired, out);
  write("timers_oldest_overdue_seconds", gauge, "How late the oldest timer is that is due and has not fired",
        stats.oldest_overdue_timer, out);
}

void write_metrics(const cluster::ClusterState& state, const NodeStats& stats, MetricFamilies& out) {
  write("cluster_active", gauge, "Is this node an active member?", state.status == MemberStatus::active ? 1 : 0, out);
  write("cluster_lease", gauge, "May it answer from memory?", state.has_lease ? 1 : 0, out);
  write("cluster_members", gauge, "Members that are alive, as this node sees it", state.members, out);
  write("cluster_shards_owned", gauge, "Shards that this node owns", state.shards, out);
  write("cluster_shards_orphaned", gauge, "Shards without a living owner", state.orphans, out);
  write("cluster_shards_moving", gauge, "Shards on their way between nodes", state.moving, out);
  write("cluster_moves_begun_total", counter, "Shards that this node has told to move to another, to even loads out",
        state.moves, out);
  write("cluster_shards_opened_total", counter, "Shards that this node has opened", state.claims, out);
  write("cluster_shards_dropped_total", counter, "Shards that it has given up or lost", state.drops, out);
  write("cluster_writes_fenced_total", counter, "Writes refused since their shard had another owner", stats.fenced,
        out);
  write("cluster_work_waiting", gauge, "Work that waits for a shard on its way", stats.waiting_for_shards, out);
  write("cluster_work_at_peers", gauge, "Work that peers have and have not answered", stats.at_peers, out);
  write("cluster_work_sent_total", counter, "Work that went to peers", stats.sent_to_peers, out);
  write("cluster_work_received_total", counter, "Work that came from peers", stats.received_from_peers, out);
  write("cluster_work_repeated_total", counter, "Work that was tried again", stats.repeated, out);
  if (state.links.empty()) return;
  const auto each_link = [&](std::string_view name, MetricType type, std::string_view help, auto value_of) {
    write_each(
        "link_" + std::string(name), type, help, "peer", state.links,
        [](const LinkState& link) { return link.peer.name; }, value_of, out);
  };
  each_link("open", gauge, "Does the link to the peer stand?", [](const LinkState& link) { return link.open ? 1 : 0; });
  each_link("waiting_bytes", gauge, "Bytes that the peer has not acknowledged",
            [](const LinkState& link) { return link.waiting_bytes; });
  each_link("connections_total", counter, "Connections that were opened to it",
            [](const LinkState& link) { return link.connections; });
}

void write_metrics(const Projector::Lag& lag, MetricFamilies& out) {
  write("read_models_lag_positions", gauge, "Entries of the journal that the read models lack", lag.positions, out);
  write("read_models_lag_seconds", gauge, "Age of the oldest of them", lag.seconds, out);
}

void write_process_metrics(const std::string& data_folder, MetricFamilies& out) {
  std::int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  write("process_resident_bytes", gauge, "Memory in RAM", resident * ::sysconf(_SC_PAGESIZE), out);
  write("process_open_files", gauge, "Files and sockets open", files_in("/proc/self/fd"), out);
  write("process_open_files_limit", gauge, "Files and sockets that may be open", ::sysconf(_SC_OPEN_MAX), out);
  write("process_threads", gauge, "Threads", files_in("/proc/self/task"), out);
  write_failures(out);
  std::error_code failed;
  const auto space = std::filesystem::space(data_folder, failed);
  if (failed) return;
  write("data_free_bytes", gauge, "Free on the data folder's disk", space.available, out);
  write("data_capacity_bytes", gauge, "Size of the data folder's disk", space.capacity, out);
}

void write_metrics(const Spans& spans, const TraceExport* sent, MetricFamilies& out) {
  write("trace_spans_total", counter, "Steps of traces that are kept", spans.ended(), out);
  if (!sent) return;
  const TraceExport::Counts counts = sent->counts();
  write("trace_spans_sent_total", counter, "Of them, those that the collector has", counts.sent, out);
  write("trace_spans_dropped_total", counter, "Of them, those that it will never have", counts.dropped, out);
  write("trace_spans_waiting", gauge, "Of them, those that wait to be sent", counts.waiting, out);
}

void write_metrics(const std::vector<const http::CircuitBreaker*>& breakers, MetricFamilies& out) {
  using Status = http::CircuitBreaker::Status;
  if (breakers.empty()) return;
  const auto each = [&](std::string_view name, MetricType type, std::string_view help, auto value_of) {
    write_each(
        "provider_" + std::string(name), type, help, "provider", breakers,
        [](const http::CircuitBreaker* breaker) { return breaker->name(); },
        [&](const http::CircuitBreaker* breaker) {
          return value_of(breaker->status(http::CircuitBreaker::Clock::now()));
        },
        out);
  };
  each("circuit_open", gauge, "Is the provider left in peace after failures (half open counts)?",
       [](const Status& status) { return status.state == http::CircuitBreaker::State::closed ? 0 : 1; });
  each("calls_total", counter, "Calls to the provider", [](const Status& status) { return status.calls; });
  each("failures_total", counter, "Calls that failed", [](const Status& status) { return status.failed; });
  each("refused_total", counter, "Calls that an open circuit refused",
       [](const Status& status) { return status.refused; });
}

}  // namespace caravan
