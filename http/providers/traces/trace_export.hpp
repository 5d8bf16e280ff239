#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/spans.hpp"
#include "storage/worker/worker.hpp"

namespace httplib {
class Client;
}

namespace caravan {

/// Posts spans to a collector, as OTLP over HTTP has it, in JSON: batch by batch, on a thread of its own. 408, 429, 5xx
/// and no answer are tried again, after growing pauses or as `Retry-After` says; other refusals are not. What cannot be
/// kept meanwhile is dropped and counted. Thread-safe.
class TraceExport {
 public:
  struct Settings {
    std::string url;                                // "http://collector:4318": spans go to /v1/traces there
    std::string node;                               // who did the steps
    std::string version;                            // of the program
    std::size_t most_waiting = 8'192, batch = 512;  // spans
    std::chrono::milliseconds gather{1'000};        // how long a batch may wait for more
    std::chrono::milliseconds deadline{3'000};      // of a connection, of an answer
    std::chrono::milliseconds first_pause{1'000}, last_pause{60'000};
    int attempts = 6;  // for a batch
  };
  struct Counts {
    std::uint64_t sent = 0, dropped = 0;
    std::size_t waiting = 0;
  };

  explicit TraceExport(Settings settings);
  TraceExport(const TraceExport&) = delete;
  TraceExport& operator=(const TraceExport&) = delete;
  /// Posts what waits once more, as long as the collector takes it.
  ~TraceExport();

  /// Never waits.
  void take(const Span& span);
  Counts counts() const;

 private:
  /// What became of a post: the collector took it, refused it for good, or may take it later.
  enum class Fate : std::uint8_t { taken, refused, again };
  bool step(const std::stop_token& stop);
  std::vector<Span> next_batch(const std::stop_token& stop);
  void deliver(const std::vector<Span>& batch, const std::stop_token& stop);
  Fate post(const std::string& body, std::chrono::milliseconds& pause);

  const Settings settings_;
  std::string path_;
  std::unique_ptr<httplib::Client> client_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Span> queue_;
  Counts counts_;
  Worker worker_;
};

/// The body of a post: ExportTraceServiceRequest.
std::string otlp_json(const std::vector<Span>& spans, const std::string& node, const std::string& version);

}  // namespace caravan
