#include "config/node_metrics.hpp"

#include <string_view>

namespace caravan {

namespace {

template <class Number>
void write(std::string_view name, std::string_view kind, std::string_view help, Number value, std::string& out) {
  const std::string full = "caravan_" + std::string(name);
  out += "# HELP " + full + ' ' + std::string(help) + "\n# TYPE " + full + ' ' + std::string(kind) + '\n';
  out += full + ' ' + std::to_string(value) + '\n';
}

}  // namespace

void write_metrics(const NodeStats& stats, std::string& out) {
  write("entities_resident", "gauge", "Entities in memory", stats.residents, out);
  write("entities_at_rest", "gauge", "Of them, those kept as bytes", stats.at_rest, out);
  write("work_items", "gauge", "Work items waiting or under way", stats.work, out);
  write("entity_activations_total", "counter", "Entities loaded", stats.activations, out);
  write("entity_passivations_total", "counter", "Entities that left memory", stats.passivations, out);
  write("commands_refused_total", "counter", "Work refused as a queue was full", stats.refused, out);
  write("journal_commits_total", "counter", "Group commits", stats.batches, out);
  write("journal_writes_total", "counter", "Decisions made durable", stats.writes, out);
  write("journal_written_bytes_total", "counter", "Bytes made durable", stats.written_bytes, out);
  write("journal_commit_seconds_total", "counter", "Time spent in commits", stats.commit_seconds, out);
  write("journal_commit_queue", "gauge", "Decisions waiting for a commit", stats.commit_queue, out);
  write("effects_pending_entities", "gauge", "Effects on their way to entities", stats.effects_to_entities, out);
  write("effects_pending_providers", "gauge", "Effects on their way to providers", stats.effects_to_providers, out);
  write("effects_delivered_total", "counter", "Effects taken by their receivers", stats.effects_delivered, out);
  write("effects_retried_total", "counter", "Effects sent again", stats.effects_retried, out);
  write("timers_fired_total", "counter", "Timers that fired", stats.timers_fired, out);
}

void write_metrics(const std::vector<const http::CircuitBreaker*>& breakers, std::string& out) {
  using Status = http::CircuitBreaker::Status;
  const auto family = [&](const std::string& name, const char* kind, const char* help, auto value_of) {
    const std::string full = "caravan_provider_" + name;
    out += "# HELP " + full + ' ' + help + "\n# TYPE " + full + ' ' + kind + '\n';
    for (const http::CircuitBreaker* breaker : breakers) {
      const Status status = breaker->status(http::CircuitBreaker::Clock::now());
      out += full + "{provider=\"" + breaker->name() + "\"} " + std::to_string(value_of(status)) + '\n';
    }
  };
  if (breakers.empty()) return;
  family("circuit_open", "gauge", "Is the provider left in peace after failures (half open counts)?",
         [](const Status& status) { return status.state == http::CircuitBreaker::State::closed ? 0 : 1; });
  family("calls_total", "counter", "Calls to the provider", [](const Status& status) { return status.calls; });
  family("failures_total", "counter", "Calls that failed", [](const Status& status) { return status.failed; });
  family("refused_total", "counter", "Calls that an open circuit refused",
         [](const Status& status) { return status.refused; });
}

}  // namespace caravan
