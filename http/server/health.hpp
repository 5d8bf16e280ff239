#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "actors/values/time.hpp"
#include "http/response.hpp"
#include "http/server/metrics.hpp"

namespace caravan::http {

/// How one thing is that the node needs.
struct DependencyHealth {
  bool healthy = true;
  std::string detail = {};  // shown to operators: why not, or how far behind
};

/// What GET /health tells. Thread-safe; checks run on the asking thread and must be quick.
class Health {
 public:
  using Check = std::function<DependencyHealth()>;
  Health(std::string version, const Metrics& metrics) : version_(std::move(version)), metrics_(metrics) {}

  /// Adds a check, e.g. "journal". `decides`: the node is not ready where it fails. Others are only shown: what the
  /// node can do without for a while, such as a payment provider.
  void add(std::string name, Check check, bool decides = true);
  /// The node begins or ceases to take requests; not ready at first.
  void set_serving(bool serving);

  /// `details`, for operators alone: all that the node needs and how it is, with texts of failures. Without them only
  /// the checks that decide are made.
  Response report(Time now, bool details) const;
  Response live() const;
  /// Appends the same for Prometheus.
  void write_metrics(MetricFamilies& out) const;
  Response ready() const;

 private:
  struct Dependency {
    std::string name;
    Check check;
    bool decides;
  };
  static bool is_healthy(const std::vector<Dependency>& dependencies, bool serving);
  /// What is there to check, and whether the node takes requests: a check must not run under the lock.
  std::pair<std::vector<Dependency>, bool> state() const;
  std::string version_;
  const Metrics& metrics_;
  mutable std::mutex mutex_;
  std::vector<Dependency> dependencies_;
  bool serving_ = false;
};

}  // namespace caravan::http
