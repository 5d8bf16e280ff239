#pragma once

#include <prometheus/metric_family.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace caravan::http {

class Router;

using MetricFamilies = std::vector<prometheus::MetricFamily>;

/// Counts requests by row, and writes Prometheus text. Thread-safe.
class Metrics {
 public:
  explicit Metrics(const Router& router);
  ~Metrics();

  void request_began();
  /// `row`: the row's index in the router, or `no_row` where there was none.
  void request_ended(std::size_t row, int status, std::chrono::nanoseconds took);
  static constexpr std::size_t no_row = static_cast<std::size_t>(-1);

  std::uint64_t requests() const;
  /// Connections that are open and have a thread; the server counts them.
  std::atomic<int>& connections() const;
  /// Seconds since the server was made.
  double uptime_seconds() const;

  /// Other parts add their own each time that the text is asked for.
  void add_source(std::function<void(MetricFamilies&)> source);
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace caravan::http
